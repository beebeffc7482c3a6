"""How often members came to a chapter's activities, for its roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from unionhall.plugin import times_members_came, unscoped
from unionhall_chapters import seams
from unionhall_chapters.activities import queries
from unionhall_chapters.activities.models import Day, Series
from unionhall_chapters.models import Chapter


def attendance(chapter: Chapter, member_ids: Iterable[int]) -> Mapping[int, int]:
    """Return {member id: how often they came}, to what the chapter holds alone or with another."""
    held = select(Day.sheet_id).join(Series, Series.id == Day.series_id).where(queries.held_by([chapter.id]))
    return times_members_came(unscoped(held, why="the chapter was judged"), list(member_ids))


seams.ATTENDANCE.append(attendance)
