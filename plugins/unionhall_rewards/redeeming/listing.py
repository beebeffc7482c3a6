"""Reads of the desk: its list of redemptions, figures, and the patterns that wait for a look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from unionhall.plugin import Actor, NotFound, like_escape, scoped, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.fund.models import Fund
from unionhall_rewards.redeeming.models import Flag, Redemption
from unionhall_rewards.redeeming.queries import SIZE, page_of

REDEEMED = Redemption.reverses_id.is_(None)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the desk's list is narrowed to."""

    store: int = 0
    station: int = 0
    kind: int = 0
    since: date | None = None
    until: date | None = None
    state: str = ""
    receipt: str = ""
    fund: int = 0

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Filter:
        """Read it from a page's query; what makes no sense is left out."""
        typed = {name: values.get(name, "") for name in ("store", "station", "kind", "fund")}
        numbers = {name: int(text) for name, text in typed.items() if text.isdecimal() and len(text) < 10}
        state = values.get("state", "")
        return cls(
            **numbers, since=_day(values.get("since", "")), until=_day(values.get("until", "")),
            state=state if state in ("live", "reversed") else "", receipt=values.get("receipt", "").strip()[:20],
        )  # fmt: skip

    def values(self) -> dict[str, str]:
        """Return it as a page's query."""
        found = {"store": self.store or "", "station": self.station or "", "kind": self.kind or "", "since": self.since or "",
                 "until": self.until or "", "state": self.state, "receipt": self.receipt, "fund": self.fund or ""}  # fmt: skip
        return {name: str(value) for name, value in found.items() if value}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def narrowed(actor: Actor, below: str, chosen: Filter) -> Select[Redemption]:
    """Return the SELECT of redemptions that an actor may see, out of funds at and below an org; reversals are seen on what they reverse."""
    wanted = select(Redemption).join(Fund, Fund.id == Redemption.fund_id).where(REDEEMED)
    columns: tuple[tuple[InstrumentedAttribute[int], int], ...] = (
        (Redemption.store_id, chosen.store), (Redemption.station_id, chosen.station), (Redemption.kind_id, chosen.kind),
        (Redemption.fund_id, chosen.fund),
    )  # fmt: skip
    for column, value in columns:
        if value:
            wanted = wanted.where(column == value)
    if chosen.since:
        wanted = wanted.where(Redemption.day >= chosen.since)
    if chosen.until:
        wanted = wanted.where(Redemption.day <= chosen.until)
    if chosen.state:
        wanted = wanted.where(Redemption.live == (chosen.state == "live"))
    if chosen.receipt:
        wanted = wanted.where(Redemption.receipt.like(f"%{like_escape(chosen.receipt.upper())}", escape="\\"))
    return scoped(wanted, Fund, actor, rights.READ, below)


def listed(actor: Actor, below: str, chosen: Filter, *, page: int = 1, size: int = SIZE) -> tuple[list[Redemption], int]:
    """Return a page of the desk's list, and how many."""
    return page_of(narrowed(actor, below, chosen), page, size)


def part(actor: Actor, below: str, chosen: Filter, *, after: int, size: int) -> list[Redemption]:
    """Return the next redemptions for a file, in the order of their ids."""
    wanted = narrowed(actor, below, chosen).where(Redemption.id > after).order_by(Redemption.id).limit(size)
    return list(session().scalars(wanted).unique())


def sums(actor: Actor, below: str, chosen: Filter) -> tuple[int, int, int]:
    """Return how many of the desk's list stand, their sum (fen), and how many were taken back."""
    one, none = case((Redemption.live, 1), else_=0), case((Redemption.live, Redemption.fen), else_=0)
    wanted = narrowed(actor, below, chosen).with_only_columns(func.sum(one), func.sum(none), func.count())
    live, fen, every = session().execute(wanted).one()
    return int(live or 0), int(fen or 0), int(every) - int(live or 0)


def reversals(ids: Iterable[int]) -> dict[int, Redemption]:
    """Return {redemption id: its reversal}."""
    wanted = select(Redemption).where(Redemption.reverses_id.in_(set(ids)))
    return {row.reverses_id or 0: row for row in session().scalars(unscoped(wanted, why="given"))}


def kind_choices(actor: Actor, below: str) -> list[tuple[int, str]]:
    """Return (id, name) of the kinds that were redeemed from funds in the actor's reach."""
    redeemed = select(Redemption.kind_id).distinct()
    wanted = select(CouponKind.id, CouponKind.name).where(CouponKind.id.in_(redeemed)).order_by(CouponKind.name)
    return [(row.id, row.name) for row in session().execute(scoped(wanted, CouponKind, actor, rights.READ, below))]


def flags(actor: Actor, below: str, *, done: bool = False, page: int = 1) -> tuple[list[Flag], int]:
    """Return a page of patterns that wait for a look (or had one), of funds in the actor's reach, and how many."""
    own = aliased(Redemption)
    wanted = select(Flag).join(own, own.id == Flag.redemption_id).join(Fund, Fund.id == own.fund_id)
    wanted = scoped(wanted.where(Flag.looked_at.is_not(None) if done else Flag.looked_at.is_(None)), Fund, actor, rights.READ, below)
    counted = wanted.with_only_columns(Flag.id).subquery()
    total = session().scalar(unscoped(select(func.count()).select_from(counted), why="counted")) or 0
    rows = session().scalars(wanted.order_by(Flag.id.desc()).offset((page - 1) * SIZE).limit(SIZE))
    return list(rows.unique()), total


def flag(flag_id: int, actor: Actor) -> Flag:
    """Return a pattern that the actor may judge. Raises NotFound otherwise."""
    own = aliased(Redemption)
    wanted = select(Flag).join(own, own.id == Flag.redemption_id).join(Fund, Fund.id == own.fund_id).where(Flag.id == flag_id)
    found = session().scalar(scoped(wanted, Fund, actor, rights.SETTLE))
    if found is None:
        raise NotFound()
    return found
