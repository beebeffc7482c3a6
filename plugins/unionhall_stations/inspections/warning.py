"""What inspections say beside a station in the desk: too many red lights in a row, things that should be mended by now."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.plugin import clock, plugin_settings, session, unscoped
from unionhall_stations.directory import seams
from unionhall_stations.inspections import queries
from unionhall_stations.inspections.models import Fix, Inspection
from unionhall_stations.models import Station, StationState


def reds(stations: Iterable[Station]) -> dict[int, str]:
    """Return a warning for each open station with so many reds in a row that it should be paused or closed."""
    most = int(plugin_settings("stations").reds)
    there = [station.id for station in stations if station.state == StationState.OPEN]
    found = queries.reds(there, most) if there else {}
    return {
        station_id: _("连续 %(n)s 次巡查红灯，建议暂停或撤站。", n=number) for station_id, number in found.items() if number >= most
    }


def late(stations: Iterable[Station]) -> dict[int, str]:
    """Return a warning for each station where something should have been mended by now."""
    ids = [station.id for station in stations]
    wanted = select(Inspection.station_id, Inspection.fix_by).where(
        Inspection.station_id.in_(ids), Inspection.fix_state == Fix.DUE.value, Inspection.fix_by < clock.local_day(clock.now())
    )
    rows = session().execute(unscoped(wanted, why="judged by the caller")) if ids else ()
    return {station_id: _("整改过期了，应在 %(day)s 前改好。", day=day.isoformat()) for station_id, day in rows if day}


for _ask in (reds, late):
    if _ask not in seams.WARNINGS:
        seams.WARNINGS.append(_ask)
