"""Stories as feed entries."""

from __future__ import annotations

from datetime import datetime

from unionhall.hooks.types import FeedEntry
from unionhall.news import queries, reading
from unionhall.news.models import BylineRole

WRITERS = {BylineRole.REPORTER, BylineRole.CORRESPONDENT}


def entries(now: datetime, limit: int, section_id: int | None = None) -> list[FeedEntry]:
    """Return the newest stories, of all sections or of one, with their bodies."""
    return [_entry(story, body) for story, body in queries.feed(now, limit, section_id)]


def _entry(story: queries.Story, body: str) -> FeedEntry:
    writers = tuple(name for credit in story.credits if credit.role in WRITERS for name in credit.names)
    return FeedEntry(
        id=f"news/{story.id}", url=story.url, title=story.headline, updated=story.updated_at,
        published=story.published_at, authors=writers, summary=story.summary, content=reading.feed_html(body),
    )  # fmt: skip
