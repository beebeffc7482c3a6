"""The desk's stations: the list, one station's head page, its steps, a preview."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Pager,
    UnionHallError,
    account_names,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    go,
    needs,
    never_cache,
    page_number,
    session,
    tidy,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import (
    catalogue,
    finding,
    frame,
    labels,
    listing,
    queries,
    seams,
    site,
    standing,
    states,
)
from unionhall_stations.directory.forms import StepForm
from unionhall_stations.models import Station, StationState

__all__ = ["frame"]


def asked(below: str) -> listing.Wanted:
    """Return what the list's address narrows it to."""
    state, service = request.args.get("state", ""), request.args.get("service", "")
    return listing.Wanted(
        below, tidy(request.args.get("q", ""))[:40], state if state in set(StationState) else "",
        "now" if request.args.get("open") == "now" else "", int(service) if service.isdecimal() and len(service) < 10 else 0,
        lack if (lack := request.args.get("lack", "")) in {"store", "place"} else "",
    )  # fmt: skip


@desk.get("/")
@needs(rights.READ)
def stations() -> ResponseReturnValue:
    """List the stations in scope."""
    actor, page, now = current_actor(), page_number(), clock.now()
    wanted = asked(desk_scope(actor))
    rows, total = listing.stations(wanted, actor, page, now)
    filters = {"q": wanted.words, "state": wanted.state, "open": wanted.open, "service": str(wanted.service or ""), "lack": wanted.lack}
    return render_template(
        "stations/desk/list.html", rows=rows, wanted=wanted, states=labels.STATES, pager=Pager(page, total, listing.SIZE), now=now,
        services=queries.services(every=True), numbers=listing.numbers(wanted.below, actor), export=export_url("stations.list", filters),
        warnings=seams.warnings(row.station for row in rows), may_add=can(actor, rights.MANAGE, wanted.below),
        may_catalogue=can(actor, rights.APPROVE, catalogue.SITE),
    )  # fmt: skip


@desk.get("/<int:station_id>/")
@needs(rights.READ)
def station(station_id: int) -> ResponseReturnValue:
    """Show how a station stands, what may be done with it, what happened to it."""
    actor, now = current_actor(), clock.now()
    found = queries.managed(station_id, actor, rights.READ)
    (row,) = finding.rows([found], now)
    history = queries.steps(found)
    return render_template(
        "stations/desk/overview.html", station=found, row=row, now=now, week=labels.week(found), holidays=labels.HOLIDAYS,
        history=history, words=states.HISTORY, who=account_names({step.actor_id for step in history if step.actor_id}),
        steps=[step for step in states.open_steps(found) if _offered(found, step) and can(actor, step.right, found.org)],
        missing=standing.missing(found) if found.state in ("approved", "fitting") else [],
        warnings=seams.warnings([found]).get(found.id, []),
        may_manage=can(actor, rights.MANAGE, found.org),
    )  # fmt: skip


@desk.get("/<int:station_id>/preview")
@needs(rights.READ)
def preview(station_id: int) -> ResponseReturnValue:
    """Show the page as readers see it, also before they do."""
    never_cache()
    return site.page(queries.managed(station_id, current_actor(), rights.READ), clock.now(), preview=True)


@desk.route("/<int:station_id>/steps/<name>", methods=["GET", "POST"])
@needs(rights.READ)
def take_step(station_id: int, name: str) -> ResponseReturnValue:
    """Say what a step means, ask why, take it."""
    actor, form, status, wanted = current_actor(), StepForm(), 200, states.STEPS.get(name)
    if wanted is None:
        abort(404)
    found = queries.managed(station_id, actor, wanted.right)
    if form.accepted():
        try:
            standing.take_step(found, name, reason=form.reason.data or "", until=form.moment(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(station_id, actor, wanted.right), error.status
        else:
            flash(_("“%(name)s”：%(step)s，已办好。", name=found.name, step=wanted.label), "ok")
            return go(url_for("stations_desk.station", station_id=station_id))
    elif form.is_submitted():
        status = 422
    return render_template("stations/desk/step.html", station=found, step=wanted, form=form), status


def _offered(found: Station, step: states.Step) -> bool:
    return step.name != "reopen" or found.opened_on is not None
