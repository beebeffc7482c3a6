"""The desk's list of stations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from unionhall.plugin import Actor, like_escape, scoped, session
from unionhall_stations import rights
from unionhall_stations.directory import finding
from unionhall_stations.directory.finding import Row
from unionhall_stations.models import Station, StationService, StationState

SIZE = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; `open` is "now" or "", `service` the id of one, `lack` "store" or "place"."""

    below: str
    words: str = ""
    state: str = ""
    open: str = ""
    service: int = 0
    lack: str = ""

    @property
    def narrowed(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.words or self.state or self.open or self.service or self.lack)


def stations(wanted: Wanted, actor: Actor, page: int, now: datetime) -> tuple[list[Row], int]:
    """Return a page of the stations in scope, by number, and how many there are."""
    ordered = _narrowed(select(Station), wanted, actor).options(joinedload(Station.store)).order_by(Station.number, Station.id)
    first = (page - 1) * SIZE
    if wanted.open:
        found = [row for row in finding.rows(list(session().scalars(ordered)), now) if row.status.open]
        return found[first : first + SIZE], len(found)
    total = session().scalar(_narrowed(select(func.count(Station.id)), wanted, actor)) or 0
    return finding.rows(list(session().scalars(ordered.limit(SIZE).offset(first))), now), total


def each(wanted: Wanted, actor: Actor, now: datetime) -> Iterator[Row]:
    """Yield every station in scope, for exports."""
    ordered = _narrowed(select(Station), wanted, actor).options(joinedload(Station.store)).order_by(Station.number, Station.id)
    for row in finding.rows(list(session().scalars(ordered)), now):
        if row.status.open or not wanted.open:
            yield row


def numbers(below: str, actor: Actor) -> dict[str, int]:
    """Return {state: how many stations} in scope."""
    counted = scoped(select(Station.state, func.count()).group_by(Station.state), Station, actor, rights.READ, below)
    return {state: int(number) for state, number in session().execute(counted)}


def _narrowed(statement: Select[Any], wanted: Wanted, actor: Actor) -> Select[Any]:
    if wanted.words:
        pattern = f"%{like_escape(wanted.words)}%"
        number = int(wanted.words) if wanted.words.isdecimal() and len(wanted.words) < 10 else 0
        columns = (Station.name, Station.address, Station.responsible)
        alike = or_(*(column.ilike(pattern, escape="\\") for column in columns), Station.number == number)
        statement = statement.where(alike)
    if wanted.state:
        statement = statement.where(Station.state == wanted.state)
    elif wanted.open:
        statement = statement.where(Station.state.in_([StationState.OPEN.value, StationState.PAUSED.value]))
    if wanted.service:
        statement = statement.where(Station.id.in_(select(StationService.station_id).where(StationService.service_id == wanted.service)))
    if wanted.lack == "store":
        statement = statement.where(Station.store_id.is_(None))
    elif wanted.lack == "place":
        statement = statement.where(Station.latitude.is_(None))
    return scoped(statement, Station, actor, rights.READ, wanted.below)
