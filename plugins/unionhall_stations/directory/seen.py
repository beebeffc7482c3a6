"""Stations as other plugins see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from unionhall.plugin import Actor, Org, in_subtree, scoped, session, unscoped
from unionhall_stations import rights
from unionhall_stations.directory import hours, queries
from unionhall_stations.models import PUBLIC, Station


@dataclass(frozen=True, slots=True)
class StationView:
    """A station: its kind, number, name, org, store (None while nobody runs it), whether readers may see it, and its page."""

    id: int
    kind: str
    number: int
    name: str
    address: str
    org_id: int
    org_path: str
    store_id: int | None
    public: bool
    url: str


def view(row: Station) -> StationView:
    """Return a station as others see it."""
    url = f"/stations/{row.slug}/"  # also outside a request
    return StationView(
        row.id, row.kind, row.number, row.name, row.address, row.org_id, row.org.path, row.store_id, row.public, url
    )  # fmt: skip


def stations_by_ids(ids: Iterable[int]) -> dict[int, StationView]:
    """Return {id: station} of those that there are."""
    wanted = select(Station).where(Station.id.in_(set(ids)))
    return {row.id: view(row) for row in session().scalars(unscoped(wanted, why="given"))}


def stations_of_store(store_id: int) -> list[StationView]:
    """Return a store's stations that readers may see, by number."""
    wanted = select(Station).where(Station.store_id == store_id, Station.state.in_(PUBLIC)).order_by(Station.number)
    return [view(row) for row in session().scalars(unscoped(wanted, why="public"))]


def stations_of(actor: Actor, org_path: str) -> list[StationView]:
    """Return the stations at and below an org that an actor may read in the desk, by number."""
    below = select(Station).join(Org, Org.id == Station.org_id).where(in_subtree(Org.path, org_path)).order_by(Station.number)
    return [view(row) for row in session().scalars(scoped(below, Station, actor, rights.READ))]


def open_now(ids: Iterable[int], now: datetime) -> set[int]:
    """Return those of the stations that are open at a moment, in two queries for all of them."""
    rows = list(session().scalars(unscoped(select(Station).where(Station.id.in_(set(ids))), why="given")))
    specials = queries.specials([row.id for row in rows], now)
    return {row.id for row in rows if hours.open_at(row, specials.get(row.id, ()), now)}
