"""Chapters as readers see them: the list, one chapter's page. Everything here is the same for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from unionhall.plugin import (
    NotFound,
    Org,
    OrgPlace,
    in_subtree,
    like_escape,
    membership_numbers,
    org_regions,
    orgs_by_ids,
    session,
    tag_page,
    unscoped,
)
from unionhall_chapters import pages
from unionhall_chapters.models import OPEN, PUBLIC, Chapter, ChapterState

SIZE = 24
LISTED = tuple(state.value for state in (*OPEN, ChapterState.SUSPENDED))


@dataclass(frozen=True, slots=True)
class Row:
    """A chapter in a list: its org, the org above, how many people belong to it, and for how many it is a second union."""

    chapter: Chapter
    org: Org
    parent: Org
    people: int
    second: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    rows: list[Row]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // SIZE))


def listed(number: int, *, kind: str = "", below: str = "", words: str = "") -> Page:
    """Return a page of the chapters that readers find, by name. Raises NotFound past the last one."""
    tag_page(pages.LISTS)
    where: list[ColumnElement[bool]] = [Chapter.state.in_(LISTED)]
    if kind:
        where.append(Chapter.kind == kind)
    if below:
        where.append(Chapter.org_id.in_(select(Org.id).where(in_subtree(Org.path, below))))
    if words:
        pattern = f"%{like_escape(words)}%"
        where.append(or_(*(column.ilike(pattern, escape="\\") for column in (Chapter.name, Chapter.name_en, Chapter.summary))))
    total = session().scalar(unscoped(select(func.count()).select_from(Chapter).where(*where), why="public")) or 0
    wanted = select(Chapter).where(*where).order_by(Chapter.name, Chapter.id).limit(SIZE).offset((number - 1) * SIZE)
    page = Page(rows(list(session().scalars(unscoped(wanted, why="public")))), number, total)
    if number > page.pages:
        raise NotFound()
    return page


def regions() -> list[OrgPlace]:
    """Return the regions that the list can be narrowed to: the orgs right below the root that are not chapters themselves."""
    own = set(session().scalars(unscoped(select(Chapter.org_id), why="public")))
    return [place for place in org_regions() if place.id not in own]


def rows(chapters: Sequence[Chapter]) -> list[Row]:
    """Return chapters with their orgs and numbers, in three queries for all of them."""
    orgs = orgs_by_ids([org_id for each in chapters for org_id in (each.org_id, each.parent_id)])
    numbers = membership_numbers([each.org_id for each in chapters])
    return [Row(each, orgs[each.org_id], orgs[each.parent_id], *numbers.get(each.org_id, (0, 0))) for each in chapters]


def addresses() -> Iterable[Chapter]:
    """Return the chapters that the sitemap names."""
    return session().scalars(unscoped(select(Chapter).where(Chapter.state.in_(PUBLIC)).order_by(Chapter.id), why="public"))
