"""The waiting list: places that come free are offered in order, with a deadline; one place is never offered twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from unionhall.base import db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import SYSTEM, Actor
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.signups import notes, places, queries
from unionhall.signups.models import ALIVE, Entry, Sheet, SheetState, State

AT_ONCE = 200
TOLD = {State.PENDING: "received", State.ACCEPTED: "accepted", State.WAITING: "waiting"}


def move(entry: Entry, target: State, *, now: datetime, **values: Any) -> list[Entry]:
    """Bring an entry, and with it a captain's teammates, to a state; returns them all.

    Raises Conflict when it is not where it was read.
    """
    before, everybody = entry.state, [entry, *queries.mates(entry)]
    values = {"offer_until": None} | values | {"state": target.value, "updated_at": now}
    done = update(Entry).where(Entry.id == entry.id, Entry.state == before).execution_options(synchronize_session=False)
    if db.update_count(done.values(**values)) != 1:
        raise Conflict(_("这份报名刚刚变了，请刷新再看。"))
    values.pop("number", None)
    crew = (
        update(Entry)
        .where(Entry.captain_id == entry.id, Entry.state.in_(ALIVE))
        .execution_options(synchronize_session=False)
    )
    db.session().execute(crew.values(**values))
    for item in everybody:
        db.session().refresh(item)
    return everybody


def promote(sheet: Sheet, *, now: datetime) -> int:
    """Offer free places to those who wait, in order; returns to how many. The caller holds the sheet's lock.

    Who needs more places than are free holds up those behind; who waits for a choice that is full does not.
    """
    if sheet.waiting == 0 or sheet.state == SheetState.PAUSED or (sheet.starts_at and now >= sheet.starts_at):
        return 0
    blocked: set[int] = set()
    offered = 0
    for entry in _line(sheet):
        picks = {pick.choice_id for pick in entry.picks}
        if picks & blocked:
            continue
        full = places.take(sheet, entry.holds, picks)
        if full == 0:
            break
        if full is not None:
            blocked.add(full)
            continue
        places.unqueue(sheet)
        _offer(sheet, entry, now)
        offered += 1
    return offered


def _line(sheet: Sheet) -> list[Entry]:
    statement = select(Entry).where(
        Entry.sheet_id == sheet.id, Entry.state == State.WAITING, Entry.captain_id.is_(None)
    )
    return list(db.session().scalars(unscoped(statement.order_by(Entry.number).limit(AT_ONCE), why="order")))


def _offer(sheet: Sheet, entry: Entry, now: datetime) -> None:
    if sheet.offer_hours == 0:
        tell_all(move(entry, _after(entry), now=now), now)
        return
    until = now + timedelta(hours=sheet.offer_hours)
    if sheet.starts_at:
        until = min(until, sheet.starts_at)
    for item in move(entry, State.OFFERED, now=now, offer_until=until):
        notes.tell("offered", item, now=now, until=notes.at(until))


def tell_all(found: list[Entry], now: datetime) -> None:
    """Tell people of the state that they came to: received, accepted, waiting."""
    for entry in found:
        if kind := TOLD.get(State(entry.state)):
            notes.tell(kind, entry, now=now)


def _after(entry: Entry) -> State:
    return State.PENDING if entry.sheet.approval and entry.approved_at is None else State.ACCEPTED


def accept(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """Accept an offered place. Raises Conflict when it is not offered any more; accepting twice changes nothing."""
    sheet = places.lock(entry.sheet_id)
    db.session().refresh(entry)
    if entry.captain_id is not None:
        raise Conflict(_("名额由队长确认，请和队长联系。"), code="captain-decides")
    if entry.state in (State.ACCEPTED, State.PENDING):
        return
    if entry.state != State.OFFERED or (entry.offer_until and now >= entry.offer_until):
        raise Conflict(_("这个名额已经过了确认时间，让给下一位了。可以回到报名页重新报。"), code="not-offered")
    found = move(entry, _after(entry), now=now)
    audit.record("signups.accepted_offer", f"signup:{entry.id}", actor=actor, now=now, org_id=sheet.org_id)
    tell_all(found, now)


def lapse(now: datetime) -> int:
    """Let offers lapse that were not accepted in time, and offer the places on; returns how many (a job)."""
    done = 0
    for sheet_id in queries.offers_due(now):
        db.session().rollback()
        with db.unit_of_work() as session:
            sheet = places.lock(sheet_id)
            due = select(Entry).where(
                Entry.sheet_id == sheet_id, Entry.state == State.OFFERED, Entry.offer_until <= now, Entry.captain_id.is_(None)
            )  # fmt: skip
            for entry in session.scalars(unscoped(due.execution_options(populate_existing=True), why="job")).all():
                places.give_back(sheet, entry.holds, [pick.choice_id for pick in entry.picks])
                for item in move(entry, State.LAPSED, now=now):
                    notes.tell("lapsed", item, now=now)
                audit.record("signups.lapsed", f"signup:{entry.id}", actor=SYSTEM, now=now, org_id=entry.org_id)
                done += 1
            promote(sheet, now=now)
    return done


def refill(now: datetime) -> int:
    """Offer free places on sheets where somebody waits: after places grew, or a sheet was opened again (a job)."""
    free = or_(Sheet.places.is_(None), Sheet.taken < Sheet.places)
    wanted = select(Sheet.id).where(Sheet.waiting > 0, Sheet.state != SheetState.PAUSED, free)
    done = 0
    for sheet_id in db.session().scalars(unscoped(wanted, why="job")).all():
        db.session().rollback()
        with db.unit_of_work():
            done += promote(places.lock(sheet_id), now=now)
    return done
