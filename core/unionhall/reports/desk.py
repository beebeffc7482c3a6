"""The report (工作统计): one page per org and period, compared with last year, broken down by the orgs right below."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import RuleBroken
from unionhall.base.web import never_cache
from unionhall.desk import charts, scope
from unionhall.hooks.reporting import ReportFigure
from unionhall.orgs.models import Org
from unionhall.platform.access import current_actor, needs
from unionhall.reports import labels, periods, queries
from unionhall.reports.periods import Period
from unionhall.reports.queries import READ

bp = Blueprint("reports_desk", __name__, url_prefix="/reports")


@bp.get("/")
@needs(READ)
def report() -> ResponseReturnValue:
    """Show the figures of an org and a period."""
    actor, today = current_actor(), clock.local_day(clock.now())
    asked = request.args.get("org", "")
    org = queries.place(int(asked) if asked.isdecimal() and len(asked) < 11 else -1 if asked else None, actor, scope.current(actor))
    never_cache()
    shown: dict[str, Any] = {
        "org": org, "places": queries.places(org, actor), "choices": {kind: periods.choices(kind, today) for kind in periods.FIXED},
        "today": today, "labels": labels, "problem": None, "typed": {name: request.args.get(name, "") for name in ("since", "until")},
        "here": scope.current(actor) == org.path,
    }  # fmt: skip
    try:
        period = periods.asked(request.args, today)
    except RuleBroken as problem:
        return render_template("reports/desk_report.html", **shown | {"problem": problem, "period": None}), problem.status
    return render_template("reports/desk_report.html", **shown | {"period": period} | _numbers(org, period))


def _numbers(org: Org, period: Period) -> dict[str, Any]:
    actor, now = current_actor(), clock.now()
    lines = queries.lines(actor, org, period, now)
    figures = [line.figure for line in lines]
    chosen = next((figure for figure in figures if figure.name == request.args.get("figure")), figures[0] if figures else None)
    grouped = [figure for figure in figures if chosen and str(figure.group) == str(chosen.group)]
    months = queries.months(chosen, actor, org, period, now) if chosen else []
    return {
        "groups": [(group, list(found)) for group, found in groupby(lines, key=lambda line: str(line.figure.group))],
        "chosen": chosen, "grouped": grouped, "rows": queries.below(grouped, org, actor, period, now) if grouped else [],
        "months": months, "chart": _chart(chosen, months) if chosen and months else None,
        "at": min((line.now.at for line in lines if line.now), default=now), "small": max((f.small for f in grouped), default=0),
    }  # fmt: skip


def _chart(figure: ReportFigure, months: list[tuple[Any, int]]) -> Any:
    divided = 100 if figure.unit == "fen" else 1
    values = [(_("%(n)s 月", n=day.month), number // divided) for day, number in months]
    most = format_decimal(max(number for _name, number in values))
    label = _("%(what)s，近 12 个月，最多的一个月 %(most)s %(unit)s", what=figure.label, most=most, unit=labels.SHORT_UNITS[figure.unit])
    return charts.bars(values, label=label)
