"""When a station is open: its week, special days, public holidays and make-up workdays, pauses.

Hours belong to the day on which they begin. Nothing here asks the database: a station and its special days are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from unionhall.plugin import clock, workdays
from unionhall_stations.models import HolidayRule, SpecialDay, Station, StationState

DAY_MINUTES, LATEST, MOST_A_DAY = 1440, 2880, 2
HORIZON, ROUND_THE_CLOCK = 31, timedelta(days=8)
_DAY = timedelta(days=1)
Spans = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a station is open, and the moment at which that changes next; None when it does not within a month, or nobody knows."""

    open: bool
    change: datetime | None = None
    paused: bool = False


def of_day(station: Station, specials: Iterable[SpecialDay], day: date) -> Spans:
    """Return the hours that begin on a Shanghai day, [opens, closes] in minutes after its midnight; none means closed.

    A special day wins, the one written last; then a make-up workday has Monday's hours, a public holiday what the station says.
    """
    special = special_on(specials, day)
    if special is not None:
        return special.hours
    week = station.week or [[] for _weekday in range(7)]
    if workdays.is_make_up(day):
        return week[0]
    if workdays.is_holiday(day):
        if station.holidays == HolidayRule.CLOSED:
            return []
        return week[6] if station.holidays == HolidayRule.SUNDAY else week[day.weekday()]
    return week[day.weekday()]


def special_on(specials: Iterable[SpecialDay], day: date) -> SpecialDay | None:
    """Return what was written last for a day."""
    return max((row for row in specials if row.since <= day <= row.until), key=lambda row: row.id, default=None)


def status(station: Station, specials: Iterable[SpecialDay], moment: datetime) -> Status:
    """Return how a station stands at a moment. A pause that is over counts as over, before the job has noted it."""
    known = list(specials)
    if station.state == StationState.PAUSED:
        until = station.paused_until
        if until is None:
            return Status(False, None, True)
        if until > moment:
            after = _current(station, known, until)
            return Status(False, max(until, after[0]) if after else None, True)
    elif station.state != StationState.OPEN:
        return Status(False)
    found = _current(station, known, moment)
    if found is None:
        return Status(False)
    begins, ends = found
    if begins > moment:
        return Status(False, begins)
    return Status(True, None if ends > moment + ROUND_THE_CLOCK else ends)


def open_at(station: Station, specials: Iterable[SpecialDay], moment: datetime) -> bool:
    """Say whether a station is open at a moment."""
    return status(station, specials, moment).open


def next_change(station: Station, specials: Iterable[SpecialDay], moment: datetime) -> datetime | None:
    """Return when a station opens or closes next, as far as that can be told."""
    return status(station, specials, moment).change


def true_until(station: Station, specials: Iterable[SpecialDay], moment: datetime) -> datetime:
    """Return until when what a page says of a station's hours stays true: words name days, so never beyond midnight."""
    change = status(station, specials, moment).change
    ends = [midnight_after(moment), *(at for at in (change, station.paused_until) if at is not None and at > moment)]
    return min(ends)


def midnight_after(moment: datetime) -> datetime:
    """Return the next midnight in Shanghai."""
    return clock.first_moment(clock.local_day(moment) + _DAY)


def _current(station: Station, specials: Sequence[SpecialDay], moment: datetime) -> tuple[datetime, datetime] | None:
    """Return the stretch of open time that a moment is in, else the next one; touching hours are one stretch."""
    found: tuple[datetime, datetime] | None = None
    for begins, ends in _spans(station, specials, clock.local_day(moment) - _DAY):
        if ends <= moment:
            continue
        if found is None:
            found = (begins, ends)
        elif begins > found[1] or found[1] > moment + ROUND_THE_CLOCK:
            break
        else:
            found = (found[0], max(found[1], ends))
    return found


def _spans(station: Station, specials: Sequence[SpecialDay], first: date) -> Iterator[tuple[datetime, datetime]]:
    for number in range(HORIZON + 1):
        day = first + number * _DAY
        midnight = clock.first_moment(day)
        for opens, closes in sorted(list(span) for span in of_day(station, specials, day)):
            yield midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)
