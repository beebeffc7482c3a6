"""Reads of inspections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from unionhall.plugin import Actor, NotFound, scoped, session, unscoped
from unionhall_stations import rights
from unionhall_stations.inspections.models import Fix, Inspection, InspectionPhoto, Light
from unionhall_stations.models import Station

SIZE, LARGEST = 30, 2**31 - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of inspections is narrowed to; `fix` "late" means those that should be mended by now."""

    below: str
    month: str = ""
    light: str = ""
    fix: str = ""

    @property
    def narrowed(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.month or self.light or self.fix)


def managed(inspection_id: int, actor: Actor, permission: str) -> Inspection:
    """Return an inspection where the actor holds a permission. Raises NotFound."""
    if inspection_id > LARGEST:
        raise NotFound()
    found = session().scalar(scoped(select(Inspection).where(Inspection.id == inspection_id), Inspection, actor, permission))
    if found is None:
        raise NotFound()
    return found


def photo(found: Inspection, photo_id: int) -> InspectionPhoto:
    """Return one of an inspection's photos. Raises NotFound."""
    for row in found.photos:
        if row.id == photo_id:
            return row
    raise NotFound()


def of_station(station: Station, most: int = 60) -> list[Inspection]:
    """Return a station's inspections, the newest first."""
    wanted = select(Inspection).where(Inspection.station_id == station.id).order_by(Inspection.began_at.desc(), Inspection.id.desc())
    return list(session().scalars(unscoped(wanted.limit(most), why="the station's")))


def of_month(station: Station, month: str) -> Inspection | None:
    """Return a station's ordinary inspection of a month."""
    wanted = select(Inspection).where(Inspection.station_id == station.id, Inspection.month == month, Inspection.secret.is_(False))
    return session().scalar(unscoped(wanted, why="the station's"))


def listed(wanted: Wanted, actor: Actor, page: int, today: date) -> tuple[list[Inspection], int]:
    """Return a page of the inspections in scope, the newest first, and how many there are."""
    total = session().scalar(_narrowed(select(func.count(Inspection.id)), wanted, actor, today)) or 0
    ordered = _narrowed(select(Inspection), wanted, actor, today).order_by(Inspection.began_at.desc(), Inspection.id.desc())
    return list(session().scalars(ordered.limit(SIZE).offset((page - 1) * SIZE))), total


def each(wanted: Wanted, actor: Actor, today: date) -> Iterator[Inspection]:
    """Yield every inspection in scope that is done, for exports."""
    narrowed = _narrowed(select(Inspection), wanted, actor, today).where(Inspection.done_at.is_not(None))
    yield from session().scalars(narrowed.order_by(Inspection.month, Inspection.id))


def reds(station_ids: Iterable[int], most: int) -> dict[int, int]:
    """Return {station id: how many of the last inspections in a row were red}, those with one at least, up to `most`."""
    place = func.row_number().over(partition_by=Inspection.station_id, order_by=(Inspection.done_at.desc(), Inspection.id.desc()))
    inner = (
        select(Inspection.station_id, Inspection.light, place.label("place"))
        .where(Inspection.station_id.in_(list(station_ids)), Inspection.done_at.is_not(None))
        .subquery()
    )
    rows = session().execute(
        unscoped(select(inner).where(inner.c.place <= most).order_by(inner.c.station_id, inner.c.place), why="judged by the caller")
    )
    found: dict[int, int] = {}
    for station_id, light, number in rows:
        if light == Light.RED and found.get(station_id, 0) == number - 1:
            found[station_id] = number
    return found


def uninspected(month: str, below: str, actor: Actor) -> int:
    """Return how many open stations in scope nobody has inspected this month."""
    done = select(Inspection.station_id).where(Inspection.month == month, Inspection.done_at.is_not(None))
    wanted = select(func.count(Station.id)).where(Station.state == "open", Station.id.not_in(done))
    return session().scalar(scoped(wanted, Station, actor, rights.INSPECT, below)) or 0


def _narrowed(statement: Select[Any], wanted: Wanted, actor: Actor, today: date) -> Select[Any]:
    if wanted.month:
        statement = statement.where(Inspection.month == wanted.month)
    if wanted.light:
        statement = statement.where(Inspection.light == wanted.light)
    if wanted.fix == "late":
        statement = statement.where(Inspection.fix_state == Fix.DUE.value, Inspection.fix_by < today)
    elif wanted.fix:
        statement = statement.where(Inspection.fix_state == wanted.fix)
    return scoped(statement, Inspection, actor, rights.READ, wanted.below)
