"""Reads of benefits and claims. What is offered is public; a claim is for the person, and for those who check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, or_, select

from unionhall.plugin import Actor, NotFound, Org, can, orgs_above, orgs_by_ids, scoped, session, unscoped
from unionhall_chapters import rights
from unionhall_chapters.benefits.models import (
    CLAIMING,
    OPEN,
    SETTLED,
    Benefit,
    Category,
    Claim,
    ClaimPaper,
    Payment,
    State,
)
from unionhall_chapters.models import Chapter

SIZE = 30


def offered(today: date, *, category: str = "", org_ids: Iterable[int] | None = None, coming: bool = False) -> list[Benefit]:
    """Return the benefits that are open now, with `coming` also those that will be; of one category or of some orgs only."""
    at_work = or_(Benefit.valid_until.is_(None), Benefit.valid_until >= today)
    wanted = select(Benefit).where(Benefit.current, Benefit.offered, at_work)
    if not coming:
        wanted = wanted.where(Benefit.valid_from <= today)
    if category:
        wanted = wanted.where(Benefit.category == category)
    if org_ids is not None:
        wanted = wanted.where(Benefit.org_id.in_(list(org_ids)))
    found = session().scalars(unscoped(wanted.order_by(Benefit.name, Benefit.id), why="public"))
    order = list(Category)
    return sorted(found, key=lambda row: (order.index(Category(row.category)), row.org.path.count("/"), row.id))


def for_chapter(chapter: Chapter, today: date) -> list[Benefit]:
    """Return what a chapter's members may claim: its own, and those of the unions above."""
    org = orgs_by_ids([chapter.org_id])[chapter.org_id]
    return offered(today, org_ids=[org.id, *(above.id for above in orgs_above(org))])


def benefit(benefit_id: int) -> Benefit:
    """Return one version of a benefit. Raises NotFound."""
    found = session().scalar(unscoped(select(Benefit).where(Benefit.id == benefit_id), why="public"))
    if found is None:
        raise NotFound()
    return found


def current_of(found: Benefit) -> Benefit:
    """Return the version of a benefit that holds now."""
    wanted = select(Benefit).where(Benefit.series == found.series, Benefit.current)
    return session().scalar(unscoped(wanted, why="public")) or found


def versions(found: Benefit) -> list[Benefit]:
    """Return all versions of a benefit, the newest first."""
    wanted = select(Benefit).where(Benefit.series == found.series).order_by(Benefit.number.desc())
    return list(session().scalars(unscoped(wanted, why="given")))


def managed_benefit(benefit_id: int, actor: Actor) -> Benefit:
    """Return a benefit of an org where the actor keeps the catalogue. Raises NotFound otherwise."""
    found = session().scalar(scoped(select(Benefit).where(Benefit.id == benefit_id), Benefit, actor, rights.BENEFITS))
    if found is None:
        raise NotFound()
    return found


def catalogue(actor: Actor, below: str) -> list[Benefit]:
    """Return the present versions in the actor's reach, also those that are closed."""
    wanted = scoped(select(Benefit).where(Benefit.current), Benefit, actor, rights.BENEFITS, below)
    return list(session().scalars(wanted.order_by(Benefit.offered.desc(), Benefit.category, Benefit.id)))


def claim(claim_id: int) -> Claim:
    """Return a claim that the caller was led to. Raises NotFound."""
    found = session().scalar(unscoped(select(Claim).where(Claim.id == claim_id), why="given"))
    if found is None:
        raise NotFound()
    return found


def my_claim(claim_id: int, member_id: int) -> Claim:
    """Return a person's own claim. Raises NotFound for anybody else's."""
    found = session().scalar(unscoped(select(Claim).where(Claim.id == claim_id, Claim.member_id == member_id), why="oneself"))
    if found is None:
        raise NotFound()
    return found


def of_member(member_id: int) -> list[Claim]:
    """Return a person's claims, the newest first."""
    wanted = select(Claim).where(Claim.member_id == member_id).order_by(Claim.id.desc())
    return list(session().scalars(unscoped(wanted, why="oneself")))


def managed(claim_id: int, actor: Actor) -> Claim:
    """Return a claim where the actor checks, first or second. Drafts are the person's own. Raises NotFound otherwise."""
    wanted = select(Claim).where(Claim.id == claim_id, Claim.state != State.DRAFT)
    found = session().scalar(unscoped(wanted, why="judged below"))
    if found is None or not (can(actor, rights.CLAIMS, found.org) or can(actor, rights.SETTLE, found.settle_org)):
        raise NotFound()
    return found


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of claims is narrowed to."""

    state: str = ""
    category: str = ""
    words: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Filter:
        """Return the filter in an address; what makes no sense is left out."""
        state, category = values.get("state", ""), values.get("category", "")
        return cls(
            state if state in {*State, "open"} - {State.DRAFT} else "", category if category in set(Category) else "",
            values.get("q", "").strip()[:40],
        )  # fmt: skip

    def values(self) -> dict[str, str]:
        """Return it as values of an address."""
        return {"state": self.state, "category": self.category, "q": self.words}


def _narrowed(wanted: Select[Claim], chosen: Filter) -> Select[Claim]:
    wanted = wanted.where(Claim.state != State.DRAFT)
    if chosen.state == "open":
        wanted = wanted.where(Claim.state.in_(OPEN))
    elif chosen.state:
        wanted = wanted.where(Claim.state == chosen.state)
    if chosen.category:
        wanted = wanted.join(Benefit, Benefit.id == Claim.benefit_id).where(Benefit.category == chosen.category)
    if chosen.words:
        digits = chosen.words.upper().removeprefix("FL-").lstrip("0")
        by_number = Claim.id == int(digits) if digits.isdecimal() and len(digits) < 10 else Claim.id < 0
        wanted = wanted.where(or_(Claim.name.contains(chosen.words, autoescape=True), by_number))
    return wanted


def claims(
    actor: Actor, below: str, chosen: Filter, *, chapter: Chapter | None = None, page: int = 1, size: int = SIZE
) -> tuple[list[Claim], int]:
    """Return a page of claims where the actor checks first (and so every one below), the oldest open ones first, and how many."""
    wanted = _narrowed(scoped(select(Claim), Claim, actor, rights.CLAIMS, below), chosen)
    if chapter is not None:
        wanted = wanted.where(Claim.chapter_id == chapter.id)
    total = session().scalar(unscoped(select(func.count()).select_from(wanted.order_by(None).subquery()), why="counted")) or 0
    order = wanted.order_by(Claim.state.not_in(OPEN), Claim.submitted_at, Claim.id)
    return list(session().scalars(order.offset((page - 1) * size).limit(size)).unique()), total


def waiting(actor: Actor) -> int:
    """Return how many claims wait for a check where the actor checks."""
    states = (State.SUBMITTED, State.CHECKED)
    wanted = scoped(select(func.count()).select_from(Claim).where(Claim.state.in_(states)), Claim, actor, rights.CLAIMS)
    return session().scalar(wanted) or 0


def other_claims(found: Claim, states: Sequence[str] = CLAIMING) -> list[Claim]:
    """Return claims for the same event in one of these states, the furthest first."""
    marks = [Claim.date_key == found.date_key]
    if found.number_key:
        marks.append(Claim.number_key == found.number_key)
    wanted = select(Claim).where(or_(*marks), Claim.id != found.id, Claim.state.in_(states))
    rows = list(session().scalars(unscoped(wanted.order_by(Claim.id), why="same event")))
    order = list(State)
    return sorted(rows, key=lambda row: (-order.index(State(row.state)), row.id))


def covered_by(found: Claim) -> list[Claim]:
    """Return claims that stand back behind this one."""
    wanted = select(Claim).where(Claim.covered_by_id == found.id, Claim.state == State.COVERED).order_by(Claim.id)
    return list(session().scalars(unscoped(wanted, why="same event")))


def paid_of(member_id: int) -> dict[tuple[str, int], tuple[int, int]]:
    """Return {(series, year of the event): (times, fen)} of what a person was granted."""
    wanted = select(Benefit.series, Claim.event_on, Claim.decided_fen).join(Benefit, Benefit.id == Claim.benefit_id)
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for row in session().execute(unscoped(wanted.where(Claim.member_id == member_id, Claim.state.in_(SETTLED)), why="rules")):
        times, fen = found.get((row.series, row.event_on.year), (0, 0))
        found[row.series, row.event_on.year] = (times + 1, fen + (row.decided_fen or 0))
    return found


def declined_of(member_id: int, on: date) -> frozenset[str]:
    """Return the series that refused a person for an event of that day."""
    wanted = select(Benefit.series).join(Claim, Claim.benefit_id == Benefit.id).where(
        Claim.member_id == member_id, Claim.event_on == on, Claim.state == State.REFUSED
    )  # fmt: skip
    return frozenset(session().scalars(unscoped(wanted, why="rules")))


def claimed_of(member_id: int, on: date | None) -> frozenset[str]:
    """Return the series that a person claims, or was paid from, for an event of that day; without a day those under way."""
    wanted = select(Benefit.series).join(Claim, Claim.benefit_id == Benefit.id).where(Claim.member_id == member_id)
    found = wanted.where(Claim.event_on == on, Claim.state.in_(CLAIMING)) if on else wanted.where(Claim.state.in_(OPEN))
    return frozenset(session().scalars(unscoped(found, why="rules")))


def paper(found: Claim, paper_id: int) -> ClaimPaper:
    """Return a paper of a claim. Raises NotFound."""
    row = session().scalar(select(ClaimPaper).where(ClaimPaper.id == paper_id, ClaimPaper.claim_id == found.id))
    if row is None:
        raise NotFound()
    return row


def payable(actor: Actor, below: str) -> list[Claim]:
    """Return approved claims that stand in no list of payments yet, where the actor pays."""
    wanted = select(Claim).where(Claim.state == State.APPROVED, Claim.payment_id.is_(None)).order_by(Claim.id)
    rows = session().scalars(scoped(wanted, Claim, actor, rights.CLAIMS, below))
    return [row for row in rows if can(actor, rights.SETTLE, row.settle_org)]


def payments(actor: Actor, below: str) -> list[Payment]:
    """Return the lists of payments in the actor's reach, the newest first."""
    return list(session().scalars(scoped(select(Payment).order_by(Payment.id.desc()).limit(100), Payment, actor, rights.SETTLE, below)))


def payment(payment_id: int, actor: Actor) -> Payment:
    """Return a list of payments where the actor pays. Raises NotFound otherwise."""
    found = session().scalar(scoped(select(Payment).where(Payment.id == payment_id), Payment, actor, rights.SETTLE))
    if found is None:
        raise NotFound()
    return found


def in_payment(found: Payment) -> list[Claim]:
    """Return the claims of a list of payments."""
    wanted = select(Claim).where(Claim.payment_id == found.id).order_by(Claim.id)
    return list(session().scalars(unscoped(wanted, why="the list was judged")))


def parent_of(org: Org) -> Org:
    """Return the org above, itself at the root."""
    return next(reversed(orgs_above(org)), org)
