"""A fund's stations in a period as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Cell, ExportSource, NotFound, clock, report_period, report_periods
from unionhall_rewards import rights
from unionhall_rewards.figures import queries
from unionhall_stations.api import stations_by_ids


def header(_filters: Mapping[str, str]) -> Sequence[str]:
    """Return the columns."""
    return [_("编号"), _("驿站"), _("从"), _("到"), _("核销次数"), _("人数"), _("金额（元）")]


def rows(actor: Actor, _scope: str, filters: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    """Yield the stations of the page."""
    asked, today = filters.get("fund", ""), clock.local_day(clock.now())
    if not asked.isdecimal() or len(asked) > 9:
        return
    try:
        found = queries.fund_of(int(asked), actor)
    except NotFound:
        return
    period = report_period({"period": filters.get("period") or report_periods("month", today)[0]}, today)
    lines = queries.stations(found.id, period.since, period.until)
    names = stations_by_ids([line.station_id for line in lines])
    for line in lines:
        station = names.get(line.station_id)
        yield [
            station.number if station else None, station.name if station else "", period.since, period.last_day, line.times, line.people,
            line.fen / 100,
        ]  # fmt: skip


SOURCE = ExportSource("rewards.figures", _l("各驿站的核销"), rights.READ, header, rows, personal=False)
