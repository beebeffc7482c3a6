"""How often articles are looked at (阅读统计): a period, compared with the one before and a year ago, on screen and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from unionhall.base import clock, spreadsheet
from unionhall.base.errors import RuleBroken
from unionhall.desk import charts, scope
from unionhall.hooks.types import Actor
from unionhall.news import periods, readership, rights
from unionhall.news.desk_blueprint import bp
from unionhall.news.models import Article
from unionhall.news.most_read import KIND
from unionhall.news.periods import Period
from unionhall.orgs import queries as orgs
from unionhall.platform import reads
from unionhall.platform.access import current_actor, needs
from unionhall.platform.reads.keeping import first_kept

SHOWN, SHOWN_ORGS, MOST_ROWS = 20, 20, 5000
SPARK_DAYS = 30
TABLES = ("article", "section", "org", "day")


@dataclass(frozen=True, slots=True)
class Change:
    """Another period to compare with: how often then, and by how much it is more or less now; `why` when it cannot be."""

    period: Period
    views: int = 0
    percent: int | None = None
    why: str = ""

    @property
    def word(self) -> str:
        """Return "+12%", "−3%", or a dash."""
        if self.percent is None:
            return "—"
        return _("持平") if not self.percent else f"{'+' if self.percent > 0 else '−'}{abs(self.percent)}%"


@bp.context_processor
def panel() -> dict[str, Any]:
    """Give an article's pages its own small readership panel."""
    return {"readership_panel": _panel}


@bp.get("/readership/")
@needs(rights.EDIT)
def readership_page() -> ResponseReturnValue:
    """Show a period's views: in all, compared, by day, article, section and org."""
    actor, today = current_actor(), clock.local_day(clock.now())
    shown: dict[str, Any] = {
        "place": orgs.by_path(scope.current(actor)), "months": periods.months(today), "rolling": periods.ROLLING, "asked": None,
        "problem": None, "typed": {name: request.args.get(name, "") for name in ("since", "until")}, "today": today,
    }
    try:
        asked = _asked(today)
    except RuleBroken as problem:
        return render_template("news/desk_readership.html", **shown | {"problem": problem}), 422
    shown |= {"asked": asked, "period": asked.period, "args": _args(asked)} | _figures(actor, asked.period, today)
    return render_template("news/desk_readership.html", **shown)


@bp.get("/readership.csv")
@needs(rights.EDIT)
def readership_file() -> ResponseReturnValue:
    """Return one of the page's tables, whole, as a file for spreadsheets."""
    actor, by = current_actor(), request.args.get("by", "article")
    if by not in TABLES:
        abort(400)
    try:
        asked = _asked(clock.local_day(clock.now()))
    except RuleBroken:
        abort(400)
    header, lines = _table(actor, asked.period, by)
    answer = Response(spreadsheet.csv_bytes(header, lines), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="views-{by}-{asked.name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked(today: date) -> periods.Asked:
    """Read the period; one that no link offers is answered with 400. Raises RuleBroken for days typed wrong."""
    asked = periods.asked(request.args, today)
    if asked is None:
        abort(400)
    return periods.Asked(asked.period.widened(first_kept(today)), asked.days, asked.month)


def _args(asked: periods.Asked) -> dict[str, str | int]:
    if asked.month:
        return {"month": asked.month}
    return {"days": asked.days} if asked.days else {"since": str(asked.period.start), "until": str(asked.period.end)}


def _figures(actor: Actor, period: Period, today: date) -> dict[str, Any]:
    below, since = scope.current(actor), readership.counted_since()
    days, shares = readership.per_day(actor, period, below), readership.shares(actor, period, below)
    return {
        "days": days, "in_months": readership.in_months(period), "chart": _chart(days, period), "shares": shares,
        "articles": readership.most_read(actor, period, below, limit=SHOWN), "since": since,
        "before": _change(actor, period.before, shares.total, since, today),
        "year_ago": _change(actor, period.year_ago, shares.total, since, today),
        "percent": round(100 * shares.correspondents / shares.total) if shares.total else 0, "orgs_shown": SHOWN_ORGS,
    }


def _change(actor: Actor, then: Period, now_views: int, since: date | None, today: date) -> Change:
    """Compare with another period, if all its days were counted and are still told apart."""
    if since is None or then.start < since:
        return Change(then, why=_("那时还没有开始计数"))
    if then.widened(first_kept(today)) != then:
        return Change(then, why=_("那时只留了整月的数字"))
    views = readership.total(actor, then, scope.current(actor))
    return Change(then, views, round(100 * (now_views - views) / views) if views else None, "" if views else _("那时没有浏览"))


def _chart(days: Sequence[tuple[date, int]], period: Period) -> Any:
    top_day, most = max(days, key=lambda item: item[1])
    total, months = sum(number for _day, number in days), readership.in_months(period)
    words: dict[str, Any] = {"period": period.told(), "total": format_decimal(total), "most": format_decimal(most)}
    if months:
        label = _("%(period)s共浏览 %(total)s 次，最多的是 %(top)s，%(most)s 次", top=format_date(top_day, _("yyyy 年 M 月")), **words)
    else:
        label = _("%(period)s共浏览 %(total)s 次，最多的一天是 %(top)s，%(most)s 次", top=format_date(top_day, _("M 月 d 日")), **words)
    names = [f"{day:%Y-%m}" if months else f"{day.month}-{day.day}" for day, _number in days]
    return charts.over_time([(name, number) for name, (_day, number) in zip(names, days, strict=True)], label=label)


def _table(actor: Actor, period: Period, by: str) -> tuple[list[str], list[list[str | int]]]:
    below, views = scope.current(actor), _("浏览次数")
    if by == "day":
        return [_("日期"), views], [[str(day), number] for day, number in readership.per_day(actor, period, below)]
    if by == "article":
        found = readership.most_read(actor, period, below, limit=MOST_ROWS)
        rows: list[list[str | int]] = [[row.headline, row.section, row.org, _published(row), row.views, row.url] for row in found]
        return [_("标题"), _("栏目"), _("组织"), _("发布"), views, _("网址")], rows
    shares = readership.shares(actor, period, below)
    told = shares.sections if by == "section" else shares.orgs
    return [_("栏目") if by == "section" else _("组织"), _("篇数"), views], [[row.name, row.articles, row.views] for row in told]


def _published(row: readership.ArticleViews) -> str:
    return f"{clock.local(row.published_at):%Y-%m-%d %H:%M}" if row.published_at else ""


def _panel(article: Article) -> dict[str, Any] | None:
    """Return an article's views so far and of the last days; nothing for one that readers never saw."""
    if article.live_id is None:
        return None
    today = clock.local_day(clock.now())
    since = today - timedelta(days=SPARK_DAYS - 1)
    total, found = reads.views_of(KIND, [article.id]).get(article.id, 0), reads.per_day(KIND, article.id, since=since, until=today)
    numbers = [found.get(since + timedelta(days=at), 0) for at in range(SPARK_DAYS)]
    lately, most = sum(numbers), format_decimal(max(numbers))
    label = _("近 %(days)s 天浏览 %(n)s 次，最多的一天 %(most)s 次", days=SPARK_DAYS, n=format_decimal(lately), most=most)
    return {"total": total, "lately": lately, "days": SPARK_DAYS, "spark": charts.spark(numbers, label=label) if lately else None}
