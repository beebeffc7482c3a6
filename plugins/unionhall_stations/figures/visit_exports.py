"""The report as spreadsheets: by station, by district, by weekday and hour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, ReportPeriod, clock, report_period
from unionhall_stations import rights
from unionhall_stations.directory import labels
from unionhall_stations.figures import report, visits
from unionhall_stations.figures.report import Tally


def _period(filters: Mapping[str, str]) -> ReportPeriod:
    return report_period(filters, clock.local_day(clock.now()))


def _sums_header() -> list[str]:
    return [_("可用率（%）"), _("核销次数"), _("抵扣金额（元）"), _("费用（元）"), _("每次歇脚的费用（元）")]


def _sums(sums: Tally) -> list[Cell]:
    each = sums.each_fen
    return [
        None if sums.uptime is None else round(sums.uptime, 2), sums.redeemed, sums.fen / 100, sums.cost_fen / 100,
        None if each is None else each / 100,
    ]  # fmt: skip


def _visits_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [
        _("编号"), _("驿站"), _("所属工会"), _("从"), _("到"), _("歇脚人次"), _("歇脚人数"), *_sums_header(), _("会员评分（平均）"),
        _("评价次数"), _("没办完的报修"),
    ]  # fmt: skip


def _visits_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    period = _period(filters)
    for line in report.lines(visits.stations(actor, scope), period.since, period.until, clock.now()):
        station = line.station
        yield [
            station.number, station.name, station.org.name, period.since, period.last_day, line.sums.times, line.people, *_sums(line.sums),
            None if line.score.mean is None else round(line.score.mean, 2), line.score.number, line.faults,
        ]  # fmt: skip


def _districts_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("地区"), _("从"), _("到"), _("驿站"), _("开放"), _("歇脚人次"), _("歇脚人数"), *_sums_header()]


def _districts_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    period = _period(filters)
    lines = report.lines(visits.stations(actor, scope), period.since, period.until, clock.now())
    for place in report.places(lines, scope, period.since, period.until):
        row = place.district
        yield [row.name, period.since, period.last_day, row.stations, row.open, row.times, row.people, *_sums(place.sums)]


def _hours_header(_filters: Mapping[str, str]) -> Sequence[str]:
    return [_("星期"), _("几点"), _("从"), _("到"), _("歇脚人次")]


def _hours_rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    period = _period(filters)
    for weekday, row in enumerate(visits.by_hour(visits.stations(actor, scope), period.since, period.until)):
        for hour, number in enumerate(row):
            if number:
                yield [str(labels.WEEKDAYS[weekday]), hour, period.since, period.last_day, number]


SOURCES = (
    ExportSource("stations.visits", _l("驿站运行：各站"), rights.READ, _visits_header, _visits_rows, personal=False),
    ExportSource("stations.districts", _l("驿站运行：各地"), rights.READ, _districts_header, _districts_rows, personal=False),
    ExportSource("stations.hours", _l("驿站运行：按钟点"), rights.READ, _hours_header, _hours_rows, personal=False),
)
