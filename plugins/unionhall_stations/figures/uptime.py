"""How much of the promised opening hours stations were there: a pause takes from it, hours that were said to be shut do not.

Promised are the week's hours, special days and holidays as they are written now; what the week was before it was changed is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import clock, session
from unionhall_stations.directory import hours
from unionhall_stations.directory.models import StationStep
from unionhall_stations.models import SpecialDay, Station

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch during which a station was not there, and why; `closed` when it had been given up, not paused."""

    begins: datetime
    ends: datetime
    reason: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Uptime:
    """Minutes that were promised up to now, and those of them that a pause took."""

    promised: int = 0
    down: int = 0


def counted(stations: Sequence[Station], since: date, until: date, now: datetime) -> dict[int, Uptime]:
    """Return {station id: uptime} of stations, of the hours that begin on the days from `since` up to but not including `until`."""
    specials, away = _specials(stations, since, until), pauses(stations, now)
    return {row.id: _of(row, specials.get(row.id, ()), away.get(row.id, ()), since, until, now) for row in stations}


def pauses(stations: Iterable[Station], now: datetime) -> dict[int, list[Pause]]:
    """Return {station id: its pauses, and the times between its closing and its reopening, in order}; one that goes on ends now."""
    wanted = select(StationStep).where(StationStep.station_id.in_([row.id for row in stations])).order_by(StationStep.at, StationStep.id)
    steps: dict[int, list[StationStep]] = {}
    for step in session().scalars(wanted):
        steps.setdefault(step.station_id, []).append(step)
    return {station_id: list(_pauses(rows, now)) for station_id, rows in steps.items()}


def _pauses(steps: Sequence[StationStep], now: datetime) -> Iterable[Pause]:
    for place, step in enumerate(steps):
        if step.step in ("pause", "close"):
            after = steps[place + 1].at if place + 1 < len(steps) else now
            ends = min(after, step.until) if step.until else after
            if step.at < ends:
                yield Pause(step.at, ends, step.reason, closed=step.step == "close")


def _of(
    station: Station, specials: Sequence[SpecialDay], away: Sequence[Pause], since: date, until: date, now: datetime
) -> Uptime:
    if station.opened_on is None:
        return Uptime()
    day, after = max(since, station.opened_on), min(until, station.closed_on or until)
    promised, down = timedelta(), timedelta()
    while day < after:
        midnight = clock.first_moment(day)
        for opens, closes in hours.of_day(station, specials, day):
            begins, ends = midnight + timedelta(minutes=opens), min(midnight + timedelta(minutes=closes), now)
            if begins < ends:
                promised += ends - begins - _shared(begins, ends, (pause for pause in away if pause.closed))
                down += _shared(begins, ends, (pause for pause in away if not pause.closed))
        day += DAY
    return Uptime(promised // MINUTE, down // MINUTE)


def _shared(begins: datetime, ends: datetime, away: Iterable[Pause]) -> timedelta:
    nothing = timedelta()
    return sum((max(nothing, min(ends, pause.ends) - max(begins, pause.begins)) for pause in away), nothing)


def _specials(stations: Sequence[Station], since: date, until: date) -> dict[int, list[SpecialDay]]:
    wanted = select(SpecialDay).where(
        SpecialDay.station_id.in_([row.id for row in stations]), SpecialDay.until >= since, SpecialDay.since < until
    )
    found: dict[int, list[SpecialDay]] = {}
    for row in session().scalars(wanted):
        found.setdefault(row.station_id, []).append(row)
    return found
