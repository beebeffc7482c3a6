"""Who came to what a sheet is for, from when until when: for plugins that count attendance and hours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from unionhall.base import db
from unionhall.platform.access import unscoped
from unionhall.signups.models import ALIVE, Entry, Sheet, State
from unionhall.signups.people import Applicant


@dataclass(frozen=True, slots=True)
class Attendance:
    """One accepted entry: `person` is the same for the same person everywhere ("m:12"), the moments are None until they are noted."""

    entry_id: int
    person: str
    member_id: int | None
    account_id: int | None
    name: str
    checked_in_at: datetime | None
    checked_out_at: datetime | None
    late: bool


def of_sheet(sheet: Sheet) -> list[Attendance]:
    """Return everybody who has a place, in the order of their numbers, whether they came or not."""
    wanted = select(Entry).where(Entry.sheet_id == sheet.id, Entry.state == State.ACCEPTED).order_by(Entry.number)
    return [
        Attendance(row.id, row.person, row.member_id, row.account_id, row.name, row.checked_in_at, row.checked_out_at, row.late)
        for row in db.session().scalars(unscoped(wanted, why="attendance"))
    ]


@dataclass(frozen=True, slots=True)
class Came:
    """How many came: `people` counts each person once over all the sheets that were asked for, `times` every check-in."""

    people: int
    times: int


def came(sheet_ids: Collection[int] | Select[Any]) -> Came:
    """Return how many people, and person-times, were checked in on these sheets together; a SELECT of ids serves for many."""
    given = sheet_ids if isinstance(sheet_ids, Select) else list(sheet_ids)
    wanted = select(func.count(func.distinct(Entry.person)), func.count()).where(
        Entry.sheet_id.in_(given), Entry.checked_in_at.is_not(None)
    )
    row = db.session().execute(unscoped(wanted, why="figures")).one()
    return Came(int(row[0]), int(row[1]))


def came_by(sheets: Select[*tuple[Any, ...]]) -> dict[int, Came]:
    """Return {key: who came} for a SELECT of (sheet id, key): for a table of orgs or series, in one query for all of them."""
    asked = sheets.subquery()
    sheet_id, key = asked.c[0], asked.c[1]
    wanted = select(key, func.count(func.distinct(Entry.person)), func.count()).join(Entry, Entry.sheet_id == sheet_id)
    wanted = wanted.where(Entry.checked_in_at.is_not(None)).group_by(key)
    return {row[0]: Came(int(row[1]), int(row[2])) for row in db.session().execute(unscoped(wanted, why="figures"))}


def here(sheet_ids: Collection[int]) -> dict[int, int]:
    """Return {sheet id: how many are checked in} of these sheets."""
    wanted = select(Entry.sheet_id, func.count()).where(Entry.sheet_id.in_(list(sheet_ids)), Entry.checked_in_at.is_not(None))
    rows = db.session().execute(unscoped(wanted.group_by(Entry.sheet_id), why="figures"))
    return {sheet_id: int(number) for sheet_id, number in rows}


def coming(who: Applicant, owner_kind: str, now: datetime, *, limit: int = 10) -> list[Entry]:
    """Return a person's own entries for what is not over yet on sheets of a kind of owner, the next first."""
    mine = select(Entry).join(Sheet, Sheet.id == Entry.sheet_id).where(Entry.person == who.person, Entry.state.in_(ALIVE))
    wanted = mine.where(Sheet.owner_kind == owner_kind, func.coalesce(Sheet.ends_at, Sheet.starts_at) > now)
    return list(db.session().scalars(unscoped(wanted.order_by(Sheet.starts_at, Entry.id).limit(limit), why="oneself")))


def times_of(sheet_ids: Select[Any], member_ids: Collection[int]) -> dict[int, int]:
    """Return {member id: how often they were checked in} of these members on the sheets of a SELECT of ids."""
    wanted = select(Entry.member_id, func.count()).where(
        Entry.sheet_id.in_(sheet_ids), Entry.checked_in_at.is_not(None), Entry.member_id.in_(list(member_ids))
    )
    rows = db.session().execute(unscoped(wanted.group_by(Entry.member_id), why="figures"))
    return {member_id: int(number) for member_id, number in rows if member_id is not None}
