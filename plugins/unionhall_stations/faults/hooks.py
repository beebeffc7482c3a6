"""Wiring of faults."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    Actor,
    Area,
    ExportSource,
    Job,
    NavItem,
    NoticeKind,
    PageView,
    PersonalData,
    ReportFigure,
    can,
    fills,
    hookimpl,
)
from unionhall_stations import rights
from unionhall_stations.faults import asking, demo, desk, exports, keeping, models, queries, site, telling, warning

__all__ = ["desk", "models", "warning"]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The desk's list."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("驿站报修"), url_for("stations_desk.faults"), "wrench", 346, _("服务"))


@hookimpl
@fills("stations_station")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """On a station's page what is known to be broken."""
    return [site.panel(page.object_id)] if slot == "stations_station" and page.object_id else ()


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Asking whether things are mended."""
    return [Job("stations.faults", _l("驿站报修：问会员修好了没有"), timedelta(hours=1), asking.run)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What people are told."""
    return telling.KINDS


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """What members reported."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_stored_files() -> Iterable[str]:
    """Photos."""
    return keeping.stored_files()


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Reports."""
    return [exports.FAULTS]


def _rows(_path: str, _since: date, _until: date) -> str:
    return url_for("stations_desk.faults")


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """How many faults were reported."""
    return [ReportFigure("stations.faults", _l("驿站报修"), _l("驿站"), "times", queries.reported_below, _rows, order=560)]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Reports go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """A report in each state."""
    demo.load(now)
