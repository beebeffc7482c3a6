"""Wiring of the system screens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Actor, Area, Card, Job, NavItem, Permission, Role
from unionhall.host.registry import host
from unionhall.platform import jobs, outbox
from unionhall.platform.access import can
from unionhall.system import desk
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
    """What was promised after a commit is delivered."""
    return [Job(OUTBOX, _l("投递通知和事件"), timedelta(seconds=1), outbox.deliver)]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Maintenance."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Plugins, jobs and the audit trail."""
    return [desk.bp]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to the system screens."""
    if area != "desk":
        return
    if can(actor, "system.plugins"):
        yield NavItem(_("插件"), url_for("system_desk.plugins"), "plug", 830, _("系统"))
        yield NavItem(_("定时任务"), url_for("system_desk.job_list"), "clock", 835, _("系统"))
    if can(actor, "system.audit"):
        yield NavItem(_("操作记录"), url_for("system_desk.trail"), "history", 850, _("系统"))


@hookimpl
def unionhall_dashboard_cards(actor: Actor, now: datetime) -> Iterable[Card]:
    """What is wrong with plugins or the worker."""
    if not can(actor, "system.plugins"):
        return
    problems = [status for status in host().statuses() if status.state in {"broken", "incompatible"}]
    state = jobs.last_run(OUTBOX)
    stalled = state is None or state.last_run is None or now - state.last_run > STALLED
    yield Card(Markup(render_template("system/card.html", problems=problems, stalled=stalled)), "side", 400)
