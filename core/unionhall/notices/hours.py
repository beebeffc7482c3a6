"""When people are left alone: quiet hours and the daily mail, on the wall clock of Shanghai."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from unionhall.base import clock
from unionhall.settings.queries import site_settings

DIGEST_HOUR = 8


def quiet_hours() -> tuple[time, time]:
    """Return when quiet begins and ends; the same time twice means never."""
    settings = site_settings()
    return time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until)


def is_quiet(now: datetime) -> bool:
    """Say whether it is quiet at this moment: from the first minute on, until before the last."""
    begins, ends = quiet_hours()
    at = clock.local(now).time()
    return begins <= at < ends if begins <= ends else at >= begins or at < ends


def quiet_ends(now: datetime) -> datetime:
    """Return when the quiet that reigns at this moment ends."""
    return _next(now, quiet_hours()[1])


def next_digest(now: datetime) -> tuple[datetime, date]:
    """Return when the next daily mail leaves, after this moment, and its day."""
    moment = _next(now, time(DIGEST_HOUR))
    return moment, clock.local_day(moment)


def _next(now: datetime, at: time) -> datetime:
    here = clock.local(now)
    day = here.date() if here.time() < at else here.date() + timedelta(days=1)
    return clock.from_local(datetime.combine(day, at))
