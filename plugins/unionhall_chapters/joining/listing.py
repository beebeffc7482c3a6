"""The desk's list of chapters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from unionhall.plugin import Actor, like_escape, scoped, session
from unionhall_chapters import rights
from unionhall_chapters.joining import shown
from unionhall_chapters.models import Chapter

SIZE = 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to."""

    below: str
    words: str = ""
    state: str = ""


def chapters(wanted: Wanted, actor: Actor, page: int) -> tuple[list[shown.Row], int]:
    """Return a page of the chapters in scope, by name, and how many there are."""
    total = session().scalar(_narrowed(select(func.count(Chapter.id)), wanted, actor)) or 0
    ordered = _narrowed(select(Chapter), wanted, actor).order_by(Chapter.name, Chapter.id)
    return shown.rows(list(session().scalars(ordered.limit(SIZE).offset((page - 1) * SIZE)))), total


def each(wanted: Wanted, actor: Actor) -> Iterator[shown.Row]:
    """Yield every chapter in scope, for exports."""
    yield from shown.rows(list(session().scalars(_narrowed(select(Chapter), wanted, actor).order_by(Chapter.name, Chapter.id))))


def _narrowed(statement: Select[Any], wanted: Wanted, actor: Actor) -> Select[Any]:
    if wanted.words:
        statement = statement.where(Chapter.name.ilike(f"%{like_escape(wanted.words)}%", escape="\\"))
    if wanted.state:
        statement = statement.where(Chapter.state == wanted.state)
    return scoped(statement, Chapter, actor, rights.READ, wanted.below)
