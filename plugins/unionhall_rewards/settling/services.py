"""Statements between the union and a store: sending, the store's answer, disputes, closing. What a statement says is never changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    RuleBroken,
    accounts_with,
    notify,
    record_audit,
    require,
    session,
    tidy,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.fund.labels import month_words
from unionhall_rewards.settling import labels, queries
from unionhall_rewards.settling.models import Dispute, PayRun, State, Statement

AFTER = {"synchronize_session": False}


def move(found: Statement, sources: Iterable[State], target: State, refusal: str = "", **values: Any) -> None:
    """Take a statement from one of some states to another, once. Raises Conflict with where it stands."""
    fresh = update(Statement).where(Statement.id == found.id, Statement.state.in_(list(sources))).values(state=target.value, **values)
    if not update_count(fresh.execution_options(**AFTER)):
        session().refresh(found)
        word = labels.STATES[State(found.state)][0]
        raise Conflict(refusal or _("结算单 %(number)s 现在是“%(state)s”，这一步做不了。", number=found.number, state=word))
    session().refresh(found)


def send(found: Statement, *, actor: Actor, now: datetime) -> None:
    """Show a statement to its store, at its tills. Raises Conflict."""
    require(actor, rights.SETTLE, found.org)
    move(found, [State.CUT], State.SENT, sent_at=now, sent_by=actor.account_id)
    _noted("statement_sent", found, actor=actor, now=now)


def send_all(rows: Iterable[Statement], *, actor: Actor, now: datetime) -> int:
    """Send those of some statements that were not sent yet; returns how many."""
    ready = [row for row in rows if row.state == State.CUT]
    for row in ready:
        send(row, actor=actor, now=now)
    return len(ready)


def _noted(act: str, found: Statement, *, actor: Actor, now: datetime, **data: Any) -> None:
    record_audit(f"rewards.{act}", f"rewards_statement:{found.id}", actor=actor, now=now, org_id=found.org_id, **data)


def confirm(found: Statement, *, actor: Actor, now: datetime, words: str = "", clerk_id: int | None = None) -> None:
    """Note that the store agrees: at the till by its manager (`clerk_id`; the caller has judged it), or as the desk heard it (`words`
    says how). Raises RuleBroken, Conflict.
    """
    note = _heard(found, words, clerk_id, actor)
    by = None if clerk_id else actor.account_id
    move(found, [State.SENT], State.CONFIRMED, answered_at=now, answer=note, answered_by=by, clerk_id=clerk_id)
    _noted("statement_confirmed", found, actor=actor, now=now, clerk=clerk_id)


def _heard(found: Statement, words: str, clerk_id: int | None, actor: Actor) -> str:
    """Return the words of an answer; who records one for the store says from whom and how they heard it."""
    note = tidy(words)[:300]
    if clerk_id is None:
        require(actor, rights.SETTLE, found.org)
        if not note:
            raise RuleBroken(_("请写清楚是谁、怎么答复的，例如“店长电话确认，5 月 8 日”。"), field="words")
    return note


def dispute(
    found: Statement, line_id: int | None, words: str, *, actor: Actor, now: datetime, clerk_id: int | None = None
) -> Dispute:
    """Note that the store says a line is wrong, or that something is missing (no line). Raises RuleBroken, Conflict, NotFound."""
    if clerk_id is None:
        require(actor, rights.SETTLE, found.org)
    note = tidy(words)[:300]
    if len(note) < 4:
        raise RuleBroken(_("请写清楚哪里不对，例如“小票 R0012 顾客没有用券”。"), field="words")
    if line_id is not None:
        queries.line(found.id, line_id)
    by = None if clerk_id else actor.account_id
    move(found, [State.SENT, State.DISPUTED], State.DISPUTED, answered_at=now, clerk_id=clerk_id, answered_by=by)
    made = Dispute(settlement_id=found.id, line_id=line_id, words=note, clerk_id=clerk_id, recorded_by=by, at=now)
    try:
        with session().begin_nested():
            session().add(made)
            session().flush()
    except IntegrityError:
        raise Conflict(_("这一行已经提过疑问了，等工会答复。")) from None
    _noted("statement_disputed", found, actor=actor, now=now, dispute=made.id, clerk=clerk_id)
    values = {"store": found.store_name, "month": month_words(found.month)}
    notify("rewards.statement_disputed", accounts_with(rights.SETTLE, found.org.path, now), values, key=f"dispute-{made.id}", now=now,
           url=f"/desk/rewards/statements/{found.id}/", org_id=found.org_id)  # fmt: skip
    return made


def close_paid(rows: Iterable[Statement], *, actor: Actor, now: datetime) -> int:
    """Close statements that are paid, or that come to nothing and are confirmed: from then on nothing of them changes. Returns how many."""
    number = 0
    for row in rows:
        nothing = row.state == State.CONFIRMED and row.total_fen == 0
        if row.state == State.PAID or nothing:
            require(actor, rights.SETTLE, row.org)
            move(row, [State.PAID, State.CONFIRMED], State.CLOSED, closed_at=now)
            _noted("statement_closed", row, actor=actor, now=now)
            number += 1
    return number


def till_actor() -> Actor:
    """Return who acts when a clerk answers at a till: nobody with an account; the audit line names the clerk."""
    return SYSTEM


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's statements and payments to the org that it becomes part of; what they say stays as it was."""
    for kind in (Statement, PayRun):
        session().execute(update(kind).where(kind.org_id == source_id).values(org_id=target_id).execution_options(**AFTER))
