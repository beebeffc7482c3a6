"""Periods of the report: whole days in Shanghai, a month, a quarter, a year or free days, and the same a year ago."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from flask_babel import format_date
from flask_babel import gettext as _

from unionhall.base.errors import RuleBroken

DAY = timedelta(days=1)
FIRST_YEAR, LONGEST = 2000, 366 * 5
NAME = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d\d)))?", re.ASCII)
Kind = Literal["month", "quarter", "year", "days"]
FIXED: tuple[Kind, ...] = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Period:
    """From the day `since` up to but not including `until`, never beyond today; `over` says that its last day is past."""

    kind: Kind
    name: str
    since: date
    until: date
    over: bool

    @property
    def fixed(self) -> bool:
        """True for a month, quarter or year that is over: its figures are the same tomorrow."""
        return self.over and self.kind != "days"

    @property
    def last_day(self) -> date:
        """Return its last day."""
        return self.until - DAY

    @property
    def year_ago(self) -> Period:
        """Return the same period of the year before; of one that is under way, as far into it. 29 February becomes 28."""
        if self.fixed:
            return _whole(f"{self.since.year - 1}{self.name[4:]}", self.until)
        return Period(self.kind, "", _a_year_before(self.since), _a_year_before(self.until - DAY) + DAY, over=True)

    @property
    def args(self) -> dict[str, str]:
        """Return the query values that ask for it."""
        if self.kind != "days":
            return {"period": self.name}
        return {"since": self.since.isoformat(), "until": (self.until - DAY).isoformat()}

    def told(self) -> str:
        """Return "2026 年 4 月 15 日至 5 月 14 日"."""
        first, last = self.since, self.until - DAY
        pattern = _("M 月 d 日") if first.year == last.year else _("yyyy 年 M 月 d 日")
        start = format_date(first, _("yyyy 年 M 月 d 日"))
        return start if first == last else _("%(start)s至 %(end)s", start=start, end=format_date(last, pattern))

    def months(self, number: int = 12) -> list[tuple[date, date]]:
        """Return (first day, first day after) of the months that end with this period's last one, oldest first."""
        found, end = [], self.until
        for _at in range(number):
            first = (end - DAY).replace(day=1)
            found.append((first, end))
            end = first
        return found[::-1]


def asked(args: Mapping[str, str], today: date) -> Period:
    """Return the period that query values ask for, this month when they ask for none. Raises RuleBroken."""
    if args.get("since") or args.get("until"):
        return _typed(args.get("since", "").strip(), args.get("until", "").strip(), today)
    return _whole(args.get("period", "") or f"{today:%Y-%m}", today + DAY)


def choices(kind: Kind, today: date) -> list[str]:
    """Return the names of the latest periods of a kind, newest first."""
    if kind == "year":
        return [str(today.year - at) for at in range(6)]
    size, number = (3, 12) if kind == "quarter" else (1, 24)
    place = today.year * 12 + today.month - 1
    firsts = [date(at // 12, at % 12 + 1, 1) for at in range(place - place % size, place - size * number, -size)]
    return [f"{day.year}-Q{(day.month + 2) // 3}" if kind == "quarter" else f"{day:%Y-%m}" for day in firsts]


def _whole(name: str, end: date) -> Period:
    """Return a month, quarter or year, cut at `end`."""
    found = NAME.fullmatch(name)
    if found is None or (found[3] and not 1 <= int(found[3]) <= 12):
        raise RuleBroken(_("看不懂这个时间：%(text)s。月份写成 2026-05，季度写成 2026-Q2，年份写成 2026。", text=name[:20]), field="period")
    year, kind = int(found[1]), "quarter" if found[2] else "month" if found[3] else "year"
    month, length = (3 * int(found[2]) - 2, 3) if found[2] else (int(found[3]), 1) if found[3] else (1, 12)
    if not FIRST_YEAR - 1 <= year < 9999:
        raise RuleBroken(_("请选 %(year)s 年以后的时间。", year=FIRST_YEAR), field="period")
    first, after = date(year, month, 1), date(year + (month + length - 1) // 12, (month + length - 1) % 12 + 1, 1)
    if first >= end:
        raise RuleBroken(_("这段时间还没有到，没有数字。请选今天以前的时间。"), field="period")
    return Period(kind, name, first, min(after, end), over=after < end)  # type: ignore[arg-type]


def _typed(since: str, until: str, today: date) -> Period:
    first = _must_read(since, "since")
    last = min(_must_read(until, "until"), today) if until else today
    if first > today:
        raise RuleBroken(_("这段时间还没有到，没有数字。请选今天以前的时间。"), field="since")
    if first > last:
        raise RuleBroken(_("开始的日期晚于结束的日期。是不是填反了？"), field="until")
    if (last - first).days >= LONGEST or first.year < FIRST_YEAR:
        raise RuleBroken(_("一次最多看 5 年。请把时间缩短一些。"), field="since")
    return Period("days", "", first, last + DAY, over=last < today)


def _must_read(text: str, field: str) -> date:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise RuleBroken(_("看不懂这个日期：%(text)s。请写成 2026-05-14 的样子。", text=text[:20]), field=field)


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
