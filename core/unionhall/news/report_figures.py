"""The newsroom's figures in the leadership's report."""

from __future__ import annotations

from datetime import date, timedelta

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from unionhall.base import clock, db
from unionhall.hooks.reporting import ReportFigure
from unionhall.hooks.types import SYSTEM
from unionhall.news import readership
from unionhall.news.models import LIVE, Article
from unionhall.news.periods import Period
from unionhall.platform import access

DAY = timedelta(days=1)
GROUP = _l("新闻")


def _shown(since: date, until: date) -> Select[int]:
    start, end = clock.first_moment(since), clock.first_moment(until)
    live = Article.state.in_([state.value for state in LIVE])
    return select(func.count(Article.id)).where(Article.published_at >= start, Article.published_at < end, live)


def _published(path: str, since: date, until: date) -> int:
    """Count articles that readers can read, published in the period, at or below the org."""
    statement = _shown(since, until).where(access.within(Article, [path]))
    return db.session().scalar(access.unscoped(statement, why="report")) or 0


def _from_below(path: str, since: date, until: date) -> int:
    """Count those of them that orgs below wrote."""
    here = select(access.ORG.c.id).where(access.ORG.c.path == path)
    statement = _shown(since, until).where(access.within(Article, [path]), Article.org_id.not_in(here))
    return db.session().scalar(access.unscoped(statement, why="report")) or 0


def _views(path: str, since: date, until: date) -> int:
    return readership.total(SYSTEM, Period(since, until - DAY), path)


def _articles_url(_path: str, since: date, until: date) -> str:
    return url_for("news_desk.articles", tab="published", published_since=since, published_until=until - DAY)


def _tally_url(_path: str, since: date, until: date) -> str:
    return url_for("news_desk.tally", year=since.year, month=since.month if since.month == (until - DAY).month else None)


def _views_url(_path: str, since: date, until: date) -> str:
    return url_for("news_desk.readership_page", since=since, until=until - DAY)


FIGURES = (
    ReportFigure("news.published", _l("发布的稿件"), GROUP, "items", _published, _articles_url, order=10),
    ReportFigure("news.from_below", _l("采用下级的稿件"), GROUP, "items", _from_below, _tally_url, order=11),
    ReportFigure("news.views", _l("稿件浏览（不是人数）"), GROUP, "times", _views, _views_url, order=12),
)
