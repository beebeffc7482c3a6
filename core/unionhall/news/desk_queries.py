"""What the newsroom sees: lists, the review queue, counts and the tally, always within the actor's grants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from unionhall.accounts.models import Account
from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.base.text import like_escape
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.models import LIVE, Article, Autosave, Byline, ReviewStep, Revision, State, Transition
from unionhall.platform import access

PAGE = 30
LARGEST_ID = 2**31 - 1
SORTS: dict[str, Any] = {
    "updated": Article.updated_at.desc(), "-updated": Article.updated_at.asc(),
    "published": Article.published_at.desc(), "-published": Article.published_at.asc(),
    "created": Article.id.desc(), "-created": Article.id.asc(),
}
TABS = ("all", "mine", *(state.value for state in State))


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. `tab` is a state, "mine" or "all"; `below` an org path."""

    tab: str = "all"
    search: str = ""
    section_id: int | None = None
    author_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: str | None = None
    sort: str = "updated"
    page: int = 1
    published_since: datetime | None = None
    published_until: datetime | None = None


def get(article_id: int, actor: Actor) -> Article:
    """Return an article the actor may open in the desk. Raises NotFound otherwise, as if it did not exist."""
    if article_id > LARGEST_ID:
        raise NotFound()
    statement = access.unscoped(_whole().where(Article.id == article_id), why="judged below")
    article: Article | None = db.session().scalar(statement)
    if article is None or not rights.may_read(actor, article):
        raise NotFound()
    return article


def by_origin(origin: str, actor: Actor) -> Article | None:
    """Return the article that came from there, if the actor may open it."""
    article: Article | None = db.session().scalar(access.unscoped(_whole().where(Article.origin == origin), why="judged below"))
    return article if article and rights.may_read(actor, article) else None


def several(ids: list[int], actor: Actor) -> list[Article]:
    """Return articles in the order of their ids. Raises NotFound when the actor may not open a single one of them."""
    statement = select(Article).where(Article.id.in_([item for item in ids if item <= LARGEST_ID]))
    rows = db.session().scalars(access.unscoped(statement.options(joinedload(Article.head)), why="judged below"))
    found = {article.id: article for article in rows if rights.may_read(actor, article)}
    if set(found) != set(ids):
        raise NotFound()
    return [found[item] for item in ids]


def revision(article: Article, number: int) -> Revision:
    """Return a revision of this article by its number. Raises NotFound."""
    wanted = select(Revision).where(Revision.article_id == article.id, Revision.number == min(number, LARGEST_ID))
    found = db.session().scalar(wanted)
    if found is None:
        raise NotFound()
    return found


def revisions(article: Article, *, limit: int = 100) -> list[Revision]:
    """Return the article's revisions without their bodies, newest first."""
    plain = load_only(Revision.number, Revision.at, Revision.account_id, Revision.note, Revision.headline)
    statement = select(Revision).options(plain).where(Revision.article_id == article.id)
    return list(db.session().scalars(statement.order_by(Revision.number.desc()).limit(limit)))


def transitions(article: Article) -> list[Transition]:
    """Return the steps the article took, oldest first."""
    return list(db.session().scalars(select(Transition).where(Transition.article_id == article.id).order_by(Transition.id)))


def last_return(article: Article) -> Transition | None:
    """Return the newest return, whose reason the author must see."""
    statement = select(Transition).where(Transition.article_id == article.id, Transition.action == "return")
    return db.session().scalars(statement.order_by(Transition.id.desc()).limit(1)).first()


def my_autosave(article: Article, actor: Actor) -> Autosave | None:
    """Return what this actor typed and has not saved, if anything."""
    row = db.session().get(Autosave, (article.id, actor.account_id or 0))
    return row if row and row.fields and row.saved_at else None


def others_here(article: Article, actor: Actor, now: datetime) -> list[tuple[str, datetime]]:
    """Return (name, last seen) of others who have the article open, seen within a quarter of an hour."""
    rows = db.session().execute(
        access.unscoped(
            select(Account.name, Autosave.seen_at).join(Account, Account.id == Autosave.account_id)
            .where(Autosave.article_id == article.id, Autosave.account_id != (actor.account_id or 0),
                   Autosave.seen_at > now - timedelta(minutes=15)),
            why="presence",
        )
    )
    return [(row.name, row.seen_at) for row in rows]


def _whole() -> Select[Any]:
    return select(Article).options(
        joinedload(Article.head).options(
            selectinload(Revision.bylines), selectinload(Revision.tags), selectinload(Revision.related)
        )
    )


def visible(actor: Actor, below: str | None) -> Select[Any]:
    """Select articles that the actor may open: all where they may read, and their own."""
    place = access.within(Article, [below]) if below else and_(True)
    if actor.system:
        return access.unscoped(select(Article).where(place), why="system")
    own = and_(Article.author_id == actor.account_id, access.within(Article, actor.paths(rights.WRITE)))
    seen = or_(access.within(Article, actor.paths(rights.READ)), own)
    return access.unscoped(select(Article).where(seen, place), why=rights.READ)


def _narrowed(actor: Actor, wanted: Filter) -> Select[Any]:
    statement = visible(actor, wanted.below).join(Revision, Article.head_id == Revision.id)
    if wanted.tab == "mine":
        statement = statement.where(Article.author_id == actor.account_id)
    elif wanted.tab == "published":
        statement = statement.where(Article.state.in_([state.value for state in LIVE]))
    elif wanted.tab != "all":
        statement = statement.where(Article.state == wanted.tab)
    if wanted.search:
        statement = statement.where(_matches(wanted.search))
    if wanted.section_id:
        statement = statement.where(Article.section_id == wanted.section_id)
    if wanted.author_id:
        statement = statement.where(Article.author_id == wanted.author_id)
    if wanted.since:
        statement = statement.where(Article.updated_at >= wanted.since)
    if wanted.until:
        statement = statement.where(Article.updated_at < wanted.until)
    if wanted.published_since:
        statement = statement.where(Article.published_at >= wanted.published_since)
    if wanted.published_until:
        statement = statement.where(Article.published_at < wanted.published_until)
    return statement


def _matches(search: str) -> Any:
    """Match headline, a byline's name, or the number that people quote (A-20260514-17)."""
    pattern = f"%{like_escape(search)}%"
    signed = select(Byline.revision_id).where(Byline.name.like(pattern, escape="\\"))
    found = or_(Revision.headline.like(pattern, escape="\\"), Article.head_id.in_(signed))
    tail = search.rpartition("-")[2]
    return or_(found, Article.id == int(tail)) if tail.isdecimal() and len(tail) < 10 else found


def listed(actor: Actor, wanted: Filter) -> tuple[list[Article], int]:
    """Return a page of articles, and how many match in all."""
    statement = _narrowed(actor, wanted)
    counted = statement.with_only_columns(func.count(Article.id)).order_by(None)
    total = db.session().scalar(access.unscoped(counted, why="counted")) or 0
    head = joinedload(Article.head).options(
        load_only(Revision.headline, Revision.article_id, Revision.number), selectinload(Revision.bylines)
    )
    rows = statement.options(head).order_by(SORTS.get(wanted.sort, SORTS["updated"]), Article.id.desc())
    return list(db.session().scalars(rows.limit(PAGE).offset((wanted.page - 1) * PAGE))), total


def part(actor: Actor, wanted: Filter, *, before: int | None, limit: int) -> list[Article]:
    """Return the newest articles of a list below the id `before`, whole pages of it for a file."""
    statement = _narrowed(actor, wanted)
    if before is not None:
        statement = statement.where(Article.id < before)
    head = joinedload(Article.head).options(
        load_only(Revision.headline, Revision.article_id, Revision.number), selectinload(Revision.bylines)
    )
    return list(db.session().scalars(statement.options(head).order_by(Article.id.desc()).limit(limit)))


def counts(actor: Actor, wanted: Filter) -> dict[str, int]:
    """Return {tab: how many}, for the tabs above the list, with the other filters as they are."""
    base = _narrowed(actor, replace(wanted, tab="all"))
    rows = base.with_only_columns(Article.state, func.count(Article.id)).order_by(None).group_by(Article.state)
    found = {row[0]: row[1] for row in db.session().execute(access.unscoped(rows, why="counted"))}
    mine = _narrowed(actor, replace(wanted, tab="mine")).with_only_columns(func.count(Article.id)).order_by(None)
    result = {state.value: found.get(state.value, 0) for state in State}
    result["published"] += result.pop("corrected")
    result["all"] = sum(found.values())
    result["mine"] = db.session().scalar(access.unscoped(mine, why="counted")) or 0
    return result


def review_queue(actor: Actor, *, below: str | None = None, limit: int = 100) -> list[Article]:
    """Return what waits for this actor's review, oldest submission first: never their own, never a second step."""
    head = joinedload(Article.head).options(selectinload(Revision.bylines))
    statement = _waiting_for(actor, below).options(head).order_by(Article.submitted_at, Article.id).limit(limit)
    return list(db.session().scalars(access.unscoped(statement, why=rights.REVIEW)))


def review_count(actor: Actor, *, below: str | None = None) -> int:
    """Return how many articles wait for this actor's review."""
    counted = _waiting_for(actor, below).with_only_columns(func.count(Article.id))
    return db.session().scalar(access.unscoped(counted, why="counted")) or 0


def _waiting_for(actor: Actor, below: str | None) -> Select[Any]:
    passed = select(Transition.article_id).where(
        Transition.action == "pass", Transition.account_id == actor.account_id,
        Transition.article_id == Article.id, Transition.round == Article.round,
    )
    step = select(ReviewStep.permission).where(
        ReviewStep.section_id == Article.section_id, ReviewStep.position == Article.step
    ).scalar_subquery()
    due = func.coalesce(step, rights.SIGN_OFF)
    mine = or_(*(
        and_(due == permission, access.within(Article, actor.paths(permission)))
        for permission in (rights.REVIEW, rights.SIGN_OFF)
    ))
    place = access.within(Article, [below]) if below else and_(True)
    others = or_(Article.author_id.is_(None), Article.author_id != actor.account_id)
    return select(Article).where(Article.state == State.SUBMITTED.value, mine, place, ~passed.exists(), others)


def returned_to(actor: Actor) -> list[Article]:
    """Return the actor's own articles that came back, newest first."""
    own = and_(Article.author_id == actor.account_id, access.within(Article, actor.paths(rights.WRITE)))
    statement = _whole().where(Article.state == State.RETURNED.value, own)
    return list(db.session().scalars(access.unscoped(statement.order_by(Article.updated_at.desc()).limit(50), why="own")))


def upcoming(actor: Actor, *, below: str | None = None, limit: int = 50) -> list[Article]:
    """Return what is scheduled, soonest first."""
    statement = visible(actor, below).where(Article.state == State.SCHEDULED.value).options(joinedload(Article.head))
    return list(db.session().scalars(statement.order_by(Article.publish_at, Article.id).limit(limit)))


def coming_down(actor: Actor, *, below: str | None = None, limit: int = 50) -> list[Article]:
    """Return what is live and will be taken down at a set minute, soonest first."""
    live = visible(actor, below).where(Article.state.in_([state.value for state in LIVE]), Article.expires_at.is_not(None))
    statement = live.options(joinedload(Article.head)).order_by(Article.expires_at, Article.id)
    return list(db.session().scalars(statement.limit(limit)))


def authors(actor: Actor, below: str | None = None) -> list[tuple[int, str]]:
    """Return (account id, name) of everybody who wrote something that the actor may see."""
    rows = visible(actor, below).join(Account, Account.id == Article.author_id)
    found = rows.with_only_columns(Account.id, Account.name).distinct().order_by(Account.name)
    return [(row[0], row[1]) for row in db.session().execute(access.unscoped(found, why="names"))]
