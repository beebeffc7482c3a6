"""Which pages of everybody show activities: the tags that services drop in their unit of work."""

from __future__ import annotations

from datetime import datetime

from unionhall.plugin import purge_pages, search_changed
from unionhall_chapters import pages
from unionhall_chapters.activities.models import Series

KIND = "chapters.activity"
EVERY = "chapters:activities"


def tag(series_id: int) -> str:
    """Return the tag of every page that shows an activity."""
    return f"chapters:activity:{series_id}"


def calendar_tag(chapter_id: int) -> str:
    """Return the tag of every page that shows a chapter's calendar, or its next days."""
    return f"chapters:calendar:{chapter_id}"


def changed(series: Series) -> None:
    """Drop what shows an activity and its days."""
    shown = [chapter_id for chapter_id in (series.chapter_id, series.partner_id) if chapter_id]
    tags = [word(chapter_id) for chapter_id in shown for word in (calendar_tag, pages.tag)]
    purge_pages(EVERY, tag(series.id), *tags)


def found_anew(series: Series, now: datetime) -> None:
    """Have an activity found by its new words."""
    search_changed(KIND, series.id, now=now)
