"""Reads of redemptions: a coupon as a till sees it, a till's day, receipts, the desk's list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, exists, func, or_, select

from unionhall.plugin import NotFound, like_escape, session, unscoped
from unionhall_rewards.coupons.models import Coupon, CouponKind, KindStore
from unionhall_rewards.redeeming.models import Redemption
from unionhall_stations.api import stores_by_ids

SIZE = 30


@dataclass(frozen=True, slots=True)
class Seen:
    """A coupon with its kind, as a till needs it; `allowed` says whether this store takes it."""

    id: int
    kind_id: int
    fund_id: int
    member_id: int | None
    state: str
    face_fen: int
    valid_from: datetime
    valid_to: datetime
    held_until: datetime | None
    held_turn_id: int | None
    org_id: int
    name: str
    form: str
    min_spend_fen: int
    percent: int
    terms: str
    stackable: bool
    family: bool
    everywhere: bool
    allowed: bool


def taken_at(kind_id: Any, store_id: Any) -> ColumnElement[bool]:
    """Return the condition that a kind is good at a store."""
    return or_(CouponKind.everywhere, exists().where(KindStore.kind_id == kind_id, KindStore.store_id == store_id))


_K = CouponKind
_SEEN = unscoped(select(
    Coupon.id, Coupon.kind_id, Coupon.fund_id, Coupon.member_id, Coupon.state, Coupon.face_fen, Coupon.valid_from, Coupon.valid_to,
    Coupon.held_until, Coupon.held_turn_id, _K.org_id, _K.name, _K.form, _K.min_spend_fen, _K.percent, _K.terms, _K.stackable, _K.family,
    _K.everywhere, case((taken_at(Coupon.kind_id, bindparam("store", type_=Integer)), True), else_=False),
).join(_K, _K.id == Coupon.kind_id).where(Coupon.id == bindparam("coupon")), why="a till")  # fmt: skip


def seen(coupon_id: int, store_id: int) -> Seen | None:
    """Return a coupon as a store's till sees it; None when there is none."""
    row = session().execute(_SEEN, {"coupon": coupon_id, "store": store_id}).first()
    return Seen(*tuple[Any, ...](row)) if row else None


def stores_of_kind(kind_id: int) -> list[str]:
    """Return the names of the stores where a kind is good that is not good everywhere."""
    ids = session().scalars(select(KindStore.store_id).where(KindStore.kind_id == kind_id))
    return [store.name for store in sorted(stores_by_ids(ids).values(), key=lambda store: store.name)]


def standing(coupon_id: int) -> Redemption | None:
    """Return the redemption of a coupon that stands."""
    return session().scalar(unscoped(select(Redemption).where(Redemption.coupon_id == coupon_id, Redemption.live), why="given"))


def answered(till_id: int, key: str) -> tuple[str, str] | None:
    """Return (receipt, hash of what was asked) of what a till did for an Idempotency-Key."""
    wanted = select(Redemption.receipt, Redemption.body_hash).where(Redemption.till_id == till_id, Redemption.key == key)
    row = session().execute(wanted).first()
    return (row.receipt, row.body_hash) if row else None


def by_receipt(receipt: str, store_id: int) -> Redemption:
    """Return a redemption or a reversal of a store. Raises NotFound, also for another store's."""
    wanted = select(Redemption).where(Redemption.receipt == receipt, Redemption.store_id == store_id)
    found = session().scalar(unscoped(wanted, why="the store's own"))
    if found is None:
        raise NotFound()
    return found


def counterpart(found: Redemption) -> Redemption | None:
    """Return the reversal of a redemption, or what a reversal took back; None when it stands."""
    by = Redemption.reverses_id == found.id if found.reverses_id is None else Redemption.id == found.reverses_id
    return session().scalar(unscoped(select(Redemption).where(by), why="given"))


@dataclass(frozen=True, slots=True)
class Day:
    """What was redeemed and stands: how many, how much (fen), and both by kind."""

    number: int
    fen: int
    kinds: tuple[tuple[str, int, int], ...]


def figures(day: date, store_id: int, clerk_id: int | None = None) -> Day:
    """Return a store's day, or what one clerk did on it."""
    wanted = select(CouponKind.name, func.count(), func.sum(Redemption.fen)).select_from(Redemption).join(
        CouponKind, CouponKind.id == Redemption.kind_id
    ).where(Redemption.store_id == store_id, Redemption.day == day, Redemption.live).group_by(CouponKind.id, CouponKind.name)  # fmt: skip
    if clerk_id is not None:
        wanted = wanted.where(Redemption.clerk_id == clerk_id)
    found = [(name, number, int(fen)) for name, number, fen in session().execute(unscoped(wanted.order_by(CouponKind.id), why="a till"))]
    return Day(sum(row[1] for row in found), sum(row[2] for row in found), tuple(found))


def of_store(
    store_id: int, *, day: date | None = None, clerk_id: int | None = None, receipt: str = "", page: int = 1, size: int = SIZE
) -> tuple[list[Redemption], int]:
    """Return a page of a store's redemptions and reversals, the newest first, and how many; `receipt` is a part of its number."""
    wanted = select(Redemption).where(Redemption.store_id == store_id)
    if day is not None:
        wanted = wanted.where(Redemption.day == day)
    if clerk_id is not None:
        wanted = wanted.where(Redemption.clerk_id == clerk_id)
    if receipt:
        wanted = wanted.where(Redemption.receipt.like(f"%{like_escape(receipt.upper())}", escape="\\"))
    return page_of(unscoped(wanted, why="the store's own"), page, size)


def page_of(wanted: Select[Redemption], page: int, size: int) -> tuple[list[Redemption], int]:
    """Return a page of a SELECT of redemptions, the newest first, and how many there are."""
    counted = wanted.with_only_columns(Redemption.id).order_by(None).subquery()
    total = session().scalar(unscoped(select(func.count()).select_from(counted), why="counted")) or 0
    rows = session().scalars(wanted.order_by(Redemption.id.desc()).offset((page - 1) * size).limit(size))
    return list(rows.unique()), total


def reversed_ids(rows: Iterable[Redemption]) -> set[int]:
    """Return those of the redemptions that were taken back."""
    return {row.id for row in rows if row.reverses_id is None and not row.live}


def of_member(member_id: int) -> list[Redemption]:
    """Return what was redeemed of a member's coupons, reversals too."""
    wanted = select(Redemption).join(Coupon, Coupon.id == Redemption.coupon_id).where(Coupon.member_id == member_id)
    return list(session().scalars(unscoped(wanted.order_by(Redemption.id), why="oneself")))
