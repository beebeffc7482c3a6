"""Reads of activities: in the desk scoped by rights, for readers those of chapters that they may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from unionhall.plugin import Actor, NotFound, scoped, session, unscoped
from unionhall_chapters.activities.models import Day, Series, Weekly
from unionhall_chapters.models import OPEN, PUBLIC, Chapter


def held_by(chapter_ids: Iterable[int]) -> ColumnElement[bool]:
    """Return the condition that an activity belongs to one of the chapters, or is held with it."""
    wanted = list(chapter_ids)
    return or_(Series.chapter_id.in_(wanted), Series.partner_id.in_(wanted) & Series.partner_agreed_at.is_not(None))


def managed(series_id: int, chapter: Chapter, actor: Actor, permission: str) -> Series:
    """Return an activity of a chapter where the actor holds a permission. Raises NotFound."""
    wanted = select(Series).where(Series.id == series_id, Series.chapter_id == chapter.id)
    found = session().scalar(scoped(wanted, Series, actor, permission))
    if found is None:
        raise NotFound()
    return found


def managed_day(day_id: int, series: Series) -> Day:
    """Return a day of an activity that was judged. Raises NotFound."""
    found = session().scalar(unscoped(select(Day).where(Day.id == day_id, Day.series_id == series.id), why="the activity was judged"))
    if found is None:
        raise NotFound()
    return found


def of_chapter(chapter: Chapter) -> list[Series]:
    """Return the activities of a chapter and those held with it, the current ones first, then by title."""
    order = (Series.ended_on.is_not(None), Series.weekdays == "", Series.title, Series.id)
    return list(session().scalars(unscoped(select(Series).where(held_by([chapter.id])).order_by(*order), why="the chapter was judged")))


def asked(chapter: Chapter) -> list[Series]:
    """Return the activities that other chapters want to hold with this one and that wait for its word."""
    wanted = select(Series).where(Series.partner_id == chapter.id, Series.partner_agreed_at.is_(None)).order_by(Series.id)
    return list(session().scalars(unscoped(wanted, why="the chapter was judged")))


def public(series_id: int, chapter: Chapter) -> Series:
    """Return an activity as readers of a chapter's pages see it. Raises NotFound."""
    wanted = select(Series).where(Series.id == series_id, held_by([chapter.id]))
    found = session().scalar(unscoped(wanted, why="public"))
    if found is None:
        raise NotFound()
    return found


def between(chapter_ids: Iterable[int], since: datetime, until: datetime) -> list[Day]:
    """Return the days of chapters that begin from one moment to another, called-off ones too."""
    wanted = select(Day).join(Series, Series.id == Day.series_id).where(held_by(chapter_ids), Day.starts_at >= since, Day.starts_at < until)
    return list(session().scalars(unscoped(wanted.order_by(Day.starts_at, Day.id), why="public")))


def coming(chapter_ids: Iterable[int], now: datetime, limit: int) -> list[Day]:
    """Return the next days of chapters that are not over, called-off ones too."""
    wanted = select(Day).join(Series, Series.id == Day.series_id).where(held_by(chapter_ids), Day.ends_at > now)
    return list(session().scalars(unscoped(wanted.order_by(Day.starts_at, Day.id).limit(limit), why="public")))


def of_series(series_id: int, now: datetime, *, past: bool = False, limit: int = 60, offset: int = 0) -> list[Day]:
    """Return the days of an activity: those to come in their order, or those that are over, the last first."""
    wanted = select(Day).where(Day.series_id == series_id, Day.ends_at <= now if past else Day.ends_at > now)
    order = Day.starts_at.desc() if past else Day.starts_at
    return list(session().scalars(unscoped(wanted.order_by(order).limit(limit).offset(offset), why="public")))


def number_past(series_id: int, now: datetime) -> int:
    """Return how many days of an activity are over."""
    wanted = select(func.count()).select_from(Day).where(Day.series_id == series_id, Day.ends_at <= now)
    return session().scalar(unscoped(wanted, why="figures")) or 0


def by_ids(ids: Sequence[int]) -> dict[int, Series]:
    """Return {id: activity} of those that readers may see."""
    wanted = select(Series).join(Chapter, Chapter.id == Series.chapter_id).where(Series.id.in_(list(ids)), Chapter.state.in_(PUBLIC))
    return {found.id: found for found in session().scalars(unscoped(wanted, why="public"))}


def days_of_sheets(sheet_ids: Iterable[int]) -> dict[int, Day]:
    """Return {sheet id: day} of a person's own entries."""
    wanted = select(Day).where(Day.sheet_id.in_(list(sheet_ids)))
    return {found.sheet_id: found for found in session().scalars(unscoped(wanted, why="oneself"))}


def others(chapter: Chapter) -> list[Chapter]:
    """Return the chapters that could hold an activity with this one, by name."""
    wanted = select(Chapter).where(Chapter.state.in_(OPEN), Chapter.id != chapter.id).order_by(Chapter.name)
    return list(session().scalars(unscoped(wanted, why="public")))


def asking(series_id: int, chapter: Chapter) -> Series:
    """Return an activity that another chapter wants to hold with this one. Raises NotFound."""
    wanted = select(Series).where(Series.id == series_id, Series.partner_id == chapter.id)
    found = session().scalar(unscoped(wanted, why="the chapter was judged"))
    if found is None:
        raise NotFound()
    return found


def number_weekly(series_id: int) -> int:
    """Return how many members come every week."""
    wanted = select(func.count()).select_from(Weekly).where(Weekly.series_id == series_id, Weekly.stopped_at.is_(None))
    return session().scalar(unscoped(wanted, why="figures")) or 0
