"""Clerks, tills and names of stations as other plugins see them: who served where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from unionhall.plugin import session, unscoped
from unionhall_stations.models import Clerk, Station, Till


@dataclass(frozen=True, slots=True)
class ClerkView:
    """Somebody who serves, or served, at a store's tills."""

    id: int
    name: str
    store_id: int
    manager: bool
    left: bool


@dataclass(frozen=True, slots=True)
class TillView:
    """A till at a station; `locked_until` is a moment while it is locked."""

    id: int
    label: str
    station_id: int
    store_id: int
    locked_until: datetime | None


def clerks_by_ids(ids: Iterable[int]) -> dict[int, ClerkView]:
    """Return {id: clerk} of those that there are, also of those who left."""
    return {row.id: row for row in _clerks(Clerk.id.in_(set(ids)))}


def clerks_of_store(store_id: int) -> list[ClerkView]:
    """Return who serves at a store now."""
    return _clerks((Clerk.store_id == store_id) & Clerk.left_on.is_(None))


def _clerks(condition: object) -> list[ClerkView]:
    wanted = select(Clerk.id, Clerk.name, Clerk.store_id, Clerk.manager, Clerk.left_on).where(condition).order_by(Clerk.id)  # type: ignore[arg-type]
    return [ClerkView(row.id, row.name, row.store_id, row.manager, row.left_on is not None) for row in session().execute(wanted)]


def tills_of_store(store_id: int) -> list[TillView]:
    """Return a store's tills that are not revoked."""
    return _tills((Till.store_id == store_id) & Till.revoked_at.is_(None))


def tills_locked(store_ids: Iterable[int], now: datetime) -> list[TillView]:
    """Return the tills of some stores that are locked at a moment."""
    return _tills(Till.store_id.in_(set(store_ids)) & (Till.locked_until > now))


def _tills(condition: object) -> list[TillView]:
    columns = (Till.id, Till.label, Till.station_id, Till.store_id, Till.locked_until)
    return [TillView(*row) for row in session().execute(select(*columns).where(condition).order_by(Till.id))]  # type: ignore[arg-type]


def station_names(ids: Iterable[int]) -> dict[int, str]:
    """Return {id: name} of stations, without anything that a page of theirs needs."""
    wanted = select(Station.id, Station.name).where(Station.id.in_(set(ids)))
    return {row.id: row.name for row in session().execute(unscoped(wanted, why="given"))}
