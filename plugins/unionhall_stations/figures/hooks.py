"""Wiring of the part figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Area, ExportSource, NavItem, ReportFigure, can, hookimpl
from unionhall_stations import rights
from unionhall_stations.figures import (  # noqa: F401 - the routes, the table
    demo,
    desk,
    desk_station,
    desk_visits,
    models,
    queries,
    rows,
    visit_exports,
    visits,
)

GROUP = _l("驿站")
REPORT = (
    ReportFigure("stations.stations", _l("开放的驿站"), GROUP, "items", queries.standing, rows.of_open, standing=True, order=500),
    ReportFigure("stations.opened", _l("新开放的驿站"), GROUP, "items", queries.opened, rows.of_open, order=505),
    ReportFigure("stations.inspections", _l("驿站巡查次数"), GROUP, "times", queries.inspected, rows.of_inspections, order=510),
    ReportFigure("stations.visits", _l("驿站歇脚人次"), GROUP, "times", visits.visits_below, rows.by("times"), order=520),
    ReportFigure("stations.visitors", _l("来过驿站的会员"), GROUP, "people", visits.visitors_below, rows.by("people"), small=5, order=530),
    ReportFigure("stations.stores", _l("合作门店"), GROUP, "items", visits.stores_below, rows.of_stores, standing=True, order=540),
)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The desk's pages."""
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("驿站统计"), url_for("stations_desk.figures"), "chart", 348, _("服务"))
        yield NavItem(_("驿站运行报表"), url_for("stations_desk.visit_figures"), "chart", 349, _("服务"))


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """Stations, districts, hours."""
    return visit_exports.SOURCES


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Stations, inspections, visits, stores."""
    return REPORT


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """What the stations cost."""
    demo.load(now)
