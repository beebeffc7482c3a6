"""A member reports a fault, follows it, and says whether it is mended; what readers see of faults on a station's page."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.plugin import (
    NotFound,
    UnionHallError,
    clock,
    current_actor,
    current_member,
    go,
    never_cache,
    session,
    takes_files,
)
from unionhall_stations import photos
from unionhall_stations.blueprints import site
from unionhall_stations.directory import queries as directory
from unionhall_stations.faults import labels, queries, services
from unionhall_stations.faults.forms import ReportForm
from unionhall_stations.faults.models import Fault
from unionhall_stations.models import Station, StationState


@site.route("/<slug>/fault", methods=["GET", "POST"])
@takes_files
def report_fault(slug: str) -> ResponseReturnValue:
    """Report that something does not work; see what one reported before."""
    never_cache()
    if not current_actor().known:
        abort(401)
    form, found, member, status = ReportForm(), _station(slug), current_member(), 200
    form.offer(queries.services(found))
    if form.is_submitted():
        status = 422
    elif request.args.get("service", "").isdecimal():
        form.service.data = request.args["service"]
    if member and form.accepted():
        member_id = member.id
        try:
            sent = photos.read(form.photo.data)
            found = _station(slug)
            made = services.report(found, member_id, form.service_id, form.text.data or "", sent, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, member, status = _station(slug), current_member(), error.status
        else:
            flash(_("报上去了，驿站会回复你。"), "ok")
            return go(url_for("stations.my_fault", fault_id=made.id))
    return render_template(
        "stations/faults/report.html", station=found, member=member, form=form, rows=queries.mine(found, member.id) if member else [],
        states=labels.STATES, what=labels.what,
    ), status  # fmt: skip


@site.route("/faults/<int:fault_id>", methods=["GET", "POST"])
def my_fault(fault_id: int) -> ResponseReturnValue:
    """Show one's own report; say with one tap whether it is mended."""
    never_cache()
    found, problem, status = _mine(fault_id), "", 200
    said = request.form.get("fixed", "")
    if request.method == "POST" and said in {"yes", "no"}:
        try:
            services.confirm(found, fixed=said == "yes", now=clock.now())
        except UnionHallError as error:
            session().rollback()
            found, problem, status = _mine(fault_id), str(error), error.status
        else:
            flash(_("谢谢，这件事办完了。") if said == "yes" else _("知道了，驿站会再看一看。"), "ok")
            return go(url_for("stations.my_fault", fault_id=fault_id))
    elif request.method == "POST":
        problem, status = _("请点“修好了”或“还没有”。"), 422
    return render_template(
        "stations/faults/mine.html", found=found, station=found.station, what=labels.what(found), states=labels.STATES, problem=problem
    ), status


def panel(station_id: int) -> Markup:
    """Return what a station's page says of faults; the same for everybody."""
    found = directory.by_ids([station_id]).get(station_id)
    if found is None or found.state not in (StationState.OPEN, StationState.PAUSED):
        return Markup()
    page = render_template("stations/faults/panel.html", station=found, rows=queries.known(found), what=labels.what)
    return Markup(page)


def _station(slug: str) -> Station:
    found = directory.by_slug(slug)
    if found.state not in (StationState.OPEN, StationState.PAUSED):
        raise NotFound()
    return found


def _mine(fault_id: int) -> Fault:
    if not current_actor().known:
        abort(401)
    member = current_member()
    if member is None:
        raise NotFound()
    return queries.own(fault_id, member.id)
