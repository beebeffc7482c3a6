"""Which pages of everybody show a chapter: the tags that services drop in their unit of work."""

from __future__ import annotations

from datetime import datetime

from unionhall.plugin import purge_pages, search_changed
from unionhall_chapters.models import Chapter

KIND = "chapters.chapter"
LISTS = "chapters:lists"
RESERVED = frozenset({"my", "join", "benefits", "volunteers", "exercise", "activities", "calendar", "search", "static"})


def tag(chapter_id: int) -> str:
    """Return the tag of every page that shows a chapter."""
    return f"chapters:chapter:{chapter_id}"


def changed(chapter: Chapter, *, now: datetime) -> None:
    """Drop what shows a chapter, and have it found by its new words."""
    purge_pages(tag(chapter.id), LISTS, f"org:{chapter.org_id}")
    search_changed(KIND, chapter.id, now=now)
