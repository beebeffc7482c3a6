"""Months: what belongs to which, and when it is cut."""

from __future__ import annotations

from datetime import date, timedelta


def last_day(month: str) -> date:
    """Return the last day of "2026-05"."""
    return first_day(following(month)) - timedelta(days=1)


def first_day(month: str) -> date:
    """Return the first day of "2026-05". Raises ValueError."""
    return date.fromisoformat(f"{month}-01")


def following(month: str) -> str:
    """Return the month after one."""
    return f"{first_day(month) + timedelta(days=31):%Y-%m}"


def before(day: date) -> str:
    """Return the month that was over when a day began."""
    return f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"


def due(today: date, day_of_month: int, done: str | None) -> list[str]:
    """Return the months to cut on a day, the oldest first: all since the last one that was done, once their day has come."""
    newest = before(today if today.day >= day_of_month else today.replace(day=1) - timedelta(days=1))
    if done is None:
        return [newest]
    found = []
    while done < newest:
        done = following(done)
        found.append(done)
    return found
