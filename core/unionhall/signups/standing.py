"""How a sheet stands at a moment, for everybody: not yet open, open, full, closed, paused."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from unionhall.signups import places
from unionhall.signups.models import Sheet, SheetState


class Standing(StrEnum):
    """What somebody who comes now will find."""

    NOT_YET = "not-yet"
    OPEN = "open"
    WAITING = "waiting"
    FULL = "full"
    PAUSED = "paused"
    CLOSED = "closed"


def of(sheet: Sheet, now: datetime) -> Standing:
    """Return how the sheet stands."""
    if sheet.state == SheetState.CLOSED or (sheet.closes_at and now >= sheet.closes_at):
        return Standing.CLOSED
    if sheet.opens_at and now < sheet.opens_at:
        return Standing.NOT_YET
    if sheet.state in (SheetState.HELD, SheetState.PAUSED):
        return Standing.PAUSED
    if places.room(sheet) == 0:
        _left, waits = places.band(sheet)
        return Standing.WAITING if waits else Standing.FULL
    return Standing.OPEN
