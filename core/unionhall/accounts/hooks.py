"""Wiring of the accounts feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l

from unionhall.accounts import administration, services
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Actor, Job, Permission, Role


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may look after accounts and grants."""
    return [
        Permission("accounts.read", _l("看账号和授权"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission("accounts.manage", _l("管理账号和授权"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN)),
    ]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Throttle windows that are over are removed."""
    return [Job("accounts.sweep", _l("清理登录限次记录"), timedelta(hours=1), services.sweep)]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int, actor: Actor, now: datetime) -> None:
    """Accounts and grants go to the org that stays."""
    administration.hand_over(source_id, target_id, actor=actor, now=now)
