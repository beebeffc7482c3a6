"""Words of redemptions: reasons, patterns, titles of refusals."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

REASONS: dict[str, Text] = {
    "amount": _l("金额输错了"), "coupon": _l("用错了券"), "returned": _l("会员退货或不买了"), "twice": _l("重复核销"),
    "other": _l("其他原因"),
}  # fmt: skip
TITLES: dict[str, Text] = {
    "used": _l("这张券已经用过"), "expired": _l("这张券过期了"), "voided": _l("这张券作废了"), "wrong-store": _l("这张券不在本店用"),
    "early": _l("还没到可以用的时间"), "held": _l("正在另一台收银台上"), "store-ended": _l("本店今天不能核销"), "ticket": _l("请再扫一次"),
    "running": _l("正在办理"), "key-reused": _l("这一页已经用过"), "too-many": _l("这台收银台锁住了"), "fund-empty": _l("经费不够"),
}  # fmt: skip
PATTERNS: dict[str, Text] = {
    "pair": _l("同一店员反复核销同一会员"), "hours": _l("不在开放时间"), "round": _l("核销又撤销，来回多次"),
}  # fmt: skip
