"""Wiring of ratings."""

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
from unionhall_stations.ratings import demo, desk, exports, keeping, models, queries, services, site, telling, warning

__all__ = ["desk", "models", "warning"]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The desk's list."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("驿站评价"), url_for("stations_desk.ratings"), "star", 345, _("服务"))


@hookimpl
@fills("stations_station")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """On a station's page its ratings."""
    return [site.panel(page.object_id)] if slot == "stations_station" and page.object_id else ()


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Ratings that are old enough to be nobody's."""
    return [Job("stations.ratings", _l("一年前的驿站评价去掉姓名"), timedelta(days=1), services.forget)]


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What people are told."""
    return telling.KINDS


@hookimpl
def unionhall_personal_data() -> Iterable[PersonalData]:
    """What members said."""
    return [keeping.PERSONAL]


@hookimpl
def unionhall_stored_files() -> Iterable[str]:
    """Photos."""
    return keeping.stored_files()


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Ratings."""
    return [exports.RATINGS]


def _rows(_path: str, _since: date, _until: date) -> str:
    return url_for("stations_desk.ratings")


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """How many visits were rated."""
    return [ReportFigure("stations.ratings", _l("驿站评价"), _l("驿站"), "times", queries.below, _rows, order=550)]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Ratings go to the org that stays."""
    keeping.hand_over(source_id, target_id)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Some months of ratings."""
    demo.load(now)
