"""Many entries at once: for demos, and for lists that were kept elsewhere. Nobody is told, no form is asked."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, or_, select, update

from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import Actor
from unionhall.platform import access, audit
from unionhall.platform.access import unscoped
from unionhall.signups import places
from unionhall.signups.entries import ALPHABET, CODE_LENGTH
from unionhall.signups.models import HOLDING, Answer, Choice, Entry, Pick, Sheet, State, Unit
from unionhall.signups.people import Applicant
from unionhall.signups.queries import MANAGE


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One entry: who, since when, what they chose (ids of choices), in which state, and when they were checked in and out.

    `values` maps ids of fields that are neither chosen from, sealed nor files to what was said, as JSON values.
    """

    who: Applicant
    at: datetime
    picks: tuple[int, ...] = ()
    state: State = State.ACCEPTED
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    values: Mapping[int, Any] = field(default_factory=dict)


def enrol(sheet: Sheet, rows: Iterable[Enrolment], *, actor: Actor, now: datetime) -> int:
    """Add many entries in a few statements; returns how many. Who is on the sheet must not be among them.

    Raises RuleBroken when there are not enough places or quotas for those that hold one: nobody is added then.
    """
    access.require(actor, MANAGE, sheet.org)
    sheet, wanted = places.lock(sheet.id), list(rows)
    if not wanted:
        return 0
    start = sheet.last_number
    codes = _codes(sheet.id, len(wanted))
    values = [_row(sheet, start + at + 1, item, code) for at, (item, code) in enumerate(zip(wanted, codes, strict=True))]
    _count(sheet, wanted)
    db.session().execute(insert(Entry), values)
    found = select(Entry.number, Entry.id).where(Entry.sheet_id == sheet.id, Entry.number > start)
    ids = {row.number: row.id for row in db.session().execute(unscoped(found, why="enrolled"))}
    picks = [{"entry_id": ids[start + at + 1], "choice_id": choice} for at, item in enumerate(wanted) for choice in item.picks]
    if picks:
        db.session().execute(insert(Pick), picks)
    answers = [
        {"entry_id": ids[start + at + 1], "field_id": field_id, "value": value}
        for at, item in enumerate(wanted) for field_id, value in item.values.items()
    ]  # fmt: skip
    if answers:
        db.session().execute(insert(Answer), answers)
    db.session().refresh(sheet)
    audit.record("signups.enrolled", f"sheet:{sheet.id}", actor=actor, now=now, org_id=sheet.org_id, entries=len(wanted))
    return len(wanted)


def _codes(sheet_id: int, number: int) -> list[str]:
    taken = set(db.session().scalars(unscoped(select(Entry.code).where(Entry.sheet_id == sheet_id), why="code")))
    found: list[str] = []
    while len(found) < number:
        code = "".join(secrets.choice(ALPHABET) for _n in range(CODE_LENGTH))
        if code not in taken:
            taken.add(code)
            found.append(code)
    return found


def _row(sheet: Sheet, number: int, item: Enrolment, code: str) -> dict[str, object]:
    who = item.who
    return {
        "sheet_id": sheet.id, "org_id": sheet.org_id, "number": number, "person": who.person, "member_id": who.member_id,
        "household": who.household if sheet.unit == Unit.HOUSEHOLD else None, "account_id": who.account_id, "name": who.name,
        "union_name": who.union_name, "mobile_sealed": who.mobile_sealed, "mobile_tail": who.mobile_tail, "holds": 1, "code": code,
        "state": item.state.value, "created_at": item.at, "updated_at": item.at, "people": [], "mates": 0, "by_org": False,
        "approved_at": item.at if item.state == State.ACCEPTED else None, "checked_in_at": item.checked_in_at,
        "checked_out_at": item.checked_out_at,
        "consent_version": sheet.consent_version if sheet.consent else None,
    }  # fmt: skip


def _count(sheet: Sheet, wanted: list[Enrolment]) -> None:
    """Take the places, quotas and numbers of all at once. Raises RuleBroken when one of them is not enough."""
    holding = [item for item in wanted if item.state in HOLDING]
    waits = sum(item.state == State.WAITING for item in wanted)
    free = or_(Sheet.places.is_(None), Sheet.taken + len(holding) <= Sheet.places)
    values = {"taken": Sheet.taken + len(holding), "waiting": Sheet.waiting + waits, "last_number": Sheet.last_number + len(wanted)}
    done = update(Sheet).where(Sheet.id == sheet.id, free).values(**values).execution_options(synchronize_session=False)
    if not db.update_count(done):
        raise RuleBroken(_("名额不够，一个也没有加。"))
    for choice_id, number in sorted(Counter(choice for item in holding for choice in item.picks).items()):
        room = or_(Choice.quota.is_(None), Choice.taken + number <= Choice.quota)
        taken = update(Choice).where(Choice.id == choice_id, room).values(taken=Choice.taken + number)
        if not db.update_count(taken.execution_options(synchronize_session=False)):
            raise RuleBroken(_("有一个选项的限额不够，一个也没有加。"))
