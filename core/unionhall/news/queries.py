"""What readers see in lists: sections, pages of stories, the home page's choice; each a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from flask_babel import get_locale
from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, func, or_, select, union_all

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.news import stories
from unionhall.news.models import Article, Revision, Section, Tag
from unionhall.news.stories import LIVE, A, B, Credit, R, S, Story
from unionhall.orgs.models import Org
from unionhall.platform import access, pagecache

__all__ = ["Credit", "Story"]
PAGE = 20
LATELY = 200
COUNTS_LAST_SECONDS = 60.0
NEWEST = (A.published_at.desc(), A.id.desc())


class Named(Protocol):
    """Anything with a name, and perhaps an English one."""

    @property
    def name(self) -> str:
        """Return the name."""

    @property
    def name_en(self) -> str:
        """Return the English name, perhaps empty."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section as public pages need it."""

    id: int
    slug: str
    name: str
    name_en: str
    summary: str
    open: bool


def section_name(section: Named) -> str:
    """Return the section's name in the reader's language."""
    return section.name_en if section.name_en and str(get_locale()) == "en" else section.name


org_name = section_name


def sections() -> list[Section]:
    """Return the sections that are open, in order."""
    return list(db.session().scalars(select(Section).where(Section.open).order_by(Section.position, Section.id)))


def section(slug: str) -> Section:
    """Return a section by its address. Raises NotFound."""
    found = db.session().scalar(select(Section).where(Section.slug == slug))
    if found is None:
        raise NotFound()
    return found


def public_sections() -> tuple[SectionView, ...]:
    """Return every section in order, the closed ones too; remembered."""
    return pagecache.remembered("news.sections", _read_sections)


def _read_sections() -> tuple[SectionView, ...]:
    rows = db.session().execute(select(S.id, S.slug, S.name, S.name_en, S.summary, S.open).order_by(S.position, S.id))
    return tuple(SectionView(*row) for row in rows)


def public_section(slug: str) -> SectionView:
    """Return a section by its address. Raises NotFound."""
    for found in public_sections():
        if found.slug == slug:
            return found
    raise NotFound()


@dataclass(frozen=True)
class Page:
    """One page of stories, and how many there are in all."""

    stories: list[Story]
    total: int
    number: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.size))


@lru_cache(maxsize=32)
def _ids(section: bool, but: bool) -> Select[Any]:
    """Return the query for a stretch of the newest ids; built once for each shape."""
    statement = select(A.id).where(LIVE).order_by(*NEWEST).limit(bindparam("size")).offset(bindparam("start"))
    if section:
        statement = statement.where(A.section_id == bindparam("section"))
    return statement.where(A.id.not_in(bindparam("but", expanding=True))) if but else statement


_PINNED = select(A.id, A.section_id, A.published_at).where(LIVE, A.pinned_until > bindparam("now"))


def _pinned(now: datetime) -> list[Any]:
    """Return what is pinned in any section, newest first; sorted here, so that the database reads the index of pins only."""
    return sorted(stories.rows_of(_PINNED, now=now), key=lambda row: (row.published_at, row.id), reverse=True)


def _page(where: Sequence[ColumnElement[bool]], now: datetime, number: int) -> Page:
    """Return a page of the live articles that meet the conditions, newest first. Raises NotFound past the last page."""
    total = db.session().scalar(select(func.count()).select_from(Article.__table__).where(LIVE, *where)) or 0
    ids = stories.ids_of(select(A.id).where(LIVE, *where).order_by(*NEWEST).limit(PAGE).offset((number - 1) * PAGE))
    return _checked(Page(stories.by_ids(ids, now), total, number))


def _checked(page: Page) -> Page:
    if page.number > page.pages:
        raise NotFound()
    return page


def _total(section_id: int | None) -> int:
    """Return how many live articles there are, of one section or of all; counted at most once a minute if nothing changes."""

    def count() -> int:
        where = (LIVE,) if section_id is None else (LIVE, A.section_id == section_id)
        return db.session().scalar(select(func.count()).select_from(Article.__table__).where(*where)) or 0

    return pagecache.remembered(f"news.total.{section_id or ''}", count, seconds=COUNTS_LAST_SECONDS)


def in_section(section_id: int, now: datetime, number: int, *, below: str | None = None) -> Page:
    """Return a page of a section, perhaps only of one org's subtree. Raises NotFound past the last page."""
    pagecache.tag(f"news:section:{section_id}")
    if below:
        return _page([A.section_id == section_id, _of_orgs(below)], now, number)
    pins = [row.id for row in _pinned(now) if row.section_id == section_id]
    start = (number - 1) * PAGE
    first = pins[start : start + PAGE]
    values: dict[str, Any] = {"section": section_id, "size": PAGE - len(first), "start": max(0, start - len(pins))}
    rest = stories.ids_of(_ids(True, bool(pins)), **values, **({"but": pins} if pins else {}))
    return _checked(Page(stories.by_ids(first + rest, now), _total(section_id), number))


def _of_orgs(path: str) -> ColumnElement[bool]:
    return A.org_id.in_(select(Org.__table__.c.id).where(access.in_subtree(Org.__table__.c.path, path)))


def of_org(path: str, now: datetime, number: int) -> Page:
    """Return a page of what an org and those below it published."""
    pagecache.tag("news")
    return _page([_of_orgs(path)], now, number)


def all_latest(now: datetime, number: int) -> Page:
    """Return a page of everything, newest first."""
    pagecache.tag("news")
    ids = stories.ids_of(_ids(False, False), size=PAGE, start=(number - 1) * PAGE)
    return _checked(Page(stories.by_ids(ids, now), _total(None), number))


def by_name(name: str, now: datetime, number: int) -> Page:
    """Return a page of what is signed with a name, or with other names of the account linked to it. Raises NotFound."""
    pagecache.tag("news")
    linked = select(B.account_id).where(B.name == name, B.account_id.is_not(None))
    mine = select(B.revision_id).where(or_(B.name == name, B.account_id.in_(linked)))
    return _some(_page([A.live_id.in_(mine)], now, number))


def with_tag(name: str, now: datetime, number: int) -> Page:
    """Return a page of what is filed under a tag. Raises NotFound when nothing is."""
    pagecache.tag("news")
    tagged = select(Tag.__table__.c.revision_id).where(Tag.__table__.c.name == name)
    return _some(_page([A.live_id.in_(tagged)], now, number))


def _some(page: Page) -> Page:
    if not page.total:
        raise NotFound()
    return page


def latest(now: datetime, *, limit: int, section_id: int | None = None, but: Iterable[int] = ()) -> list[Story]:
    """Return the newest stories, of one section or of all."""
    left_out = list(but)
    values: dict[str, Any] = {"size": limit, "start": 0} | ({"but": left_out} if left_out else {})
    values |= {"section": section_id} if section_id is not None else {}
    return stories.by_ids(stories.ids_of(_ids(section_id is not None, bool(left_out)), **values), now)


@dataclass(frozen=True)
class Front:
    """What the home page shows: its lead, the newest, the newest of each section and of the orgs that published lately."""

    lead: Story | None
    top: list[Story]
    sections: dict[int, list[Story]]
    orgs: list[Story]


_LEAD = select(A.id).where(LIVE, A.lead_at.is_not(None)).order_by(A.lead_at.desc()).limit(1)
_LATELY = (
    select(A.id, A.org_id, R.cover_id)
    .select_from(Article.__table__.join(Revision.__table__, A.live_id == R.id))
    .where(A.id.in_(select(A.id).where(LIVE).order_by(*NEWEST).limit(LATELY)))
    .order_by(*NEWEST)
)


@lru_cache(maxsize=64)
def _newest_of(number: int, each: int) -> CompoundSelect[Any]:
    """Return one query for the newest ids of so many sections."""
    parts = [
        select(A.id, A.section_id).where(LIVE, A.section_id == bindparam(f"s{at}")).order_by(*NEWEST).limit(each).subquery()
        for at in range(number)
    ]
    return union_all(*(select(part.c.id, part.c.section_id) for part in parts))


def front(now: datetime, sections: Sequence[SectionView], *, top: int, each: int, orgs: int) -> Front:
    """Return the home page's stories. The lead is the one an editor chose last, else the newest with a picture, else the newest.

    The newest of the orgs is looked for among the LATELY newest articles only, whatever the size of the archive.
    """
    lately = stories.rows_of(_LATELY)
    chosen = stories.ids_of(_LEAD) or [row.id for row in lately if row.cover_id][:1] or [row.id for row in lately[:1]]
    lead = chosen[0] if chosen else None
    newest = [row.id for row in lately if row.id != lead][:top]
    shown = _per_section(now, sections, each, lead)
    of_orgs = list({row.org_id: row.id for row in reversed(lately)}.values())[::-1][:orgs]
    wanted = dict.fromkeys([*chosen, *newest, *(item for ids in shown.values() for item in ids), *of_orgs])
    found = {story.id: story for story in stories.by_ids(list(wanted), now)}

    def pick(ids: Iterable[int]) -> list[Story]:
        return [found[item] for item in ids if item in found]

    return Front(found.get(lead or 0), pick(newest), {key: pick(ids) for key, ids in shown.items()}, pick(of_orgs))


def _per_section(now: datetime, sections: Sequence[SectionView], each: int, but: int | None) -> dict[int, list[int]]:
    if not sections:
        return {}
    values = {f"s{at}": section.id for at, section in enumerate(sections)}
    rows = [*_pinned(now), *stories.rows_of(_newest_of(len(sections), each + 1), **values)]
    shown: dict[int, dict[int, None]] = {section.id: {} for section in sections}
    for row in rows:
        if row.section_id in shown and row.id != but:
            shown[row.section_id].setdefault(row.id)
    return {key: list(ids)[:each] for key, ids in shown.items()}


_ADDRESSES = (
    select(S.slug, A.slug, A.published_at, A.corrected_at)
    .select_from(Article.__table__.join(Section.__table__, A.section_id == S.id))
    .where(LIVE).order_by(A.id)
)  # fmt: skip
_BODIES = select(R.article_id, R.body).where(R.id.in_(select(A.live_id).where(A.id.in_(bindparam("ids", expanding=True)))))


def addresses() -> list[tuple[str, datetime]]:
    """Return (address, last change) of every live article, for the sitemap."""
    pagecache.tag("news")
    rows: Sequence[Any] = stories.rows_of(_ADDRESSES)
    return [(f"/news/{section}/{slug}/", corrected or published) for section, slug, published, corrected in rows]


def feed(now: datetime, limit: int, section_id: int | None = None) -> list[tuple[Story, str]]:
    """Return the newest stories with their sanitised bodies, for a feed."""
    pagecache.tag("news" if section_id is None else f"news:section:{section_id}")
    found = latest(now, limit=limit, section_id=section_id)
    bodies = {row.article_id: row.body for row in stories.rows_of(_BODIES, ids=[story.id for story in found])}
    return [(story, bodies.get(story.id, "")) for story in found]
