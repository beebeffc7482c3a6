"""Wiring of the settings feature."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Permission, Role


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may see and change the site's settings."""
    return [
        Permission("settings.read", _l("看站点设置"), (Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission("settings.manage", _l("修改站点设置"), (Role.SYSTEM_ADMIN,)),
    ]
