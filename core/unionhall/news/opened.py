"""An article as its page shows it, with what it leads to: a few queries, however large the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, bindparam, cast, literal, null, select, tuple_, union_all
from sqlalchemy import Integer as Int
from sqlalchemy import String as Str

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.media.views import PictureView
from unionhall.news import stories
from unionhall.news.models import LIVE as LIVE_STATES
from unionhall.news.models import Article, Byline, Related, Revision, Section, State, Tag, Transition
from unionhall.news.queries import SectionView, org_name, section_name
from unionhall.news.stories import LIVE, ORG, A, B, Credit, R, S, Story
from unionhall.orgs.models import Org
from unionhall.platform import pagecache

READABLE = [*(state.value for state in LIVE_STATES), State.WITHDRAWN.value, State.ARCHIVED.value]
RELATED = 4
TAGGED = 20
T, L = Tag.__table__.c, Related.__table__.c


@dataclass(frozen=True, slots=True)
class Publisher:
    """The org that an article is from."""

    id: int
    slug: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Word:
    """A tag."""

    name: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The revision that readers see."""

    id: int
    kicker: str
    headline: str
    subhead: str
    slug_line: str
    summary: str
    body: str
    stamp: str
    characters: int
    seo_title: str
    seo_description: str
    cover_alt: str
    cover_caption: str
    cover_credit: str
    cover: PictureView | None
    tags: tuple[Word, ...]
    credits: tuple[Credit, ...]
    chosen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """An article that readers may open: live, withdrawn (its notice), or archived after it was live."""

    id: int
    slug: str
    state: str
    created_at: datetime
    published_at: datetime
    corrected_at: datetime | None
    correction: str
    withdrawn_at: datetime | None
    withdrawal: str
    section: SectionView
    org: Publisher
    live: Shown

    @property
    def url(self) -> str:
        """Return its public address."""
        return f"/news/{self.section.slug}/{self.slug}/"

    @property
    def number(self) -> str:
        """Return the number that people quote, `A-20260514-17`."""
        return f"A-{clock.local_day(self.created_at):%Y%m%d}-{self.id}"


_ARTICLE = ("id", "slug", "state", "created_at", "published_at", "corrected_at", "correction", "withdrawn_at", "withdrawal")
_REVISION = (
    "id", "kicker", "headline", "subhead", "slug_line", "summary", "body", "stamp", "characters", "seo_title", "seo_description",
    "cover_alt", "cover_caption", "cover_credit",
)  # fmt: skip
_SECTION = ("id", "slug", "name", "name_en", "summary", "open")
_ORG = ("id", "slug", "name", "name_en")
_OPENED = (
    select(
        *(A[name] for name in _ARTICLE), *(R[name] for name in _REVISION), *(S[name] for name in _SECTION),
        *(ORG[name] for name in _ORG), R.cover_id,
    )
    .select_from(
        Article.__table__.join(Section.__table__, A.section_id == S.id)
        .join(Org.__table__, A.org_id == ORG.id)
        .join(Revision.__table__, A.live_id == R.id)
    )
    .where(A.slug == bindparam("slug"), A.state.in_(READABLE))
)  # fmt: skip
_REVISION_ID = bindparam("revision", type_=Int)
_PARTS = union_all(
    select(literal("byline").label("kind"), B.position.label("at"), B.role, B.name, ORG.slug, cast(null(), Int).label("other"))
    .select_from(Byline.__table__.outerjoin(Org.__table__, B.org_id == ORG.id)).where(B.revision_id == _REVISION_ID),
    select(literal("tag"), T.position, cast(null(), Str), T.name, cast(null(), Str), cast(null(), Int))
    .where(T.revision_id == _REVISION_ID),
    select(literal("related"), L.position, cast(null(), Str), cast(null(), Str), cast(null(), Str), L.article_id)
    .where(L.revision_id == _REVISION_ID),
).order_by("kind", "at")  # fmt: skip


def public_article(slug: str) -> Opened:
    """Return an article by its address. Raises NotFound for one that readers may not open."""
    row = db.rows(_OPENED, {"slug": slug}).first()
    if row is None:
        raise NotFound()
    values = iter(row)
    article, revision, section, org = ({name: next(values) for name in names} for names in (_ARTICLE, _REVISION, _SECTION, _ORG))
    parts: dict[str, list[Any]] = {"byline": [], "tag": [], "related": []}
    for part in stories.rows_of(_PARTS, revision=revision["id"]):
        parts[part.kind].append(part)
    cover = stories.images([row.cover_id]).get(row.cover_id) if row.cover_id else None
    shown = Shown(
        **revision, cover=cover, tags=tuple(Word(part.name) for part in parts["tag"]),
        credits=stories.together((part.role, part.name, part.slug or "") for part in parts["byline"]),
        chosen=tuple(part.other for part in parts["related"]),
    )  # fmt: skip
    return Opened(**article, section=SectionView(**section), org=Publisher(**org), live=shown)


def story(article: Opened) -> Story:
    """Return the article as cards and structured data name it."""
    live, org, section = article.live, article.org, article.section
    return Story(
        article.id, article.url, live.kicker, live.headline, live.summary, section_name(section), section.slug, org_name(org), org.slug,
        article.published_at, article.corrected_at or article.published_at, live.credits, live.cover, live.cover_alt,
    )  # fmt: skip


def corrections(article: Opened) -> list[tuple[datetime, str]]:
    """Return (when, what) of every correction that readers were told of, newest first."""
    if not article.corrected_at:
        return []
    rows = db.session().execute(
        select(Transition.at, Transition.note)
        .where(Transition.article_id == article.id, Transition.action == "correct")
        .order_by(Transition.id.desc())
    )
    return [(row.at, row.note) for row in rows]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The article right before or right after another one in its section."""

    url: str
    headline: str


@dataclass(frozen=True)
class Around:
    """Where an article leads: related stories, and the ones right before and right after it in its section."""

    related: list[Story]
    before: Neighbour | None = None
    after: Neighbour | None = None


def around(article: Opened, now: datetime) -> Around:
    """Return the stories an editor chose, filled up with the newest that share a tag, then of the section; and the neighbours."""
    live = article.live
    return _around(article.id, article.section, article.published_at, [tag.name for tag in live.tags], live.chosen, now)


def around_draft(article: Article, now: datetime) -> Around:
    """Return where an article's newest revision would lead, for its preview."""
    tags, chosen = [tag.name for tag in article.head.tags], [item.article_id for item in article.head.related]
    return _around(article.id, article.section, article.published_at or now, tags, chosen, now)


class _Filed(Protocol):
    """A section, as a row or as a view."""

    @property
    def id(self) -> int:
        """Return its number."""

    @property
    def slug(self) -> str:
        """Return its address."""


def _around(article_id: int, section: _Filed, at: datetime, tags: Sequence[str], chosen: Sequence[int], now: datetime) -> Around:
    pagecache.tag(f"news:section:{section.id}", *(f"news:tag:{tag}" for tag in tags))
    tagged = sorted({row for tag in tags for row in _newest(_TAGGED, "tag", tag)}, reverse=True)
    ids = [item for item in dict.fromkeys([*chosen, *(row[1] for row in [*tagged, *_newest(_SAME, "section", section.id)])])
           if item != article_id]  # fmt: skip
    related = stories.by_ids(ids[: len(chosen) + RELATED], now)  # of those an editor chose, some may not be live any more
    ends = {row.kind: row for row in stories.rows_of(_NEIGHBOURS, section=section.id, at=at, id=article_id)}
    pagecache.tag(*(f"news:article:{row.id}" for row in ends.values()))
    before, after = (
        Neighbour(f"/news/{section.slug}/{ends[kind].slug}/", ends[kind].headline) if kind in ends else None for kind in ("before", "after")
    )
    return Around(related[:RELATED], before, after)


def _newest(statement: Select[Any], name: str, value: int | str) -> tuple[tuple[datetime, int], ...]:
    """Return (when, id) of the newest live articles of a section or with a tag, newest first; remembered."""

    def read() -> tuple[tuple[datetime, int], ...]:
        return tuple((row.published_at, row.id) for row in stories.rows_of(statement, value=value))

    return pagecache.remembered(f"news.newest.{name}.{value}", read)


_DOWN, _UP = (A.published_at.desc(), A.id.desc()), (A.published_at, A.id)
_LIVE = select(A.id, A.published_at).where(LIVE)
_SAME = _LIVE.where(A.section_id == bindparam("value")).order_by(*_DOWN).limit(RELATED + 1)
_LATELY_TAGGED = select(T.revision_id).where(T.name == bindparam("value")).order_by(T.revision_id.desc()).limit(TAGGED).subquery()
_TAGGED = _LIVE.where(A.live_id.in_(select(_LATELY_TAGGED.c.revision_id))).order_by(*_DOWN).limit(RELATED + 1)


def _next(kind: str, where: ColumnElement[bool], *order: ColumnElement[Any]) -> Select[Any]:
    here = select(A.id, A.slug, A.live_id).where(LIVE, A.section_id == bindparam("section"), where).order_by(*order).limit(1).subquery()
    shown = select(literal(kind).label("kind"), here.c.id, here.c.slug, R.headline)
    return shown.join_from(here, Revision.__table__, R.id == here.c.live_id)


_HERE = tuple_(A.published_at, A.id)
_THERE = tuple_(bindparam("at", type_=A.published_at.type), bindparam("id", type_=Int))
_NEIGHBOURS = union_all(_next("before", _HERE < _THERE, *_DOWN), _next("after", _HERE > _THERE, *_UP))
