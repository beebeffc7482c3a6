"""Words for memberships and requests, as members read them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.members.models import Status

SUBJECTS = {
    "name": _l("姓名"), "id": _l("证件号码"), "mobile": _l("手机号"), "employer": _l("单位"), "job": _l("岗位"),
    "joined": _l("入会时间"), "union": _l("所属工会"), "other": _l("其他"),
}  # fmt: skip
MEMBERSHIP_STATES = {
    Status.PENDING: (_l("待审核"), "warn"), Status.ACTIVE: (_l("有效"), "ok"), Status.SUSPENDED: (_l("暂停"), "warn"),
    Status.KEPT: (_l("保留会籍"), "info"), Status.TRANSFERRED: (_l("已转出"), "plain"), Status.LEFT: (_l("已退会"), "plain"),
}  # fmt: skip
MAY_DO = {
    Status.PENDING: _l("单位工会还在审核你的会籍。现在可以看新闻、报名面向所有人的活动；会员福利和只给会员的活动，等审核通过就能参加。"),
    Status.SUSPENDED: _l("你的会籍暂停着。可以看新闻、报名面向所有人的活动；福利、会员活动要等恢复以后。想知道原因，请联系单位工会。"),
    Status.KEPT: _l("你的会籍按规定保留：不用交会费。退休或离岗期间哪些福利照旧，请问单位工会。"),
}
CORRECTION_STATES = {"open": (_l("等待处理"), "warn"), "done": (_l("已更正"), "ok"), "refused": (_l("没有更正"), "plain")}
CONSENTS = {"activation": _l("激活会员、使用线上服务")}
LOOKED_AT = {"id": _l("证件号码"), "mobile": _l("手机号"), "export": _l("导出名单"), "claim": _l("福利申请材料"), "payment": _l("收款账号")}
