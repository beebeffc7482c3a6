"""Reads of chapters."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from unionhall.plugin import Actor, NotFound, scoped, session, unscoped
from unionhall_chapters.models import OPEN, PUBLIC, Chapter


def by_slug(slug: str) -> Chapter:
    """Return a chapter that readers may see. Raises NotFound."""
    statement = select(Chapter).where(Chapter.slug == slug, Chapter.state.in_(PUBLIC))
    found = session().scalar(unscoped(statement, why="public"))
    if found is None:
        raise NotFound()
    return found


def managed(chapter_id: int, actor: Actor, permission: str) -> Chapter:
    """Return a chapter where the actor holds a permission. Raises NotFound, also for one that is somewhere else."""
    found = session().scalar(scoped(select(Chapter).where(Chapter.id == chapter_id), Chapter, actor, permission))
    if found is None:
        raise NotFound()
    return found


def by_ids(ids: Iterable[int]) -> dict[int, Chapter]:
    """Return {id: chapter} of chapters that the caller may name."""
    statement = select(Chapter).where(Chapter.id.in_(list(ids)))
    return {found.id: found for found in session().scalars(unscoped(statement, why="given"))}


def of_orgs(org_ids: Iterable[int]) -> list[Chapter]:
    """Return the open chapters whose own org is one of these: "my chapters" from a person's memberships, by name."""
    statement = select(Chapter).where(Chapter.org_id.in_(list(org_ids)), Chapter.state.in_(OPEN)).order_by(Chapter.name)
    return list(session().scalars(unscoped(statement, why="oneself")))


def listed_by_slug(slugs: Iterable[str]) -> list[Chapter]:
    """Return the chapters with these addresses that readers may see."""
    statement = select(Chapter).where(Chapter.slug.in_(list(slugs)), Chapter.state.in_(PUBLIC)).order_by(Chapter.name)
    return list(session().scalars(unscoped(statement, why="public")))
