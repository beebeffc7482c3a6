"""The year's most beautiful stations in the desk."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    RuleBroken,
    UnionHallError,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    go,
    needs,
    plugin_settings,
    session,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import queries as directory
from unionhall_stations.inspections import best
from unionhall_stations.inspections.forms import NominateForm

FIRST_YEAR, YEARS = 2020, 5


def _year(text: str) -> int:
    this = clock.local_day(clock.now()).year
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 and FIRST_YEAR <= int(text) <= this else this


@desk.get("/best/")
@needs(rights.READ)
def best_stations() -> ResponseReturnValue:
    """Rank the stations of a year, and show who was put up."""
    return _page(_year(request.args.get("year", "")), NominateForm(formdata=None), 0)


@desk.post("/best/<int:year>/<int:station_id>")
@needs(rights.APPROVE)
def nominate_station(year: int, station_id: int) -> ResponseReturnValue:
    """Put a station up, or take that back."""
    actor, form, now, status = current_actor(), NominateForm(), clock.now(), 422
    found = directory.managed(station_id, actor, rights.APPROVE)
    if year != _year(str(year)):
        raise RuleBroken(_("这一年不能提名。"))
    if form.accepted():
        try:
            if request.form.get("do") == "withdraw":
                best.withdraw(found, year, actor=actor, now=now)
            else:
                best.nominate(found, year, form.reason.data or "", actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
        else:
            flash(_("办好了。"), "ok")
            return go(url_for("stations_desk.best_stations", year=year))
    return _page(year, form, station_id), status


def _page(year: int, form: NominateForm, at: int) -> str:
    actor, this = current_actor(), clock.local_day(clock.now()).year
    rows = best.standings(year, desk_scope(actor), actor)
    return render_template(
        "stations/inspections/best.html", rows=rows, year=year, years=[this - back for back in range(YEARS)], form=form, at=at,
        may={row.station.id for row in rows if can(actor, rights.APPROVE, row.station.org)}, least=plugin_settings("stations").best_least,
        export=export_url("stations.best", {"year": str(year)}),
    )  # fmt: skip
