"""How times and numbers are written for people; registered as filters for every template, the desk's included.

Babel patterns are the source strings ("M 月 d 日"), so that a catalogue can turn them into "d MMM".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from unionhall.base import clock


def day(moment: datetime) -> str:
    """Return "今天 07:30", "昨天", "5 月 14 日", or with the year when it is not this one."""
    then, today = clock.local(moment), clock.local_day(clock.now())
    away = (today - then.date()).days
    if away == 0:
        return _("今天 %(time)s", time=f"{then:%H:%M}")
    if away == 1:
        return _("昨天")
    return format_date(then.date(), _("M 月 d 日") if then.year == today.year else _("yyyy 年 M 月 d 日"))


def daytime(moment: datetime) -> str:
    """Return the day and the minute in a sentence: "5 月 14 日 09:12"."""
    then, today = clock.local(moment), clock.local_day(clock.now())
    pattern = _("M 月 d 日") if then.year == today.year else _("yyyy 年 M 月 d 日")
    return f"{format_date(then.date(), pattern)} {then:%H:%M}"


def clocktime(moment: datetime) -> str:
    """Return the minute alone, "09:12", Shanghai time."""
    return f"{clock.local(moment):%H:%M}"


def shortday(moment: datetime) -> str:
    """Return "05-14" for headline lists and tables, with the year when it is not this one."""
    then = clock.local(moment)
    return f"{then:%m-%d}" if then.year == clock.local_day(clock.now()).year else f"{then:%Y-%m-%d}"


def longday(moment: datetime | date) -> str:
    """Return "2026 年 5 月 14 日 星期四"."""
    then = clock.local_day(moment) if isinstance(moment, datetime) else moment
    return format_date(then, _("yyyy 年 M 月 d 日 EEEE"))


def moment(value: datetime) -> str:
    """Return "2026-05-14 07:30", Shanghai time."""
    return f"{clock.local(value):%Y-%m-%d %H:%M}"


def iso(value: datetime) -> str:
    """Return the moment for `<time datetime>`, with the Shanghai offset."""
    return clock.local(value).isoformat(timespec="seconds")


def rfc3339(value: datetime) -> str:
    """Return the moment as feeds and sitemaps write it, in UTC."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def number(value: float) -> str:
    """Return a number with grouping: "1,284"."""
    return format_decimal(value)


FILTERS: dict[str, Callable[[Any], str]] = {
    "day": day, "daytime": daytime, "clocktime": clocktime, "shortday": shortday, "longday": longday, "moment": moment, "iso": iso,
    "rfc3339": rfc3339, "number": number,
}  # fmt: skip
