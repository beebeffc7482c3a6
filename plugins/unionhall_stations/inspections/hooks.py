"""Wiring of inspections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Area, ExportSource, Job, NavItem, NoticeKind, PersonalData, can, hookimpl
from unionhall_stations import rights
from unionhall_stations.inspections import demo, desk, desk_best, exports, fixing, keeping, models, telling, warning

__all__ = ["desk", "desk_best", "models", "warning"]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The way to inspections."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("驿站巡查"), url_for("stations_desk.inspections"), "check", 344, _("服务"))


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Days by which things are to be mended."""
    return [Job("stations.fixes", _l("驿站整改到期提醒"), timedelta(hours=6), fixing.remind)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What people are told."""
    return telling.KINDS


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """Who inspected."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_stored_files() -> Iterable[str]:
    """Photos."""
    return keeping.stored_files()


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Inspections, and a year's evidence."""
    return exports.SOURCES


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Inspections go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Half a year of inspections."""
    demo.load(now)
