"""Words of benefits and claims."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall_chapters.benefits.models import AmountRule, Benefit, Category, Claim, State

CATEGORIES = {
    Category.ILLNESS: _l("生病住院"), Category.BIRTH: _l("生育"), Category.MARRIAGE: _l("结婚"), Category.BEREAVEMENT: _l("亲人去世"),
    Category.HARDSHIP: _l("生活困难"), Category.RETIREMENT: _l("退休"), Category.CHECKUP: _l("健康体检"), Category.LEGAL: _l("法律援助"),
    Category.MUTUAL: _l("互助保障"),
}  # fmt: skip
ICONS = {
    Category.ILLNESS: "cross", Category.BIRTH: "heart", Category.MARRIAGE: "gift", Category.BEREAVEMENT: "leaf", Category.HARDSHIP: "hand",
    Category.RETIREMENT: "sun", Category.CHECKUP: "shield", Category.LEGAL: "scale", Category.MUTUAL: "people",
}  # fmt: skip
PAYERS = {"union": _l("单位工会"), "chapter": _l("协会工会")}
AUDIENCES = {"primary": _l("主会籍会员"), "secondary": _l("协会会员（二次覆盖）"), "retired": _l("保留会籍的会员（含退休）")}
STATES = {
    State.DRAFT: (_l("草稿"), ""), State.SUBMITTED: (_l("待初审"), "warn"), State.CHECKED: (_l("待复审"), "warn"),
    State.PUBLICITY: (_l("公示中"), "info"), State.APPROVED: (_l("已通过，待发放"), "info"), State.REFUSED: (_l("未通过"), "bad"),
    State.COVERED: (_l("由另一份保障处理"), "info"), State.WITHDRAWN: (_l("已撤回"), ""), State.PAID: (_l("已发放"), "ok"),
    State.CLOSED: (_l("已办结"), "ok"),
}  # fmt: skip
REFUSALS = {
    "not-eligible": _l("不符合享受条件"), "papers": _l("材料不真实或对不上"), "late": _l("超过申请期限"), "paid": _l("同一件事已经享受过"),
    "other": _l("其他原因"),
}  # fmt: skip
ACTS = {
    "submit": _l("提交申请"), "return": _l("退回补材料"), "check": _l("初审通过"), "refuse": _l("不通过"), "publish": _l("开始公示"),
    "clear": _l("公示结束，没有成立的异议"), "upheld": _l("公示异议成立，退回复审"), "unpublish": _l("公示撤回，退回复审"),
    "approve": _l("复审通过"), "cover": _l("同一件事由另一份申请处理"), "release": _l("另一份申请没有办成，恢复办理"),
    "appeal": _l("提出申诉"),
    "withdraw": _l("本人撤回"), "pay": _l("已发放"), "visit": _l("上门慰问"), "close": _l("办结"),
}  # fmt: skip


def yuan(fen: int | None) -> str:
    """Return an amount as people read it: "1,250 元", "12.50 元"."""
    if fen is None:
        return "—"
    whole, rest = divmod(fen, 100)
    return _("%(yuan)s 元", yuan=f"{whole:,}" + (f".{rest:02d}" if rest else ""))


def amount_words(benefit: Benefit) -> str:
    """Return how much a benefit pays, in words."""
    if benefit.amount_rule == AmountRule.FIXED:
        return yuan(benefit.amount)
    if benefit.amount_rule == AmountRule.UP_TO:
        return _("最多 %(yuan)s", yuan=yuan(benefit.amount))
    return _("自付费用的 %(percent)s%%，最多 %(yuan)s", percent=benefit.percent, yuan=yuan(benefit.amount))


def state_words(claim: Claim) -> str:
    """Return where a claim stands, with who handles it when another does."""
    return str(STATES[State(claim.state)][0])


def tone(claim: Claim) -> str:
    """Return the chip's tone of a claim."""
    return STATES[State(claim.state)][1]
