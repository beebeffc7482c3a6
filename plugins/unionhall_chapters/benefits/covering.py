"""Never twice for the same event: its marks, who stands back behind whom, and what an approval takes hold of."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import SYSTEM, Actor, RuleBroken, fold, keyed_hash, session, unscoped, update_count
from unionhall_chapters.benefits import queries, states
from unionhall_chapters.benefits.models import Benefit, Claim, Settlement, State

PURPOSE = "chapters.event"


def marks(member_id: int, benefit: Benefit, on: date, admission: str) -> tuple[str, str]:
    """Return an event's marks: by person, kind and day, and by its document's number ("" without one).

    A benefit that is paid besides others has marks of its own, so that it settles an event once, beside the others.
    """
    kind = f"{benefit.category}:{benefit.series}" if benefit.supplement else benefit.category
    by_day = keyed_hash(PURPOSE, f"{member_id}:{kind}:{on.isoformat()}")
    number = fold(admission).replace(" ", "").replace("-", "")
    return by_day, keyed_hash(PURPOSE, f"{member_id}:{kind}:n:{number}") if number else ""


def words(other: Claim) -> str:
    """Return who handles the event, as the second claim's owner reads it."""
    if other.state in (State.PAID, State.CLOSED):
        return _("已由%(org)s支付（编号 %(number)s）。", org=other.org.name, number=other.number)
    return _("由%(org)s处理（编号 %(number)s）。", org=other.org.name, number=other.number)


def settled_elsewhere(claim: Claim) -> bool:
    """Say whether the claim that this one stands behind was paid, so that this one never goes on."""
    return bool(claim.covered_by_id) and queries.claim(claim.covered_by_id or 0).state in (State.PAID, State.CLOSED)


def stand_back(claim: Claim, *, actor: Actor, now: datetime) -> Claim | None:
    """Put a claim behind another that is under way for the same event; returns that one, None when there is none."""
    for other in queries.other_claims(claim):
        states.move(claim, "cover", actor=actor, now=now, text=words(other), covered_by_id=other.id)
        return other
    return None


def settle(claim: Claim, fen: int, *, actor: Actor, now: datetime) -> Claim | None:
    """Take hold of the event, and of a turn of the year, for an approved claim.

    Returns the claim that was faster, behind which this one now stands. Raises RuleBroken when the year's turns are used up.
    """
    benefit = claim.benefit
    locked = select(Benefit.id).where(Benefit.series == benefit.series).order_by(Benefit.id).with_for_update()
    session().execute(unscoped(locked, why="one approval of a series at a time"))
    try:
        with session().begin_nested():
            for key in filter(None, (claim.date_key, claim.number_key)):
                session().add(Settlement(claim_id=claim.id, key=key, created_at=now))
            session().flush()
    except IntegrityError:
        other = _holder(claim)
        states.move(claim, "cover", actor=actor, now=now, text=words(other), covered_by_id=other.id)
        return other
    _turn(claim, fen, now)
    return None


def _holder(claim: Claim) -> Claim:
    keys = [key for key in (claim.date_key, claim.number_key) if key]
    held = session().scalars(select(Settlement.claim_id).where(Settlement.key.in_(keys), Settlement.live)).first()
    return queries.claim(held or 0)


def _turn(claim: Claim, fen: int, now: datetime) -> None:
    """Take one of the year's turns and keep within the year's sum; the series is locked."""
    benefit, year = claim.benefit, claim.event_on.year
    times, before = queries.paid_of(claim.member_id or 0).get((benefit.series, year), (0, 0))
    if benefit.per_year_fen is not None and before + fen > benefit.per_year_fen:
        left = max(0, benefit.per_year_fen - before)
        raise RuleBroken(_("这位会员今年还能享受 %(yuan)s 元，金额不能超过它。", yuan=left // 100), field="yuan")
    if benefit.per_year is None:
        return
    for turn in range(times + 1, benefit.per_year + 1):
        try:
            with session().begin_nested():
                key = keyed_hash(PURPOSE, f"{claim.member_id}:{benefit.series}:{year}:{turn}")
                session().add(Settlement(claim_id=claim.id, key=key, created_at=now))
                session().flush()
        except IntegrityError:
            continue
        return
    raise RuleBroken(_("这位会员今年享受这一项的次数已经用完，不能再通过。"), code="year")


def release(claim: Claim, *, now: datetime) -> None:
    """Let go of the event of a claim that came to nothing; the first one that stood back goes on, the others behind it."""
    held = update(Settlement).where(Settlement.claim_id == claim.id, Settlement.live)
    update_count(held.values(live=False).execution_options(synchronize_session=False))
    behind = queries.covered_by(claim)
    if not behind:
        return
    first, *rest = behind
    states.move(first, "release", actor=SYSTEM, now=now, covered_by_id=None)
    for other in rest:
        update_count(update(Claim).where(Claim.id == other.id).values(covered_by_id=first.id).execution_options(synchronize_session=False))
        session().refresh(other)
