"""Stories as feed entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from unionhall.hooks.types import FeedEntry
from unionhall.media.models import Asset
from unionhall.news import pictures, queries, reading
from unionhall.news.models import BylineRole

WRITERS = {BylineRole.REPORTER, BylineRole.CORRESPONDENT}


def entries(now: datetime, limit: int, section_id: int | None = None) -> list[FeedEntry]:
    """Return the newest stories, of all sections or of one, with their bodies."""
    found = queries.feed(now, limit, section_id)
    assets = pictures.in_bodies(*(body for _story, body in found))
    return [_entry(story, body, assets) for story, body in found]


def _entry(story: queries.Story, body: str, assets: Mapping[str, Asset]) -> FeedEntry:
    writers = tuple(name for credit in story.credits if credit.role in WRITERS for name in credit.names)
    return FeedEntry(
        id=f"news/{story.id}", url=story.url, title=story.headline, updated=story.updated_at,
        published=story.published_at, authors=writers, summary=story.summary, content=reading.feed_html(body, assets),
    )  # fmt: skip
