"""Which pages for everybody show teams and shifts."""

from __future__ import annotations

from datetime import datetime

from unionhall.plugin import purge_pages, search_changed
from unionhall_chapters import pages
from unionhall_chapters.volunteers.models import Team

KIND = "chapters.team"


def of(chapter_id: int) -> str:
    """Return the tag of every page that shows a chapter's teams and shifts."""
    return f"chapters:volunteers:{chapter_id}"


def changed(team: Team, *, now: datetime) -> None:
    """Drop what shows a team, and have it found by its new words."""
    purge_pages(of(team.chapter_id), pages.tag(team.chapter_id))
    search_changed(KIND, team.id, now=now)
