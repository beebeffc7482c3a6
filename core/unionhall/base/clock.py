"""Time: stored in UTC, decided in Asia/Shanghai. Only routes, commands and jobs ask the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the present moment, aware, in UTC; tests freeze it with time-machine."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return the moment on the wall clock of Asia/Shanghai."""
    return moment.astimezone(SHANGHAI)


def local_day(moment: datetime) -> date:
    """Return the Shanghai calendar day of the moment."""
    return local(moment).date()


def from_local(naive: datetime) -> datetime:
    """Return the UTC moment of a naive Shanghai wall-clock time, as typed into a form."""
    return naive.replace(tzinfo=SHANGHAI).astimezone(UTC)


def first_moment(day: date) -> datetime:
    """Return the moment at which a Shanghai calendar day begins, in UTC."""
    return from_local(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - Shanghai, said by from_local
