"""Checking people in, on the spot or from a list that was kept while there was no network."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from unionhall.base import clock, db
from unionhall.base.errors import NotFound, RuleBroken
from unionhall.base.text import masked_name
from unionhall.hooks.types import Actor
from unionhall.members import codes
from unionhall.platform import access, audit
from unionhall.platform.access import unscoped
from unionhall.signups import fields, places
from unionhall.signups.models import Entry, Sheet, State
from unionhall.signups.queries import CHECK_IN

OLDEST = timedelta(days=7)
MOST_AT_ONCE, LONGEST_OWN = 2000, 40
_NOISE = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a check-in: the entry, and whether it had been checked in before."""

    entry: Entry
    again: bool = False


def code_of(text: str) -> str:
    """Return the check-in code in what was typed or scanned ("S12-ab3 k9q", an address that ends with it)."""
    return _NOISE.sub("", text.strip().upper().rpartition("-")[2].rpartition("/")[2])[:8]


def code_hash(sheet_id: int, code: str) -> str:
    """Return what a device that is off the network knows a code by: SHA-256, hex."""
    return hashlib.sha256(f"{sheet_id}:{code}".encode()).hexdigest()


def by_code(sheet: Sheet, text: str) -> Entry:
    """Return the entry with a code. Raises NotFound, saying what to do."""
    statement = select(Entry).where(Entry.sheet_id == sheet.id, Entry.code == code_of(text))
    found = db.session().scalar(unscoped(statement, why="code"))
    if found is None:
        raise NotFound(_("这张表上没有这个签到码。请核对一遍，或按姓名找。"))
    return found


def by_any_code(sheet: Sheet, text: str, now: datetime) -> Entry:
    """Return the entry with a code, or of the member who shows their member code. Raises NotFound, saying what to do."""
    member = codes.member_of(text, now)  # sealed: nothing else is ever taken for one
    if member is None:
        if len(text.strip()) <= LONGEST_OWN:
            return by_code(sheet, text)
        raise NotFound(_("这个二维码认不出来，或者已经过期。会员码一分钟一换，请对方刷新“会员码”页再扫；也可以按姓名找。"))
    mine = select(Entry).where(Entry.sheet_id == sheet.id, Entry.person == f"m:{member.id}")
    order = (Entry.state != State.ACCEPTED, Entry.id.desc())
    found = db.session().scalars(unscoped(mine.order_by(*order).limit(1), why="code")).first()
    if found is None:
        raise NotFound(_("“%(name)s”没有报这一项。请按姓名再找一遍，或者请对方现场报名。", name=masked_name(member.name)))
    return found


def of_sheet(sheet: Sheet, entry_id: int) -> Entry:
    """Return an entry of this sheet. Raises NotFound."""
    found = db.session().scalar(
        unscoped(select(Entry).where(Entry.id == entry_id, Entry.sheet_id == sheet.id), why="given")
    )
    if found is None:
        raise NotFound()
    return found


def check_in(entry: Entry, *, actor: Actor, now: datetime, at: datetime | None = None) -> Seen:
    """Check somebody in, `at` the time a device noted. Of two times the earlier stays. Raises RuleBroken, NotAllowed."""
    access.require(actor, CHECK_IN, entry.sheet.org)
    return note_in(entry, actor=actor, now=now, at=at)


def note_in(entry: Entry, *, actor: Actor, now: datetime, at: datetime | None = None) -> Seen:
    """Do the same for somebody who was judged already: their leader, or they themselves with the code of the place."""
    if entry.state != State.ACCEPTED:
        raise RuleBroken(_("“%(name)s”没有通过的报名，不能签到。请到名单里看看。", name=entry.name))
    moment = min(at, now) if at and at > now - OLDEST else now
    free = or_(Entry.checked_in_at.is_(None), Entry.checked_in_at > moment) if at else Entry.checked_in_at.is_(None)
    done = update(Entry).where(Entry.id == entry.id, Entry.state == State.ACCEPTED, free)
    values = {"checked_in_at": moment, "checked_in_by": actor.account_id, "checked_in_name": actor.name[:60]}
    fresh = db.update_count(done.values(**values).execution_options(synchronize_session=False)) == 1
    db.session().refresh(entry)
    if fresh:
        audit.record("signups.checked_in", f"signup:{entry.id}", actor=actor, now=now, org_id=entry.org_id)
    return Seen(entry, again=not fresh)


def check_out(entry: Entry, *, actor: Actor, now: datetime, at: datetime | None = None) -> Seen:
    """Check somebody out, at a moment that was noted or now; the first one stays. Raises RuleBroken, NotAllowed."""
    access.require(actor, CHECK_IN, entry.sheet.org)
    return note_out(entry, actor=actor, now=now, at=at)


def note_out(entry: Entry, *, actor: Actor, now: datetime, at: datetime | None = None) -> Seen:
    """Do the same for somebody who was judged already. Raises RuleBroken for who is not checked in."""
    moment = min(at, now) if at else now
    if entry.checked_in_at is None:
        raise RuleBroken(_("“%(name)s”还没有签到，不能签退。请先签到。", name=entry.name))
    if moment < entry.checked_in_at:
        since = f"{clock.local(entry.checked_in_at):%H:%M}"
        raise RuleBroken(_("签退不能早于签到（%(time)s）。", time=since), field="at")
    done = update(Entry).where(Entry.id == entry.id, Entry.checked_out_at.is_(None), Entry.checked_in_at <= moment)
    fresh = db.update_count(done.values(checked_out_at=moment).execution_options(synchronize_session=False)) == 1
    db.session().refresh(entry)
    if fresh:
        audit.record("signups.checked_out", f"signup:{entry.id}", actor=actor, now=now, org_id=entry.org_id)
    return Seen(entry, again=not fresh)


def undo(entry: Entry, *, actor: Actor, now: datetime) -> None:
    """Take a check-in back; one that is not there is no error."""
    access.require(actor, CHECK_IN, entry.sheet.org)
    there = (
        update(Entry)
        .where(Entry.id == entry.id, Entry.checked_in_at.is_not(None))
        .execution_options(synchronize_session=False)
    )
    if db.update_count(there.values(checked_in_at=None, checked_in_by=None, checked_in_name="", checked_out_at=None)):
        audit.record("signups.check_in_undone", f"signup:{entry.id}", actor=actor, now=now, org_id=entry.org_id)
    db.session().refresh(entry)


def known_offline(sheet: Sheet) -> list[tuple[str, str, str]]:
    """Return (code's hash, masked name, union) of everybody who is expected, for a device that goes off the network."""
    statement = select(Entry.code, Entry.name, Entry.union_name).where(
        Entry.sheet_id == sheet.id, Entry.state == State.ACCEPTED
    )
    rows = db.session().execute(unscoped(statement.order_by(Entry.number), why="check-in")).all()
    return [(code_hash(sheet.id, row.code), masked_name(row.name), row.union_name) for row in rows]


def merge(sheet: Sheet, noted: Iterable[tuple[str, datetime]], *, actor: Actor, now: datetime) -> dict[str, str]:
    """Take over what a device noted: {code's hash: "ok", "again", "refused" or "unknown"}; sending it twice changes nothing."""
    access.require(actor, CHECK_IN, sheet.org)
    sheet = places.lock(sheet.id)
    statement = select(Entry).where(Entry.sheet_id == sheet.id).execution_options(populate_existing=True)
    known = {
        code_hash(sheet.id, entry.code): entry for entry in db.session().scalars(unscoped(statement, why="check-in"))
    }
    found: dict[str, str] = {}
    for digest, at in list(noted)[:MOST_AT_ONCE]:
        entry = known.get(digest)
        if entry is None:
            found[digest] = "unknown"
        elif entry.state != State.ACCEPTED:
            found[digest] = "refused"
        else:
            found[digest] = "again" if check_in(entry, actor=actor, now=now, at=at).again else "ok"
    return found


def on_list(entry: Entry, sheet: Sheet) -> list[str]:
    """Return what an entry says to the questions that belong on the check-in list, in their order."""
    said = {item.field.id: item.text for item in fields.shown(entry, sheet.fields)}
    return [said.get(field.id, "") for field in sheet.fields if field.on_list]
