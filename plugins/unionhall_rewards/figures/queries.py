"""What a fund brings about: who takes part, what is won, used and left to expire, and what a participant costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, func, select

from unionhall.plugin import Actor, NotFound, Org, clock, in_subtree, scoped, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState
from unionhall_rewards.draws.models import Draw, Entry
from unionhall_rewards.fund.models import Fund, Kind, Movement
from unionhall_rewards.redeeming.models import Redemption

MOST = 50


@dataclass(frozen=True, slots=True)
class Numbers:
    """A fund in a period. Coupons are those issued in it, whatever became of them since; money is what moved in it, in fen."""

    people: int
    entries: int
    issued: int
    redeemed: int
    expired: int
    voided: int
    spent_fen: int
    returned_fen: int

    @property
    def rate(self) -> float | None:
        """Return how many of a hundred coupons that are over were used."""
        over = self.redeemed + self.expired + self.voided
        return 100 * self.redeemed / over if over else None

    @property
    def each_fen(self) -> int | None:
        """Return what a participant cost."""
        return round(self.spent_fen / self.people) if self.people else None


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of coupon: how many were issued in a period, used and expired."""

    id: int
    name: str
    face_fen: int
    issued: int
    redeemed: int
    expired: int

    @property
    def rate(self) -> float | None:
        """Return how many of a hundred that are over were used."""
        over = self.redeemed + self.expired
        return 100 * self.redeemed / over if over else None


@dataclass(frozen=True, slots=True)
class StationLine:
    """A station: how often and for how much coupons were used there."""

    station_id: int
    times: int
    people: int
    fen: int


def funds(actor: Actor, below: str) -> list[Fund]:
    """Return the funds in the actor's reach, those at work first."""
    wanted = select(Fund).order_by(Fund.closed_at.is_not(None), Fund.id.desc()).limit(MOST)
    return list(session().scalars(scoped(wanted, Fund, actor, rights.READ, below)))


def fund_of(fund_id: int, actor: Actor) -> Fund:
    """Return a fund in the actor's reach. Raises NotFound."""
    found = session().scalar(scoped(select(Fund).where(Fund.id == fund_id), Fund, actor, rights.READ))
    if found is None:
        raise NotFound()
    return found


def _issued(since: date, until: date) -> ColumnElement[bool]:
    return and_(Coupon.issued_at >= clock.first_moment(since), Coupon.issued_at < clock.first_moment(until))


def numbers(fund_id: int, since: date, until: date) -> Numbers:
    """Return a fund's numbers from a day up to but not including another."""
    entries = select(func.count(func.distinct(Entry.member_id)), func.count(Entry.id)).join(Draw, Draw.id == Entry.draw_id).where(
        Draw.fund_id == fund_id, Entry.day >= since, Entry.day < until
    )  # fmt: skip
    people, tries = session().execute(unscoped(entries, why="figures")).one()
    states = select(Coupon.state, func.count()).where(Coupon.fund_id == fund_id, _issued(since, until)).group_by(Coupon.state)
    by_state: dict[str, int] = {row[0]: row[1] for row in session().execute(states)}
    sums = select(Movement.kind, func.sum(Movement.fen)).where(Movement.fund_id == fund_id, Movement.day >= since, Movement.day < until)
    moved: dict[str, int] = {row[0]: int(row[1]) for row in session().execute(sums.group_by(Movement.kind))}
    return Numbers(
        people, tries, sum(by_state.values()), by_state.get(CouponState.REDEEMED, 0), by_state.get(CouponState.EXPIRED, 0),
        by_state.get(CouponState.VOIDED, 0), moved.get(Kind.REDEEM, 0) - moved.get(Kind.REVERSE, 0),
        sum(moved.get(kind, 0) for kind in (Kind.EXPIRE, Kind.VOID, Kind.REST)) - moved.get(Kind.UNREST, 0),
    )  # fmt: skip


def kinds(fund_id: int, since: date, until: date) -> list[KindLine]:
    """Return the kinds of coupons that a fund gave out in a period."""
    used, gone = (func.sum(case((Coupon.state == state, 1), else_=0)) for state in (CouponState.REDEEMED, CouponState.EXPIRED))
    wanted = (
        select(CouponKind.id, CouponKind.name, CouponKind.face_fen, func.count(), used, gone)
        .join(Coupon, Coupon.kind_id == CouponKind.id)
        .where(Coupon.fund_id == fund_id, _issued(since, until))
        .group_by(CouponKind.id, CouponKind.name, CouponKind.face_fen)
        .order_by(func.count().desc(), CouponKind.name)
        .limit(MOST)
    )
    return [KindLine(*row) for row in session().execute(unscoped(wanted, why="figures"))]


def stations(fund_id: int, since: date, until: date) -> list[StationLine]:
    """Return where coupons were used in a period, the place with the largest sum first; what was taken back does not count."""
    wanted = (
        select(Redemption.station_id, func.count(), func.count(func.distinct(Coupon.member_id)), func.sum(Redemption.fen))
        .join(Coupon, Coupon.id == Redemption.coupon_id)
        .where(Redemption.fund_id == fund_id, Redemption.live, Redemption.day >= since, Redemption.day < until)
        .group_by(Redemption.station_id)
        .order_by(func.sum(Redemption.fen).desc(), Redemption.station_id)
        .limit(MOST)
    )
    return [StationLine(row[0], row[1], row[2], int(row[3])) for row in session().execute(wanted)]


def days(fund_id: int, since: date, until: date) -> list[tuple[date, int]]:
    """Return (day, coupons used) of each day with any."""
    wanted = select(Redemption.day, func.count()).where(
        Redemption.fund_id == fund_id, Redemption.live, Redemption.day >= since, Redemption.day < until
    )  # fmt: skip
    return [(row[0], row[1]) for row in session().execute(wanted.group_by(Redemption.day).order_by(Redemption.day))]


def _funds_at(path: str) -> ColumnElement[bool]:
    below = select(Org.id).where(in_subtree(Org.path, path))
    return Movement.fund_id.in_(unscoped(select(Fund.id).where(Fund.org_id.in_(below)), why="figures"))


def _moved(path: str, since: date, until: date, kinds: Iterable[Kind]) -> dict[str, tuple[int, int]]:
    wanted = select(Movement.kind, func.count(), func.sum(Movement.fen)).where(
        _funds_at(path), Movement.day >= since, Movement.day < until, Movement.kind.in_([kind.value for kind in kinds])
    )  # fmt: skip
    return {row[0]: (row[1], int(row[2])) for row in session().execute(wanted.group_by(Movement.kind))}


def won_at(path: str, since: date, until: date) -> int:
    """Return how many coupons the funds at and below an org gave out."""
    return sum(number for number, _fen in _moved(path, since, until, (Kind.ISSUE, Kind.GIVE)).values())
