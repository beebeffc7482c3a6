"""Personal data of sign-ups: shown to the person, erased on their word or when it has been kept long enough; reminders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.people import Kept, Person, PersonalData
from unionhall.hooks.types import SYSTEM
from unionhall.media import files
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.signups import fields, labels, leaving, notes, places, queries, waiting
from unionhall.signups.models import Answer, Entry, State

BATCH = 200
BEFORE = timedelta(days=1)


def _keys(person: Person) -> list[str]:
    return [f"m:{person.member_id}" if person.member_id else "", f"a:{person.account_id}" if person.account_id else ""]


def export(person: Person) -> dict[str, Any]:
    """Return everything that a person signed up for, with their answers in full."""
    return {"signups": [_told(entry) for entry in queries.involved(_keys(person))]}


def _told(entry: Entry) -> dict[str, Any]:
    answers = {answer.field_id: answer for answer in entry.answers}
    said = {item.field.label: item.text for item in fields.shown(entry, entry.sheet.fields)}
    said |= {
        field.label: fields.as_text(field, answers[field.id], full=True)
        for field in entry.sheet.fields
        if field.id in answers
    }
    moments = {"at": entry.created_at, "checked_in_at": entry.checked_in_at}
    return {
        "title": entry.sheet.title, "org": entry.sheet.org.name, "state": str(labels.STATES[State(entry.state)]), "name": entry.name,
        "union": entry.union_name, "companions": list(entry.people), "answers": said, "reason": entry.reason,
        **{name: clock.local(moment).isoformat() if moment else None for name, moment in moments.items()},
    }  # fmt: skip


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Cancel what a person is still signed up for and remove what would lead back to them; that somebody came stays."""
    found = queries.involved(_keys(person))
    for entry in found:
        if entry.alive and (entry.sheet.over_at is None or now < entry.sheet.over_at):
            sheet = places.lock(entry.sheet_id)
            db.session().refresh(entry)
            if entry.alive:
                leaving.take_out(sheet, entry, State.CANCELLED, now=now)
                waiting.promote(sheet, now=now)
        _forget(entry, now)
        entry.person, entry.household, entry.member_id, entry.account_id = f"e:{entry.id}", None, None, None
        audit.record("signups.erased", f"signup:{entry.id}", actor=SYSTEM, now=now, org_id=entry.org_id)
    db.session().flush()
    if not found:
        return []
    return [
        Kept(_l("报过名、到过场的次数，不含姓名和填写内容"), _l("活动人次要计入本组织的统计，这些数字已认不出是谁"))
    ]


def _forget(entry: Entry, now: datetime) -> None:
    """Remove what somebody wrote, their names and numbers, and files; choices stay, for they are counted."""
    stored = [answer.file for answer in entry.answers if answer.file]
    if stored:
        files.remove(stored, now=now)
    entry.answers.clear()
    entry.name, entry.union_name, entry.mobile_sealed, entry.mobile_tail = "", "", "", ""
    entry.people, entry.team_name, entry.checked_in_name, entry.key = [], "", "", None


def erase_old(now: datetime) -> int:
    """Remove the personal data of sheets that have been over for as long as they say; returns how many entries (a job)."""
    done = 0
    due = [
        sheet.id
        for sheet in queries.to_erase(now)
        if sheet.over_at and sheet.over_at + timedelta(days=sheet.retention_days) <= now
    ]
    for sheet_id in due:
        after = 0
        while True:
            db.session().rollback()
            with db.unit_of_work() as session:
                rows = _entries(sheet_id, after)
                for entry in rows:
                    _forget(entry, now)
                    if entry.person.startswith("g:"):
                        entry.person = f"e:{entry.id}"
                if not rows:
                    sheet = places.lock(sheet_id)
                    sheet.erased_at = now
                    audit.record(
                        "signups.sheet_erased", f"sheet:{sheet_id}", actor=SYSTEM, now=now, org_id=sheet.org_id
                    )
                    break
                session.flush()
                done, after = done + len(rows), rows[-1].id
    return done


def remind(now: datetime) -> int:
    """Remind people a day before what they signed up for begins, once; returns of how many sheets (a job)."""
    due = queries.to_remind(now, now + BEFORE)
    for sheet_id in due:
        db.session().rollback()
        with db.unit_of_work():
            sheet = places.lock(sheet_id)
            sheet.reminded_at, after = now, 0
            while rows := _entries(sheet_id, after, State.ACCEPTED):
                for entry in rows:
                    notes.tell(
                        "reminder",
                        entry,
                        now=now,
                        key=notes.at(sheet.starts_at or now),
                        until=notes.at(sheet.starts_at or now),
                    )
                after = rows[-1].id
    return len(due)


def _entries(sheet_id: int, after: int, state: State | None = None) -> list[Entry]:
    statement = select(Entry).where(Entry.sheet_id == sheet_id, Entry.id > after).order_by(Entry.id).limit(BATCH)
    if state:
        statement = statement.where(Entry.state == state)
    return list(db.session().scalars(unscoped(statement, why="job")))


def stored_files() -> Iterable[str]:
    """Yield the names of all files that people sent with their sign-ups."""
    yield from db.session().scalars(select(Answer.file).where(Answer.file != "").execution_options(yield_per=1000))


PERSONAL = PersonalData("signups", _l("报名"), export, erase)
