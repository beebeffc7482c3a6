"""Invented views of the demo's articles over the last sixty days: most on the first day, fewer at weekends, a long tail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import exp
from random import Random
from typing import Any

from sqlalchemy import insert, select

from unionhall.base import clock, db
from unionhall.news import most_read
from unionhall.news.models import Article, State
from unionhall.platform.access import unscoped
from unionhall.platform.reads.models import DayViews

DAYS = 60
SEED = 20260514
WEEKEND = 0.6
FADES_IN_DAYS = 2.5


def load(now: datetime) -> None:
    """Invent the views, the same in every demo, and rank them."""
    db.session().flush()
    shown = select(Article.id, Article.published_at, Article.lead_at, Article.withdrawn_at)
    shown = shown.where(Article.published_at.is_not(None), Article.state != State.ARCHIVED.value)
    articles = db.session().execute(unscoped(shown.order_by(Article.id), why="demo")).all()
    rows = list(_rows(articles, clock.local(now)))
    if rows:
        db.session().execute(insert(DayViews), rows)
    most_read.store(most_read.ranked(now))


def _rows(articles: Any, now: datetime) -> Iterator[dict[str, Any]]:
    chance, today = Random(SEED), now.date()  # noqa: S311 - invented figures
    for article_id, published_at, lead_at, withdrawn_at in articles:
        interest = chance.lognormvariate(5.2, 0.7) * (3 if lead_at else 1)
        for day in (today - timedelta(days=at) for at in range(DAYS - 1, -1, -1)):
            noise = chance.uniform(0.7, 1.3)
            views = round(noise * _share(day, now) * _expected(interest, (day - clock.local_day(published_at)).days))
            if views > 0 and not (withdrawn_at and day > clock.local_day(withdrawn_at)):
                yield {"kind": most_read.KIND, "object_id": article_id, "day": day, "views": views}


def _expected(interest: float, age: int) -> float:
    """Return how often an article is looked at on the day it is `age` days old."""
    return 0.0 if age < 0 else interest * exp(-age / FADES_IN_DAYS) + interest / 60


def _share(day: date, now: datetime) -> float:
    """Return which share of an ordinary day's views a day brings: less at weekends, today only as far as it has come."""
    rest = WEEKEND if day.weekday() >= 5 else 1.0
    return rest * ((now.hour + 1) / 24 if day == now.date() else 1.0)
