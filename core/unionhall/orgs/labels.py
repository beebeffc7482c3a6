"""Words for levels, states and changes of orgs."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.orgs.models import OrgChange, OrgKind, OrgStatus

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
    "merged": _l("并入别的组织"), "absorbed": _l("接收合并"), "closed": _l("关闭"), "reopened": _l("恢复"),
}  # fmt: skip
ASPECTS = {"name": _l("名称"), "parent": _l("上级"), "into": _l("并入"), "slug": _l("网址"), "kind": _l("层级")}


def told(change: OrgChange) -> list[str]:
    """Return what a step of an org's history changed, a phrase for each aspect: "上级：甲 → 乙"."""
    phrases = []
    for aspect in {**change.before, **change.after}:
        values = [_value(aspect, side[aspect]) for side in (change.before, change.after) if side.get(aspect)]
        phrases.append(_("%(aspect)s：%(values)s", aspect=ASPECTS.get(aspect, aspect), values=" → ".join(values)))
    return phrases


def _value(aspect: str, value: str) -> str:
    return str(KINDS[OrgKind(value)]) if aspect == "kind" else value
