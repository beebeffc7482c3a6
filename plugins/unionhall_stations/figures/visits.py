"""Stations counted: by district against the target, visits by weekday and hour, services; no query for each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer, case, distinct, func, literal, select
from sqlalchemy.orm import lazyload

from unionhall.plugin import Actor, Org, in_subtree, orgs_by_ids, plugin_settings, scoped, session, unscoped
from unionhall_stations import rights
from unionhall_stations.models import Service, Station, StationService, StationState, Store
from unionhall_stations.tills.models import Visit

USUAL_TARGET = 100


@dataclass(frozen=True, slots=True)
class District:
    """An org directly below the place that is looked at (or the place itself), with its stations and their visits in a period."""

    org_id: int
    name: str
    stations: int
    open: int
    times: int
    people: int


@dataclass(frozen=True, slots=True)
class Line:
    """One station with its visits in a period."""

    station: Station
    times: int
    people: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A service: how many open stations have it, at how many it does not work now, and the visits there."""

    service_id: int
    name: str
    stations: int
    broken: int
    times: int


def target() -> int:
    """Return how many stations there shall be; 0 when nobody wants to know."""
    return int(getattr(plugin_settings("stations"), "target", USUAL_TARGET))


def stations(actor: Actor, path: str) -> list[Station]:
    """Return the stations at and below an org that the actor may read and that are not closed, by number."""
    wanted = select(Station).options(lazyload(Station.offers)).where(Station.state != StationState.CLOSED.value)
    wanted = wanted.order_by(Station.number, Station.id)
    return list(session().scalars(scoped(wanted, Station, actor, rights.READ, path)))


def lines(found: Sequence[Station], since: date, until: date) -> list[Line]:
    """Return each station with its visits."""
    wanted = _within(select(Visit.station_id, func.count(), func.count(distinct(Visit.member_id))), found, since, until)
    counted = {row[0]: (row[1], row[2]) for row in session().execute(wanted.group_by(Visit.station_id))}
    return [Line(station, *counted.get(station.id, (0, 0))) for station in found]


def districts(found: Sequence[Station], path: str, since: date, until: date) -> list[District]:
    """Return the orgs directly below a place that have stations, those with the most first; people are counted once in each."""
    groups: dict[int, list[Station]] = {}
    for station in found:
        groups.setdefault(district_of(station, path), []).append(station)
    orgs = orgs_by_ids(groups)
    visits = _by_group(groups, found, since, until)
    rows = [
        District(
            org_id, orgs[org_id].short_name, len(group), sum(station.state == StationState.OPEN.value for station in group),
            *visits.get(org_id, (0, 0)),
        )
        for org_id, group in groups.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.open, -row.stations, row.org_id))


def district_of(station: Station, place: str) -> int:
    """Return the id of the org directly below a place on the way to a station's, or the place's own."""
    path = station.org.path
    rest = path[len(place) :].strip("/").split("/")[0] if path.startswith(place) else ""
    return int(rest or (place if path.startswith(place) else path).strip("/").rpartition("/")[2])


def _by_group(groups: dict[int, list[Station]], found: Sequence[Station], since: date, until: date) -> dict[int, tuple[int, int]]:
    if not groups:
        return {}
    ways = [(Visit.station_id.in_([station.id for station in group]), literal(org_id, Integer)) for org_id, group in groups.items()]
    which = case(*ways, else_=0).label("place")
    wanted = _within(select(which, func.count(), func.count(distinct(Visit.member_id))), found, since, until)
    return {row[0]: (row[1], row[2]) for row in session().execute(wanted.group_by(which))}


def totals(found: Sequence[Station], since: date, until: date) -> tuple[int, int]:
    """Return visits (times) and visitors (each person once) at stations."""
    row = session().execute(_within(select(func.count(), func.count(distinct(Visit.member_id))), found, since, until)).one()
    return row[0], row[1]


def at_hour(found: Sequence[Station], since: date, until: date, weekday: int, hour: int) -> list[Line]:
    """Return the stations with visits at an hour of a weekday (0: Monday), the most visited first."""
    days = [day for day in (since + timedelta(days=n) for n in range((until - since).days)) if day.weekday() == weekday]
    wanted = _within(select(Visit.station_id, func.count(), func.count(distinct(Visit.member_id))), found, since, until)
    wanted = wanted.where(Visit.day.in_(days), Visit.hour == hour).group_by(Visit.station_id)
    counted = {row[0]: (row[1], row[2]) for row in session().execute(wanted)}
    rows = [Line(station, *counted[station.id]) for station in found if station.id in counted]
    return sorted(rows, key=lambda line: (-line.times, line.station.number))


def by_day(station: Station, since: date, until: date) -> list[tuple[date, int]]:
    """Return (day, visits) of a station's days with any, the latest first."""
    wanted = _within(select(Visit.day, func.count()), [station], since, until).group_by(Visit.day).order_by(Visit.day.desc())
    return [(row[0], row[1]) for row in session().execute(wanted)]


def by_hour(found: Sequence[Station], since: date, until: date) -> list[list[int]]:
    """Return visits as seven weekdays, Monday first, of 24 hours."""
    grid = [[0] * 24 for _day in range(7)]
    wanted = _within(select(Visit.day, Visit.hour, func.count()), found, since, until).group_by(Visit.day, Visit.hour)
    for day, hour, number in session().execute(wanted):
        grid[day.weekday()][hour] += number
    return grid


def services(found: Sequence[Station], since: date, until: date) -> list[Offer]:
    """Return the services that open stations have, by the visits at those stations."""
    open_ = [station.id for station in found if station.state == StationState.OPEN.value]
    broken = func.sum(case((StationService.works, 0), else_=1))
    kinds = select(Service.id, Service.name, func.count(), broken).join(StationService, StationService.service_id == Service.id)
    kinds = kinds.where(StationService.station_id.in_(open_), Service.active).group_by(Service.id, Service.name, Service.position)
    times = select(StationService.service_id, func.count()).join(Visit, Visit.station_id == StationService.station_id)
    times = times.where(Visit.station_id.in_(open_), Visit.day >= since, Visit.day < until).group_by(StationService.service_id)
    visits = {row[0]: row[1] for row in session().execute(times)}
    known = session().execute(kinds.order_by(Service.position))
    rows = [Offer(row[0], row[1], row[2], int(row[3] or 0), visits.get(row[0], 0)) for row in known]
    return sorted(rows, key=lambda row: (-row.times, -row.stations))


def _within(statement: Any, found: Iterable[Station], since: date, until: date) -> Any:
    return statement.where(Visit.station_id.in_([station.id for station in found]), Visit.day >= since, Visit.day < until)


def visits_below(path: str, since: date, until: date) -> int:
    """Return how many visits there were at and below an org."""
    return _counted(func.count(), path, since, until)


def visitors_below(path: str, since: date, until: date) -> int:
    """Return how many people visited, each once; who was forgotten after a year is not among them."""
    return _counted(func.count(distinct(Visit.member_id)), path, since, until)


def _counted(what: Any, path: str, since: date, until: date) -> int:
    below = select(Station.id).join(Org, Org.id == Station.org_id).where(in_subtree(Org.path, path))
    wanted = select(what).select_from(Visit).where(Visit.station_id.in_(below), Visit.day >= since, Visit.day < until)
    return int(session().scalar(unscoped(wanted, why="figures")) or 0)


def stores_below(path: str, _since: date, until: date) -> int:
    """Return how many stores had an agreement at the end of a period."""
    orgs = select(Org.id).where(in_subtree(Org.path, path))
    there = Store.org_id.in_(orgs) & (Store.starts_on < until)
    wanted = select(func.count(Store.id)).where(there, Store.ends_on.is_(None) | (Store.ends_on >= until))
    return session().scalar(unscoped(wanted, why="figures")) or 0
