"""Live articles as lists and cards show them, read in as few and as cheap queries as there can be.

These are the busiest queries of the site, so they are built once and read tables instead of mapped classes. What readers
may see is one condition here, LIVE, written so that the partial indexes of `news_article` serve it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import get_locale
from sqlalchemy import Row, Select, bindparam, select, text
from sqlalchemy.sql.expression import TextClause

from unionhall.base import db
from unionhall.media.models import Asset
from unionhall.media.views import PictureView
from unionhall.news.models import LIVE_SQL, Article, Byline, Revision, Section
from unionhall.orgs.models import Org
from unionhall.platform import access, pagecache

A, R, S, ORG, B = (model.__table__.c for model in (Article, Revision, Section, Org, Byline))
LIVE: TextClause = text(LIVE_SQL)


@dataclass(frozen=True, slots=True)
class Credit:
    """The names behind one role, with the address of each name's page."""

    role: str
    names: tuple[str, ...]
    org_slug: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """A live article as lists and cards show it."""

    id: int
    url: str
    kicker: str
    headline: str
    summary: str
    section: str
    section_slug: str
    org: str
    org_slug: str
    published_at: datetime
    updated_at: datetime
    credits: tuple[Credit, ...]
    cover: PictureView | None
    cover_alt: str
    pinned_until: datetime | None = None
    pinned: bool = False


_CARDS = (
    select(
        A.id, A.slug, A.published_at, A.corrected_at, A.pinned_until, A.section_id, A.org_id,
        S.slug.label("section_slug"), S.name.label("section"), S.name_en.label("section_en"),
        ORG.slug.label("org_slug"), ORG.name.label("org"), ORG.name_en.label("org_en"),
        R.id.label("revision_id"), R.kicker, R.headline, R.summary, R.cover_id, R.cover_alt,
    )
    .select_from(
        Article.__table__.join(Section.__table__, A.section_id == S.id)
        .join(Org.__table__, A.org_id == ORG.id)
        .join(Revision.__table__, A.live_id == R.id)
    )
    .where(A.id.in_(bindparam("ids", expanding=True)), LIVE)
)  # fmt: skip
_CREDITS = (
    select(B.revision_id, B.role, B.name, ORG.slug)
    .select_from(Byline.__table__.outerjoin(Org.__table__, B.org_id == ORG.id))
    .where(B.revision_id.in_(bindparam("ids", expanding=True)))
    .order_by(B.revision_id, B.position)
)
_IMAGES = access.unscoped(select(Asset).where(Asset.id.in_(bindparam("ids", expanding=True))), why="covers of live articles")


def by_ids(ids: Sequence[int], now: datetime) -> list[Story]:
    """Return the stories with these ids that are live, in this order; what this process read a moment ago is not read again."""
    pagecache.tag(*(f"news:article:{item}" for item in ids))
    kept: dict[int, Story] = pagecache.remembered(f"news.stories.{get_locale()}", dict)
    missing = [item for item in ids if item not in kept]
    kept.update((story.id, story) for story in fresh(missing))
    return [_as_of(now, kept[item]) for item in ids if item in kept]


def fresh(ids: Sequence[int]) -> list[Story]:
    """Return those of the stories that are live at this moment, in no order: two queries, three when there are covers."""
    if not ids:
        return []
    rows = db.rows(_CARDS, {"ids": list(ids)}).all()
    signed = _credits([row.revision_id for row in rows])
    covers = images({row.cover_id for row in rows if row.cover_id})
    english = str(get_locale()) == "en"
    return [_story(row, signed, covers, english) for row in rows]


def images(ids: Iterable[int]) -> dict[int, PictureView]:
    """Return {id: picture}."""
    wanted = list(ids)
    return {image.id: image.view for image in db.session().scalars(_IMAGES, {"ids": wanted})} if wanted else {}


def _as_of(now: datetime, story: Story) -> Story:
    """Return a story with its pin, if it has one that lasts."""
    if story.pinned_until is None or story.pinned_until <= now:
        return story
    pagecache.until(story.pinned_until)
    return replace(story, pinned=True)


def _story(row: Any, signed: dict[int, tuple[Credit, ...]], covers: dict[int, PictureView], english: bool) -> Story:
    cover = covers.get(row.cover_id)
    return Story(
        row.id, f"/news/{row.section_slug}/{row.slug}/", row.kicker, row.headline, row.summary,
        row.section_en if english and row.section_en else row.section, row.section_slug,
        row.org_en if english and row.org_en else row.org, row.org_slug,
        row.published_at, row.corrected_at or row.published_at, signed.get(row.revision_id, ()),
        cover, row.cover_alt or (cover.alt if cover else ""), row.pinned_until,
    )  # fmt: skip


def _credits(revision_ids: list[int]) -> dict[int, tuple[Credit, ...]]:
    """Return {revision id: its bylines}, neighbours of one role and one org together."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    for revision_id, role, name, slug in db.rows(_CREDITS, {"ids": revision_ids}):
        found.setdefault(revision_id, []).append((role, name, slug or ""))
    return {revision_id: together(lines) for revision_id, lines in found.items()}


def together(lines: Iterable[tuple[str, str, str]]) -> tuple[Credit, ...]:
    """Return (role, name, org's address) lines as credits, neighbours of one role and one org as one."""
    found: list[tuple[str, list[str], str]] = []
    for role, name, slug in lines:
        if found and found[-1][0] == role and found[-1][2] == slug:
            found[-1][1].append(name)
        else:
            found.append((role, [name], slug))
    return tuple(Credit(role, tuple(names), slug) for role, names, slug in found)


def credits(revision: Revision) -> tuple[Credit, ...]:
    """Return a revision's bylines in the editor's order, neighbours of one role and one org together."""
    return together((item.role, item.name, item.org.slug if item.org else "") for item in revision.bylines)


def ids_of(statement: Select[Any], **values: Any) -> list[int]:
    """Return the article ids that a query on tables selects."""
    return [row[0] for row in db.rows(statement, values)]


def rows_of(statement: Any, **values: Any) -> Sequence[Row[Any]]:
    """Return the rows that a query on tables selects."""
    return db.rows(statement, values).all()
