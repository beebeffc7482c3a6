"""Figures of the newsroom: what was published day by day, what each org contributed, what happened lately."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, distinct, func, select
from sqlalchemy.orm import joinedload, load_only

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.hooks.types import Actor
from unionhall.news.desk_queries import visible
from unionhall.news.models import Article, Revision, Transition
from unionhall.orgs.models import Org
from unionhall.platform import access


def published_per_day(actor: Actor, *, days: int, now: datetime, below: str | None = None) -> list[tuple[datetime, int]]:
    """Return (Shanghai midnight, articles published that day) for the last `days` days, oldest first."""
    today = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=days - 1)
    moments = visible(actor, below).where(Article.published_at >= first, Article.live_id.is_not(None))
    found = db.session().scalars(access.unscoped(moments.with_only_columns(Article.published_at), why="counted"))
    counted = Counter(clock.local_day(moment) for moment in found if moment)
    return [(day, counted[day.date()]) for day in (first + timedelta(days=n) for n in range(days))]


def published_between(actor: Actor, start: datetime, end: datetime, *, below: str | None = None) -> int:
    """Return how many articles readers first saw in a period."""
    rows = visible(actor, below).where(Article.published_at >= start, Article.published_at < end)
    return db.session().scalar(access.unscoped(rows.with_only_columns(func.count(Article.id)), why="counted")) or 0


@dataclass(frozen=True)
class Tally:
    """Contributions of one org or one correspondent in a period: distinct articles."""

    name: str
    org: str
    submitted: int
    used: int
    lead: int


def tally(actor: Actor, *, start: datetime, end: datetime, by: str, below: str | None = None) -> list[Tally]:
    """Return the acceptance tally by "org" or "author": submitted, used and lead articles, most used first.

    An article counts once, in the period of its first submission; "used" is published by now. A
    correspondent stands under the org that looks after their account, whichever org they wrote for.
    """
    first = func.min(Transition.at)
    submitted = (
        select(Transition.article_id).where(Transition.action == "submit")
        .group_by(Transition.article_id).having(first >= start, first < end)
    )
    used = case((Article.published_at.is_not(None), Article.id))
    lead = case((and_(Article.published_at.is_not(None), Article.lead_at.is_not(None)), Article.id))
    columns = (func.count(distinct(Article.id)), func.count(distinct(used)), func.count(distinct(lead)))
    base = visible(actor, below).where(Article.id.in_(submitted))
    if by == "author":
        home = base.join(Account, Account.id == Article.author_id).join(Org, Org.id == Account.org_id)
        rows = home.with_only_columns(Account.name, Org.name, *columns).group_by(Account.id, Account.name, Org.name)
    else:
        own = base.join(Org, Org.id == Article.org_id)
        rows = own.with_only_columns(Org.name, Org.name, *columns).group_by(Org.id, Org.name)
    found = db.session().execute(access.unscoped(rows.order_by(None), why="counted"))
    return sorted((Tally(*row) for row in found), key=lambda item: (-item.used, -item.submitted, item.name))


@dataclass(frozen=True)
class Happening:
    """One step that an article took lately."""

    article: Article
    step: Transition


def latest_steps(actor: Actor, *, below: str | None = None, limit: int = 6) -> list[Happening]:
    """Return the newest step of each of the articles that moved last, among those the actor may open, newest first."""
    ids = visible(actor, below).with_only_columns(Article.id).order_by(None)
    newest = select(Transition).where(Transition.article_id.in_(ids)).order_by(Transition.at.desc(), Transition.id.desc())
    steps: dict[int, Transition] = {}
    for step in db.session().scalars(access.unscoped(newest.limit(8 * limit), why="visible")):
        steps.setdefault(step.article_id, step)
    shown = list(steps.values())[:limit]
    head = joinedload(Article.head).options(load_only(Revision.headline, Revision.article_id, Revision.number))
    articles = select(Article).where(Article.id.in_([step.article_id for step in shown])).options(head)
    found = {article.id: article for article in db.session().scalars(access.unscoped(articles, why="visible"))}
    return [Happening(found[step.article_id], step) for step in shown]
