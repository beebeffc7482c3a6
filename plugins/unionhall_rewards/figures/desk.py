"""The desk's figures of a fund in a month, a quarter or a year."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from unionhall.plugin import (
    RuleBroken,
    chart_buckets,
    clock,
    current_actor,
    desk_scope,
    export_url,
    needs,
    never_cache,
    period_name,
    report_period,
    report_periods,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.figures import labels, queries
from unionhall_stations.api import stations_by_ids


@desk.get("/figures/")
@needs(rights.READ)
def figures() -> ResponseReturnValue:
    """Show a fund's figures; this month and the newest fund unless others are asked for."""
    never_cache()
    actor, today = current_actor(), clock.local_day(clock.now())
    rows, asked = queries.funds(actor, desk_scope(actor)), request.args.get("fund", "")
    if asked and not (asked.isdecimal() and len(asked) < 10):
        abort(404)
    found = queries.fund_of(int(asked), actor) if asked else next(iter(rows), None)
    periods = [(kind, report_periods(kind, today)) for kind in ("month", "quarter", "year")]
    wanted = request.args.get("period") or periods[0][1][0]
    shown: dict[str, object] = {"funds": rows, "fund": found, "periods": periods, "asked": wanted, "period_name": period_name}
    try:
        period = report_period({"period": wanted}, today)
    except RuleBroken as problem:
        return render_template("rewards/figures/desk.html", **shown, problem=problem), problem.status
    if found is not None:
        since, until = period.since, period.until
        stations = queries.stations(found.id, since, until)
        used = chart_buckets(queries.days(found.id, since, until), since, until)
        shown |= {
            "numbers": queries.numbers(found.id, since, until), "kinds": queries.kinds(found.id, since, until), "stations": stations,
            "span": {"since": since.isoformat(), "until": period.last_day.isoformat()},
            "names": stations_by_ids([row.station_id for row in stations]), "used": used,
            "chart": used.chart(label=labels.told(used)) if used.most else None, "titles": labels.TITLES,
            "export": export_url("rewards.figures", {"fund": str(found.id), "period": period.name}),
        }  # fmt: skip
    return render_template("rewards/figures/desk.html", **shown, problem=None)
