"""Visits by station and stations by district as spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, ReportPeriod, clock, report_period, report_periods
from unionhall_stations import rights
from unionhall_stations.figures import visits


def _period(filters: Mapping[str, str]) -> ReportPeriod:
    today = clock.local_day(clock.now())
    return report_period({"period": filters.get("period") or report_periods("month", today)[0]}, today)


def _visits_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("编号"), _("驿站"), _("所属工会"), _("从"), _("到"), _("歇脚人次"), _("歇脚人数")]


def _visits_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    period = _period(filters)
    for line in visits.lines(visits.stations(actor, scope), period.since, period.until):
        station = line.station
        yield [station.number, station.name, station.org.name, period.since, period.last_day, line.times, line.people]


def _districts_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("地区"), _("从"), _("到"), _("驿站"), _("开放"), _("歇脚人次"), _("歇脚人数")]


def _districts_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    period = _period(filters)
    for row in visits.districts(visits.stations(actor, scope), scope, period.since, period.until):
        yield [row.name, period.since, period.last_day, row.stations, row.open, row.times, row.people]


SOURCES = (
    ExportSource("stations.visits", _l("驿站歇脚人次"), rights.READ, _visits_header, _visits_rows, personal=False),
    ExportSource("stations.districts", _l("各地驿站"), rights.READ, _districts_header, _districts_rows, personal=False),
)
