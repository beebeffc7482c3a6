"""What readers see: live articles as frozen views, a constant number of queries however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask_babel import get_locale
from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.media.models import Image
from unionhall.news.models import LIVE, Article, Byline, Revision, Section, State, Tag, Transition
from unionhall.orgs.models import Org
from unionhall.platform import access, pagecache

PAGE = 20
PUBLIC = [state.value for state in LIVE]


@dataclass(frozen=True)
class Credit:
    """The names behind one role, with the address of each name's page."""

    role: str
    names: tuple[str, ...]
    org_slug: str = ""


@dataclass(frozen=True)
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
    cover: Image | None
    cover_alt: str
    pinned: bool = False


def section_name(section: Section) -> str:
    """Return the section's name in the reader's language."""
    return section.name_en if str(get_locale()) == "en" and section.name_en else section.name


def org_name(org: Org) -> str:
    """Return the org's name in the reader's language."""
    return org.name_en if str(get_locale()) == "en" and org.name_en else org.name


def sections() -> list[Section]:
    """Return the sections that are open, in order."""
    return list(db.session().scalars(select(Section).where(Section.open).order_by(Section.position, Section.id)))


def section(slug: str) -> Section:
    """Return a section by its address. Raises NotFound."""
    found = db.session().scalar(select(Section).where(Section.slug == slug))
    if found is None:
        raise NotFound()
    return found


def _live() -> Select[Any]:
    """Select live articles with all that a list shows, the body left out."""
    statement = (
        select(Article)
        .where(Article.state.in_(PUBLIC))
        .options(
            joinedload(Article.live).options(
                load_only(Revision.kicker, Revision.headline, Revision.summary, Revision.cover_alt, Revision.cover_id),
                joinedload(Revision.cover),
                selectinload(Revision.bylines).joinedload(Byline.org),
            )
        )
    )
    return access.unscoped(statement, why="published")


def _newest(now: datetime) -> tuple[ColumnElement[Any], ...]:
    pinned = case((Article.pinned_until > now, 0), else_=1)
    return pinned, Article.published_at.desc(), Article.id.desc()


def _stories(articles: Iterable[Article], now: datetime) -> list[Story]:
    return [story(article, now) for article in articles]


def story(article: Article, now: datetime) -> Story:
    """Return the view of a live article."""
    live = article.live
    if live is None or article.published_at is None:
        raise NotFound()
    pagecache.tag(f"news:article:{article.id}")
    pinned = bool(article.pinned_until and article.pinned_until > now)
    if pinned and article.pinned_until:
        pagecache.until(article.pinned_until)
    return Story(
        article.id, article.url, live.kicker, live.headline, live.summary, section_name(article.section),
        article.section.slug, org_name(article.org), article.org.slug, article.published_at,
        article.corrected_at or article.published_at, credits(live), live.cover, live.cover_alt,
        pinned,
    )


def credits(revision: Revision) -> tuple[Credit, ...]:
    """Return a revision's bylines in the editor's order, neighbours of one role and one org together."""
    groups = groupby(revision.bylines, lambda item: (item.role, item.org.slug if item.org else ""))
    return tuple(Credit(role, tuple(item.name for item in items), slug) for (role, slug), items in groups)


def latest(now: datetime, *, limit: int, section_id: int | None = None, but: Iterable[int] = ()) -> list[Story]:
    """Return the newest stories, pinned ones first when of one section."""
    statement = _live().where(Article.id.not_in(list(but)))
    if section_id is None:
        statement = statement.order_by(Article.published_at.desc(), Article.id.desc())
    else:
        statement = statement.where(Article.section_id == section_id).order_by(*_newest(now))
    return _stories(db.session().scalars(statement.limit(limit)), now)


def lead(now: datetime) -> Story | None:
    """Return the home page's lead: the one an editor chose last, else the newest with a picture, else the newest."""
    chosen = _live().where(Article.lead_at.is_not(None)).order_by(Article.lead_at.desc()).limit(1)
    pictured = _live().join(Revision, Article.live_id == Revision.id).where(Revision.cover_id.is_not(None))
    newest = (Article.published_at.desc(), Article.id.desc())
    for statement in (chosen, pictured.order_by(*newest).limit(1), _live().order_by(*newest).limit(1)):
        if found := db.session().scalars(statement).first():
            return story(found, now)
    return None


def newest_per_section(now: datetime, ids: list[int], *, each: int, but: Iterable[int] = ()) -> dict[int, list[Story]]:
    """Return {section id: its newest stories} with one ranking query and one that loads them."""
    rank = func.row_number().over(partition_by=Article.section_id, order_by=_newest(now)).label("rank")
    ranked = select(Article.id, rank).where(
        Article.state.in_(PUBLIC), Article.section_id.in_(ids), Article.id.not_in(list(but))
    ).subquery()
    chosen = select(ranked.c.id).where(ranked.c.rank <= each)
    found: dict[int, list[Story]] = {item: [] for item in ids}
    for article in db.session().scalars(_live().where(Article.id.in_(chosen)).order_by(*_newest(now))):
        found[article.section_id].append(story(article, now))
    return found


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


def _page(statement: Select[Any], now: datetime, number: int, *order: ColumnElement[Any]) -> Page:
    plain = statement.with_only_columns(Article.id).options().order_by(None)
    total = db.session().scalar(access.unscoped(select(func.count()).select_from(plain.subquery()), why="published")) or 0
    rows = statement.order_by(*order).limit(PAGE).offset((number - 1) * PAGE)
    page = Page(_stories(db.session().scalars(rows), now), total, number)
    if number > page.pages:
        raise NotFound()
    return page


def in_section(section_id: int, now: datetime, number: int, *, below: str | None = None) -> Page:
    """Return a page of a section, perhaps only of one org's subtree. Raises NotFound past the last page."""
    pagecache.tag(f"news:section:{section_id}")
    statement = _live().where(Article.section_id == section_id)
    if below:
        statement = statement.where(access.within(Article, [below]))
    return _page(statement, now, number, *_newest(now))


def of_org(path: str, now: datetime, number: int) -> Page:
    """Return a page of what an org and those below it published."""
    pagecache.tag("news")
    return _page(_live().where(access.within(Article, [path])), now, number, Article.published_at.desc(), Article.id.desc())


def all_latest(now: datetime, number: int) -> Page:
    """Return a page of everything, newest first."""
    pagecache.tag("news")
    return _page(_live(), now, number, Article.published_at.desc(), Article.id.desc())


def by_name(name: str, now: datetime, number: int) -> Page:
    """Return a page of what is signed with a name, or with other names of the account linked to it. Raises NotFound."""
    pagecache.tag("news")
    linked = select(Byline.account_id).where(Byline.name == name, Byline.account_id.is_not(None))
    mine = select(Byline.revision_id).where(or_(Byline.name == name, Byline.account_id.in_(linked)))
    page = _page(_live().where(Article.live_id.in_(mine)), now, number, Article.published_at.desc(), Article.id.desc())
    if not page.total:
        raise NotFound()
    return page


def with_tag(name: str, now: datetime, number: int) -> Page:
    """Return a page of what is filed under a tag. Raises NotFound when nothing is."""
    pagecache.tag("news")
    tagged = select(Tag.revision_id).where(Tag.name == name)
    page = _page(_live().where(Article.live_id.in_(tagged)), now, number, Article.published_at.desc(), Article.id.desc())
    if not page.total:
        raise NotFound()
    return page


def public_article(slug: str) -> Article:
    """Return an article that readers may open: live, withdrawn (its notice), or archived after it was live."""
    statement = select(Article).where(
        Article.slug == slug, Article.live_id.is_not(None),
        Article.state.in_([*PUBLIC, State.WITHDRAWN.value, State.ARCHIVED.value]),
    ).options(
        joinedload(Article.live).options(
            joinedload(Revision.cover), selectinload(Revision.bylines).joinedload(Byline.org),
            selectinload(Revision.tags), selectinload(Revision.related),
        )
    )
    article = db.session().scalar(access.unscoped(statement, why="published"))
    if article is None or article.live is None:
        raise NotFound()
    return article


def related(revision: Revision, article: Article, now: datetime, *, limit: int = 4) -> list[Story]:
    """Return the stories an editor chose, filled up with the newest that share a tag, then of the section."""
    pagecache.tag(f"news:section:{article.section_id}", *(f"news:tag:{tag.name}" for tag in revision.tags))
    ids = [item.article_id for item in revision.related]
    chosen = {a.id: a for a in db.session().scalars(_live().where(Article.id.in_(ids)))} if ids else {}
    found = [story(chosen[item], now) for item in ids if item in chosen][:limit]
    seen = {article.id, *chosen}
    names = [tag.name for tag in revision.tags]
    sources = [_live().where(Article.section_id == article.section_id)]
    if names:
        shared = select(Tag.revision_id).where(Tag.name.in_(names))
        sources.insert(0, _live().where(Article.live_id.in_(shared)))
    for source in sources:
        if len(found) >= limit:
            break
        rest = source.where(Article.id.not_in(seen)).order_by(Article.published_at.desc()).limit(limit - len(found))
        extra = _stories(db.session().scalars(rest), now)
        found += extra
        seen |= {item.id for item in extra}
    return found


def neighbours(article: Article, now: datetime) -> tuple[Story | None, Story | None]:
    """Return the live stories of the section right before and right after this one."""
    same = _live().where(Article.section_id == article.section_id, Article.id != article.id)
    older = same.where(Article.published_at <= article.published_at).order_by(Article.published_at.desc(), Article.id.desc())
    newer = same.where(Article.published_at > article.published_at).order_by(Article.published_at, Article.id)
    before, after = db.session().scalars(older.limit(1)).first(), db.session().scalars(newer.limit(1)).first()
    return before and story(before, now), after and story(after, now)


def active_orgs(now: datetime, *, limit: int) -> list[tuple[str, str, int]]:
    """Return (slug, name, stories in the last 30 days) of the orgs that publish most, for "latest by org"."""
    since = now - timedelta(days=30)
    count = func.count(Article.id)
    rows = db.session().execute(
        access.unscoped(
            select(Org, count).join(Article, Article.org_id == Org.id)
            .where(Article.state.in_(PUBLIC), Article.published_at >= since)
            .group_by(Org.id).order_by(count.desc(), Org.id).limit(limit),
            why="published",
        )
    )
    return [(org.slug, org_name(org), number) for org, number in rows]


def newest_of_orgs(now: datetime, *, limit: int) -> list[Story]:
    """Return the newest story of each org that published lately, newest org first."""
    rank = func.row_number().over(partition_by=Article.org_id, order_by=Article.published_at.desc()).label("rank")
    ranked = select(Article.id, rank).where(Article.state.in_(PUBLIC)).subquery()
    chosen = select(ranked.c.id).where(ranked.c.rank == 1)
    rows = _live().where(Article.id.in_(chosen)).order_by(Article.published_at.desc()).limit(limit)
    return _stories(db.session().scalars(rows), now)


def addresses() -> list[tuple[str, datetime]]:
    """Return (address, last change) of every live article, for the sitemap."""
    pagecache.tag("news")
    rows = db.session().execute(
        access.unscoped(
            select(Section.slug, Article.slug, Article.published_at, Article.corrected_at)
            .join(Section, Article.section_id == Section.id)
            .where(Article.state.in_(PUBLIC)).order_by(Article.id),
            why="published",
        )
    )
    return [(f"/news/{row[0]}/{row[1]}/", row.corrected_at or row.published_at) for row in rows]


def feed(now: datetime, limit: int, section_id: int | None = None) -> list[tuple[Story, str]]:
    """Return the newest stories with their sanitised bodies, for a feed."""
    pagecache.tag("news" if section_id is None else f"news:section:{section_id}")
    statement = _live().order_by(Article.published_at.desc(), Article.id.desc()).limit(limit)
    if section_id is not None:
        statement = statement.where(Article.section_id == section_id)
    articles = list(db.session().scalars(statement))
    ids = [article.live_id for article in articles]
    bodies = {row.id: row.body for row in db.session().execute(select(Revision.id, Revision.body).where(Revision.id.in_(ids)))}
    return [(story(article, now), bodies.get(article.live_id or 0, "")) for article in articles]


def live(article: Article) -> Revision:
    """Return the revision that readers see. Raises NotFound when there is none."""
    if article.live is None:
        raise NotFound()
    return article.live


def corrections(article: Article) -> list[tuple[datetime, str]]:
    """Return (when, what) of every correction that readers were told of, newest first."""
    if not article.corrected_at:
        return []
    rows = db.session().execute(
        select(Transition.at, Transition.note)
        .where(Transition.article_id == article.id, Transition.action == "correct")
        .order_by(Transition.id.desc())
    )
    return [(row.at, row.note) for row in rows]
