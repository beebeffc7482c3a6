"""Activities as search sees them: those of chapters that readers may see, as long as they go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, or_, select

from unionhall.plugin import SearchDocument, SearchResult, SearchSource, like_escape, orgs_by_ids, session, unscoped
from unionhall_chapters.activities import labels, queries
from unionhall_chapters.activities.models import Series
from unionhall_chapters.activities.pages import KIND
from unionhall_chapters.models import PUBLIC, Chapter


def _some(ids: Sequence[int]) -> list[Series]:
    return [series for series in queries.by_ids(ids).values() if series.ended_on is None]


def _asked(*where: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    return [Chapter.state.in_(PUBLIC), Series.ended_on.is_(None), *where]


def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
    """Yield what may be found of these activities."""
    found = _some(ids)
    orgs = orgs_by_ids([series.org_id for series in found])
    for series in found:
        body = "\n".join((series.intro, series.venue, series.gear, series.instructor))
        path = orgs[series.org_id].path
        yield SearchDocument(KIND, series.id, series.title, body, series.summary, series.chapter.name, "", path, series.created_at)


def ids(after: int, most: int) -> Sequence[int]:
    """Return the ids of activities above one, ascending."""
    wanted = select(Series.id).join(Chapter, Chapter.id == Series.chapter_id).where(*_asked(Series.id > after))
    return list(session().scalars(unscoped(wanted.order_by(Series.id).limit(most), why="public")))


def results(ids: Sequence[int]) -> Iterable[SearchResult]:
    """Yield how these activities are shown."""
    for series in _some(ids):
        text = f"{labels.rhythm(series)} {series.venue} {series.summary} {series.intro}"
        yield SearchResult(KIND, series.id, series.url, series.title, text, "", series.chapter.name, series.created_at)


def look(words: Sequence[str], most: int) -> Sequence[int]:
    """Return the newest activities that hold every word as typed."""
    wanted = select(Series.id).join(Chapter, Chapter.id == Series.chapter_id).where(*_asked())
    for word in words:
        pattern = f"%{like_escape(word)}%"
        wanted = wanted.where(or_(*(column.ilike(pattern, escape="\\") for column in (Series.title, Series.summary, Series.venue))))
    return list(session().scalars(unscoped(wanted.order_by(Series.id.desc()).limit(most), why="public")))


SOURCE = SearchSource(KIND, _l("协会活动"), documents, ids, results, look)
