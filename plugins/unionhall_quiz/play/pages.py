"""Which pages of everybody show a round: the tags that services drop in their unit of work."""

from __future__ import annotations

from datetime import datetime

from unionhall.plugin import purge_pages, search_changed
from unionhall_quiz.play.models import Round

KIND = "quiz.round"
LISTS = "quiz:rounds"
RESERVED = frozenset({"mistakes", "together", "figures", "rounds", "questions", "topics", "static", "search", "my", "new"})


def tag(round_id: int) -> str:
    """Return the tag of every page that shows a round."""
    return f"quiz:round:{round_id}"


def url(found: Round) -> str:
    """Return a round's address; jobs need it too, where there is no request."""
    return f"/quiz/{found.slug}/"


def changed(found: Round, *, now: datetime) -> None:
    """Drop what shows a round, and have it found by its new words."""
    purge_pages(tag(found.id), LISTS)
    search_changed(KIND, found.id, now=now)
