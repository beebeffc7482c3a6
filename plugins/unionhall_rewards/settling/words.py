"""Audit words of settling."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "month_cut": _l("出月度结算单"), "statement_cut": _l("出结算单"), "statement_sent": _l("把结算单发给门店"),
    "statement_confirmed": _l("门店确认结算单"), "statement_disputed": _l("门店对结算单提疑问"), "statement_closed": _l("结算单关账"),
    "dispute_answered": _l("答复结算疑问"), "adjustment_asked": _l("申请结算更正"), "adjustment_approved": _l("批准结算更正"),
    "adjustment_refused": _l("不批准结算更正"), "payment_drawn_up": _l("建付款单"), "payment_dissolved": _l("撤回付款单"),
    "payment_paid": _l("登记已付款"), "payees_seen": _l("查看收款账户"), "reconciled": _l("对账"), "reconciliation_failed": _l("对账不平"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {
    "rewards_statement": _l("结算单"), "rewards_adjustment": _l("结算更正"), "rewards_payment": _l("付款单"),
    "rewards_month": _l("结算月份"), "rewards_accounts": _l("奖券账目"),
}  # fmt: skip
