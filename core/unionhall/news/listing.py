"""The news as a list that programs go through: newest first, by position, so that what is published meanwhile moves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, select, tuple_

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.news import stories
from unionhall.news.models import Article, Tag
from unionhall.news.opened import READABLE
from unionhall.news.queries import NEWEST
from unionhall.news.stories import LIVE, A, Story
from unionhall.orgs.models import Org
from unionhall.platform import access, pagecache

T = Tag.__table__.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles: of a section, of an org and those below it (path), under a tag, published at or after a moment."""

    section_id: int | None = None
    below: str | None = None
    tag: str | None = None
    since: datetime | None = None


def after(position: tuple[datetime, int] | None, limit: int, wanted: Wanted, now: datetime) -> list[Story]:
    """Return up to `limit` live stories that come after the position (published, id), newest first."""
    pagecache.tag("news")
    statement = select(A.id).select_from(Article.__table__).where(LIVE)
    if position is not None:
        statement = statement.where(tuple_(A.published_at, A.id) < tuple_(literal(position[0], A.published_at.type), position[1]))
    if wanted.section_id is not None:
        statement = statement.where(A.section_id == wanted.section_id)
    if wanted.below is not None:
        statement = statement.where(A.org_id.in_(select(Org.__table__.c.id).where(access.in_subtree(Org.__table__.c.path, wanted.below))))
    if wanted.tag is not None:
        statement = statement.where(A.live_id.in_(select(T.revision_id).where(T.name == wanted.tag)))
    if wanted.since is not None:
        statement = statement.where(A.published_at >= wanted.since)
    return stories.by_ids(stories.ids_of(statement.order_by(*NEWEST).limit(limit)), now)


def slug_of(article_id: int) -> str:
    """Return the address of an article that readers may open. Raises NotFound."""
    row = db.rows(select(A.slug).select_from(Article.__table__).where(A.id == article_id, A.state.in_(READABLE))).first()
    if row is None:
        raise NotFound()
    return str(row.slug)
