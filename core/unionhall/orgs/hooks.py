"""Wiring of the orgs feature."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Permission, Role


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may look after the org tree."""
    return [
        Permission("orgs.read", _l("看组织资料"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission("orgs.manage", _l("新建、修改、移动、合并和关闭组织"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN)),
    ]
