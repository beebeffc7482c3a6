"""Who stands at which till: turns begun with a PIN on an enrolled device. Two cookies: the device's own, and the turn's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g, redirect, request, url_for
from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from unionhall.plugin import clock, keyed_hash, never_cache, session, unscoped
from unionhall_stations.models import Clerk, Station, Store, Till, Turn

DEVICE, TURN = "uh_till", "uh_turn"
IDLE, NOTED = timedelta(minutes=30), timedelta(minutes=1)
_View = TypeVar("_View", bound=Callable[..., Any])
_TILL = unscoped(select(Till).where(Till.token_hash == bindparam("token"), Till.revoked_at.is_(None)), why="given").options(
    joinedload(Till.station).lazyload(Station.offers), joinedload(Till.store).lazyload(Store.org)
)
_TURN = unscoped(
    select(Turn).join(Turn.clerk).where(
        Turn.token_hash == bindparam("token"), Turn.till_id == bindparam("till"), Turn.ended_at.is_(None),
        Turn.seen_at > bindparam("since"), Clerk.left_on.is_(None), Clerk.store_id == bindparam("store"),
    ), why="given",
).options(contains_eager(Turn.clerk).lazyload(Clerk.store), lazyload(Turn.till))  # fmt: skip


@dataclass(frozen=True, slots=True)
class TillTurn:
    """A clerk's turn at a till, with what belongs to it."""

    turn_id: int
    till_id: int
    till_label: str
    station_id: int
    station_name: str
    store_id: int
    store_name: str
    org_id: int
    org_path: str
    clerk_id: int
    clerk_name: str
    manager: bool
    locked_until: datetime | None = None
    seen_at: datetime | None = None


def token_hash(token: str) -> str:
    """Return what the database keeps of a device's or a turn's token."""
    return keyed_hash("stations.till", token)


def current_till() -> Till | None:
    """Return the till that this request's device is, asked for once; None for any other device."""
    if "stations_till" not in g:
        token = request.cookies.get(DEVICE, "")
        g.stations_till = session().scalar(_TILL, {"token": token_hash(token)}) if token else None
    return cast("Till | None", g.stations_till)


def current_turn() -> TillTurn | None:
    """Return the turn of this request's device, asked for once; None when it is no till, or nobody's turn."""
    if "stations_turn" not in g:
        g.stations_turn = _turn(clock.now())
    return cast("TillTurn | None", g.stations_turn)


def moved(till: Till) -> bool:
    """Say whether another store runs the station of a till by now, or the agreement is over: then nobody works at it."""
    last = till.store.ends_on
    return till.station.store_id != till.store_id or (last is not None and last < clock.local_day(clock.now()))


def _turn(now: datetime) -> TillTurn | None:
    till, token = current_till(), request.cookies.get(TURN, "")
    if till is None or not token or moved(till):
        return None
    asked = {"token": token_hash(token), "till": till.id, "since": now - IDLE, "store": till.store_id}
    turn = session().scalar(_TURN, asked)
    if turn is None:
        return None
    station, store, clerk = till.station, till.store, turn.clerk
    return TillTurn(
        turn.id, till.id, till.label, station.id, station.name, store.id, store.name, station.org_id, station.org.path, clerk.id,
        clerk.name, clerk.manager, till.locked_until if till.locked_until and till.locked_until > now else None, turn.seen_at,
    )  # fmt: skip


def still_here(turn: TillTurn, now: datetime) -> Update:
    """Return the statement that notes that a turn goes on; it changes a row once a minute at most."""
    stale = update(Turn).where(Turn.id == turn.turn_id, Turn.ended_at.is_(None), Turn.seen_at <= now - NOTED)
    return stale.values(seen_at=now).execution_options(synchronize_session=False)


def needs_turn(view: _View) -> _View:
    """Mark a page of a till: without a turn one is sent to the PIN (and comes back), a device that is no till gets 404."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        never_cache()
        if current_till() is None:
            abort(404)
        turn = current_turn()
        if turn is None:
            here = request.full_path.rstrip("?") if request.method == "GET" else ""
            return redirect(url_for("stations.till", next=here or None), 303)
        if request.method == "POST":
            now = clock.now()
            if turn.seen_at is None or turn.seen_at <= now - NOTED:
                session().execute(still_here(turn, now))
        return view(*args, **kwargs)

    return cast(_View, guarded)


def lock_till(till_id: int, until: datetime) -> None:
    """Refuse everything at a till until a moment, in the unit of work that is open (too many wrong codes)."""
    session().execute(update(Till).where(Till.id == till_id).values(locked_until=until).execution_options(synchronize_session=False))
