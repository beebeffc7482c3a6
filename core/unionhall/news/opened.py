"""An article as its page shows it, with what it leads to: four queries, however large the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, cast, literal, null, select, tuple_, union_all
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


@dataclass(frozen=True)
class Around:
    """Where an article leads: related stories, and the ones right before and right after it in its section."""

    related: list[Story]
    before: Story | None = None
    after: Story | None = None


def around(article: Opened, now: datetime) -> Around:
    """Return the stories an editor chose, filled up with the newest that share a tag, then of the section; and the neighbours."""
    live = article.live
    return _around(article.id, article.section.id, article.published_at, [tag.name for tag in live.tags], live.chosen, now)


def around_draft(article: Article, now: datetime) -> Around:
    """Return where an article's newest revision would lead, for its preview."""
    tags, chosen = [tag.name for tag in article.head.tags], [item.article_id for item in article.head.related]
    return _around(article.id, article.section_id, article.published_at or now, tags, chosen, now)


def _around(article_id: int, section_id: int, at: datetime, tags: Sequence[str], chosen: Sequence[int], now: datetime) -> Around:
    pagecache.tag(f"news:section:{section_id}", *(f"news:tag:{tag}" for tag in tags))
    values = {"section": section_id, "at": at, "id": article_id} | {f"t{n}": tag for n, tag in enumerate(tags)}
    rows = stories.rows_of(_leads(len(tags)), **values)
    kinds: dict[str, list[int]] = {"tag": [], "section": [], "before": [], "after": []}
    for row in sorted(rows, key=lambda row: (row.published_at, row.id), reverse=True):
        kinds[row.kind].append(row.id)
    ids = [item for item in dict.fromkeys([*chosen, *kinds["tag"], *kinds["section"]]) if item != article_id]
    ids = ids[: len(chosen) + RELATED]  # of those an editor chose, some may not be live any more
    found = {story.id: story for story in stories.by_ids([*ids, *kinds["before"], *kinds["after"]], now)}
    related = [found[item] for item in ids if item in found][:RELATED]
    ends = [found.get(kinds[kind][0]) if kinds[kind] else None for kind in ("before", "after")]
    return Around(related, *ends)


@lru_cache(maxsize=16)
def _leads(tags: int) -> CompoundSelect[Any]:
    """Return one query for all that an article may lead to, with so many tags; each part reads a few index entries."""
    here = tuple_(A.published_at, A.id)
    there = tuple_(bindparam("at", type_=A.published_at.type), bindparam("id", type_=Int))
    live = select(A.id, A.published_at).where(LIVE)
    down, up = (A.published_at.desc(), A.id.desc()), (A.published_at, A.id)
    same = A.section_id == bindparam("section")
    parts = [
        ("section", live.where(same).order_by(*down).limit(RELATED + 1)),
        ("before", live.where(same, here < there).order_by(*down).limit(1)),
        ("after", live.where(same, here > there).order_by(*up).limit(1)),
    ]
    for n in range(tags):
        newest = select(T.revision_id).where(T.name == bindparam(f"t{n}")).order_by(T.revision_id.desc()).limit(TAGGED).subquery()
        parts.append(("tag", live.where(A.live_id.in_(select(newest.c.revision_id))).order_by(*down).limit(RELATED + 1)))
    queries = [(kind, part.subquery()) for kind, part in parts]
    return union_all(*(select(literal(kind).label("kind"), part.c.id, part.c.published_at) for kind, part in queries))
