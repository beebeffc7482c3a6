"""Wiring of the members feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import click
from flask import Blueprint
from flask_babel import lazy_gettext as _l

from unionhall.hooks.api import ApiResource
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.people import NoticeKind, Person, PersonalData
from unionhall.hooks.reporting import ExportSource, ReportFigure
from unionhall.hooks.types import Actor, Area, Card, Job, NavItem, Permission
from unionhall.members import (
    cli,
    corrections,
    dashboard,
    demo,
    exporting,
    figures,
    menus,
    merging,
    my_cards,
    privacy,
    rest,
    transfer_notices,
)
from unionhall.members.desk_routes import bp as desk_bp
from unionhall.members.imports import files, running
from unionhall.members.rights import PERMISSIONS
from unionhall.members.site_routes import bp as site_bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """The roster's rights."""
    return PERMISSIONS


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Activation, and everybody's own pages."""
    return [site_bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The roster, transfers, imports, and what members say is wrong."""
    return [desk_bp]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Imports of the roster; their files go when they are not needed any more."""
    return [
        Job("members.imports", _l("导入名册"), timedelta(seconds=2), running.work, long=True),
        Job("members.import_files", _l("清理导入名册的文件"), timedelta(hours=1), files.clear),
    ]


@hookimpl
def unionhall_commands() -> Iterable[click.Command]:
    """`unionhall import roster`."""
    return [cli.imports]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The pages under `/my/`, the way in, and what the actor may open and start in the desk."""
    if area == "my":
        yield from menus.my()
    if area == "footer":
        yield from menus.footer()
    if area == "desk":
        yield from menus.desk(actor)
    if area == "create":
        yield from menus.create(actor)


@hookimpl
def unionhall_dashboard_cards(actor: Actor, scope: str, now: datetime) -> Iterable[Card]:
    """Who joined this month, which transfers wait."""
    return dashboard.cards(actor, scope, now)


@hookimpl
def unionhall_member_cards(person: Person, now: datetime) -> Iterable[Card]:
    """What a membership lets one do while it is not in force, and the settings."""
    return my_cards.cards(person)


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """The roster, memberships, requests and consents."""
    return [PersonalData("members", _l("会员和会籍"), privacy.export, privacy.erase)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """A transfer was asked for, accepted, refused; a membership moved; a request for a correction was answered."""
    return [*transfer_notices.KINDS, corrections.KIND]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """One's own place in the roster."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The roster."""
    return [exporting.SOURCE]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Members by status, who joined, left and activated."""
    return figures.figures()


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Invented members, and what happened to them."""
    demo.load(now)


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int, actor: Actor, now: datetime) -> None:
    """Memberships, transfers, imports and requests for corrections go to the org that stays."""
    merging.hand_over(source_id, target_id, actor=actor, now=now)
    corrections.hand_over(source_id, target_id)
