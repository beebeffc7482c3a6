"""Teams as search finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from unionhall.plugin import SearchDocument, SearchResult, SearchSource, like_escape, orgs_by_ids, session, unscoped
from unionhall_chapters import queries as chapters
from unionhall_chapters.models import PUBLIC, Chapter
from unionhall_chapters.volunteers import labels, tags
from unionhall_chapters.volunteers.models import Team

_SHOWN = (Team.active, Chapter.state.in_([state.value for state in PUBLIC]))


def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
    """Yield those of the teams that everybody may read of."""
    rows = _some(ids)
    orgs = orgs_by_ids([team.org_id for team in rows])
    for team in rows:
        words = f"{labels.PURPOSES[team.purpose]} {team.skills}"
        yield SearchDocument(
            tags.KIND, team.id, team.name, team.summary, "", words, "", orgs[team.org_id].path, team.created_at
        )


def ids(after: int, most: int) -> Sequence[int]:
    """Return the ids of teams above one, ascending."""
    wanted = (
        select(Team.id)
        .join(Chapter, Chapter.id == Team.chapter_id)
        .where(*_SHOWN, Team.id > after)
        .order_by(Team.id)
        .limit(most)
    )
    return list(session().scalars(unscoped(wanted, why="public")))


def results(ids: Sequence[int]) -> Iterable[SearchResult]:
    """Yield how teams are shown."""
    rows = _some(ids)
    found = chapters.by_ids({team.chapter_id for team in rows})
    for team in rows:
        chapter = found[team.chapter_id]
        url = f"/chapters/{chapter.slug}/volunteers/{team.slug}/"
        yield SearchResult(
            tags.KIND,
            team.id,
            url,
            team.name,
            team.summary,
            str(labels.PURPOSES[team.purpose]),
            chapter.name,
            team.created_at,
        )


def look(words: Sequence[str], most: int) -> Sequence[int]:
    """Return the newest teams that hold every word as typed."""
    wanted = select(Team.id).join(Chapter, Chapter.id == Team.chapter_id).where(*_SHOWN)
    for word in words:
        pattern = f"%{like_escape(word)}%"
        wanted = wanted.where(or_(Team.name.ilike(pattern, escape="\\"), Team.summary.ilike(pattern, escape="\\")))
    return list(session().scalars(unscoped(wanted.order_by(Team.id.desc()).limit(most), why="public")))


def _some(ids: Sequence[int]) -> list[Team]:
    wanted = select(Team).join(Chapter, Chapter.id == Team.chapter_id).where(Team.id.in_(list(ids)), *_SHOWN)
    return list(session().scalars(unscoped(wanted, why="public")))


SOURCE = SearchSource(tags.KIND, _l("志愿队"), documents, ids, results, look)
