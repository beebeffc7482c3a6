"""Wiring of the system screens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Job, Permission, Role
from unionhall.platform import outbox
from unionhall.system.site import bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may see plugins and the audit trail."""
    return [
        Permission("system.plugins", _l("看插件"), (Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission("system.audit", _l("看操作记录"), (Role.AUDITOR,)),
    ]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """What was promised after a commit is delivered."""
    return [Job("system.outbox", _l("投递通知和事件"), timedelta(seconds=1), outbox.deliver)]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Maintenance."""
    return [bp]
