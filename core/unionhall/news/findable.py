"""The news as search sees it: live articles, their words and how they are shown among the results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import BindParameter, bindparam, or_, select

from unionhall.base.text import like_escape
from unionhall.hooks.types import SearchDocument, SearchResult, SearchSource
from unionhall.news import queries, stories
from unionhall.news.models import Article, Revision, Section, Tag
from unionhall.news.stories import LIVE, ORG, A, B, R, S
from unionhall.orgs.models import Org

KIND = "news"
LOOKED_AT = 2000
_TAGS = re.compile(r"<[^<>]*>")
T = Tag.__table__.c
_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_DOCUMENTS = (
    select(
        A.id, A.published_at, S.slug.label("section"), ORG.path, R.id.label("revision"), R.kicker, R.headline, R.subhead, R.summary, R.body
    )
    .select_from(
        Article.__table__.join(Section.__table__, A.section_id == S.id)
        .join(Org.__table__, A.org_id == ORG.id)
        .join(Revision.__table__, A.live_id == R.id)
    )
    .where(A.id.in_(_IDS), LIVE)
)
_NAMES = select(B.revision_id, B.name).where(B.revision_id.in_(_IDS))
_WORDS = select(T.revision_id, T.name).where(T.revision_id.in_(_IDS))
_NEXT = select(A.id).where(LIVE, A.id > bindparam("after")).order_by(A.id).limit(bindparam("most"))
_BODIES = select(A.id, R.body).select_from(Article.__table__.join(Revision.__table__, A.live_id == R.id)).where(A.id.in_(_IDS))


def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
    """Yield what may be found of those that are live."""
    rows: Sequence[Any] = stories.rows_of(_DOCUMENTS, ids=list(ids))
    revisions = [row.revision for row in rows]
    more: dict[int, list[str]] = {}
    for statement in (_WORDS, _NAMES):
        for row in stories.rows_of(statement, ids=revisions):
            more.setdefault(row.revision_id, []).append(row.name)
    for row in rows:
        words = " ".join([row.kicker, row.subhead, *more.get(row.revision, ())])
        yield SearchDocument(
            KIND, row.id, row.headline, _plain(row.body), row.summary, words, row.section, row.path, row.published_at
        )


def ids(after: int, most: int) -> Sequence[int]:
    """Return the live articles' ids above one, ascending."""
    return stories.ids_of(_NEXT, after=after, most=most)


def results(ids: Sequence[int]) -> Iterable[SearchResult]:
    """Yield how those that are live are shown."""
    shown = stories.fresh(list(ids))
    bodies: dict[int, str] = {row.id: row.body for row in stories.rows_of(_BODIES, ids=[story.id for story in shown])}
    for story in shown:
        text = f"{story.summary} {_plain(bodies.get(story.id, ''))}"
        yield SearchResult(KIND, story.id, story.url, story.headline, text, story.section, story.org, story.published_at)


def look(words: Sequence[str], most: int) -> Sequence[int]:
    """Return the newest live articles that hold every word as typed, among the last LOOKED_AT."""
    newest = select(A.id).where(LIVE).order_by(*queries.NEWEST).limit(LOOKED_AT)
    statement = select(A.id).select_from(Article.__table__.join(Revision.__table__, A.live_id == R.id)).where(A.id.in_(newest))
    for word in words:
        pattern = f"%{like_escape(word)}%"
        statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in (R.headline, R.summary, R.body))))
    return stories.ids_of(statement.order_by(*queries.NEWEST).limit(most))


def suggest(start: str, most: int) -> Iterable[str]:
    """Return the tags of live articles that begin like this."""
    live = select(A.live_id).where(LIVE)
    tags = select(T.name).distinct().where(T.name.like(f"{like_escape(start)}%", escape="\\"), T.revision_id.in_(live))
    return [row.name for row in stories.rows_of(tags.limit(most))]


def facets() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the sections that a search can be limited to."""
    return {"section": [(section.slug, queries.section_name(section)) for section in queries.public_sections() if section.open]}


def _plain(html: str) -> str:
    return unescape(_TAGS.sub(" ", html))


SOURCE = SearchSource(KIND, _l("新闻"), documents, ids, results, look, suggest, facets)
