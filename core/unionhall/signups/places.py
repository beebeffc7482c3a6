"""Taking and giving back places: conditional UPDATEs decide, in the transaction of the entry that they are for.

Whoever changes a sheet's entries locks the sheet first; numbers, and with them the order of the waiting list, are given out
under that lock.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select, update

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache import purge
from unionhall.signups.models import Choice, Entry, Pick, Sheet, State

FEW = 5


def page_tag(sheet_id: int) -> str:
    """Return the page cache's tag of every page that shows this sheet's places."""
    return f"signups:sheet:{sheet_id}"


def lock(sheet_id: int) -> Sheet:
    """Return the sheet as it is now, locked until this unit of work ends. Raises NotFound."""
    db.session().flush()
    statement = (
        select(Sheet).where(Sheet.id == sheet_id).with_for_update(of=Sheet).execution_options(populate_existing=True)
    )
    sheet = db.session().scalar(unscoped(statement, why="lock"))
    if sheet is None:
        raise NotFound()
    return sheet


def take(sheet: Sheet, holds: int, choices: Collection[int] = ()) -> int | None:
    """Take `holds` places and one of each choice's quota for each place, all or nothing.

    Returns None when they are taken, the id of the first choice that is full, or 0 when the sheet is.
    """
    done: list[int] = []
    for choice_id in sorted(choices):
        free = or_(Choice.quota.is_(None), Choice.taken + holds <= Choice.quota)
        if not _count(update(Choice).where(Choice.id == choice_id, free).values(taken=Choice.taken + holds)):
            _return_choices(holds, done)
            return choice_id
        done.append(choice_id)
    free = or_(Sheet.places.is_(None), Sheet.taken + holds <= Sheet.places)
    if not _count(update(Sheet).where(Sheet.id == sheet.id, free).values(taken=Sheet.taken + holds)):
        _return_choices(holds, done)
        return 0
    _changed(sheet)
    return None


def give_back(sheet: Sheet, holds: int, choices: Collection[int] = ()) -> None:
    """Give back places and quotas."""
    _return_choices(holds, choices)
    _count(update(Sheet).where(Sheet.id == sheet.id).values(taken=Sheet.taken - holds))
    _changed(sheet)


def queue(sheet: Sheet) -> bool:
    """Take a place on the waiting list; False when there is none, or no such list."""
    free = or_(Sheet.waiting_places.is_(None), Sheet.waiting < Sheet.waiting_places)
    done = _count(update(Sheet).where(Sheet.id == sheet.id, Sheet.waiting_on, free).values(waiting=Sheet.waiting + 1))
    _changed(sheet)
    return bool(done)


def unqueue(sheet: Sheet, entries: int = 1) -> None:
    """Leave the waiting list."""
    _count(update(Sheet).where(Sheet.id == sheet.id).values(waiting=Sheet.waiting - entries))
    _changed(sheet)


def next_number(sheet: Sheet) -> int:
    """Return the next number on the sheet, ascending and never given twice."""
    _count(update(Sheet).where(Sheet.id == sheet.id).values(last_number=Sheet.last_number + 1))
    _refresh(sheet)
    return sheet.last_number


def somebody_waits(sheet: Sheet, choices: Collection[int]) -> bool:
    """Say whether somebody on the waiting list comes before a newcomer with these choices.

    Those who wait only because another choice is full do not: whoever waits while the sheet itself has room waits for theirs.
    """
    if sheet.waiting == 0:
        return False
    if sheet.places is not None and sheet.taken >= sheet.places:
        return True
    waits = select(Entry.id).where(Entry.sheet_id == sheet.id, Entry.state == State.WAITING)
    full = (
        select(Pick.entry_id)
        .join(Choice, Choice.id == Pick.choice_id)
        .where(Choice.quota.is_not(None), Choice.taken >= Choice.quota)
    )
    mine = select(Pick.entry_id).where(Pick.choice_id.in_(list(choices)))
    ahead = waits.where(or_(Entry.id.not_in(full), Entry.id.in_(mine)))
    return db.session().scalar(unscoped(ahead.limit(1), why="order")) is not None


def room(sheet: Sheet) -> int | None:
    """Return how many places are left, None without a limit."""
    return None if sheet.places is None else max(0, sheet.places - sheet.taken)


def _return_choices(holds: int, choices: Collection[int]) -> None:
    for choice_id in choices:
        _count(update(Choice).where(Choice.id == choice_id).values(taken=Choice.taken - holds))


def _count(statement: object) -> int:
    return db.update_count(statement.execution_options(synchronize_session=False))  # type: ignore[attr-defined]


def _refresh(sheet: Sheet) -> None:
    db.session().refresh(sheet, ["taken", "waiting", "last_number"])


def _changed(sheet: Sheet) -> None:
    """Read the counters again; pages that everybody sees are dropped only when their words change."""
    before = band(sheet)
    _refresh(sheet)
    if band(sheet) != before:
        purge(page_tag(sheet.id))


def band(sheet: Sheet) -> tuple[int | None, bool]:
    """Return what public pages say of the room: how many places when they are few, and whether the waiting list has any."""
    left = room(sheet)
    waits = sheet.waiting_on and (sheet.waiting_places is None or sheet.waiting < sheet.waiting_places)
    return (None if left is None or left > FEW else left), waits
