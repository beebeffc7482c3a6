"""On which days a round has questions, and from when until when: pure, in Shanghai time whatever the server's clock is set to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.plugin import clock
from unionhall_quiz.play.models import Calendar

FREE_MINUTES = 30
"""How long after closing an attempt without a time limit may still be handed in."""
GRACE = timedelta(seconds=20)
"""For the way over a slow network; nobody is told of it."""
FAR = 400


class Planned(Protocol):
    """What of a round says when it takes place."""

    calendar: str
    since: date
    until: date | None
    month_day: int | None
    opens: int
    closes: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Window:
    """One day of a round: open from `opens_at` until just before `closes_at`."""

    day: date
    opens_at: datetime
    closes_at: datetime

    def open(self, now: datetime) -> bool:
        """Say whether one may begin now."""
        return self.opens_at <= now < self.closes_at


def takes_place(plan: Planned, day: date) -> bool:
    """Say whether a round has questions on a day."""
    if day < plan.since or (plan.until is not None and day > plan.until):
        return False
    return plan.calendar != Calendar.MEMBER_DAY or day.day == plan.month_day


def window(plan: Planned, day: date) -> Window:
    """Return from when until when a day of a round is open; minute 1440 is the midnight that ends the day."""
    first = clock.first_moment(day)
    return Window(day, first + timedelta(minutes=plan.opens), first + timedelta(minutes=plan.closes))


def open_day(plan: Planned, now: datetime) -> Window | None:
    """Return the day on which one may begin right now, if there is one."""
    day = clock.local_day(now)
    found = window(plan, day)
    return found if takes_place(plan, day) and found.open(now) else None


def days(plan: Planned, since: date, most: int) -> Iterator[date]:
    """Yield the next days of a round from a day on, at most so many and within some 400 days."""
    day, given = max(since, plan.since), 0
    last = min(filter(None, (plan.until, day + timedelta(days=FAR))))
    while day <= last and given < most:
        if takes_place(plan, day):
            given += 1
            yield day
        day += timedelta(days=1)


def coming(plan: Planned, now: datetime) -> Window | None:
    """Return the next day that opens after this moment, None when nothing follows."""
    for day in days(plan, clock.local_day(now), 2):
        found = window(plan, day)
        if found.opens_at > now:
            return found
    return None


def is_over(plan: Planned, day: date, now: datetime) -> bool:
    """Say whether nobody can be answering a day's questions any more: closed, and the last attempt's time is up too."""
    return now > window(plan, day).closes_at + timedelta(minutes=max(plan.minutes or 0, FREE_MINUTES)) + GRACE


def due(plan: Planned, found: Window, began_at: datetime, *, calm: bool = False) -> datetime:
    """Return until when an attempt that began then may be handed in: it may outlast the window by its own time limit.

    One that is begun `calm` has no limit but the day's end, and never less time than the limit gives.
    """
    limited = began_at + timedelta(minutes=plan.minutes or 0)
    if plan.minutes and not calm:
        return limited
    return max(limited, found.closes_at + timedelta(minutes=FREE_MINUTES))


class Begun(Protocol):
    """What of an attempt says how much time it has."""

    began_at: datetime
    due_at: datetime


def limited(plan: Planned, begun: Begun) -> bool:
    """Say whether an attempt has a time limit of its own, or was begun without one."""
    return bool(plan.minutes) and begun.due_at <= begun.began_at + timedelta(minutes=plan.minutes or 0)


def left(until: datetime, now: datetime) -> tuple[str, datetime]:
    """Return how long it is until a moment in words, and when these words stop being true."""
    minutes = max(0, -int(-(until - now).total_seconds() // 60))
    if minutes >= 48 * 60:
        number = minutes // (24 * 60)
        return ngettext("%(num)d 天", "%(num)d 天", number), until - timedelta(days=number)
    if minutes >= 120:
        number = minutes // 60
        return ngettext("%(num)d 小时", "%(num)d 小时", number), until - timedelta(hours=number)
    return ngettext("%(num)d 分钟", "%(num)d 分钟", minutes), until - timedelta(minutes=max(0, minutes - 1))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a round stands at a moment: `window` the day that is open, else `next` the one that comes; `until` is when `text` changes."""

    text: str
    tone: str
    window: Window | None
    next: Window | None
    until: datetime | None

    @property
    def open(self) -> bool:
        """True when one may begin now."""
        return self.window is not None


def standing(plan: Planned, now: datetime, *, ended: bool = False) -> Standing:
    """Return how a round stands, "今天 22:00 截止，还有 3 小时"."""
    found, after = (None, None) if ended else (open_day(plan, now), coming(plan, now))
    if found is not None:
        rest, changes = left(found.closes_at, now)
        return Standing(_("今天 %(time)s 截止，还有 %(left)s", time=hour(found.closes_at, found.day), left=rest), "ok", found, after,
                        _after(changes, now, found.closes_at))  # fmt: skip
    if after is not None:
        here = clock.local_day(now)
        names = {here: _("今天"), here + timedelta(days=1): _("明天")}
        day = names.get(after.day) or _("%(month)s 月 %(day)s 日", month=after.day.month, day=after.day.day)
        midnight = clock.first_moment(here + timedelta(days=1))
        text = _("%(day)s %(time)s 开始", day=day, time=hour(after.opens_at, after.day))
        return Standing(text, "info", None, after, min(after.opens_at, midnight))
    return Standing(_("已经结束"), "", None, None, None)


def _after(changes: datetime, now: datetime, last: datetime) -> datetime:
    """Return when words change: never in the past, or a page would be built for every reader."""
    return min(max(changes, now + timedelta(seconds=20)), last)


def hour(moment: datetime, day: date) -> str:
    """Return a time of a day, "22:00"; the midnight that ends it is "24:00"."""
    here = clock.local(moment)
    return "24:00" if here.date() > day else f"{here:%H:%M}"


def clock_of(minute: int) -> str:
    """Return a minute of the day as people write it, 1440 as "24:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def streak(done: set[date], today: date) -> int:
    """Return how many days running somebody answered, up to today, or to yesterday when today is still to come."""
    day, number = today if today in done else today - timedelta(days=1), 0
    while day in done:
        day, number = day - timedelta(days=1), number + 1
    return number
