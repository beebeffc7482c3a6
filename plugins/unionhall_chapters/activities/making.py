"""Making the days of an activity some weeks ahead, each with a sign-up sheet: doing it again makes nothing twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select

from unionhall.plugin import (
    SYSTEM,
    NotFound,
    SheetAudience,
    SheetSetup,
    clock,
    create_sheet,
    orgs_by_ids,
    session,
    unit_of_work,
    unscoped,
)
from unionhall_chapters.activities import pages, rules, weekly
from unionhall_chapters.activities.models import Day, Reach, Series
from unionhall_chapters.models import OPEN, Chapter

OWNER = "chapters.occurrence"
AUDIENCES = {Reach.CHAPTER: SheetAudience.SUBTREE, Reach.MEMBERS: SheetAudience.MEMBERS, Reach.PUBLIC: SheetAudience.PUBLIC}
STAY = 15  # minutes after which a second scan may check out


def lock(series_id: int) -> Series:
    """Return an activity as it is now, locked until this unit of work ends. Raises NotFound."""
    session().flush()
    wanted = select(Series).where(Series.id == series_id).with_for_update(of=Series).execution_options(populate_existing=True)
    found = session().scalar(unscoped(wanted, why="lock"))
    if found is None:
        raise NotFound()
    return found


def horizon(series: Series, today: date) -> date:
    """Return the last day for which days are made now; a single activity is made at once."""
    return today + timedelta(weeks=series.ahead_weeks) if series.weekly else max(today, series.first_day)


def make_days(series: Series, until: date, *, now: datetime, since: date | None = None) -> list[Day]:
    """Return the days that were missing up to `until`, made now; the caller holds the lock of the activity.

    From today on, and not those that have begun already, unless `since` asks for earlier ones.
    """
    kept = set(session().scalars(unscoped(select(Day.day).where(Day.series_id == series.id), why="making")))
    made = []
    for day in rules.planned(series, since or clock.local_day(now), until):
        if day not in kept and (since or rules.hours(series, day)[0] > now):
            made.append(_make(series, day, now))
    if made:
        pages.changed(series)
    return made


def _make(series: Series, day: date, now: datetime) -> Day:
    begins, ends = rules.hours(series, day)
    org = orgs_by_ids([series.org_id])[series.org_id]
    sheet = create_sheet(OWNER, 0, setup(series, begins, ends, series.venue), org=org, actor=SYSTEM, now=now, owner_url=series.url)
    found = Day(
        series_id=series.id, chapter_id=series.chapter_id, org_id=series.org_id, day=day, starts_at=begins, ends_at=ends,
        venue=series.venue, sheet_id=sheet.id, updated_at=now, moved=False, reason="", report="", pictures=[], told=0,
    )  # fmt: skip
    found.series, found.sheet = series, sheet
    session().add(found)
    session().flush()
    sheet.owner_id = found.id
    return found


def setup(series: Series, begins: datetime, ends: datetime, venue: str) -> SheetSetup:
    """Return what the sheet of a day is set to."""
    reach = Reach(series.reach)
    return SheetSetup(
        title=f"{series.title} {clock.local(begins):%m-%d}", closes_at=begins, starts_at=begins, ends_at=ends,
        place=venue, places=series.places, waiting_on=series.waiting_on, offer_hours=0, audience=AUDIENCES[reach],
        audience_org_id=series.org_id if reach is Reach.CHAPTER else None, contact=series.chapter.contact, consent=agreement(series),
        cancel_until=begins, walk_in=series.walk_in, out_minutes=max(STAY, series.minutes // 2),
    )  # fmt: skip


def agreement(series: Series) -> str:
    """Return what has to be agreed to before one signs up."""
    return "\n\n".join(text for text in (series.risk, series.insurance) if text)


def make_due(now: datetime) -> int:
    """Make the days that are due for every activity, and enter who comes every week; returns how many days (a job)."""
    today, made = clock.local_day(now), 0
    goes_on = [or_(column.is_(None), column >= today) for column in (Series.last_day, Series.ended_on)]
    wanted = select(Series.id).join(Chapter, Chapter.id == Series.chapter_id).where(Chapter.state.in_(OPEN), *goes_on)
    for series_id in session().scalars(unscoped(wanted.order_by(Series.id), why="job")).all():
        session().rollback()
        with unit_of_work():
            series = lock(series_id)
            days = make_days(series, horizon(series, today), now=now)
            weekly.enter(series, days, now=now)
            made += len(days)
    return made
