"""Signed links that show an article's newest revision to somebody without a login, for a few days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from unionhall.base import crypto, db
from unionhall.base.errors import NotFound
from unionhall.news import pictures, queries, stories
from unionhall.news.models import Article, Byline, Revision, State
from unionhall.platform import access
from unionhall.settings.queries import site_settings

PURPOSE = "news.preview"


def token(article: Article) -> str:
    """Return the signed part of a preview's address."""
    return crypto.sign(PURPOSE, article.id)


def shown(signed: str) -> Article:
    """Return the article a link leads to. Raises NotFound when it is forged, too old, or the article was put away."""
    article_id = crypto.unsign(PURPOSE, signed, site_settings().preview_days * 86400)
    if not isinstance(article_id, int):
        raise NotFound()
    head = joinedload(Article.head).options(
        joinedload(Revision.cover), selectinload(Revision.bylines).joinedload(Byline.org),
        selectinload(Revision.tags), selectinload(Revision.related),
    )
    statement = select(Article).where(Article.id == article_id, Article.state != State.ARCHIVED.value).options(head)
    article = db.session().scalar(access.unscoped(statement, why="signed link"))
    if article is None:
        raise NotFound()
    return article


def ends(signed: str) -> datetime:
    """Return the moment after which a link that still works leads nowhere. Raises NotFound for one that does not."""
    days = site_settings().preview_days
    made = crypto.signed_at(PURPOSE, signed)
    if made is None:
        raise NotFound()
    return made + timedelta(days=days)


@dataclass(frozen=True)
class AsPublished:
    """What the public template asks of an article, for one that may never have been published."""

    id: int
    url: str
    slug: str
    state: str
    published_at: datetime
    corrected_at: datetime | None = None
    correction: str = ""


def as_published(article: Article, now: datetime) -> AsPublished:
    """Return the article as it would stand if its newest revision were published now."""
    return AsPublished(article.id, article.url, article.slug, State.PUBLISHED.value, article.published_at or now)


def story(article: Article, now: datetime) -> queries.Story:
    """Return the view of the newest revision that the public template shows."""
    head, org = article.head, article.org
    return queries.Story(
        article.id, article.url, head.kicker, head.headline, head.summary, queries.section_name(article.section),
        article.section.slug, queries.org_name(org), org.slug, article.published_at or now, now, stories.credits(head),
        head.cover.view if head.cover else None, pictures.cover_words(head).alt,
    )
