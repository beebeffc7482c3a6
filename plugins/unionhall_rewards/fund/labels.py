"""Words for money, accounts, movements and requests."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text
from unionhall_rewards.fund.models import Account, Kind

ACCOUNTS: dict[Account, Text] = {
    Account.FREE: _l("可用"), Account.POOL: _l("奖池里"), Account.LIVE: _l("会员手里"), Account.SPENT: _l("已核销，待结算"),
    Account.SETTLED: _l("已付给门店"),
}  # fmt: skip
ACCOUNT_HINTS: dict[Account, Text] = {
    Account.FREE: _l("还没有占用的钱"), Account.POOL: _l("抽奖公布后留出来的钱"), Account.LIVE: _l("发出去还没用的券"),
    Account.SPENT: _l("门店已经抵扣，还没付"), Account.SETTLED: _l("付款登记过的"),
}  # fmt: skip
KINDS: dict[Kind, Text] = {
    Kind.GRANT: _l("拨入"), Kind.WITHDRAW: _l("拨出"), Kind.RESERVE: _l("留给奖池"), Kind.RELEASE: _l("奖池退回"),
    Kind.ISSUE: _l("中奖发券"), Kind.GIVE: _l("人工发券"), Kind.REDEEM: _l("核销"),
    Kind.REST: _l("核销余额退回"), Kind.REVERSE: _l("撤销核销"),
    Kind.UNREST: _l("撤销时补回余额"), Kind.EXPIRE: _l("过期退回"), Kind.VOID: _l("作废退回"), Kind.SETTLE: _l("付给门店"),
    Kind.ADD: _l("结算补付"), Kind.DEDUCT: _l("结算扣减"),
}  # fmt: skip
BUDGET_KINDS: dict[str, Text] = {"grant": _l("拨入"), "withdraw": _l("拨出")}
BUDGET_STATES: dict[str, tuple[Text, str]] = {
    "asked": (_l("待批准"), "warn"), "approved": (_l("已批准"), "ok"), "refused": (_l("没有批准"), ""),
}  # fmt: skip


def yuan(fen: int | None) -> str:
    """Return an amount of fen as people read it: "1,250 元", "-12.50 元"."""
    if fen is None:
        return "—"
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return _("%(yuan)s 元", yuan=f"{sign}{whole:,}" + (f".{rest:02d}" if rest else ""))


def month_words(month: str) -> str:
    """Return "2026-05" as people say it."""
    year, _sep, number = month.partition("-")
    return _("%(year)s 年 %(month)s 月", year=year, month=int(number)) if number.isdecimal() else month
