"""What the organiser does with entries: accept, refuse, move to the waiting list, cancel, add by hand, write to people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from secrets import token_hex

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.members.models import Member
from unionhall.members.queries import IN_FORCE
from unionhall.platform import access, audit
from unionhall.platform.access import scoped, unscoped
from unionhall.signups import entries, leaving, notes, people, places, waiting
from unionhall.signups.entries import Wish
from unionhall.signups.models import ALIVE, Entry, Sheet, State
from unionhall.signups.queries import MANAGE

AT_ONCE = 500
FROM = {
    "accept": (State.PENDING,),
    "refuse": (State.PENDING, State.WAITING, State.GATHERING),
    "wait": (State.PENDING,),
    "cancel": ALIVE,
}
TOLD = {"accept": "accepted", "refuse": "refused", "wait": "waiting", "cancel": "cancelled_by_org"}


def decide(
    sheet: Sheet, ids: Iterable[int], verdict: str, *, reason: str = "", actor: Actor, now: datetime
) -> tuple[int, int]:
    """Decide on entries of a sheet; returns how many were changed, and how many were not in a state for it.

    `verdict` is "accept", "refuse", "wait" or "cancel"; refusing and cancelling need a reason. Raises RuleBroken, NotAllowed.
    """
    access.require(actor, MANAGE, sheet.org)
    wanted, reason = list(dict.fromkeys(ids))[:AT_ONCE], tidy(reason)[:200]
    if verdict in ("refuse", "cancel") and not reason:
        raise RuleBroken(_("请写原因，报名的人会看到。"), field="reason")
    sheet = places.lock(sheet.id)
    statement = select(Entry).where(Entry.sheet_id == sheet.id, Entry.id.in_(wanted)).order_by(Entry.number)
    found = list(db.session().scalars(unscoped(statement.execution_options(populate_existing=True), why="decided")))
    done = 0
    for entry in found:
        moved = _decided(sheet, entry, verdict, reason, now)
        if not moved:
            continue
        done += 1
        for item in moved:
            notes.tell(TOLD[verdict], item, now=now, **({"reason": reason} if reason else {}))
        audit.record(f"signups.{verdict}", f"signup:{entry.id}", actor=actor, now=now, org_id=sheet.org_id)
    if verdict in ("refuse", "cancel"):
        waiting.promote(sheet, now=now)
    return done, len(wanted) - done


def _decided(sheet: Sheet, entry: Entry, verdict: str, reason: str, now: datetime) -> list[Entry]:
    """Return the entries that the decision moved, none when theirs is not a state for it."""
    db.session().refresh(entry)
    if entry.state not in FROM[verdict] or (entry.captain_id is not None and verdict != "cancel"):
        return []
    if verdict == "accept":
        return waiting.move(entry, State.ACCEPTED, now=now, approved_at=now)
    if verdict == "wait":
        leaving.release(sheet, entry)
        waiting.promote(sheet, now=now)
        if not places.queue(sheet):
            raise RuleBroken(_("候补没有开，或者已经排满。"))
        return waiting.move(entry, State.WAITING, now=now, number=places.next_number(sheet))
    target = State.REFUSED if verdict == "refuse" else State.CANCELLED
    return leaving.take_out(sheet, entry, target, now=now, reason=reason, by_org=True)


def candidates(sheet: Sheet, words: str, *, actor: Actor, limit: int = 20) -> list[Member]:
    """Return people of the roster whom the actor could add by hand, by name."""
    wanted = tidy(words)
    if not wanted:
        return []
    statement = scoped(select(Member), Member, actor, MANAGE).where(
        Member.name.contains(wanted, autoescape=True), Member.erased_at.is_(None)
    )
    return list(db.session().scalars(statement.order_by(Member.name_key, Member.id).limit(limit)))


def add_by_hand(sheet: Sheet, member_id: int, wish: Wish, *, actor: Actor, now: datetime) -> Entry:
    """Put somebody of the roster on a sheet, outside its window and without approval. Raises NotFound, NotAllowed, Full."""
    access.require(actor, MANAGE, sheet.org)
    statement = scoped(select(Member).where(Member.id == member_id), Member, actor, MANAGE)
    member = db.session().scalar(statement)
    if member is None or not any(item.current and item.status in IN_FORCE for item in member.memberships):
        raise NotFound()
    return entries.sign_up(sheet, people.of_member(member), wish, actor=actor, now=now, by_org=True)


def write_to(sheet: Sheet, found: Iterable[Entry], text: str, *, actor: Actor, now: datetime) -> int:
    """Write to the people of these entries; returns how many have an inbox. Raises RuleBroken, NotAllowed."""
    access.require(actor, MANAGE, sheet.org)
    words = tidy(text, one_line=False)[:1000]
    if not words:
        raise RuleBroken(_("还没有写内容。"), field="text")
    key, reached = token_hex(8), set[int]()
    for entry in found:
        if entry.account_id is not None and entry.account_id not in reached:
            reached.add(entry.account_id)
            notes.tell("message", entry, now=now, key=key, text=words)
    audit.record("signups.message", f"sheet:{sheet.id}", actor=actor, now=now, org_id=sheet.org_id, people=len(reached))
    return len(reached)
