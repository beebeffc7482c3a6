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
from unionhall.hooks.people import NoticeKind
from unionhall.hooks.reporting import ExportSource
from unionhall.hooks.types import Actor, Area, Card, Job, MediaUser, NavItem, Permission, Role
from unionhall.host import lifecycle
from unionhall.host.registry import host
from unionhall.platform import outbox, outbox_care, pagecache, reads
from unionhall.platform.access import SITE, can
from unionhall.platform.search import writing as search
from unionhall.system import (  # noqa: F401 - some add routes or commands
    cli,
    cli_plugins,
    cli_purge,
    desk,
    desk_jobs,
    desk_plugins,
    desk_purge,
    desk_settings,
    exporting,
    forgetting,
    heads,
    job_lines,
    plugin_settings,
    services,
)
from unionhall.system.site import bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may see plugins, jobs and the audit trail, and who may set jobs going."""
    return [
        Permission("system.plugins", _l("看插件"), (Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission(plugin_settings.MANAGE, _l("修改插件的设置"), (Role.SYSTEM_ADMIN,)),
        Permission(lifecycle.SWITCH, _l("启用、停用和排列插件"), (Role.SYSTEM_ADMIN,)),
        Permission(services.JOBS, _l("运行任务，重试和丢弃没投递成的消息"), (Role.SYSTEM_ADMIN,)),
        Permission("system.audit", _l("看操作记录"), (Role.AUDITOR,)),
    ]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """What was promised after a commit is delivered; what all processes have read is removed."""
    return [
        Job(outbox.JOB, _l("投递通知和事件"), timedelta(seconds=1), outbox.deliver),
        Job("system.reads", _l("把旧的浏览次数并成整月"), timedelta(days=1), reads.fold),
        Job("system.tidy", _l("清理投递和运行的旧记录"), timedelta(hours=1), services.tidy),
        Job("system.search", _l("查看并整理搜索索引"), timedelta(minutes=10), search.keep),
        Job("system.heads", _l("公布操作记录的链尾"), timedelta(hours=1), heads.publish),
        Job("system.purges", _l("清理页面缓存的旧记录"), timedelta(hours=1), pagecache.forget_old),
    ]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """The head of the audit trail, to those who audit."""
    return [heads.KIND]


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
    """`unionhall plugins …`, `unionhall search …`, `unionhall jobs retry`, `unionhall storage …`."""
    return [cli.search_commands, cli.job_commands, cli.storage_commands, cli_plugins.plugin_commands]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to the system screens; plugins that do not run are counted."""
    if area != "desk":
        return
    if can(actor, desk.PLUGINS, SITE):
        failed = pagecache.remembered("plugins.failed", lambda: sum(status.failed for status in host().statuses()))
        yield NavItem(_("插件"), url_for("system_desk.plugins"), "plug", 830, _("系统"), failed, _("个没有运行"))
        parked = outbox_care.parked_count()
        yield NavItem(_("定时任务"), url_for("system_desk.job_list"), "clock", 835, _("系统"), parked, _("条没有投递成"))
    if can(actor, desk.AUDIT):
        yield NavItem(_("操作记录"), url_for("system_desk.trail"), "history", 850, _("系统"))


@hookimpl
def unionhall_dashboard_cards(actor: Actor, now: datetime) -> Iterable[Card]:
    """What is wrong with plugins, the worker or the outbox; when nothing is, a line that says so."""
    if not can(actor, desk.PLUGINS, SITE):
        return
    problems = [status for status in host().statuses() if status.failed]
    shown = {"problems": problems, "health": job_lines.health(now), "parked": outbox_care.parked_count(), "safe": host().safe}
    yield Card(Markup(render_template("system/card.html", **shown)), "side", 900)


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The audit trail."""
    return [exporting.SOURCE]


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Assets in the settings of plugins."""
    return [MediaUser(plugin_settings.MEDIA_KIND, _l("插件的设置"), plugin_settings.media_places, "system:plugin-settings:")]


@hookimpl
def unionhall_plugin_purging(name: str, now: datetime) -> None:
    """Jobs, messages, views, settings and documents of the plugin."""
    forgetting.forget(name, now)
