"""The desk's report: stations by district against the target, uptime, visits, redemptions, cost; every figure opens its rows."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Actor,
    NotFound,
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
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import labels
from unionhall_stations.figures import labels as words
from unionhall_stations.figures import report, showing, visits
from unionhall_stations.models import Station
from unionhall_stations.ratings import queries as ratings
from unionhall_stations.ratings.labels import mean
from unionhall_stations.tills import uses

MOST_BARS = 12


@desk.get("/figures/visits/")
@needs(rights.READ)
def visit_figures() -> ResponseReturnValue:
    """Show the figures of the stations in scope: this month, unless another period is asked for."""
    never_cache()
    actor, now = current_actor(), clock.now()
    path = desk_scope(actor)
    shown, period, status = _asked(path)
    if period is None:
        return render_template("stations/figures/visits.html", **shown), status
    found, since, until = visits.stations(actor, path), period.since, period.until
    rows = report.lines(found, since, until, now)
    _times, people = visits.totals(found, since, until)
    grid, offers = visits.by_hour(found, since, until), visits.services(found, since, until)
    places = report.places(rows, path, since, until)
    bars = [(row.district.name[:6], row.district.open) for row in places[:MOST_BARS]]
    return render_template(
        "stations/figures/visits.html", **shown, stations=len(found), open=sum(row.state == "open" for row in found),
        target=visits.target(), people=people,
        whole=report.whole(rows), places=places, score=ratings.whole([row.id for row in found], since, until),
        busiest=report.ordered(rows, "times")[:10],
        services=offers, heat=showing.heat(grid), hours=showing.hours(grid), redeems=bool(uses.live_sources()),
        chart=bar_chart(bars, label=_("各地开放的驿站，最多的地方 %(n)s 个", n=max((number for _name, number in bars), default=0))),
        services_chart=bar_chart([(row.name[:4], row.stations) for row in offers[:MOST_BARS]], label=str(labels.SERVICES_CHART)),
        export=export_url("stations.visits", period.args), by_hour=export_url("stations.hours", period.args),
        by_district=export_url("stations.districts", period.args),
    )  # fmt: skip


@desk.get("/figures/rows/")
@needs(rights.READ)
def figure_rows() -> ResponseReturnValue:
    """Show the stations behind a figure: all in scope or one district's, sorted by what the figure counts, or those of an hour."""
    never_cache()
    actor, now = current_actor(), clock.now()
    path = desk_scope(actor)
    shown, period, status = _asked(path)
    if period is None:
        return render_template("stations/figures/rows.html", **shown, rows=[], hour=None), status
    found, since, until = _of_district(visits.stations(actor, path), path), period.since, period.until
    weekday, hour = _number("weekday", 7), _number("hour", 24)
    shown["redeems"] = bool(uses.live_sources())
    if weekday is not None and hour is not None:
        at = _("%(day)s %(n)s 点", day=labels.WEEKDAYS[weekday], n=hour)
        return render_template("stations/figures/rows.html", **shown, rows=visits.at_hour(found, since, until, weekday, hour), hour=at)
    by = request.args.get("by", "")
    by = by if by in report.ORDERS else "number"
    return render_template(
        "stations/figures/rows.html", **shown, rows=report.ordered(report.lines(found, since, until, now), by), hour=None, by=by,
        orders=words.ORDERS, uses_of=_uses_of(actor, period), export=export_url("stations.visits", period.args),
    )  # fmt: skip


def _asked(path: str) -> tuple[dict[str, Any], ReportPeriod | None, int]:
    """Return what every page of the report shows, the period that is asked for, None when there is none like that, and the status."""
    today = clock.local_day(clock.now())
    periods = [(kind, report_periods(kind, today)) for kind in ("month", "quarter", "year")]
    shown: dict[str, Any] = {
        "org": org_by_path(path), "periods": periods, "asked": request.args.get("period") or periods[0][1][0], "period_name": period_name,
        "told": words.told, "problem": None, "period": None, "yuan": words.yuan, "share": words.share, "mean": mean,
    }  # fmt: skip
    try:
        shown["period"] = report_period(request.args, today)
    except RuleBroken as problem:
        shown["problem"] = problem
        return shown, None, problem.status
    return shown, shown["period"], 200


def _of_district(found: list[Station], path: str) -> list[Station]:
    wanted = _number("district", 2**31 - 1)
    if wanted is None:
        return found
    inside = [row for row in found if visits.district_of(row, path) == wanted]
    if not inside:
        raise NotFound()
    return inside


def _number(name: str, below: int) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) < below else None


def _uses_of(actor: Actor, period: ReportPeriod) -> Any:
    """Return the function that leads from a station to its redemptions, "" for who may not see them."""
    sources = [source for source in uses.live_sources() if can(actor, source.permission)]
    return lambda station_id: sources[0].rows_url(station_id, period.since, period.until) if sources else ""
