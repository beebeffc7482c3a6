"""The newsroom's cards on the dashboard: what waits for this person, what is scheduled, what happened lately."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, url_for
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.accounts import queries as accounts
from unionhall.base import clock
from unionhall.desk import charts
from unionhall.hooks.types import Actor, Card
from unionhall.news import desk_queries, figures, flow, labels, readership, review, rights
from unionhall.news.models import Article
from unionhall.platform.access import can
from unionhall.platform.jobs import last_run

SHOWN = 5
DAYS = 14


def cards(actor: Actor, scope: str, now: datetime) -> Iterator[Card]:
    """Yield the cards that this actor has a use for, within the org that they work in."""
    reviews, reads, writes = (can(actor, right) for right in (rights.REVIEW, rights.READ, rights.WRITE))
    queue = desk_queries.review_queue(actor, below=scope) if reviews else []
    coming = desk_queries.upcoming(actor, below=scope) if reads or writes else []
    if reviews:
        yield _waiting(queue, now)
    if reads or writes:
        yield _scheduled(coming, now)
    if writes:
        yield _returned(desk_queries.returned_to(actor), now)
    if reads or writes:
        yield _published(actor, scope, now)
    if reviews and queue:
        yield _card("queue", "main", 10, rows=[(row, flow.due_chip(row, now), _note(row, now)) for row in queue[:SHOWN]], total=len(queue))
    if writes and not reads:
        yield from _mine(actor, scope, now)
    if reads:
        yield _chart(actor, scope, now)
        yield _tally(actor, scope, now)
    if can(actor, rights.EDIT):
        yield from _readership(actor, scope, now)
    if reads or writes:
        job = last_run("news.due")
        yield _card("upcoming", "side", 10, rows=[(row, _clock(row.publish_at or now, now)) for row in coming[:SHOWN]], job=job)
        yield from _lately(actor, scope)


def _card(name: str, place: Any, order: int, **shown: Any) -> Card:
    return Card(Markup(render_template(f"news/desk_card_{name}.html", **shown)), place, order)


def _stat(order: int, word: str, number: int, note: str, url: str, *, due: bool = False) -> Card:
    return _card("stat", "stat", order, word=word, number=number, note=note, url=url, due=due)


def _waiting(queue: list[Article], now: datetime) -> Card:
    late = flow.overdue(queue, now)
    note = _("其中 %(n)s 篇超时", n=late) if late else (_("都在时限内") if queue else _("没有积压"))
    return _stat(10, _("等我审"), len(queue), note, url_for("news_desk.review_queue"), due=bool(queue))


def _scheduled(coming: list[Article], now: datetime) -> Card:
    at = coming[0].publish_at if coming else None
    note = _("最近一篇 %(when)s", when=_clock(at, now)) if at else _("没有定时的稿件")
    return _stat(20, _("待发布"), len(coming), note, url_for("news_desk.calendar"))


def _returned(back: list[Article], now: datetime) -> Card:
    note, url = _("没有退回的稿件"), url_for("news_desk.articles", tab="returned")
    if back:
        step = desk_queries.last_return(back[0])
        who = accounts.names({step.account_id}).get(step.account_id, "") if step and step.account_id else ""
        when = _clock(step.at, now) if step else ""
        note = _("%(who)s · %(when)s", who=who or _("系统"), when=when)
        url = url_for("news_desk.edit", article_id=back[0].id) if len(back) == 1 else url
    return _stat(30, _("退回给我"), len(back), note, url, due=bool(back))


def _published(actor: Actor, scope: str, now: datetime) -> Card:
    start = _month(now)
    then = start.replace(year=start.year - 1)
    this = figures.published_between(actor, start, now + timedelta(seconds=1), below=scope)
    last = figures.published_between(actor, then, _next_month(then), below=scope)
    note = _("去年同月 %(n)s", n=last)
    return _stat(40, _("本月已发"), this, note, url_for("news_desk.articles", tab="published"))


def _chart(actor: Actor, scope: str, now: datetime) -> Card:
    days = figures.published_per_day(actor, days=DAYS, now=now, below=scope)
    total, most = sum(count for _day, count in days), max(count for _day, count in days)
    label = _("近 %(days)s 天发布 %(total)s 篇，最多的一天 %(most)s 篇", days=DAYS, total=total, most=most)
    drawn = charts.bars([(format_date(day.date(), _("d 日")), count) for day, count in days], label=label)
    return _card("chart", "main", 20, chart=drawn, days=days, number=DAYS, total=total)


def _tally(actor: Actor, scope: str, now: datetime) -> Card:
    start = _month(now)
    rows = figures.tally(actor, start=start, end=_next_month(start), by="org", below=scope)
    return _card("tally", "main", 30, rows=rows[:SHOWN], more=max(0, len(rows) - SHOWN), year=start.year, month=start.month)


def _readership(actor: Actor, scope: str, now: datetime) -> Iterator[Card]:
    week = readership.week(actor, scope, clock.local_day(now))
    if not week.total:
        return
    label = _("近 7 天每天的浏览次数，最多的一天 %(most)s 次", most=format_decimal(max(week.days)))
    yield _card("readership", "side", 15, week=week, spark=charts.spark(week.days, label=label))


def _mine(actor: Actor, scope: str, now: datetime) -> Iterator[Card]:
    """For a correspondent, whose articles are all they see: where each stands."""
    rows, total = desk_queries.listed(actor, desk_queries.Filter(tab="mine", below=scope))
    if rows:
        yield _card("mine", "main", 10, rows=[(row, labels.chip(row, now)) for row in rows[: 2 * SHOWN]], total=total)


def _lately(actor: Actor, scope: str) -> Iterator[Card]:
    found = figures.latest_steps(actor, below=scope)
    if not found:
        return
    names = accounts.names({item.step.account_id for item in found if item.step.account_id})
    rows = [(item, labels.step_word(item.step), names.get(item.step.account_id or 0, _("系统"))) for item in found]
    yield _card("lately", "side", 20, rows=rows)


def _note(article: Article, now: datetime) -> str:
    author = labels.byline([(item.role, item.name) for item in article.head.bylines])
    span = labels.lasted(now - article.submitted_at) if article.submitted_at else ""
    return _("%(step)s · %(author)s · %(span)s前提交", step=review.step_due(article), author=author, span=span)


def _clock(moment: datetime, now: datetime) -> str:
    """Return "11:30", "明天 07:00", "昨天 17:02" or "05-18 07:00"."""
    then, today = clock.local(moment), clock.local_day(now)
    time, away = f"{then:%H:%M}", (then.date() - today).days
    if away == 0:
        return time
    if away == 1:
        return _("明天 %(time)s", time=time)
    return _("昨天 %(time)s", time=time) if away == -1 else f"{then:%m-%d} {time}"


def _month(now: datetime) -> datetime:
    return clock.local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _next_month(start: datetime) -> datetime:
    return (start + timedelta(days=32)).replace(day=1)
