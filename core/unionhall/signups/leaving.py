"""Ending an entry: its places and quotas, the waiting list and its team are set right in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update

from unionhall.base import db
from unionhall.signups import notes, places, queries, waiting
from unionhall.signups.models import HOLDING, Entry, Sheet, State


def release(sheet: Sheet, entry: Entry) -> None:
    """Give back what an entry holds: places and quotas, or its place on the waiting list. The sheet is locked."""
    if entry.captain_id is not None:
        return
    if entry.state in HOLDING:
        places.give_back(sheet, entry.holds, [pick.choice_id for pick in entry.picks])
    elif entry.state == State.WAITING:
        places.unqueue(sheet)


def take_out(sheet: Sheet, entry: Entry, target: State, *, now: datetime, **values: Any) -> list[Entry]:
    """End an entry, and with a captain's the team's; returns them all. The caller holds the sheet's lock and offers the places on."""
    release(sheet, entry)
    found = waiting.move(entry, target, now=now, **values)
    if entry.captain_id is not None:
        _left(sheet, queries.entry(entry.captain_id), now=now)
    return found


def _left(sheet: Sheet, captain: Entry, *, now: datetime) -> None:
    """Count a teammate out; a team below its minimum gathers again and gives its place back. The sheet is locked."""
    gone = update(Entry).where(Entry.id == captain.id).values(mates=Entry.mates - 1)
    db.update_count(gone.execution_options(synchronize_session=False))
    db.session().refresh(captain)
    if captain.mates + 1 >= sheet.team_min or not captain.alive:
        return
    release(sheet, captain)
    waiting.move(captain, State.GATHERING, now=now)
    notes.tell("changed", captain, now=now)
