"""Wiring of the notices feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.api import ApiResource
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.people import Channel, Person, PersonalData
from unionhall.hooks.reporting import ExportSource, ReportFigure
from unionhall.hooks.types import Actor, Area, Card, Job, NavItem, Permission, Role
from unionhall.notices import desk, keeping, log, mailing, purging, queries, rest, sending, texting, wechat
from unionhall.notices.site import bp
from unionhall.platform.access import SITE, can

ON_CARD = 3


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who changes the texts, who sees what was sent, who sends again."""
    return [
        Permission(desk.MANAGE, _l("改通知的文字和渠道"), (Role.CHIEF_EDITOR, Role.SYSTEM_ADMIN)),
        Permission(log.READ, _l("看通知发送记录"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission(log.RETRY, _l("重发没有送到的通知"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN)),
    ]


@hookimpl
def unionhall_channels() -> Iterable[Channel]:
    """Mail, text messages, the official account."""
    return [mailing.CHANNEL, texting.CHANNEL, wechat.CHANNEL]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """What is new is planned and what is due is sent within seconds; what is old goes."""
    return [
        Job("notices.send", _l("发送通知"), timedelta(seconds=2), sending.work, long=True),
        Job("notices.sweep", _l("清理旧通知"), timedelta(hours=6), keeping.sweep, long=True),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """The inbox, the choices, the page that stops mails."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Texts and the delivery log."""
    return [desk.bp]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The inbox, with how many wait in it; in the desk also the texts and the log."""
    if area in {"my", "desk"} and actor.account_id is not None:
        unread = queries.unread(actor.account_id)
        yield NavItem(_("通知"), url_for("notices.inbox"), "bell", 40, count=unread, count_label=_("条未读"))
    if area == "my" and actor.known:
        yield NavItem(_("通知设置"), url_for("notices.preferences"), "gear", 800)
    if area == "desk" and can(actor, desk.MANAGE, SITE):
        yield NavItem(_("通知文字"), url_for("notices_desk.overview"), "chat", 845, _("系统"))
    if area == "desk" and can(actor, log.READ):
        yield NavItem(_("通知发送记录"), url_for("notices_desk.deliveries"), "send", 846, _("系统"))


@hookimpl
def unionhall_member_cards(person: Person) -> Iterable[Card]:
    """The newest notices."""
    if person.account_id is not None:
        entries, total = queries.inbox(person.account_id, size=ON_CARD)
        unread = queries.unread(person.account_id)
        yield Card(Markup(render_template("notices/card.html", entries=entries, total=total, unread=unread)), "side", 200)


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """A person's notices and choices."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """The inbox for programs."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_api_counts(actor: Actor) -> Iterable[tuple[str, int]]:
    """How many notices were not read."""
    if actor.account_id is not None:
        yield "unread_notices", queries.unread(actor.account_id)


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """How often people were told something, and how many people."""
    return keeping.FIGURES


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The delivery log, as it is narrowed on its page."""
    return [ExportSource(desk.SOURCE, _l("通知发送记录"), log.READ, log.export_header, log.export_rows)]


@hookimpl
def unionhall_plugin_purging(name: str, now: datetime) -> None:
    """Wordings, choices and the queue of the plugin's kinds."""
    purging.forget(name, now)
