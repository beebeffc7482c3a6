"""Chapters as search sees them, and as places where pictures are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from unionhall.plugin import (
    Actor,
    MediaPlace,
    SearchDocument,
    SearchResult,
    SearchSource,
    can,
    like_escape,
    orgs_by_ids,
    plain_text,
    session,
    unscoped,
)
from unionhall_chapters import labels, pages, rights
from unionhall_chapters.joining.shown import LISTED
from unionhall_chapters.models import Chapter


def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
    """Yield what may be found of those that readers see."""
    found = _some(ids)
    orgs = orgs_by_ids([chapter.org_id for chapter in found])
    for chapter in found:
        words = f"{chapter.motto} {plain_text(chapter.intro)} {chapter.meets}"
        yield SearchDocument(
            pages.KIND, chapter.id, chapter.name, words, chapter.summary, chapter.name_en, "", orgs[chapter.org_id].path, chapter.created_at
        )


def ids(after: int, most: int) -> Sequence[int]:
    """Return the listed chapters' ids above one, ascending."""
    wanted = select(Chapter.id).where(Chapter.state.in_(LISTED), Chapter.id > after).order_by(Chapter.id).limit(most)
    return list(session().scalars(unscoped(wanted, why="public")))


def results(ids: Sequence[int]) -> Iterable[SearchResult]:
    """Yield how those that readers see are shown."""
    for chapter in _some(ids):
        text = f"{chapter.summary} {plain_text(chapter.intro)}"
        yield SearchResult(pages.KIND, chapter.id, f"/chapters/{chapter.slug}/", labels.name(chapter), text)


def look(words: Sequence[str], most: int) -> Sequence[int]:
    """Return the listed chapters that hold every word as typed."""
    statement = select(Chapter.id).where(Chapter.state.in_(LISTED))
    for word in words:
        pattern = f"%{like_escape(word)}%"
        columns = (Chapter.name, Chapter.name_en, Chapter.summary, Chapter.motto)
        statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return list(session().scalars(unscoped(statement.order_by(Chapter.id.desc()).limit(most), why="public")))


def places(ids: Sequence[int], actor: Actor) -> Iterator[MediaPlace]:
    """Yield those of the chapters that the actor may open in the desk."""
    found = list(session().scalars(unscoped(select(Chapter).where(Chapter.id.in_(list(ids))), why="judged below")))
    orgs = orgs_by_ids([chapter.org_id for chapter in found])
    for chapter in found:
        if can(actor, rights.READ, orgs[chapter.org_id]):
            yield MediaPlace(chapter.id, chapter.name, f"/desk/chapters/{chapter.id}/page", chapter.public)


def _some(ids: Sequence[int]) -> list[Chapter]:
    wanted = select(Chapter).where(Chapter.id.in_(list(ids)), Chapter.state.in_(LISTED))
    return list(session().scalars(unscoped(wanted, why="public")))


SOURCE = SearchSource(pages.KIND, _l("协会"), documents, ids, results, look)
