"""Periods of the readership page: whole days in Shanghai, the period right before, and the same one a year ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from unionhall.base.errors import RuleBroken

ROLLING = (7, 30, 90)
USUAL = 30
LONGEST = 366 * 5
FIRST_YEAR = 2000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From the day `start` to the day `end`, both included; a `month` is compared with months."""

    start: date
    end: date
    month: bool = False

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.end - self.start).days + 1

    @property
    def before(self) -> Period:
        """Return the period right before: as many days, of a month as far into the month before."""
        if not self.month:
            return Period(self.start - self.days * DAY, self.start - DAY)
        last = self.start - DAY
        first = last.replace(day=1)
        whole = self.end == _month_end(self.start)
        return Period(first, last if whole else min(last, first + (self.days - 1) * DAY), month=True)

    @property
    def year_ago(self) -> Period:
        """Return the same days of the year before."""
        end = _a_year_before(self.end)
        if self.month and self.end == _month_end(self.start):
            end = _month_end(_a_year_before(self.start))
        return replace(self, start=_a_year_before(self.start), end=end)

    def widened(self, first_kept: date) -> Period:
        """Return the period in whole months where only months are kept."""
        start = self.start if self.start >= first_kept else self.start.replace(day=1)
        end = self.end if self.end >= first_kept else _month_end(self.end)
        return replace(self, start=start, end=end)

    def told(self) -> str:
        """Return "2026 年 4 月 15 日至 5 月 14 日"."""
        pattern = _("M 月 d 日") if self.start.year == self.end.year else _("yyyy 年 M 月 d 日")
        start = format_date(self.start, _("yyyy 年 M 月 d 日"))
        return start if self.start == self.end else _("%(start)s至 %(end)s", start=start, end=format_date(self.end, pattern))


@dataclass(frozen=True, slots=True)
class Asked:
    """The period that an address asks for, and how it was said: a number of days, a month, or two days."""

    period: Period
    days: int = 0
    month: str = ""

    @property
    def name(self) -> str:
        """Return the file name's part."""
        return self.month or f"{self.period.start}-{self.period.end}"


def asked(args: Mapping[str, str], today: date) -> Asked | None:
    """Return what is asked for, None for what no link offers. Raises RuleBroken for days that somebody typed wrong."""
    if args.get("since") or args.get("until"):
        return Asked(_typed(args.get("since", "").strip(), args.get("until", "").strip(), today))
    if month := args.get("month"):
        first = _read(f"{month}-01") if len(month) == 7 else None
        if first is None or first.year < FIRST_YEAR or first > today:
            return None
        return Asked(Period(first, min(_month_end(first), today), month=True), month=month)
    days = args.get("days", str(USUAL))
    if days not in map(str, ROLLING):
        return None
    return Asked(Period(today - (int(days) - 1) * DAY, today), days=int(days))


def months(today: date, number: int = 24) -> list[str]:
    """Return this month and those before it, "2026-05" first."""
    found, first = [], today.replace(day=1)
    for _at in range(number):
        found.append(f"{first:%Y-%m}")
        first = (first - DAY).replace(day=1)
    return found


def _typed(since: str, until: str, today: date) -> Period:
    if not since:
        raise RuleBroken(_("请填开始的日期，例：2026-05-14。"), field="since")
    start, end = _must_read(since, "since"), _must_read(until, "until") if until else today
    if start > end:
        raise RuleBroken(_("开始的日期晚于结束的日期。是不是填反了？"), field="until")
    if start > today:
        raise RuleBroken(_("这段时间还没有到，没有数字。请选今天以前的日期。"), field="since")
    end = min(end, today)
    if (end - start).days >= LONGEST or start.year < FIRST_YEAR:
        raise RuleBroken(_("一次最多看 5 年。请把时间缩短一些。"), field="since")
    return Period(start, end)


def _must_read(text: str, field: str) -> date:
    found = _read(text)
    if found is None:
        raise RuleBroken(_("看不懂这个日期：%(text)s。请写成 2026-05-14 的样子。", text=text[:20]), field=field)
    return found


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _month_end(day: date) -> date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
