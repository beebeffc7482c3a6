"""The desk's page of figures: stations by district against the target, visits by hour, services."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from unionhall.plugin import (
    RuleBroken,
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
from unionhall_stations.figures import showing, visits


@desk.get("/figures/visits/")
@needs(rights.READ)
def visit_figures() -> ResponseReturnValue:
    """Show the figures of the stations in scope: this month, unless another period is asked for."""
    never_cache()
    actor, today = current_actor(), clock.local_day(clock.now())
    path = desk_scope(actor)
    periods = [(kind, report_periods(kind, today)) for kind in ("month", "quarter", "year")]
    asked = request.args.get("period") or periods[0][1][0]
    shown = {"org": org_by_path(path), "periods": periods, "asked": asked, "period_name": period_name, "problem": None}
    try:
        period = report_period({"period": asked}, today)
    except RuleBroken as problem:
        return render_template("stations/figures/visits.html", **shown | {"problem": problem, "period": None}), problem.status
    found, span = visits.stations(actor, path), (period.since, period.until)
    times, people = visits.totals(found, *span)
    grid = visits.by_hour(found, *span)
    return render_template(
        "stations/figures/visits.html", **shown, period=period, stations=len(found), open=sum(row.state == "open" for row in found),
        target=visits.target(), times=times, people=people, districts=visits.districts(found, path, *span),
        lines=showing.busiest(visits.lines(found, *span)), services=visits.services(found, *span), heat=showing.heat(grid),
        hours=showing.hours(grid), export=export_url("stations.visits", {"period": period.name}),
        by_district=export_url("stations.districts", {"period": period.name}),
    )  # fmt: skip
