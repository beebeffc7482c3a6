"""Wiring of the sign-ups feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.api import ApiResource
from unionhall.hooks.components import ComponentType
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.people import NoticeKind, Person, PersonalData
from unionhall.hooks.reporting import ExportSource, ReportFigure
from unionhall.hooks.types import Actor, Area, Card, Job, NavItem, Permission
from unionhall.platform.access import can, current_actor
from unionhall.signups import (
    block,
    exports,
    figures,
    keeping,
    labels,
    my,
    notes,
    people,
    purging,
    queries,
    rest,
    sheets,
    site,
    site_here,
    waiting,
)
from unionhall.signups.blueprint import bp
from unionhall.signups.desk_routes import bp as desk_bp
from unionhall.signups.rights import PERMISSIONS

__all__ = ["my", "site", "site_here"]


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who reads lists, manages sheets, checks people in."""
    return PERMISSIONS


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Sheets, and a person's own entries."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Sheets, their forms and lists, check-in."""
    return [desk_bp]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Offers that lapse and are passed on, reminders, and data that has been kept long enough."""
    return [
        Job("signups.offers", _l("候补名额到期与递补"), timedelta(seconds=30), _offers),
        Job("signups.reminders", _l("报名活动前一天提醒"), timedelta(minutes=10), keeping.remind),
        Job("signups.erasure", _l("到期的报名资料删除"), timedelta(hours=6), keeping.erase_old),
    ]


def _offers(now: datetime) -> None:
    waiting.lapse(now)
    waiting.refill(now)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The lists in the desk, one's own under /my/."""
    if area == "desk" and can(actor, queries.READ):
        yield NavItem(_("报名"), url_for("signups_desk.every_sheet"), "list", 320, _("活动与会员"))
    if area == "my":
        yield NavItem(_("报名"), url_for("signups.mine"), "edit", 300)


@hookimpl
def unionhall_member_cards(person: Person, now: datetime) -> Iterable[Card]:
    """What one is signed up for and is still to come."""
    who = people.present(current_actor())
    if who and (rows := my.coming(who)):
        body = render_template("signups/card.html", rows=rows, words=labels.MINE, tones=labels.TONES)
        yield Card(Markup(body), "main", 200)


@hookimpl
def unionhall_block_types() -> Iterable[ComponentType]:
    """The sheet as a part of a campaign."""
    return [block.SHEET]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Signing up through programs."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What people are told of their sign-ups."""
    return notes.KINDS


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """What sign-ups hold about a person."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The list of a sheet's people."""
    return [exports.PEOPLE]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """People signed up, person-times, check-ins."""
    return figures.REPORT


@hookimpl
def unionhall_stored_files() -> Iterable[str]:
    """Files that people sent with their sign-ups."""
    return keeping.stored_files()


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Sheets and entries go to the org that stays."""
    sheets.hand_over(source_id, target_id)


@hookimpl
def unionhall_plugin_purging(name: str, now: datetime) -> None:
    """The plugin's sheets."""
    purging.forget(name, now)
