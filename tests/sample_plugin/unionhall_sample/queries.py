"""Reads."""

from __future__ import annotations

from sqlalchemy import func, select

from unionhall.plugin import Actor, scoped, session, unscoped
from unionhall_sample.models import Suggestion


def about(article_id: int) -> int:
    """Return how many suggestions an article has."""
    counted = select(func.count()).select_from(Suggestion).where(Suggestion.article_id == article_id)
    return session().scalar(unscoped(counted, why="a public figure")) or 0


def listed(actor: Actor) -> list[Suggestion]:
    """Return the suggestions of the actor's orgs, newest first."""
    statement = scoped(select(Suggestion), Suggestion, actor, "sample.read")
    return list(session().scalars(statement.order_by(Suggestion.id.desc()).limit(100)))
