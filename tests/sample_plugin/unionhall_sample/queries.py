"""Reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import url_for
from sqlalchemy import func, select

from unionhall.plugin import Actor, MediaPlace, NotFound, scoped, session, unscoped
from unionhall_sample.models import Suggestion


def about(article_id: int) -> int:
    """Return how many suggestions an article has."""
    counted = select(func.count()).select_from(Suggestion).where(Suggestion.article_id == article_id)
    return session().scalar(unscoped(counted, why="a public figure")) or 0


def number() -> int:
    """Return how many suggestions there are."""
    return session().scalar(unscoped(select(func.count()).select_from(Suggestion), why="a public figure")) or 0


def managed(suggestion_id: int, actor: Actor) -> Suggestion:
    """Return a suggestion that the actor looks after. Raises NotFound."""
    found = session().scalar(scoped(select(Suggestion).where(Suggestion.id == suggestion_id), Suggestion, actor, "sample.manage"))
    if found is None:
        raise NotFound()
    return found


def shown(suggestion_id: int) -> Suggestion:
    """Return a suggestion that something came of, which everybody may see. Raises NotFound."""
    done = select(Suggestion).where(Suggestion.id == suggestion_id, Suggestion.picture_id.is_not(None))
    found = session().scalar(unscoped(done, why="shown to everybody"))
    if found is None:
        raise NotFound()
    return found


def media_places(ids: Sequence[int], actor: Actor) -> Iterable[MediaPlace]:
    """Return those of the suggestions that the actor may know of, for the pages of the assets that they show."""
    statement = scoped(select(Suggestion).where(Suggestion.id.in_(ids)), Suggestion, actor, "sample.read")
    for row in session().scalars(statement):
        yield MediaPlace(row.id, row.text, url_for("sample_desk.done", suggestion_id=row.id), public=row.picture_id is not None)


def listed(actor: Actor) -> list[Suggestion]:
    """Return the suggestions of the actor's orgs, newest first."""
    statement = scoped(select(Suggestion), Suggestion, actor, "sample.read")
    return list(session().scalars(statement.order_by(Suggestion.id.desc()).limit(100)))
