"""Rounds as search and the sitemap see them: those that were started."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from unionhall.plugin import SearchDocument, SearchResult, SearchSource, SitemapEntry, like_escape, session, unscoped
from unionhall_quiz.play import labels, pages, queries
from unionhall_quiz.play.models import Round, RoundState

SITEMAP = 500


def _some(ids: Sequence[int]) -> list[Round]:
    return [found for found in queries.by_ids(ids).values() if found.public]


def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
    """Yield what may be found of these rounds."""
    for found in _some(ids):
        yield SearchDocument(pages.KIND, found.id, found.title, found.intro, "", "", "", found.org.path, found.created_at)


def ids(after: int, most: int) -> Sequence[int]:
    """Return the ids of rounds above one, ascending."""
    wanted = select(Round.id).where(Round.id > after, Round.state != RoundState.DRAFT).order_by(Round.id).limit(most)
    return list(session().scalars(unscoped(wanted, why="public")))


def results(ids: Sequence[int]) -> Iterable[SearchResult]:
    """Yield how these rounds are shown."""
    for found in _some(ids):
        text = f"{labels.rhythm(found)} {found.intro}"
        yield SearchResult(pages.KIND, found.id, pages.url(found), found.title, text, "", found.org.name, found.created_at)


def look(words: Sequence[str], most: int) -> Sequence[int]:
    """Return the newest rounds that hold every word as typed."""
    wanted = select(Round.id).where(Round.state != RoundState.DRAFT)
    for word in words:
        pattern = f"%{like_escape(word)}%"
        wanted = wanted.where(or_(Round.title.ilike(pattern, escape="\\"), Round.intro.ilike(pattern, escape="\\")))
    return list(session().scalars(unscoped(wanted.order_by(Round.id.desc()).limit(most), why="public")))


def sitemap() -> Iterator[SitemapEntry]:
    """Yield the list, and every round that was started."""
    yield SitemapEntry("/quiz/")
    wanted = select(Round).where(Round.state != RoundState.DRAFT).order_by(Round.id.desc()).limit(SITEMAP)
    for found in session().scalars(unscoped(wanted, why="public")):
        yield SitemapEntry(pages.url(found), found.updated_at)


SOURCE = SearchSource(pages.KIND, _l("每日一答"), documents, ids, results, look)
