"""The states of a claim as a table: from where, to where, by whose right, and whom it tells. `move` is the only way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.plugin import Actor, Conflict, NotAllowed, can, record_audit, require, session, update_count
from unionhall_chapters import rights
from unionhall_chapters.benefits import notes
from unionhall_chapters.benefits.models import Claim, ClaimStep, State


@dataclass(frozen=True, slots=True)
class Move:
    """One step: the states that it starts from, where it leads, the right it needs ("" for the person's own and the system's), a notice."""

    sources: tuple[State, ...]
    target: State
    right: str = ""
    notice: str = ""


MOVES = {
    "submit": Move((State.DRAFT,), State.SUBMITTED, notice="submitted"),
    "return": Move((State.SUBMITTED,), State.DRAFT, rights.CLAIMS, "returned"),
    "check": Move((State.SUBMITTED,), State.CHECKED, rights.CLAIMS),
    "refuse_first": Move((State.SUBMITTED,), State.REFUSED, rights.CLAIMS, "refused"),
    "publish": Move((State.CHECKED,), State.PUBLICITY, rights.SETTLE, "publicity"),
    "clear": Move((State.PUBLICITY,), State.CHECKED),
    "upheld": Move((State.PUBLICITY,), State.CHECKED),
    "unpublish": Move((State.PUBLICITY,), State.CHECKED),
    "approve": Move((State.CHECKED,), State.APPROVED, rights.SETTLE, "approved"),
    "refuse": Move((State.CHECKED,), State.REFUSED, rights.SETTLE, "refused"),
    "cover": Move((State.DRAFT, State.SUBMITTED, State.CHECKED), State.COVERED, notice="covered"),
    "release": Move((State.COVERED,), State.SUBMITTED, notice="released"),
    "appeal_first": Move((State.REFUSED,), State.SUBMITTED, notice=""),
    "appeal": Move((State.REFUSED,), State.CHECKED, notice=""),
    "withdraw": Move((State.DRAFT, State.SUBMITTED, State.CHECKED, State.COVERED, State.REFUSED), State.WITHDRAWN),
    "pay": Move((State.APPROVED,), State.PAID, rights.SETTLE, "paid"),
    "close": Move((State.PAID,), State.CLOSED),
}
NAMED = {"refuse_first": "refuse", "appeal_first": "appeal"}


def may(claim: Claim, act: str, actor: Actor) -> bool:
    """Say whether a step is open now and the actor holds the right for it, and it is not their own claim."""
    step = MOVES[act]
    if claim.state not in step.sources or is_own(claim, actor):
        return False
    return not step.right or can(actor, step.right, place(claim, step.right))


def place(claim: Claim, right: str) -> Any:
    """Return the org at which a right is judged: the first check's, or that of the union which decides."""
    return claim.settle_org if right == rights.SETTLE else claim.org


def is_own(claim: Claim, actor: Actor) -> bool:
    """Say whether the actor is the person who claims."""
    return actor.account_id is not None and actor.account_id == claim.account_id


def move(claim: Claim, act: str, *, actor: Actor, now: datetime, text: str = "", fen: int | None = None, **values: Any) -> None:
    """Take a step: judge the right, move by conditional UPDATE, write history and audit, tell. Raises NotAllowed, Conflict."""
    step = MOVES[act]
    if step.right:
        require(actor, step.right, place(claim, step.right))
        if is_own(claim, actor):
            raise NotAllowed(_("自己的申请不能自己办，请交给另一位同事。"))
    before = claim.state
    still = update(Claim).where(Claim.id == claim.id, Claim.state.in_(step.sources))
    if not update_count(still.values(state=step.target.value, updated_at=now, **values).execution_options(synchronize_session=False)):
        session().refresh(claim)
        raise Conflict(_("这份申请刚刚有人办过了，请刷新后再看。"))
    session().refresh(claim)
    note(claim, NAMED.get(act, act), actor=actor, now=now, text=text, fen=fen)
    record_audit(
        f"chapters.claim_{act}", f"claim:{claim.id}", actor=actor, now=now, org_id=claim.org_id, before=str(before), after=str(step.target)
    )
    if step.notice:
        notes.tell(step.notice, claim, now=now, text=text)
    notes.waits(claim, now=now)


def note(claim: Claim, act: str, *, actor: Actor, now: datetime, text: str = "", fen: int | None = None) -> None:
    """Add a line to a claim's history."""
    who = actor.name if actor.known else ""
    row = ClaimStep(claim_id=claim.id, act=act, at=now, actor_id=actor.account_id, actor_name=who, text=text, fen=fen)
    session().add(row)
    session().flush()
    session().expire(claim, ["steps"])
