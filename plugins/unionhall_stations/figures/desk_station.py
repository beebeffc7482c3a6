"""A station's own figures in the desk: its visits by day, its pauses, what it costs."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import (
    ReportPeriod,
    RuleBroken,
    UnionHallError,
    can,
    clock,
    current_actor,
    go,
    needs,
    never_cache,
    period_name,
    report_period,
    report_periods,
    session,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import queries as directory
from unionhall_stations.directory import tabs
from unionhall_stations.figures import costs, labels, report, uptime, visits
from unionhall_stations.figures.forms import CostForm
from unionhall_stations.ratings.labels import mean
from unionhall_stations.tills import uses

tabs.add("stations_desk.station_use", _l("运行和费用"), rights.READ, 50)


@desk.route("/<int:station_id>/use/", methods=["GET", "POST"])
@needs(rights.READ)
def station_use(station_id: int) -> ResponseReturnValue:
    """Show a station's period; note what it costs."""
    never_cache()
    actor, now, form, status = current_actor(), clock.now(), CostForm(), 200
    today = clock.local_day(now)
    found = directory.managed(station_id, actor, rights.MANAGE if request.method == "POST" else rights.READ)
    if form.accepted():
        try:
            costs.note(found, form.since, form.yuan.fen or 0, actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = directory.managed(station_id, actor, rights.MANAGE), error.status
        else:
            flash(_("费用记下了。"), "ok")
            return go(url_for("stations_desk.station_use", station_id=station_id))
    elif form.is_submitted():
        status = 422
    elif not form.month.data:
        form.month.data = f"{today:%Y-%m}"
    period = _period()
    since, until = period.since, period.until
    first, after = clock.first_moment(since), clock.first_moment(until)
    away = [pause for pause in uptime.pauses([found], now).get(found.id, ()) if pause.begins < after and pause.ends > first]
    sources = [source for source in uses.live_sources() if can(actor, source.permission)]
    return render_template(
        "stations/figures/station.html", station=found, form=form, period=period, period_name=period_name, problem=None,
        periods=[(kind, report_periods(kind, today)) for kind in ("month", "quarter", "year")], told=labels.told, yuan=labels.yuan,
        mean=mean,
        share=labels.share, line=report.lines([found], since, until, now)[0], days=visits.by_day(found, since, until), pauses=away,
        costs=costs.of_station(found),
        redemptions=sources[0].rows_url(found.id, since, until) if sources else "", redeems=bool(uses.live_sources()),
        may_manage=can(actor, rights.MANAGE, found.org),
    ), status  # fmt: skip


@desk.post("/<int:station_id>/use/<int:cost_id>/drop")
@needs(rights.MANAGE)
def drop_cost(station_id: int, cost_id: int) -> ResponseReturnValue:
    """Take back what was noted of a month."""
    actor = current_actor()
    costs.drop(directory.managed(station_id, actor, rights.MANAGE), cost_id, actor=actor, now=clock.now())
    flash(_("删掉了。"), "ok")
    return go(url_for("stations_desk.station_use", station_id=station_id))


def _period() -> ReportPeriod:
    """Return the period that is asked for, this month for one that makes no sense."""
    today = clock.local_day(clock.now())
    try:
        return report_period(request.args, today)
    except RuleBroken:
        return report_period({}, today)
