"""Days of activities as everybody sees them: when, where, how many places are left. Nothing personal in it."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.plugin import clock, page_until, sheet_band, sheet_standing, sheet_tag, tag_page
from unionhall_chapters.activities import pages, queries
from unionhall_chapters.activities.models import Day
from unionhall_chapters.models import Chapter

WEEKS = 6
NEXT = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One day: `word` and `tone` say how it stands, `open` that one may sign up or wait for a place."""

    day: Day
    word: str
    tone: str
    open: bool
    over: bool

    @property
    def on(self) -> date:
        """Return the day in Shanghai."""
        return clock.local_day(self.day.starts_at)

    @property
    def hour(self) -> str:
        """Return the time of the day in Shanghai."""
        return f"{clock.local(self.day.starts_at):%H:%M}"


def rows(days: Iterable[Day], now: datetime) -> list[Row]:
    """Return days with how they stand; tags the page with their sheets and ends it when the first one changes by itself."""
    found = []
    for day in days:
        tag_page(sheet_tag(day.sheet_id))
        for moment in (day.starts_at, day.ends_at):
            if moment > now:
                page_until(moment)
        found.append(_row(day, now))
    return found


def _row(day: Day, now: datetime) -> Row:
    if day.cancelled_at:
        return Row(day, _("取消：%(why)s", why=day.reason), "bad", False, now >= day.ends_at)
    if now >= day.ends_at:
        return Row(day, _("已结束"), "", False, True)
    stands, (left, _waits) = str(sheet_standing(day.sheet, now)), sheet_band(day.sheet)
    if stands == "open":
        return Row(day, ngettext("还有 %(num)d 个名额", "还有 %(num)d 个名额", left) if left else _("可以报名"), "ok", True, False)
    words = {"waiting": (_("已满，可候补"), "warn"), "full": (_("已报满"), "bad"), "paused": (_("报名暂停"), "warn")}
    word, tone = words.get(stands, (_("报名已截止"), ""))
    return Row(day, word, tone, stands == "waiting", False)


def next_of(chapter: Chapter, now: datetime) -> list[Row]:
    """Return a chapter's next days."""
    tag_page(pages.calendar_tag(chapter.id))
    return rows(queries.coming([chapter.id], now, NEXT), now)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a chapter: its weeks, each of seven days, and what is on each day."""

    first: date
    weeks: list[list[date]]
    on: dict[date, list[Row]]
    before: str
    after: str

    @property
    def listed(self) -> list[tuple[date, list[Row]]]:
        """Return the days of the month on which something is on."""
        return [(day, self.on[day]) for day in sorted(self.on) if (day.year, day.month) == (self.first.year, self.first.month)]


def month(chapter: Chapter, asked: str, now: datetime) -> Month:
    """Return a month of a chapter's calendar, "2026-05", this one for anything else or what lies more than two years away."""
    tag_page(pages.calendar_tag(chapter.id))
    today = clock.local_day(now)
    first = _first(asked) or today.replace(day=1)
    if abs((first - today).days) > 750:
        first = today.replace(day=1)
    weeks = Calendar(0).monthdatescalendar(first.year, first.month)
    begins, ends = clock.first_moment(weeks[0][0]), clock.first_moment(weeks[-1][-1] + timedelta(days=1))
    found: dict[date, list[Row]] = {}
    for row in rows(queries.between([chapter.id], begins, ends), now):
        found.setdefault(row.on, []).append(row)
    page_until(clock.first_moment(today + timedelta(days=1)))
    return Month(first, weeks, found, _named(first - timedelta(days=1)), _named(first + timedelta(days=31)))


def _first(asked: str) -> date | None:
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        return None


def _named(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def pictures_of(days: Sequence[Day]) -> list[int]:
    """Return the ids of the pictures of days, the last day's first."""
    return [picture for day in days for picture in day.pictures]
