"""Words for levels, states and changes of orgs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from unionhall.orgs.models import OrgKind, OrgStatus

KINDS = {
    OrgKind.PROVINCE: _l("省"),
    OrgKind.CITY: _l("市"),
    OrgKind.DISTRICT: _l("区县"),
    OrgKind.STREET: _l("街道乡镇·园区"),
    OrgKind.ENTERPRISE: _l("企业"),
    OrgKind.ASSOCIATION: _l("协会"),
}
STATUSES = {OrgStatus.ACTIVE: _l("运行"), OrgStatus.CLOSED: _l("已关闭"), OrgStatus.MERGED: _l("已合并")}
CHANGES = {
    "founded": _l("成立"), "renamed": _l("改名"), "updated": _l("改资料"), "moved": _l("移动"),
    "merged": _l("并入"), "closed": _l("关闭"), "reopened": _l("恢复"),
}  # fmt: skip
