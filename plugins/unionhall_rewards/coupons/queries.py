"""Reads of kinds and coupons. A coupon is its member's; in the desk it belongs to the org of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import JSON, ColumnElement, Integer, Select, String, column, func, or_, select, table

from unionhall.plugin import Actor, NotFound, Org, can, clock, find_members, scoped, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState, Extension, Gift, Voiding
from unionhall_rewards.fund.models import Fund, Movement

SIZE, LARGEST = 30, 2**31 - 1
# The draws are a part above this one, which must not know it; whether one promises a kind stands in these columns.
_DRAW = table("rewards_draw", column("id", Integer), column("state", String), column("fund_id", Integer))
_PRIZE = table("rewards_prize", column("draw_id", Integer), column("coupons", JSON))
USABLE, USED, EXPIRED = "usable", "used", "expired"
TABS = (USABLE, USED, EXPIRED)


def kind(kind_id: int, actor: Actor, right: str = rights.READ) -> CouponKind:
    """Return a kind where the actor has a right. Raises NotFound otherwise."""
    wanted = select(CouponKind).where(CouponKind.id == min(kind_id, LARGEST))
    found = session().scalar(scoped(wanted, CouponKind, actor, right))
    if found is None:
        raise NotFound()
    return found


def kinds(actor: Actor, below: str, *, state: str = "", right: str = rights.READ) -> list[CouponKind]:
    """Return the kinds in the actor's reach: drafts, those in use, retired ones last."""
    wanted = select(CouponKind).order_by((CouponKind.state == "retired"), CouponKind.id.desc())
    if state:
        wanted = wanted.where(CouponKind.state == state)
    return list(session().scalars(scoped(wanted, CouponKind, actor, right, below)).unique())


def numbers_of_kinds(kind_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return {kind id: {state: coupons}}."""
    wanted = select(Coupon.kind_id, Coupon.state, func.count()).where(Coupon.kind_id.in_(list(kind_ids)))
    found: dict[int, dict[str, int]] = {}
    for kind_id, state, number in session().execute(wanted.group_by(Coupon.kind_id, Coupon.state)):
        found.setdefault(kind_id, {})[state] = number
    return found


def is_used(found: CouponKind) -> bool:
    """Say whether there are coupons of a kind, a gift of it is under way, or a published draw promises it."""
    if session().scalar(select(Coupon.id).where(Coupon.kind_id == found.id).limit(1)) is not None:
        return True
    pending = select(Gift.id).where(Gift.kind_id == found.id, Gift.state.in_(("asked", "first"))).limit(1)
    if session().scalar(unscoped(pending, why="judged by the caller")) is not None:
        return True
    promised = select(_PRIZE.c.coupons).join(_DRAW, _DRAW.c.id == _PRIZE.c.draw_id)
    rows = session().scalars(promised.where(_DRAW.c.state != "draft", _DRAW.c.fund_id == found.fund_id))
    return any(str(found.id) in (pack or {}) for pack in rows)


def funds(actor: Actor, right: str = rights.COUPONS) -> list[Fund]:
    """Return the funds that are open, where the actor has a right."""
    wanted = select(Fund).where(Fund.closed_at.is_(None)).order_by(Fund.name, Fund.id)
    return list(session().scalars(scoped(wanted, Fund, actor, right)))


def mine(coupon_id: int, member_id: int) -> Coupon:
    """Return a member's own coupon. Raises NotFound for anybody else's."""
    found = session().scalar(_coupons().where(Coupon.id == min(coupon_id, LARGEST), Coupon.member_id == member_id))
    if found is None:
        raise NotFound()
    return found


def of_member(member_id: int, tab: str, now: datetime, *, page: int = 1, size: int = SIZE) -> list[Coupon]:
    """Return a page of a member's coupons: those that can be used by when they end, the others newest first."""
    wanted = _coupons().where(Coupon.member_id == member_id, _in_tab(tab, now))
    order = (Coupon.valid_to, Coupon.id) if tab == USABLE else (Coupon.closed_at.desc(), Coupon.id.desc())
    return list(session().scalars(wanted.order_by(*order).offset((page - 1) * size).limit(size)).unique())


def numbers_of_member(member_id: int, now: datetime) -> dict[str, int]:
    """Return {tab: coupons} of a member."""
    counted = [func.count().filter(_in_tab(tab, now)) for tab in TABS]
    row = session().execute(select(*counted).where(Coupon.member_id == member_id)).one()
    return dict(zip(TABS, row, strict=True))


def last_used(member_id: int, limit: int = 3) -> list[Coupon]:
    """Return a member's coupons that were redeemed last."""
    wanted = _coupons().where(Coupon.member_id == member_id, Coupon.state == CouponState.REDEEMED.value)
    return list(session().scalars(wanted.order_by(Coupon.closed_at.desc(), Coupon.id.desc()).limit(limit)).unique())


def usable_number(member_id: int, now: datetime) -> int:
    """Return how many coupons a member can use."""
    wanted = select(func.count()).select_from(Coupon).where(Coupon.member_id == member_id, _in_tab(USABLE, now))
    return session().scalar(wanted) or 0


def _in_tab(tab: str, now: datetime) -> ColumnElement[bool]:
    held = Coupon.held_until.is_not(None) & (Coupon.held_until > now)  # never unknown: it is negated below
    live = (Coupon.state == CouponState.ISSUED.value) & ((Coupon.valid_to >= now) | held)
    if tab == USABLE:
        return live
    if tab == USED:
        return Coupon.state == CouponState.REDEEMED.value
    over = Coupon.state.in_((CouponState.EXPIRED.value, CouponState.VOIDED.value))
    return over | ((Coupon.state == CouponState.ISSUED.value) & ~live)


def _coupons() -> Select[Coupon]:
    return unscoped(select(Coupon), why="oneself")


def managed(coupon_id: int, actor: Actor, right: str = rights.READ) -> Coupon:
    """Return a coupon of a kind where the actor has a right. Raises NotFound otherwise."""
    found = session().scalar(unscoped(select(Coupon).where(Coupon.id == min(coupon_id, LARGEST)), why="judged below"))
    if found is None or not can(actor, right, found.kind.org):
        raise NotFound()
    return found


@dataclass(frozen=True, slots=True)
class Filter:
    """What the desk's list of coupons is narrowed to; `words` are a number of a coupon, or of its member.

    `since` and `until` are the days from and to which they were given out, both of them included.
    """

    state: str = ""
    kind: int = 0
    words: str = ""
    fund: int = 0
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Filter:
        """Return the filter in an address; what makes no sense is left out."""
        state = values.get("state", "")
        return cls(
            state if state in set(CouponState) else "", _number(values.get("kind", "")), values.get("q", "").strip()[:40],
            _number(values.get("fund", "")), _day(values.get("since", "")), _day(values.get("until", "")),
        )  # fmt: skip

    def values(self) -> dict[str, str]:
        """Return it as values of an address."""
        return {
            "state": self.state, "kind": str(self.kind or ""), "q": self.words, "fund": str(self.fund or ""),
            "since": self.since.isoformat() if self.since else "", "until": self.until.isoformat() if self.until else "",
        }  # fmt: skip


def _number(asked: str) -> int:
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 0


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def coupons(actor: Actor, below: str, chosen: Filter, *, page: int = 1, size: int = SIZE) -> tuple[list[Coupon], int]:
    """Return a page of coupons of kinds in the actor's reach, the newest first, and how many there are. A code finds nothing."""
    wanted = _narrowed(select(Coupon), actor, below, chosen)
    total = session().scalar(unscoped(select(func.count()).select_from(wanted.order_by(None).subquery()), why="counted")) or 0
    rows = unscoped(wanted.order_by(Coupon.id.desc()).offset((page - 1) * size).limit(size), why=rights.READ)
    return list(session().scalars(rows).unique()), total


def numbers(actor: Actor, below: str, chosen: Filter) -> dict[str, tuple[int, int]]:
    """Return {state: (coupons, fen)} of a filter without its state."""
    wanted = _narrowed(select(Coupon.state, func.count(), func.sum(Coupon.face_fen)), actor, below, replace(chosen, state=""))
    rows = session().execute(unscoped(wanted.group_by(Coupon.state), why=rights.READ))
    return {state: (number, int(fen or 0)) for state, number, fen in rows}


def _narrowed(wanted: Select, actor: Actor, below: str, chosen: Filter) -> Select:  # type: ignore[type-arg]
    inside = scoped(select(CouponKind.id), CouponKind, actor, rights.READ, below)
    wanted = wanted.where(Coupon.kind_id.in_(inside))
    if chosen.state:
        wanted = wanted.where(Coupon.state == chosen.state)
    if chosen.kind:
        wanted = wanted.where(Coupon.kind_id == chosen.kind)
    if chosen.fund:
        wanted = wanted.where(Coupon.fund_id == chosen.fund)
    if chosen.since:
        wanted = wanted.where(Coupon.issued_at >= clock.first_moment(chosen.since))
    if chosen.until:
        wanted = wanted.where(Coupon.issued_at < clock.first_moment(chosen.until + timedelta(days=1)))
    if chosen.words:
        wanted = wanted.where(_matching(chosen.words, actor))
    return wanted


def _matching(words: str, actor: Actor) -> ColumnElement[bool]:
    """Match a coupon's number (Q-000012), or members that the actor may look for by name or number."""
    digits = words.upper().removeprefix("Q-").lstrip("0")
    if digits.isascii() and digits.isdecimal() and len(digits) < 10:
        return or_(Coupon.id == int(digits), Coupon.member_id == int(digits))
    paths = actor.paths(rights.READ) or (("/",) if actor.system else ())
    people = {found.id for path in paths for found in find_members(path, words=words, limit=200)}
    return Coupon.member_id.in_(people)


def movements_of(coupon: Coupon) -> list[Movement]:
    """Return what the ledger says of a coupon itself: given, expired, taken back."""
    wanted = select(Movement).where(Movement.kind.in_(("issue", "give", "expire", "void")), Movement.ref_id == coupon.id)
    return list(session().scalars(wanted.order_by(Movement.id)))


def extensions_of(coupon: Coupon) -> list[Extension]:
    """Return the extensions that reached a coupon."""
    wanted = select(Extension).where(Extension.made_at >= coupon.issued_at).order_by(Extension.id)
    rows = session().scalars(unscoped(wanted, why="the coupon was judged"))
    return [row for row in rows if coupon.kind_id in row.kind_ids and (coupon.closed_at is None or row.made_at <= coupon.closed_at)]


def voidings_of(coupon_id: int) -> list[Voiding]:
    """Return the requests to take a coupon back, the newest first."""
    wanted = select(Voiding).where(Voiding.coupon_id == coupon_id).order_by(Voiding.id.desc())
    return list(session().scalars(unscoped(wanted, why="judged")).unique())


def gift(gift_id: int, actor: Actor) -> Gift:
    """Return a gift where the actor reads. Raises NotFound otherwise."""
    found = session().scalar(scoped(select(Gift).where(Gift.id == min(gift_id, LARGEST)), Gift, actor, rights.READ))
    if found is None:
        raise NotFound()
    return found


def gifts(actor: Actor, below: str, *, page: int = 1, size: int = SIZE) -> tuple[list[Gift], int]:
    """Return a page of gifts, those that wait first, and how many there are."""
    wanted = scoped(select(Gift), Gift, actor, rights.READ, below)
    total = session().scalar(unscoped(select(func.count()).select_from(wanted.subquery()), why="counted")) or 0
    order = wanted.order_by(Gift.state.not_in(("asked", "first")), Gift.id.desc())
    return list(session().scalars(order.offset((page - 1) * size).limit(size)).unique()), total


def voiding(voiding_id: int, actor: Actor) -> Voiding:
    """Return a request to take a coupon back where the actor reads. Raises NotFound otherwise."""
    found = session().scalar(unscoped(select(Voiding).where(Voiding.id == min(voiding_id, LARGEST)), why="judged below"))
    if found is None or not can(actor, rights.READ, found.coupon.kind.org):
        raise NotFound()
    return found


def voidings(actor: Actor, below: str, *, page: int = 1, size: int = SIZE) -> tuple[list[Voiding], int]:
    """Return a page of requests to take coupons back, those that wait for somebody first, and how many there are."""
    wanted = _voidings(select(Voiding), actor, below, rights.READ)
    total = session().scalar(unscoped(select(func.count()).select_from(wanted.subquery()), why="counted")) or 0
    order = wanted.order_by(~_waits(), Voiding.id.desc())
    return list(session().scalars(unscoped(order.offset((page - 1) * size).limit(size), why=rights.READ)).unique()), total


def waiting(actor: Actor) -> int:
    """Return how many gifts, requests and objections wait for a decision where the actor decides."""
    asked = select(func.count()).select_from(Gift).where(Gift.state.in_(("asked", "first")))
    given = session().scalar(scoped(asked, Gift, actor, rights.APPROVE)) or 0
    taken = _voidings(select(func.count()).select_from(Voiding), actor, "", rights.APPROVE).where(_waits())
    return given + (session().scalar(unscoped(taken, why=rights.APPROVE)) or 0)


def _voidings(wanted: Select, actor: Actor, below: str, right: str) -> Select:  # type: ignore[type-arg]
    inside = scoped(select(CouponKind.id), CouponKind, actor, right, below)
    held = select(Coupon.id).where(Coupon.kind_id.in_(inside))
    return wanted.where(Voiding.coupon_id.in_(held))


def _waits() -> ColumnElement[bool]:
    return or_(Voiding.state == "asked", Voiding.appealed_at.is_not(None) & Voiding.appeal_answered_at.is_(None))


def extensions(actor: Actor, below: str) -> list[Extension]:
    """Return the latest extensions in the actor's reach."""
    wanted = select(Extension).order_by(Extension.id.desc()).limit(100)
    return list(session().scalars(scoped(wanted, Extension, actor, rights.READ, below)))


def org_of(path: str) -> Org | None:
    """Return an org by its path."""
    return session().scalar(select(Org).where(Org.path == path))
