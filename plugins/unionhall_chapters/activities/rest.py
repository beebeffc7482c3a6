"""Activities for programs: the days to come of every chapter, or of one."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import (
    ApiCall,
    ApiId,
    ApiModel,
    ApiMoment,
    ApiOperation,
    ApiPage,
    ApiResource,
    absolute,
    clock,
    session,
    unscoped,
)
from unionhall_chapters.activities import shown
from unionhall_chapters.activities.models import Day, Series
from unionhall_chapters.models import PUBLIC, Chapter


class DayOut(ApiModel):
    """One day of an activity."""

    id: ApiId
    activity: ApiId
    title: str
    chapter: str
    url: str
    starts_at: ApiMoment
    ends_at: ApiMoment
    venue: str
    cancelled: bool
    reason: str
    state_text: str
    places: int | None
    sheet: ApiId


def days(call: ApiCall) -> ApiPage:
    """Return the days that are not over, the next first; days that are off say so."""
    wanted = select(Day).join(Series, Series.id == Day.series_id).join(Chapter, Chapter.id == Series.chapter_id)
    wanted = wanted.where(Chapter.state.in_(PUBLIC), Day.ends_at > call.now)
    if call.after:
        wanted = wanted.where(Day.id > int(call.after[0]))
    found = list(session().scalars(unscoped(wanted.order_by(Day.id).limit(call.limit + 1), why="public")))
    rows = shown.rows(found[: call.limit], call.now)
    return ApiPage([_out(row) for row in rows], [found[call.limit - 1].id] if len(found) > call.limit else None)


def _out(row: shown.Row) -> DayOut:
    day = row.day
    return DayOut(
        id=day.id, activity=day.series_id, title=day.series.title, chapter=day.series.chapter.name, url=absolute(day.series.url),
        starts_at=clock.local(day.starts_at), ends_at=clock.local(day.ends_at), venue=day.venue, cancelled=day.cancelled_at is not None,
        reason=day.reason, state_text=row.word, places=day.sheet.places, sheet=day.sheet_id,
    )  # fmt: skip


RESOURCE = ApiResource("chapters_activities", _l("协会活动"), (
    ApiOperation(
        "GET", "/activities", "chapters_activities_list", _l("协会接下来的活动，按编号"), days, scope=None, answer=DayOut,
        paged=True, most=100,
    ),
))  # fmt: skip
