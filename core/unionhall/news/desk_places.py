"""Articles as places where assets of the media library are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from unionhall.base import db
from unionhall.hooks.types import Actor, MediaPlace
from unionhall.news import rights
from unionhall.news.models import Article, State
from unionhall.platform import access

OPEN = (State.DRAFT, State.RETURNED)


def places(ids: Sequence[int], actor: Actor) -> Iterator[MediaPlace]:
    """Return those of the articles that the actor may open in the desk; once sent for review, a text is settled."""
    statement = select(Article).where(Article.id.in_(ids)).options(joinedload(Article.head))
    for article in db.session().scalars(access.unscoped(statement.order_by(Article.id.desc()), why="judged below")):
        if rights.may_read(actor, article):
            url = f"/desk/news/{article.id}/edit"  # also asked for outside a request
            yield MediaPlace(article.id, article.head.headline, url, article.is_live, article.state not in OPEN)
