"""Views of articles in a period, within the orgs that somebody edits for: by day, article, section and org.

Views are not people: one person may look twice, and several may look at one screen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import BigInteger, Join, Select, Subquery, cast, func, select, union_all

from unionhall.base import clock, db
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.models import Article, BylineRole, Revision, Section
from unionhall.news.most_read import KIND
from unionhall.news.periods import Period
from unionhall.news.stories import ORG, B, R, S
from unionhall.orgs.models import Org
from unionhall.platform import access, pagecache
from unionhall.platform.reads.keeping import first_kept
from unionhall.platform.reads.models import DayViews, MonthViews

MOST_DAYS = 100
_S = TypeVar("_S", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class ArticleViews:
    """How often an article was looked at."""

    id: int
    headline: str
    section: str
    section_slug: str
    slug: str
    org: str
    published_at: datetime | None
    views: int

    @property
    def url(self) -> str:
        """Return its public address."""
        return f"/news/{self.section_slug}/{self.slug}/"


@dataclass(frozen=True, slots=True)
class Share:
    """How often the articles of one section or one org were looked at."""

    name: str
    articles: int
    views: int


@dataclass(frozen=True, slots=True)
class Shares:
    """The same views, told by section and by org, and how many of them went to articles signed by a correspondent."""

    sections: list[Share]
    orgs: list[Share]
    total: int
    correspondents: int


def per_day(actor: Actor, period: Period, below: str) -> list[tuple[date, int]]:
    """Return (day, views) of every day; (first day, views) of every month when the period is long or its days are not kept."""
    views = _views(period)
    rows = select(views.c.at, func.sum(views.c.views)).join(Article, Article.id == views.c.object_id).group_by(views.c.at)
    counted = {at: int(number) for at, number in db.session().execute(_scoped(rows, actor, below))}
    if not in_months(period):
        return [(day, counted.get(day, 0)) for day in _days(period)]
    months = {day.replace(day=1): 0 for day in _days(period)}
    for day, number in counted.items():
        months[day.replace(day=1)] += number
    return list(months.items())


def in_months(period: Period) -> bool:
    """Say whether a period is told month by month: it is long, or reaches back to where days are not kept."""
    return period.days > MOST_DAYS or period.start < first_kept(clock.local_day(clock.now()))


def total(actor: Actor, period: Period, below: str) -> int:
    """Return how often articles were looked at in a period."""
    views = _views(period)
    summed = select(func.sum(views.c.views)).join(Article, Article.id == views.c.object_id)
    return int(db.session().scalar(_scoped(summed, actor, below)) or 0)


def counted_since() -> date | None:
    """Return the day (or the first day of the month) of the first view that was ever counted."""
    oldest = [select(func.min(at)).where(table.kind == KIND) for table, at in ((DayViews, DayViews.day), (MonthViews, MonthViews.month))]
    return min((day for day in map(db.session().scalar, oldest) if day), default=None)


def most_read(actor: Actor, period: Period, below: str, *, limit: int) -> list[ArticleViews]:
    """Return the articles that were looked at most, whatever has become of them since."""
    by = _by_article(actor, period, below)
    columns = (by.c.id, R.headline, S.name, S.slug, by.c.slug, ORG.name, by.c.published_at, by.c.views)
    rows = (
        select(*columns)
        .select_from(_placed(by).join(Revision.__table__, R.id == by.c.revision_id))
        .order_by(by.c.views.desc(), by.c.id.desc()).limit(limit)
    )  # fmt: skip
    return [ArticleViews(*row[:-1], views=int(row[-1])) for row in db.session().execute(rows)]


@dataclass(frozen=True, slots=True)
class Week:
    """The last seven days for the dashboard: views of each, in all, of the seven before, and what was read most."""

    days: tuple[int, ...]
    total: int
    before: int
    articles: tuple[ArticleViews, ...]


def week(actor: Actor, below: str, today: date) -> Week:
    """Return the last seven days, remembered for a minute: a dashboard is opened often."""
    places = ",".join(actor.paths(rights.EDIT))

    def read() -> Week:
        numbers = [number for _day, number in per_day(actor, Period(today - timedelta(days=13), today), below)]
        top = most_read(actor, Period(today - timedelta(days=6), today), below, limit=3)
        return Week(tuple(numbers[7:]), sum(numbers[7:]), sum(numbers[:7]), tuple(top))

    return pagecache.remembered(f"news.week.{today}.{places}.{below}", read, seconds=60.0)


def shares(actor: Actor, period: Period, below: str) -> Shares:
    """Return the period's views by section and by org, most viewed first, and the share of what correspondents signed."""
    by = _by_article(actor, period, below)
    signed = select(B.revision_id).where(B.revision_id == by.c.revision_id, B.role == BylineRole.CORRESPONDENT.value).exists()
    told = select(by.c.section_id, by.c.org_id, signed.label("signed"), by.c.views).subquery()
    key = (S.id, S.name, ORG.id, ORG.name, told.c.signed)
    rows = select(*key, func.count(), cast(func.sum(told.c.views), BigInteger)).select_from(_placed(told)).group_by(*key)
    found = [_Cell(*row) for row in db.session().execute(rows)]
    return Shares(
        _ranked((cell.section_id, cell.section, cell) for cell in found), _ranked((cell.org_id, cell.org, cell) for cell in found),
        sum(cell.views for cell in found), sum(cell.views for cell in found if cell.signed),
    )  # fmt: skip


class _Cell(NamedTuple):
    section_id: int
    section: str
    org_id: int
    org: str
    signed: bool
    articles: int
    views: int


def _ranked(cells: Iterable[tuple[int, str, _Cell]]) -> list[Share]:
    """Add up what stands under one number, most viewed first; no article is in two cells."""
    found: dict[int, Share] = {}
    for number, name, cell in cells:
        known = found.get(number, Share(name, 0, 0))
        found[number] = Share(name, known.articles + cell.articles, known.views + cell.views)
    return sorted(found.values(), key=lambda share: (-share.views, share.name))


def _placed(articles: Subquery) -> Join:
    """Join articles with their section and org."""
    return articles.join(Section.__table__, S.id == articles.c.section_id).join(Org.__table__, ORG.id == articles.c.org_id)


def _views(period: Period) -> Subquery:
    """Select (object, day or month, views) of a period."""
    parts = [
        select(table.object_id, at.label("at"), table.views).where(table.kind == KIND, at >= period.start, at <= period.end)
        for table, at in ((DayViews, DayViews.day), (MonthViews, MonthViews.month))
    ]
    return union_all(*parts).subquery()


def _by_article(actor: Actor, period: Period, below: str) -> Subquery:
    """Select each article that was looked at, with the views of the period."""
    views, revision = _views(period), func.coalesce(Article.live_id, Article.head_id).label("revision_id")
    columns = (Article.id, Article.slug, Article.section_id, Article.org_id, Article.published_at, revision)
    rows = select(*columns, func.sum(views.c.views).label("views")).join(views, views.c.object_id == Article.id)
    return _scoped(rows.group_by(Article.id), actor, below).subquery()


def _scoped(rows: _S, actor: Actor, below: str) -> _S:
    return access.scoped(rows, Article, actor, rights.EDIT, below)


def _days(period: Period) -> list[date]:
    return [period.start + timedelta(days=at) for at in range(period.days)]
