"""Wiring of the exports feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.exports import desk, files, purging, running, services, sources
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Actor, Area, Job, NavItem, Permission, Role
from unionhall.platform.access import can


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may take unmasked values along, and who may see what everybody took; each list has a permission of its own."""
    return [
        Permission(sources.FULL, _l("导出完整的手机号和证件号"), (Role.ORG_ADMIN,)),
        Permission(sources.LOG, _l("看谁导出过什么"), (Role.ORG_ADMIN, Role.AUDITOR)),
    ]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Long lists are written; files that were kept long enough are removed."""
    return [
        Job("exports.write", _l("生成导出的表格"), timedelta(seconds=2), running.work, long=True),
        Job("exports.files", _l("清理导出的表格"), timedelta(hours=1), files.clear),
    ]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """The log goes to the org that stays."""
    services.hand_over(source_id, target_id)


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Asking for a file and collecting it; the log."""
    return [desk.bp]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """One's own files, and the log."""
    if area == "desk" and can(actor, "desk.enter"):
        yield NavItem(_("导出记录"), url_for("exports_desk.exports"), "download", 890, _("系统"))


@hookimpl
def unionhall_plugin_purging(name: str) -> None:
    """Files of the plugin's lists."""
    purging.forget(name)
