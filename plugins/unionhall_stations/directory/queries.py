"""Reads of stations, their services and their special days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from unionhall.plugin import Actor, NotFound, clock, scoped, session, unscoped
from unionhall_stations.directory.models import StationStep
from unionhall_stations.models import PUBLIC, Service, SpecialDay, Station, Store

LARGEST = 2**31 - 1


def by_slug(slug: str) -> Station:
    """Return a station that readers may see. Raises NotFound."""
    found = session().scalar(unscoped(select(Station).where(Station.slug == slug, Station.state.in_(PUBLIC)), why="public"))
    if found is None:
        raise NotFound()
    return found


def managed(station_id: int, actor: Actor, permission: str) -> Station:
    """Return a station where the actor holds a permission. Raises NotFound, also for one that is somewhere else."""
    if station_id > LARGEST:
        raise NotFound()
    found = session().scalar(scoped(select(Station).where(Station.id == station_id), Station, actor, permission))
    if found is None:
        raise NotFound()
    return found


def by_ids(ids: Iterable[int]) -> dict[int, Station]:
    """Return {id: station} of stations that the caller may name."""
    wanted = [number for number in set(ids) if 0 < number <= LARGEST]
    return {row.id: row for row in session().scalars(unscoped(select(Station).where(Station.id.in_(wanted)), why="given"))}


def specials(station_ids: Iterable[int], now: datetime) -> dict[int, list[SpecialDay]]:
    """Return {station id: special days that are not over}, yesterday's included for hours past midnight."""
    since = clock.local_day(now) - timedelta(days=1)
    wanted = select(SpecialDay).where(SpecialDay.station_id.in_(list(station_ids)), SpecialDay.until >= since)
    found: dict[int, list[SpecialDay]] = {}
    for row in session().scalars(wanted.order_by(SpecialDay.since, SpecialDay.id)):
        found.setdefault(row.station_id, []).append(row)
    return found


def special(station: Station, day_id: int) -> SpecialDay:
    """Return one of a station's special days. Raises NotFound."""
    found = session().get(SpecialDay, day_id) if day_id <= LARGEST else None
    if found is None or found.station_id != station.id:
        raise NotFound()
    return found


def services(*, every: bool = False) -> list[Service]:
    """Return the catalogue in its order, only what is in use unless `every`."""
    wanted = select(Service).order_by(Service.position, Service.id)
    return list(session().scalars(wanted if every else wanted.where(Service.active)))


def service(service_id: int) -> Service:
    """Return a service of the catalogue. Raises NotFound."""
    found = session().get(Service, service_id) if service_id <= LARGEST else None
    if found is None:
        raise NotFound()
    return found


def stores(org_path: str, actor: Actor, permission: str) -> list[Store]:
    """Return the stores at and below an org that the actor may give a station to, by name."""
    return list(session().scalars(scoped(select(Store), Store, actor, permission, org_path).order_by(Store.name, Store.id)))


def steps(station: Station, most: int = 50) -> list[StationStep]:
    """Return what happened to a station, the newest first."""
    wanted = select(StationStep).where(StationStep.station_id == station.id).order_by(StationStep.id.desc())
    return list(session().scalars(wanted.limit(most)))


def next_number(kind: str) -> int:
    """Return a number that no station of a kind has had yet; the database judges when it is kept."""
    return (session().scalar(unscoped(select(func.max(Station.number)).where(Station.kind == kind), why="a number")) or 0) + 1
