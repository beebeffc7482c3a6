"""Working days in mainland China: weekends, public holidays and make-up working days. The arrangement of a year is data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from unionhall.base.crypto import config

_SHIPPED = Path(__file__).parent / "static_data" / "workdays.toml"
_OWN = "workdays.toml"
_DAY = timedelta(days=1)
ANNOUNCED_IN = 12  # a year without data is worth a warning from this month of the year before


@dataclass(frozen=True)
class Year:
    """What is special in one year: days off, and weekend days on which people work."""

    off: frozenset[date]
    work: frozenset[date]


def is_workday(day: date) -> bool:
    """Say whether people work on a day; in a year that nobody has arranged yet, weekends alone are off."""
    year = _years(config().instance).get(day.year)
    if year and day in year.off:
        return False
    return bool(year and day in year.work) or day.weekday() < 5


def is_holiday(day: date) -> bool:
    """Say whether a day is off by the arrangement of its year: a public holiday, or a weekend inside one."""
    year = _years(config().instance).get(day.year)
    return bool(year and day in year.off)


def is_make_up(day: date) -> bool:
    """Say whether people work on a day of a weekend, by the arrangement of its year."""
    year = _years(config().instance).get(day.year)
    return bool(year and day in year.work)


def after(day: date, number: int) -> date:
    """Return the working day that is the `number`th after a day: five of them after a Monday is the next Monday."""
    while number > 0:
        day += _DAY
        number -= is_workday(day)
    return day


def missing(today: date) -> int | None:
    """Return the year that has no arrangement and should have one by now: this one, or towards its end the next."""
    known = _years(config().instance)
    if today.year not in known:
        return today.year
    return today.year + 1 if today.month >= ANNOUNCED_IN and today.year + 1 not in known else None


@lru_cache(maxsize=8)
def _years(instance: Path) -> dict[int, Year]:
    found: dict[int, Year] = {}
    for path in (_SHIPPED, instance / _OWN):
        if path.is_file():
            read = tomllib.loads(path.read_text("utf-8"))
            found |= {int(year): Year(_days(year, rows["off"]), _days(year, rows["work"])) for year, rows in read.items()}
    return found


def _days(year: str, spans: list[str]) -> frozenset[date]:
    return frozenset(day for span in spans for day in _span(year, span))


def _span(year: str, span: str) -> Iterator[date]:
    """Yield the days of "02-15" or "02-15..02-23"."""
    first, _dots, last = span.partition("..")
    day, end = (date.fromisoformat(f"{year}-{part}") for part in (first, last or first))
    while day <= end:
        yield day
        day += _DAY
