"""Streaks and stars: pure, by the days on which a round has questions, so that a weekend off or a member day a month breaks nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from unionhall_quiz.play import calendar

THIRDS = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """A member in a round: `streak` questions' days running up to now, `longest` ever, and this month: `done` of `days`, `stars`."""

    streak: int
    longest: int
    done: int
    days: int

    @property
    def stars(self) -> int:
        """Return the stars of the month, 0 to 3."""
        return stars(self.done, self.days)

    @property
    def missing(self) -> int | None:
        """Return how many days more make the next star as things stand, None at three."""
        wanted = self.stars + 1
        return None if wanted > THIRDS else max(-(-self.days * wanted // THIRDS) - self.done, 1)


def stars(done: int, days: int) -> int:
    """Return the stars for having answered on some of a month's days: one for a third, two for two thirds, three for all of them."""
    return min(done * THIRDS // days, THIRDS) if days else 0


def month_of(day: date) -> str:
    """Return a day's month, "2026-05"."""
    return f"{day:%Y-%m}"


def bounds(month: str) -> tuple[date, date]:
    """Return the first day of a month, and that of the one after it. Raises ValueError for what is no month."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=32)).replace(day=1)


def days_of(plan: calendar.Planned, since: date, until: date) -> list[date]:
    """Return the days from `since` up to but not including `until` on which a round has questions."""
    return [day for day in (since + timedelta(days=number) for number in range((until - since).days)) if calendar.takes_place(plan, day)]


def standing(plan: calendar.Planned, done: Collection[date], today: date) -> Standing:
    """Return how somebody stands who answered on these days; today counts once it is done, and breaks nothing until it is over."""
    past = days_of(plan, max(plan.since, today - timedelta(days=calendar.FAR)), today)
    counted = [*past, *([today] if today in done else [])]
    streak = longest = 0
    for day in counted:
        streak = streak + 1 if day in done else 0
        longest = max(longest, streak)
    month = [day for day in counted if month_of(day) == month_of(today)]
    return Standing(streak, longest, sum(day in done for day in month), len(month))
