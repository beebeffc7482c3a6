"""The list of a sheet's people in the desk: filters, counts, rows for pages and for exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import selectinload

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import Actor
from unionhall.members import identity, looks
from unionhall.platform.access import can, scoped, unscoped
from unionhall.signups import fields, labels, queries
from unionhall.signups.models import ALIVE, PICKED, SEALED, Choice, Entry, Field, Pick, Sheet, State
from unionhall.signups.queries import MANAGE, READ

SIZE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to: a state, a choice, words of a name or the last four digits of a mobile number.

    Besides the states there are "alive" (not refused, cancelled or lapsed) and "here" (checked in).
    """

    state: str = ""
    choice: int = 0
    words: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Filter:
        """Return the filter in an address; what makes no sense is left out."""
        choice = values.get("choice", "")
        state = values.get("state", "")
        return cls(
            state if state in {*State, "here", "alive"} else "",
            int(choice) if choice.isdecimal() and len(choice) < 10 else 0, values.get("q", "").strip()[:60],
        )  # fmt: skip

    def values(self) -> dict[str, str]:
        """Return it as values of an address."""
        return {"state": self.state, "choice": str(self.choice or ""), "q": self.words}


def _narrowed(statement: Select[*tuple[object, ...]], sheet: Sheet, chosen: Filter) -> Select[*tuple[object, ...]]:
    statement = statement.where(Entry.sheet_id == sheet.id)
    if chosen.state == "here":
        statement = statement.where(Entry.checked_in_at.is_not(None))
    elif chosen.state == "alive":
        statement = statement.where(Entry.state.in_(ALIVE))
    elif chosen.state:
        statement = statement.where(Entry.state == chosen.state)
    if chosen.choice:
        statement = statement.where(Entry.id.in_(select(Pick.entry_id).where(Pick.choice_id == chosen.choice)))
    if chosen.words:
        named = Entry.name.contains(chosen.words, autoescape=True) | Entry.team_name.contains(
            chosen.words, autoescape=True
        )
        statement = statement.where(or_(named, Entry.mobile_tail == chosen.words))
    return statement


def people(sheet: Sheet, chosen: Filter, *, offset: int = 0, limit: int = SIZE) -> list[Entry]:
    """Return entries of a sheet that the caller may see, newest first; those who wait in their order."""
    statement = _narrowed(select(Entry).options(selectinload(Entry.picks), selectinload(Entry.answers)), sheet, chosen)
    order = Entry.number if chosen.state == State.WAITING else Entry.number.desc()
    return list(
        db.session().scalars(
            unscoped(statement.order_by(order).offset(offset).limit(limit), why="the sheet was judged")
        )
    )


def number(sheet: Sheet, chosen: Filter) -> int:
    """Return how many entries the filter leaves."""
    statement = _narrowed(select(func.count()).select_from(Entry), sheet, chosen)
    return int(db.session().scalar(unscoped(statement, why="the sheet was judged")) or 0)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries stand where, the people among them (companions counted), and the oldest that waits for a decision."""

    states: Mapping[str, int]
    people: int
    here: int
    cancelled_by_themselves: int
    oldest_pending: datetime | None


def counts(sheet: Sheet) -> Counts:
    """Return a sheet's figures."""
    mine = Entry.sheet_id == sheet.id
    states = (
        db.session()
        .execute(unscoped(select(Entry.state, func.count()).where(mine).group_by(Entry.state), why="figures"))
        .all()
    )
    here = select(func.count()).select_from(Entry).where(mine, Entry.checked_in_at.is_not(None))
    own = select(func.count()).select_from(Entry).where(mine, Entry.state == State.CANCELLED, Entry.by_org.is_(False))
    oldest = select(func.min(Entry.created_at)).where(mine, Entry.state == State.PENDING)

    def one(statement: Select[*tuple[int]]) -> int:
        return db.session().scalar(unscoped(statement, why="figures")) or 0

    return Counts(
        {row.state: row[1] for row in states}, sheet.taken, one(here), one(own),
        db.session().scalar(unscoped(oldest, why="figures")),
    )  # fmt: skip


def choices(sheet: Sheet) -> list[tuple[Field, list[Choice]]]:
    """Return the questions that a list may be narrowed by, with their choices."""
    return [(field, field.choices) for field in sheet.fields if field.kind in PICKED]


def header(filters: Mapping[str, str]) -> list[str]:
    """Return the columns of an export: what every sheet has, then the sheet's questions."""
    columns = [
        _("编号"),
        _("姓名"),
        _("单位"),
        _("手机"),
        _("状态"),
        _("同行"),
        _("队伍"),
        _("报名时间"),
        _("签到时间"),
        _("迟到"),
        _("签退时间"),
    ]
    sheet = _exported(filters)
    return columns + [field.label for field in sheet.fields] if sheet else columns


def rows(actor: Actor, scope: str, filters: Mapping[str, str]) -> Iterator[list[str | int | datetime | None]]:
    """Yield the rows of an export that this actor may see; with "full" numbers are whole and each look is noted."""
    sheet_id, full = filters.get("sheet", ""), filters.get("full") == "1"
    wanted = scoped(
        select(Sheet).where(Sheet.id == (int(sheet_id) if sheet_id.isdecimal() and len(sheet_id) < 10 else 0)),
        Sheet,
        actor,
        READ,
        scope,
    )
    sheet = db.session().scalar(wanted)
    if sheet is None:
        return
    restricted = full or may_see_all(actor, sheet)
    chosen, offset = Filter.of(filters), 0
    while page := people(sheet, chosen, offset=offset, limit=500):
        if full:
            who = [entry.member_id for entry in page if entry.member_id]
            looks.note(
                who,
                what="export",
                why=filters.get("purpose", "") or "signups.people",
                actor=actor,
                org_id=sheet.org_id,
                now=clock.now(),
            )
        for entry in page:
            yield _row(entry, sheet, full, restricted)
        offset += len(page)


def _row(entry: Entry, sheet: Sheet, full: bool, restricted: bool) -> list[str | int | datetime | None]:
    mobile = identity.open_mobile(entry.mobile_sealed) if full else identity.masked_mobile(entry.mobile_sealed)
    found: list[str | int | datetime | None] = [
        entry.number, entry.name, entry.union_name, mobile, str(labels.STATES[State(entry.state)]), "、".join(entry.people),
        entry.team_name, entry.created_at, entry.checked_in_at, _("迟到") if entry.late else "", entry.checked_out_at,
    ]  # fmt: skip
    answers = {answer.field_id: answer for answer in entry.answers}
    chosen = {pick.choice_id for pick in entry.picks}
    for field in sheet.fields:
        if field.restricted and not restricted:
            found.append("")
        elif field.kind in PICKED:
            found.append("、".join(choice.label for choice in field.choices if choice.id in chosen))
        else:
            answer = answers.get(field.id)
            found.append(fields.as_text(field, answer, full=full and field.kind in SEALED) if answer else "")
    return found


def may_see_all(actor: Actor, sheet: Sheet) -> bool:
    """Say whether somebody sees the answers that are kept for those who may see full data."""
    return can(actor, MANAGE, sheet.org)


def _exported(filters: Mapping[str, str]) -> Sheet | None:
    sheet_id = filters.get("sheet", "")
    try:
        return queries.sheet(int(sheet_id)) if sheet_id.isdecimal() and len(sheet_id) < 10 else None
    except NotFound:
        return None
