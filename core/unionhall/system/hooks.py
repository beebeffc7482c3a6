"""Wiring of the system screens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import click
from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Actor, Area, Card, Job, NavItem, Permission, Role
from unionhall.host.registry import host
from unionhall.platform import jobs, outbox, pagecache
from unionhall.platform.access import SITE, can
from unionhall.platform.search import writing as search
from unionhall.system import cli, desk
from unionhall.system.site import bp

STALLED = timedelta(minutes=1)
OUTBOX = "system.outbox"


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may see plugins and the audit trail."""
    return [
        Permission("system.plugins", _l("看插件"), (Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission("system.audit", _l("看操作记录"), (Role.AUDITOR,)),
    ]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """What was promised after a commit is delivered; what all processes have read is removed."""
    return [
        Job(OUTBOX, _l("投递通知和事件"), timedelta(seconds=1), outbox.deliver),
        Job("system.search", _l("查看并整理搜索索引"), timedelta(minutes=10), search.keep),
        Job("system.purges", _l("清理页面缓存的旧记录"), timedelta(hours=1), pagecache.forget_old),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Maintenance."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Plugins, jobs and the audit trail."""
    return [desk.bp]


@hookimpl
def unionhall_commands() -> Iterable[click.Command]:
    """`unionhall search …`, `unionhall storage …`."""
    return [cli.search_commands, cli.storage_commands]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to the system screens; plugins that do not run are counted."""
    if area != "desk":
        return
    if can(actor, desk.PLUGINS, SITE):
        failed = sum(status.state in desk.FAILED for status in host().statuses())
        yield NavItem(_("插件"), url_for("system_desk.plugins"), "plug", 830, _("系统"), failed, _("个没有运行"))
        yield NavItem(_("定时任务"), url_for("system_desk.job_list"), "clock", 835, _("系统"))
    if can(actor, desk.AUDIT):
        yield NavItem(_("操作记录"), url_for("system_desk.trail"), "history", 850, _("系统"))


@hookimpl
def unionhall_dashboard_cards(actor: Actor, now: datetime) -> Iterable[Card]:
    """What is wrong with plugins or the worker; when nothing is, a line that says so."""
    if not can(actor, desk.PLUGINS, SITE):
        return
    problems = [status for status in host().statuses() if status.state in desk.FAILED]
    state = jobs.last_run(OUTBOX)
    last = state.last_run if state else None
    stalled = last is None or now - last > STALLED
    yield Card(Markup(render_template("system/card.html", problems=problems, stalled=stalled, last=last)), "side", 900)
