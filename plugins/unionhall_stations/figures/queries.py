"""Stations counted: how many are open, by org, against the target; what inspections found, which services are offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from unionhall.plugin import Actor, Org, clock, in_subtree, scoped, session, unscoped
from unionhall_stations import rights
from unionhall_stations.inspections.models import Inspection, Light
from unionhall_stations.models import Service, Station, StationService, StationState

WHY = "a number of the report, which judges who reads it"


@dataclass(frozen=True, slots=True)
class OrgLine:
    """An org's stations: how many are open, paused, on their way, and the month's inspections with their lights."""

    org: Org
    open: int
    paused: int
    coming: int
    inspected: int
    greens: int
    reds: int


def standing(path: str, _since: date, until: date) -> int:
    """Count the stations that had opened by the end of a period and were not closed by then."""
    there = (Station.opened_on < until, or_(Station.closed_on.is_(None), Station.closed_on >= until))
    return _number(select(func.count(Station.id)).where(*there, _at(Station, path)))


def opened(path: str, since: date, until: date) -> int:
    """Count the stations that opened in a period."""
    return _number(select(func.count(Station.id)).where(Station.opened_on >= since, Station.opened_on < until, _at(Station, path)))


def inspected(path: str, since: date, until: date) -> int:
    """Count the inspections that were finished in a period."""
    during = (Inspection.done_at >= clock.first_moment(since), Inspection.done_at < clock.first_moment(until))
    return _number(select(func.count(Inspection.id)).where(*during, _at(Inspection, path)))


def by_org(actor: Actor, below: str, month: str) -> list[OrgLine]:
    """Return the orgs in scope with stations, in tree order, in three queries."""
    counted = scoped(
        select(Station.org_id, _sum(Station.state == StationState.OPEN.value), _sum(Station.state == StationState.PAUSED.value),
               _sum(Station.state.in_([StationState.PROPOSED.value, StationState.APPROVED.value, StationState.FITTING.value])))
        .group_by(Station.org_id), Station, actor, rights.READ, below,
    )  # fmt: skip
    visits = scoped(
        select(Inspection.org_id, func.count(), _sum(Inspection.light == Light.GREEN.value), _sum(Inspection.light == Light.RED.value))
        .where(Inspection.done_at.is_not(None), Inspection.month == month).group_by(Inspection.org_id),
        Inspection, actor, rights.READ, below,
    )  # fmt: skip
    stations = {row[0]: tuple(int(value or 0) for value in row[1:]) for row in session().execute(counted)}
    found = {row[0]: tuple(int(value or 0) for value in row[1:]) for row in session().execute(visits)}
    orgs = session().scalars(select(Org).where(Org.id.in_(list(stations))).order_by(Org.path))
    return [OrgLine(org, *stations[org.id], *found.get(org.id, (0, 0, 0))) for org in orgs]


def services(actor: Actor, below: str) -> list[tuple[Service, int, int]]:
    """Return (service, at how many open stations, at how many of them it does not work), in the order of the catalogue."""
    there = scoped(select(Station.id).where(Station.state == StationState.OPEN.value), Station, actor, rights.READ, below)
    counted = (
        select(StationService.service_id, func.count(), _sum(StationService.works.is_(False)))
        .where(StationService.station_id.in_(there))
        .group_by(StationService.service_id)
    )
    rows = session().execute(unscoped(counted, why="scoped inside"))
    numbers = {service_id: (int(number), int(broken or 0)) for service_id, number, broken in rows}
    known = session().scalars(select(Service).where(Service.active).order_by(Service.position, Service.id))
    return [(service, *numbers.get(service.id, (0, 0))) for service in known]


def _at(table: type[Station] | type[Inspection], path: str) -> ColumnElement[bool]:
    return table.org_id.in_(select(Org.id).where(in_subtree(Org.path, path)))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


def _number(statement: Any) -> int:
    return int(session().scalar(unscoped(statement, why=WHY)) or 0)
