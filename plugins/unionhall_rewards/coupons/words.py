"""What the audit trail calls the acts on coupons, and what they are done to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.plugin import Text

WORDS: dict[str, Text] = {
    "kind_added": _l("新建券种"), "kind_changed": _l("改券种"), "kind_active": _l("启用券种"), "kind_retired": _l("停用券种"),
    "kind_removed": _l("删除券种草稿"), "gift_asked": _l("申请发券"), "gift_first": _l("发券批了第一次"), "gift_done": _l("发券批准并发放"),
    "gift_refused": _l("发券没有批准"), "void_asked": _l("申请作废券"), "void_done": _l("作废券"), "void_refused": _l("没有同意作废券"),
    "void_appealed": _l("对作废提出申诉"), "void_answered": _l("答复作废申诉"), "coupons_extended": _l("消费券延期"),
    "coupons_erased": _l("删除消费券的个人信息"),
}  # fmt: skip
OBJECTS: dict[str, Text] = {
    "coupon_kind": _l("券种"), "coupon_gift": _l("发券申请"), "coupon": _l("消费券"), "coupon_extension": _l("消费券延期"),
}  # fmt: skip
STATES: dict[str, Text] = {"draft": _l("草稿"), "active": _l("在用"), "retired": _l("停用")}
