"""Reads of sheets and entries: in the desk scoped by grants, for a person their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, or_, select

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.platform import access
from unionhall.platform.access import Actor, scoped, unscoped
from unionhall.signups.models import ALIVE, Entry, Sheet, SheetState, State
from unionhall.signups.people import Applicant

READ, MANAGE, CHECK_IN = "signups.read", "signups.manage", "signups.check_in"


def sheet(sheet_id: int) -> Sheet:
    """Return a sheet, whatever its state. Raises NotFound."""
    found = db.session().scalar(unscoped(select(Sheet).where(Sheet.id == sheet_id), why="public"))
    if found is None:
        raise NotFound()
    return found


def shown_sheet(sheet_id: int) -> Sheet:
    """Return a sheet that readers may know of. Raises NotFound for none, and while it is held."""
    found = sheet(sheet_id)
    if found.state == SheetState.HELD:
        raise NotFound()
    return found


def by_ids(ids: Iterable[int]) -> dict[int, Sheet]:
    """Return {id: sheet} of sheets that the caller's own rows name."""
    statement = select(Sheet).where(Sheet.id.in_(list(ids)))
    return {found.id: found for found in db.session().scalars(unscoped(statement, why="owner"))}


def of_owner(kind: str, owner_id: int) -> Sheet | None:
    """Return the first sheet that belongs to something ("campaigns.component", 17)."""
    statement = select(Sheet).where(Sheet.owner_kind == kind, Sheet.owner_id == owner_id).order_by(Sheet.id)
    return db.session().scalars(unscoped(statement, why="owner")).first()


def managed(sheet_id: int, actor: Actor, permission: str) -> Sheet:
    """Return a sheet of an org at which the actor holds the permission. Raises NotFound otherwise."""
    found = db.session().scalar(scoped(select(Sheet).where(Sheet.id == sheet_id), Sheet, actor, permission))
    if found is None or not access.can(actor, permission, found.org):
        raise NotFound()
    return found


def sheets(
    actor: Actor, permission: str, below: str, *, words: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> list[Sheet]:
    """Return sheets in the actor's reach, newest first."""
    statement = scoped(select(Sheet), Sheet, actor, permission, below)
    if words:
        statement = statement.where(Sheet.title.contains(words, autoescape=True))
    if state:
        statement = statement.where(Sheet.state == state)
    return list(db.session().scalars(statement.order_by(Sheet.id.desc()).offset(offset).limit(limit)))


def live(sheet_id: int, who: Applicant) -> Entry | None:
    """Return the entry that this person has on a sheet now."""
    statement = select(Entry).where(Entry.sheet_id == sheet_id, Entry.person == who.person, Entry.state.in_(ALIVE))
    return db.session().scalar(unscoped(statement, why="oneself"))


def of_household(sheet_id: int, who: Applicant) -> Entry | None:
    """Return the entry that this person's household has on a sheet now."""
    statement = select(Entry).where(
        Entry.sheet_id == sheet_id, Entry.household == who.household, Entry.state.in_(ALIVE)
    )
    return db.session().scalar(unscoped(statement, why="oneself"))


def by_key(sheet_id: int, key: str) -> Entry | None:
    """Return the entry that a form with this key made."""
    return db.session().scalar(
        unscoped(select(Entry).where(Entry.sheet_id == sheet_id, Entry.key == key), why="replay")
    )


def _theirs(who: Applicant) -> list[str]:
    return [who.person, f"a:{who.account_id}"] if who.account_id else [who.person]


def mine(who: Applicant, limit: int = 200, *, after: int | None = None) -> list[Entry]:
    """Return a person's own entries, newest first, from below the id `after` on."""
    statement = select(Entry).where(Entry.person.in_(_theirs(who))).order_by(Entry.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(Entry.id < after)
    return list(db.session().scalars(unscoped(statement, why="oneself")))


def my_entry(entry_id: int, who: Applicant | None) -> Entry:
    """Return a person's own entry. Raises NotFound for anybody else's."""
    found = db.session().scalar(unscoped(select(Entry).where(Entry.id == entry_id), why="oneself"))
    if found is None or who is None or found.person not in _theirs(who):
        raise NotFound()
    return found


def entry(entry_id: int) -> Entry:
    """Return an entry that a signed link or a service names. Raises NotFound."""
    found = db.session().scalar(unscoped(select(Entry).where(Entry.id == entry_id), why="given"))
    if found is None:
        raise NotFound()
    return found


def mates(captain: Entry) -> list[Entry]:
    """Return the entries of a captain's teammates, in the order in which they joined."""
    statement = select(Entry).where(Entry.captain_id == captain.id, Entry.state.in_(ALIVE)).order_by(Entry.number)
    return list(db.session().scalars(unscoped(statement, why="team")))


def place_in_line(item: Entry) -> int | None:
    """Return how far in front an entry stands on the waiting list, 1 for the next; None when it is not on it."""
    if item.state != State.WAITING:
        return None
    return places_in_line([item]).get(item.id)


def places_in_line(items: Iterable[Entry]) -> dict[int, int]:
    """Return {entry id: place on the waiting list} of those that wait, all of one sheet."""
    waits = [item for item in items if item.state == State.WAITING and item.captain_id is None]
    if not waits:
        return {}
    row = func.row_number().over(order_by=Entry.number).label("place")
    line = select(Entry.id, row).where(
        Entry.sheet_id == waits[0].sheet_id, Entry.state == State.WAITING, Entry.captain_id.is_(None)
    ).subquery()  # fmt: skip
    wanted = select(line.c.id, line.c.place).where(line.c.id.in_([item.id for item in waits]))
    return {row.id: row.place for row in db.session().execute(unscoped(wanted, why="order"))}


def to_remind(now: datetime, until: datetime) -> list[int]:
    """Return the ids of sheets that begin between these moments and whose people were not reminded."""
    statement = select(Sheet.id).where(Sheet.starts_at > now, Sheet.starts_at <= until, Sheet.reminded_at.is_(None))
    return list(db.session().scalars(unscoped(statement, why="job")))


def to_erase(now: datetime) -> list[Sheet]:
    """Return sheets that are over and not erased yet; the caller asks each one's retention."""
    over = func.coalesce(Sheet.ends_at, Sheet.starts_at, Sheet.closes_at)
    statement = select(Sheet).where(Sheet.erased_at.is_(None), over.is_not(None), over <= now)
    return list(db.session().scalars(unscoped(statement, why="job")))


def offers_due(now: datetime) -> list[int]:
    """Return the ids of sheets with an offered place that was not accepted in time."""
    statement = select(Entry.sheet_id).where(Entry.state == State.OFFERED, Entry.offer_until <= now).distinct()
    return list(db.session().scalars(unscoped(statement, why="job")))


def involved(person_keys: Iterable[str]) -> list[Entry]:
    """Return all entries of a person, for their data export and erasure."""
    keys = [key for key in person_keys if key]
    if not keys:
        return []
    return list(
        db.session().scalars(
            unscoped(select(Entry).where(or_(Entry.person.in_(keys))).order_by(Entry.id), why="oneself")
        )
    )
