"""Inspections in the desk: the list, a station's own, and the visit itself, made for a phone."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

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
    send_stored,
    session,
    takes_files,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import queries as directory
from unionhall_stations.directory import tabs
from unionhall_stations.inspections import fixing, labels, queries, services
from unionhall_stations.inspections.forms import BeginForm, CheckForm, FixForm, VisitForm
from unionhall_stations.inspections.models import Inspection

tabs.add("stations_desk.inspections_of", _l("巡查"), rights.READ, 60)


def _month(text: str) -> str:
    year, dash, month = text.partition("-")
    right = dash and len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdecimal()
    return text if right and 1 <= int(month) <= 12 else ""


@desk.get("/inspections/")
@needs(rights.READ)
def inspections() -> ResponseReturnValue:
    """List the inspections in scope."""
    actor, page, now = current_actor(), page_number(), clock.now()
    today, below = clock.local_day(now), desk_scope(actor)
    light, fix = request.args.get("light", ""), request.args.get("fix", "")
    wanted = queries.Wanted(
        below, _month(request.args.get("month", "")), light if light and light in labels.LIGHTS else "",
        fix if fix in {*labels.FIXES, "late"} else "",
    )  # fmt: skip
    rows, total = queries.listed(wanted, actor, page, today)
    return render_template(
        "stations/inspections/list.html", rows=rows, wanted=wanted, pager=Pager(page, total, queries.SIZE), lights=labels.LIGHTS,
        fixes=labels.FIXES, who=_names(rows), today=today, left=queries.uninspected(f"{today:%Y-%m}", below, actor),
        export=export_url("stations.inspections", {"month": wanted.month, "light": wanted.light, "fix": wanted.fix}),
    )  # fmt: skip


@desk.route("/<int:station_id>/inspections/", methods=["GET", "POST"])
@needs(rights.READ)
def inspections_of(station_id: int) -> ResponseReturnValue:
    """Show a station's inspections, and begin one."""
    actor, form, status = current_actor(), BeginForm(), 200
    found = directory.managed(station_id, actor, rights.READ)
    if form.accepted():
        try:
            made = services.begin(found, secret=bool(form.secret.data), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = directory.managed(station_id, actor, rights.READ), error.status
        else:
            return go(url_for("stations_desk.inspection", inspection_id=made.id))
    rows = queries.of_station(found)
    may = can(actor, rights.INSPECT, found.org)
    return render_template(
        "stations/inspections/station.html", station=found, rows=rows, form=form, lights=labels.LIGHTS, fixes=labels.FIXES,
        who=_names(rows), may_inspect=may and found.state in ("open", "paused"), today=clock.local_day(clock.now()),
    ), status  # fmt: skip


@desk.route("/inspections/<int:inspection_id>/", methods=["GET", "POST"])
@needs(rights.READ)
@takes_files
def inspection(inspection_id: int) -> ResponseReturnValue:
    """Fill in a visit, or show how it went."""
    never_cache()
    actor, writing = current_actor(), request.method == "POST"
    found = queries.managed(inspection_id, actor, rights.INSPECT if writing else rights.READ)
    if not writing and (found.done_at is not None or not can(actor, rights.INSPECT, found.org)):
        return _shown(found, FixForm(formdata=None), CheckForm(formdata=None))
    form, status = VisitForm(obj=found), 200
    form.bind(found)
    if not writing:
        form.version.data = str(found.version)
        form.fix_by.data = found.fix_by or services.fix_day(clock.now())
    elif form.accepted():
        try:
            photos = services.read_photos(form.uploads())
            found = queries.managed(inspection_id, actor, rights.INSPECT)
            services.save(found, form.filled(photos), version=form.seen, actor=actor, now=clock.now())
            if request.form.get("do") == "finish":
                services.finish(found, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(inspection_id, actor, rights.INSPECT), error.status
            if found.done_at is not None:
                flash(str(error), "bad")
                return go(url_for("stations_desk.inspection", inspection_id=inspection_id))
            _refused_point(form, error)
            form.version.data = str(found.version)
        else:
            flash(_("交了，已经告诉驿站管理员。") if found.done_at else _("存好了，可以接着看。"), "ok")
            return go(url_for("stations_desk.inspection", inspection_id=inspection_id))
    else:
        status = 422
    return render_template("stations/inspections/visit.html", station=found.station, found=found, form=form, results=labels.RESULTS), status


@desk.post("/inspections/<int:inspection_id>/drop")
@needs(rights.INSPECT)
def drop_inspection(inspection_id: int) -> ResponseReturnValue:
    """Throw away a visit that is not finished."""
    actor = current_actor()
    found = queries.managed(inspection_id, actor, rights.INSPECT)
    station_id = found.station_id
    services.drop(found, actor=actor, now=clock.now())
    flash(_("删掉了。"), "ok")
    return go(url_for("stations_desk.inspections_of", station_id=station_id))


@desk.post("/inspections/<int:inspection_id>/fix")
@needs(rights.MANAGE)
@takes_files
def report_fix(inspection_id: int) -> ResponseReturnValue:
    """Say that things are mended."""
    actor, form, status = current_actor(), FixForm(), 422
    found = queries.managed(inspection_id, actor, rights.MANAGE)
    if form.accepted():
        try:
            photos = services.read_photos(form.uploads())
            found = queries.managed(inspection_id, actor, rights.MANAGE)
            fixing.report(found, form.note.data or "", photos, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(inspection_id, actor, rights.MANAGE), error.status
        else:
            flash(_("登记了，等复查。"), "ok")
            return go(url_for("stations_desk.inspection", inspection_id=inspection_id))
    return _shown(found, form, CheckForm(formdata=None)), status


@desk.post("/inspections/<int:inspection_id>/check")
@needs(rights.INSPECT)
def check_fix(inspection_id: int) -> ResponseReturnValue:
    """Note what a second look found."""
    actor, form, status = current_actor(), CheckForm(), 422
    found = queries.managed(inspection_id, actor, rights.INSPECT)
    if form.accepted():
        try:
            fixing.check(
                found, passed=form.passed.data == "yes", note=form.note.data or "", fix_by=form.fix_by.data, actor=actor, now=clock.now()
            )
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(inspection_id, actor, rights.INSPECT), error.status
        else:
            flash(_("复查登记好了。"), "ok")
            return go(url_for("stations_desk.inspection", inspection_id=inspection_id))
    return _shown(found, FixForm(formdata=None), form), status


@desk.get("/inspections/<int:inspection_id>/photos/<int:photo_id>")
@needs(rights.READ)
def inspection_photo(inspection_id: int, photo_id: int) -> ResponseReturnValue:
    """Send a photo, which lies in private storage."""
    never_cache()
    row = queries.photo(queries.managed(inspection_id, current_actor(), rights.READ), photo_id)
    return send_stored(row.file, row.mime, row.name)


def _shown(found: Inspection, fix: FixForm, check: CheckForm) -> str:
    actor = current_actor()
    ids = {found.fixed_by, found.checked_by} | ({found.inspector_id} if not found.secret else set())
    return render_template(
        "stations/inspections/shown.html", station=found.station, found=found, fix=fix, check=check, results=labels.RESULTS,
        lights=labels.LIGHTS, fixes=labels.FIXES, who=account_names({number for number in ids if number}),
        today=clock.local_day(clock.now()),
        may_fix=found.fix_state == "due" and can(actor, rights.MANAGE, found.org),
        may_check=found.fix_state == "fixed" and can(actor, rights.INSPECT, found.org), own=found.fixed_by == actor.account_id,
    )  # fmt: skip


def _names(rows: list[Inspection]) -> dict[int, str]:
    return account_names({row.inspector_id for row in rows if row.inspector_id and not row.secret})


def _refused_point(form: VisitForm, error: UnionHallError) -> None:
    kind, _dash, number = (error.field or "").partition("-")
    if kind == "note" and number.isdecimal():
        form.note_errors[int(number)] = str(error)
