"""Reads of faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from unionhall.plugin import Actor, NotFound, Org, clock, in_subtree, scoped, session, unscoped
from unionhall_stations import rights
from unionhall_stations.faults.models import WAITING, Fault, FaultState
from unionhall_stations.models import Service, Station, StationService

SIZE, LARGEST = 30, 2**31 - 1
LATE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of faults is narrowed to; the state "live" means those that are not over."""

    below: str
    state: str = ""
    station: int = 0

    @property
    def narrowed(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.state or self.station)


def services(station: Station) -> list[Service]:
    """Return the services that a station offers, in the order of the catalogue."""
    wanted = select(Service).join(StationService, StationService.service_id == Service.id)
    wanted = wanted.where(StationService.station_id == station.id, Service.active).order_by(Service.position, Service.id)
    return list(session().scalars(wanted))


def known(station: Station, most: int = 10) -> list[Fault]:
    """Return the faults that the keeper has answered and not mended yet, the newest first: what readers see."""
    wanted = select(Fault).where(Fault.station_id == station.id, Fault.state == FaultState.ANSWERED.value)
    return list(session().scalars(unscoped(wanted.order_by(Fault.answered_at.desc(), Fault.id.desc()).limit(most), why="public")))


def mine(station: Station, member_id: int, most: int = 10) -> list[Fault]:
    """Return what a member reported of a station, the newest first."""
    wanted = select(Fault).where(Fault.station_id == station.id, Fault.member_id == member_id).order_by(Fault.id.desc()).limit(most)
    return list(session().scalars(unscoped(wanted, why="oneself")))


def own(fault_id: int, member_id: int) -> Fault:
    """Return a member's own report. Raises NotFound, also for another's."""
    wanted = select(Fault).where(Fault.id == fault_id, Fault.member_id == member_id)
    found = session().scalar(unscoped(wanted, why="oneself")) if fault_id <= LARGEST else None
    if found is None:
        raise NotFound()
    return found


def managed(fault_id: int, actor: Actor, permission: str) -> Fault:
    """Return a report where the actor holds a permission. Raises NotFound."""
    found = session().scalar(scoped(select(Fault).where(Fault.id == fault_id), Fault, actor, permission)) if fault_id <= LARGEST else None
    if found is None:
        raise NotFound()
    return found


def listed(wanted: Wanted, actor: Actor, page: int) -> tuple[list[Fault], int]:
    """Return a page of the reports in scope, those that nobody looked at first, then the newest, and how many there are."""
    total = session().scalar(_narrowed(select(func.count(Fault.id)), wanted, actor)) or 0
    bare = joinedload(Fault.station, innerjoin=True).lazyload(Station.offers)
    ordered = _narrowed(select(Fault).options(bare), wanted, actor).order_by(Fault.state != FaultState.OPEN.value, Fault.id.desc())
    return list(session().scalars(ordered.limit(SIZE).offset((page - 1) * SIZE))), total


def each(wanted: Wanted, actor: Actor) -> Iterator[Fault]:
    """Yield every report in scope, for exports."""
    yield from session().scalars(_narrowed(select(Fault), wanted, actor).order_by(Fault.id).execution_options(yield_per=500))


def late(station_ids: Iterable[int], now: datetime) -> dict[int, int]:
    """Return {station id: how many reports nobody has answered for LATE}."""
    wanted = select(Fault.station_id, func.count()).where(
        Fault.station_id.in_(list(station_ids)), Fault.state == FaultState.OPEN.value, Fault.updated_at < now - LATE
    )  # fmt: skip
    rows = session().execute(unscoped(wanted.group_by(Fault.station_id), why="judged by the caller"))
    return {row[0]: int(row[1]) for row in rows}


def live(station_ids: Iterable[int]) -> dict[int, int]:
    """Return {station id: how many reports are neither mended nor over}."""
    wanted = select(Fault.station_id, func.count()).where(Fault.station_id.in_(list(station_ids)), Fault.state.in_(WAITING))
    rows = session().execute(unscoped(wanted.group_by(Fault.station_id), why="judged by the caller"))
    return {row[0]: int(row[1]) for row in rows}


def reported_below(path: str, since: date, until: date) -> int:
    """Return how many faults were reported at and below an org."""
    during = (Fault.created_at >= clock.first_moment(since), Fault.created_at < clock.first_moment(until))
    orgs = select(Org.id).where(in_subtree(Org.path, path))
    return int(session().scalar(unscoped(select(func.count(Fault.id)).where(*during, Fault.org_id.in_(orgs)), why="figures")) or 0)


def _narrowed(statement: Select[Any], wanted: Wanted, actor: Actor) -> Select[Any]:
    if wanted.state == "live":
        statement = statement.where(Fault.state.in_([*WAITING, FaultState.MENDED]))
    elif wanted.state:
        statement = statement.where(Fault.state == wanted.state)
    if wanted.station:
        statement = statement.where(Fault.station_id == wanted.station)
    return scoped(statement, Fault, actor, rights.READ, wanted.below)
