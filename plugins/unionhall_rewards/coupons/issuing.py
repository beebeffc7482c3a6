"""Making coupons: codes, times, and the money they are worth. A whole pack takes a few statements."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import lazyload

from unionhall.plugin import clock, seal, session, unscoped
from unionhall_rewards.coupons import codes
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState
from unionhall_rewards.fund import bulk
from unionhall_rewards.fund.models import Kind

SEALED = "rewards.coupon"
CHUNK = 200
chance = secrets.randbelow
_TICK = timedelta(microseconds=1)
_KINDS = unscoped(select(CouponKind).where(CouponKind.id.in_(bindparam("ids", expanding=True))).options(lazyload("*")), why="given")
_TABLE = Coupon.__table__
_ADD = {
    name: dialect.insert(_TABLE).on_conflict_do_nothing(index_elements=["lookup"]).returning(_TABLE.c.id, _TABLE.c.lookup)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
"""By database, the INSERT that leaves out rows whose code is there already."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A coupon that was just made: what it is, what it is worth (fen), and until when (included) it can be used."""

    id: int
    kind_id: int
    name: str
    face_fen: int
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """One coupon to be made: of which kind, for whom, the n-th of its cause."""

    kind: CouponKind
    member_id: int
    number: int
    entry_id: int | None = None
    gift_id: int | None = None


def for_entry(entry_id: int, member_id: int, pack: Mapping[int, int], *, now: datetime) -> list[Issued]:
    """Make the coupons of a prize's pack {kind id: how many} for an entry that won it: each moves its face from the pool to live.

    What a draw promised is given although its kind was retired meanwhile. A second call for the same entry is an IntegrityError.
    """
    kinds = _kinds(pack)
    order = [kinds[kind_id] for kind_id in sorted(pack) for _one in range(pack[kind_id])]
    return _make([Wish(kind, member_id, at, entry_id=entry_id) for at, kind in enumerate(order, start=1)], Kind.ISSUE, now=now)


def for_gift(
    gift_id: int, kind: CouponKind, number: int, member_ids: Iterable[int], *, now: datetime, actor_id: int | None = None
) -> list[Issued]:
    """Make `number` coupons for each of these members, from what is free in the fund. Raises RuleBroken ("fund-empty")."""
    wishes = [Wish(kind, member_id, at, gift_id=gift_id) for member_id in member_ids for at in range(1, number + 1)]
    return _make(wishes, Kind.GIVE, now=now, actor_id=actor_id)


def period(kind: CouponKind, now: datetime) -> tuple[datetime, datetime]:
    """Return from when until when (both included, UTC) a coupon of a kind that is made now is good; days end at midnight in Shanghai."""
    today = clock.local_day(now)
    if kind.valid_days is not None:
        return now, last_moment(today + timedelta(days=kind.valid_days - 1))
    first, last = kind.valid_from or today, kind.valid_until or today
    starts = max(now, clock.first_moment(first))
    return min(starts, last_moment(last)), last_moment(last)


def last_moment(day: date) -> datetime:
    """Return the last moment of a Shanghai day, in UTC."""
    return clock.first_moment(day + timedelta(days=1)) - _TICK


def _kinds(pack: Mapping[int, int]) -> dict[int, CouponKind]:
    return {row.id: row for row in session().scalars(_KINDS, {"ids": list(pack)})}


def _make(wishes: Sequence[Wish], why: Kind, *, now: datetime, actor_id: int | None = None) -> list[Issued]:
    made: list[Issued] = []
    for start in range(0, len(wishes), CHUNK):
        made += _stored(wishes[start : start + CHUNK], now)
    funds = {wish.kind.id: wish.kind.fund_id for wish in wishes}
    bulk.move_all(why, [(funds[row.kind_id], row.face_fen, row.id) for row in made], now=now, actor_id=actor_id)
    return made


def _stored(wishes: Sequence[Wish], now: datetime) -> list[Issued]:
    """Insert coupons; one whose serial was taken gets another."""
    key, pepper, add = codes.site_key(), codes.site_pepper(), _ADD[session().get_bind().dialect.name]
    left, made = list(wishes), list[tuple[Wish, Issued]]()
    while left:
        drawn = [(wish, _row(wish, key, pepper, now)) for wish in left]
        rows = {row["lookup"]: (wish, row) for wish, row in drawn}
        for coupon_id, lookup in session().execute(add, [row for _wish, row in rows.values()]).all():
            wish, row = rows.pop(lookup)
            made.append((wish, Issued(coupon_id, wish.kind.id, wish.kind.name, wish.kind.face_fen, row["valid_to"])))
        stored = {id(wish) for wish, _issued in made}
        left = [wish for wish in left if id(wish) not in stored]
    return [issued for _wish, issued in sorted(made, key=lambda pair: (pair[0].member_id, pair[0].number))]


def _row(wish: Wish, key: bytes, pepper: bytes, now: datetime) -> dict[str, Any]:
    code = codes.make(chance(codes.SERIALS), key=key)
    since, until = period(wish.kind, now)
    return {
        "kind_id": wish.kind.id, "fund_id": wish.kind.fund_id, "member_id": wish.member_id, "entry_id": wish.entry_id,
        "gift_id": wish.gift_id, "number": wish.number, "state": CouponState.ISSUED.value, "face_fen": wish.kind.face_fen,
        "lookup": codes.lookup(code, pepper=pepper), "code_sealed": seal(SEALED, code.text), "valid_from": since, "valid_to": until,
        "reminded": 0, "issued_at": now,
    }  # fmt: skip
