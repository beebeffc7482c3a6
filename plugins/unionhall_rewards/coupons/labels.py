"""Words of kinds and coupons."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall_rewards.coupons.models import CouponKind, CouponState, Form
from unionhall_rewards.fund.labels import yuan

FORMS = {Form.CASH_OFF: _l("减钱"), Form.ITEM: _l("兑换一样东西"), Form.PERCENT: _l("打折，有封顶")}
KIND_STATES = {"draft": (_l("草稿"), ""), "active": (_l("在用"), "ok"), "retired": (_l("停用"), "")}
STATES = {
    CouponState.ISSUED: (_l("没用"), "info"), CouponState.REDEEMED: (_l("已使用"), "ok"), CouponState.EXPIRED: (_l("已过期"), ""),
    CouponState.VOIDED: (_l("已作废"), "bad"),
}  # fmt: skip
GIFT_STATES = {
    "asked": (_l("等第一个人批"), "warn"), "first": (_l("等第二个人批"), "warn"), "done": (_l("已发放"), "ok"),
    "refused": (_l("没有发"), ""),
}  # fmt: skip
VOIDING_STATES = {"asked": (_l("等批准"), "warn"), "done": (_l("已作废"), "bad"), "refused": (_l("没有同意"), "")}
MOVES = {"issue": _l("抽奖中得"), "give": _l("按名单发放"), "expire": _l("过期，钱退回经费"), "void": _l("作废，钱退回经费")}


def plain_yuan(fen: int) -> str:
    """Return an amount in yuan without a unit: "1,250", "12.50"."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}" + (f".{rest:02d}" if rest else "")


def number(coupon_id: int) -> str:
    """Return the number by which the desk calls a coupon; it is no code."""
    return f"Q-{coupon_id:06d}"


def name(kind: CouponKind) -> str:
    """Return a kind's name in the reader's language."""
    return kind.name_en if kind.name_en and str(get_locale()) == "en" else kind.name


def fold_words(percent: int) -> str:
    """Return how much is left to pay, as shops write it: 20 % off is "8 折（减 20%）"."""
    tenths = f"{(100 - percent) / 10:g}"
    return _("%(n)s 折（减 %(percent)s%%）", n=tenths, percent=percent)


def value_words(kind: CouponKind) -> str:
    """Return what a coupon does at the till, in a sentence."""
    if kind.form == Form.CASH_OFF:
        rule = _("减 %(yuan)s", yuan=yuan(kind.face_fen))
    elif kind.form == Form.PERCENT:
        rule = _("%(fold)s，最多减 %(yuan)s", fold=fold_words(kind.percent), yuan=yuan(kind.face_fen))
    else:
        rule = _("换一份，值 %(yuan)s", yuan=yuan(kind.face_fen))
    if kind.min_spend_fen:
        return _("满 %(yuan)s可用，%(rule)s", yuan=yuan(kind.min_spend_fen), rule=rule)
    return rule


def validity_words(kind: CouponKind) -> str:
    """Return how long coupons of a kind are good."""
    if kind.valid_days is not None:
        return _("拿到当天算起 %(n)s 天", n=kind.valid_days)
    return _("%(since)s 至 %(until)s", since=kind.valid_from, until=kind.valid_until)
