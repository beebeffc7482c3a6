"""Reads of stores, clerks, tills and turns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import lazyload

from unionhall.plugin import Actor, NotFound, like_escape, scoped, session, unscoped
from unionhall_stations import rights
from unionhall_stations.models import Clerk, Station, StationState, Store, Till, Turn
from unionhall_stations.tills import numbers

SIZE, SOON = 30, timedelta(days=60)
STATES = ("running", "soon", "ended")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of stores is narrowed to; `state` is "running", "soon" (ends within 60 days), "ended" or ""."""

    below: str
    words: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A store in the list, with how many stations, clerks and tills it has now."""

    store: Store
    stations: int
    clerks: int
    tills: int


def stores(wanted: Wanted, actor: Actor, today: date, page: int, size: int = SIZE) -> tuple[list[Row], int]:
    """Return a page of the stores that the actor may read, by name, and how many there are."""
    total = session().scalar(_narrowed(select(func.count(Store.id)), wanted, actor, today)) or 0
    ordered = _narrowed(select(Store), wanted, actor, today).order_by(Store.name, Store.id)
    return rows(list(session().scalars(ordered.limit(size).offset((page - 1) * size)))), total


def _narrowed(statement: Select[Any], wanted: Wanted, actor: Actor, today: date) -> Select[Any]:
    if wanted.words:
        like = f"%{like_escape(wanted.words)}%"
        statement = statement.where(or_(Store.name.ilike(like, escape="\\"), Store.legal_name.ilike(like, escape="\\")))
    if wanted.state in STATES:
        statement = statement.where(_state(wanted.state, today))
    return scoped(statement, Store, actor, rights.READ, wanted.below)


def _state(state: str, today: date) -> ColumnElement[bool]:
    over = or_(Store.ended_at.is_not(None), Store.ends_on < today)
    if state == "ended":
        return over
    running = Store.ended_at.is_(None) & or_(Store.ends_on.is_(None), Store.ends_on >= today)
    return running if state == "running" else running & (Store.ends_on <= today + SOON)


def state_of(store: Store, today: date) -> str:
    """Return "ended", "soon" or "running"."""
    if store.ended_at is not None or (store.ends_on is not None and store.ends_on < today):
        return "ended"
    return "soon" if store.ends_on is not None and store.ends_on <= today + SOON else "running"


def rows(found: list[Store]) -> list[Row]:
    """Return stores with their numbers, in three queries however many there are."""
    ids = [store.id for store in found]
    stations = _numbers(select(Station.store_id, func.count()).where(Station.store_id.in_(ids), Station.state != StationState.CLOSED.value))
    clerks = _numbers(select(Clerk.store_id, func.count()).where(Clerk.store_id.in_(ids), Clerk.left_on.is_(None)))
    tills = _numbers(select(Till.store_id, func.count()).where(Till.store_id.in_(ids), Till.revoked_at.is_(None)))
    return [Row(store, stations.get(store.id, 0), clerks.get(store.id, 0), tills.get(store.id, 0)) for store in found]


def _numbers(statement: Any) -> dict[int, int]:
    grouped = statement.group_by(statement.selected_columns[0])
    return {row[0]: row[1] for row in session().execute(unscoped(grouped, why="given"))}


def store(store_id: int, actor: Actor, right: str = rights.STORES) -> Store:
    """Return a store at whose org the actor holds the right. Raises NotFound."""
    found = session().scalar(scoped(select(Store).where(Store.id == store_id), Store, actor, right))
    if found is None:
        raise NotFound()
    return found


def locked(store_id: int) -> Store:
    """Return a store locked until this unit of work ends: one writes about its clerks and tills at a time. Raises NotFound."""
    wanted = select(Store).where(Store.id == store_id).with_for_update(of=Store).execution_options(populate_existing=True)
    found = session().scalar(unscoped(wanted, why="judged by the caller"))
    if found is None:
        raise NotFound()
    return found


def clerks(store_id: int, *, left: bool = False) -> list[Clerk]:
    """Return a store's clerks, by name; with `left` also those who are gone, last."""
    wanted = select(Clerk).where(Clerk.store_id == store_id).order_by(Clerk.left_on.is_not(None), Clerk.name, Clerk.id)
    return list(session().scalars(unscoped(wanted if left else wanted.where(Clerk.left_on.is_(None)), why="of the store")))


def clerk(found: Store, clerk_id: int) -> Clerk:
    """Return a clerk of a store. Raises NotFound."""
    row = session().scalar(unscoped(select(Clerk).where(Clerk.id == clerk_id, Clerk.store_id == found.id), why="of the store"))
    if row is None:
        raise NotFound()
    return row


def tills(store_id: int, *, revoked: bool = False) -> list[Till]:
    """Return a store's tills, by label; with `revoked` also those of the past, last."""
    wanted = select(Till).where(Till.store_id == store_id).order_by(Till.revoked_at.is_not(None), Till.label, Till.id)
    return list(session().scalars(unscoped(wanted if revoked else wanted.where(Till.revoked_at.is_(None)), why="of the store")))


def till(found: Store, till_id: int) -> Till:
    """Return a till of a store. Raises NotFound."""
    row = session().scalar(unscoped(select(Till).where(Till.id == till_id, Till.store_id == found.id), why="of the store"))
    if row is None:
        raise NotFound()
    return row


def turns(till_id: int, page: int, size: int = SIZE) -> tuple[list[Turn], int]:
    """Return a page of the turns at a till, the latest first, and how many there are."""
    total = session().scalar(select(func.count(Turn.id)).where(Turn.till_id == till_id)) or 0
    wanted = select(Turn).where(Turn.till_id == till_id).order_by(Turn.id.desc()).limit(size).offset((page - 1) * size)
    return list(session().scalars(unscoped(wanted, why="of the till"))), total


def stations(store_id: int) -> list[Station]:
    """Return the stations that a store runs, by number."""
    wanted = select(Station).options(lazyload(Station.offers)).where(Station.store_id == store_id)
    wanted = wanted.where(Station.state != StationState.CLOSED.value).order_by(Station.number)
    return list(session().scalars(unscoped(wanted, why="of the store")))


def readable_stations(actor: Actor, below: str, ids: Iterable[int] | None = None) -> list[Station]:
    """Return the stations that the actor may read in the desk, by number; closed ones are left out."""
    wanted = select(Station).options(lazyload(Station.offers)).where(Station.state != StationState.CLOSED.value)
    wanted = wanted.order_by(Station.number, Station.id)
    if ids is not None:
        wanted = wanted.where(Station.id.in_(list(ids)))
    return list(session().scalars(scoped(wanted, Station, actor, rights.READ, below)))


def station_by_slug(slug: str) -> Station | None:
    """Return the station with an address, whatever its state."""
    return session().scalar(unscoped(select(Station).where(Station.slug == slug), why="public"))


def has_demo_till() -> bool:
    """Say whether the demo's till is there, which a known code enrols."""
    known = select(Till.id).where(Till.code_hash == numbers.code_hash(numbers.DEMO_CODE), Till.revoked_at.is_(None))
    return session().scalar(known) is not None
