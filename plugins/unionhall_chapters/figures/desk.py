"""The desk's page of figures: an org's chapters in a month, a quarter or a year."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    ReportPeriod,
    RuleBroken,
    bar_chart,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    needs,
    never_cache,
    org_by_path,
    period_name,
    report_period,
    report_periods,
)
from unionhall_chapters import rights
from unionhall_chapters.activities import figures as activities
from unionhall_chapters.blueprints import desk
from unionhall_chapters.exercise import queries as exercise
from unionhall_chapters.figures import queries, tiles

MOST_ORGS = 50


@desk.get("/figures/")
@needs(rights.READ)
def figures() -> ResponseReturnValue:
    """Show the figures of the chapters in scope; a month that is over, unless another period is asked for."""
    actor, today = current_actor(), clock.local_day(clock.now())
    never_cache()
    there = queries.place(actor, desk_scope(actor))
    periods = [(kind, report_periods(kind, today)) for kind in ("month", "quarter", "year")]
    asked, sort = request.args.get("period") or periods[0][1][1], request.args.get("sort", "name")
    org = org_by_path(there.path)
    shown: dict[str, Any] = {"org": org, "periods": periods, "asked": asked, "period_name": period_name, "problem": None}
    try:
        period = report_period({"period": asked}, today)
    except RuleBroken as problem:
        return render_template("chapters/figures/desk.html", **shown | {"problem": problem, "period": None}), problem.status
    sort = sort if sort.removeprefix("-") in queries.SORTS else "name"
    return render_template("chapters/figures/desk.html", **shown | {"period": period, "sort": sort} | _numbers(there, period, sort))


def _numbers(there: queries.Place, period: ReportPeriod, sort: str) -> dict[str, Any]:
    actor = current_actor()
    rows, now = queries.compare(there, period)
    _rows, ago = queries.compare(there, period.year_ago)
    months = [(since, activities.held(there.path, since, until)) for since, until in period.months()]
    most = max(number for _month, number in months)
    label = _("协会活动场次，近 12 个月，最多的一个月 %(n)s 场", n=most)
    chart = bar_chart([(_("%(n)s 月", n=month.month), number) for month, number in months], label=label)
    return {
        "rows": queries.ordered(rows, sort), "tiles": tiles.of(now, ago, actor, there.path), "rate": tiles.rate, "whole": tiles.whole,
        "leads": {row.chapter.id for row in rows if can(actor, rights.LEAD, row.path)}, "small": queries.small(),
        "months": months, "chart": chart if most else None, "rates": _rates(there.path, period),
        "export": export_url("chapters.figures", {"period": period.name}),
    }  # fmt: skip


def _rates(path: str, period: ReportPeriod) -> list[exercise.Rate]:
    return exercise.rates(period.since, period.last_day, below=path, most=MOST_ORGS)
