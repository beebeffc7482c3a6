"""Words for the roster: states, steps, kinds of documents, transfers."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.members.models import Handover, MembershipChange, Status

STATUSES = {
    Status.PENDING: (_l("待确认"), "warn"), Status.ACTIVE: (_l("正常"), "ok"), Status.SUSPENDED: (_l("中止"), "bad"),
    Status.KEPT: (_l("保留会籍"), "info"), Status.TRANSFERRED: (_l("已转出"), ""), Status.LEFT: (_l("已退会"), ""),
}  # fmt: skip
ID_KINDS = {"resident": _l("居民身份证"), "hmt": _l("港澳台居民证件"), "passport": _l("护照")}
ACTS = {
    "joined": _l("入会"), "rejoined": _l("重新入会"), "imported": _l("由表格导入"), "edited": _l("改资料"), "confirm": _l("确认入会"),
    "suspend": _l("中止"), "resume": _l("恢复"), "keep": _l("保留会籍"), "leave": _l("退会"), "second": _l("加入第二工会"),
    "ended": _l("退出第二工会"), "primary": _l("改主会籍"), "out": _l("转出"), "in": _l("转入"), "merged": _l("随组织合并"),
}  # fmt: skip
HANDOVERS = {
    Handover.NEW_EMPLOYER: (_l("换了单位，新单位有工会"), _l("会籍转到新单位的工会。")),
    Handover.HOME_AREA: (_l("换了单位，新单位还没有工会"), _l("会籍先放在居住地或新单位所在地的工会，等新单位建会再转。")),
    Handover.BANKRUPT: (_l("单位破产或注销"), _l("会籍由上一级工会保留。")),
}  # fmt: skip
TRANSFERS = {
    "asked": (_l("等对方答复"), "warn"), "accepted": (_l("已转接"), "ok"), "refused": (_l("没有同意"), "bad"),
    "withdrawn": (_l("已撤回"), ""),
}  # fmt: skip
LOOKS = {"id": _l("证件号和手机号"), "mobile": _l("手机号"), "export": _l("导出名单")}
FIELDS = {
    "name": _l("姓名"), "id": _l("证件号码"), "mobile": _l("手机号"), "employer": _l("单位"), "job": _l("岗位"), "joined": _l("入会日期"),
}  # fmt: skip


def told(change: MembershipChange) -> str:
    """Return what a step of the history changed, "改了：手机号、单位"; "" when its name says it all."""
    fields = [str(FIELDS[name]) for name in change.detail.get("fields", "").split(",") if name in FIELDS]
    return _("改了：%(fields)s", fields=_("、").join(fields)) if fields else ""
