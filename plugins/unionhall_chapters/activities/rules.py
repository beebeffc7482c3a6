"""When an activity takes place: the days that its rule makes, and their hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from unionhall.plugin import RuleBroken, clock, tidy
from unionhall_chapters.activities.models import Level, Reach, Series

ONE = timedelta(days=1)
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Plan:
    """What an officer sets of an activity. `weekdays` "" for a single one; `starts_at` minutes after midnight; `skipped` ISO days."""

    title: str
    starts_at: int
    minutes: int
    first_day: date
    venue: str
    weekdays: str = ""
    last_day: date | None = None
    skipped: tuple[str, ...] = ()
    summary: str = ""
    intro: str = ""
    level: str = Level.ALL.value
    reach: str = Reach.CHAPTER.value
    ahead_weeks: int = 4
    instructor: str = ""
    places: int | None = None
    waiting_on: bool = True
    walk_in: bool = True
    gear: str = ""
    risk: str = ""
    insurance: str = ""
    cost_fen: int = 0
    cost_note: str = ""
    weather: str = ""
    partner_id: int | None = None


def checked(plan: Plan) -> None:
    """Raise RuleBroken where a plan contradicts itself."""
    if not tidy(plan.title):
        raise RuleBroken(_("还没有填活动名称。"), field="title")
    if not tidy(plan.venue):
        raise RuleBroken(_("还没有填地点。"), field="venue")
    if plan.last_day and plan.last_day < plan.first_day:
        raise RuleBroken(_("最后一天不能早于第一天。"), field="last_day")
    if plan.last_day and plan.last_day - plan.first_day > LONGEST:
        raise RuleBroken(_("一次最多排三年。到时候再续。"), field="last_day")
    if plan.partner_id and plan.reach == Reach.CHAPTER:
        raise RuleBroken(_("两个协会合办的活动，请开放给全体会员或所有人，对方的会员才能报名。"), field="reach")


def planned(series: Series, since: date, until: date) -> Iterator[date]:
    """Yield the days of an activity from one day to another, both included, without those that are skipped."""
    last = min(until, *(day for day in (series.last_day, series.ended_on) if day)) if series.last_day or series.ended_on else until
    day = max(since, series.first_day)
    if not series.weekly:
        last = min(last, series.first_day)
    skipped = set(series.skipped)
    while day <= last:
        if (not series.weekly or str(day.isoweekday()) in series.weekdays) and day.isoformat() not in skipped:
            yield day
        day += ONE


def takes_place(series: Series, day: date) -> bool:
    """Say whether the rule still makes this day."""
    return next(planned(series, day, day), None) is not None


def hours(series: Series, day: date) -> tuple[datetime, datetime]:
    """Return from when until when an activity goes on one of its days."""
    begins = clock.first_moment(day) + timedelta(minutes=series.starts_at)
    return begins, begins + timedelta(minutes=series.minutes)
