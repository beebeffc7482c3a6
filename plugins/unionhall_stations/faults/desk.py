"""Reports of faults in the desk: the list, one report with what the keeper does about it, its photo."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
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
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.faults import exports, labels, queries, services
from unionhall_stations.faults.forms import ReplyForm
from unionhall_stations.faults.models import WAITING

ACTS: dict[str, Callable[..., None]] = {"answer": services.answer, "mend": services.mend, "decline": services.decline}


@desk.get("/faults/")
@needs(rights.READ)
def faults() -> ResponseReturnValue:
    """List the reports in scope."""
    actor, page = current_actor(), page_number()
    wanted = exports.asked(desk_scope(actor), request.args)
    rows, total = queries.listed(wanted, actor, page)
    return render_template(
        "stations/faults/list.html", rows=rows, wanted=wanted, pager=Pager(page, total, queries.SIZE), states=labels.STATES,
        what=labels.what,
        export=export_url("stations.faults", {"state": wanted.state, "station": str(wanted.station or "")}),
    )  # fmt: skip


@desk.route("/faults/<int:fault_id>/", methods=["GET", "POST"])
@needs(rights.READ)
def fault(fault_id: int) -> ResponseReturnValue:
    """Show a report; answer it, say that it is mended, or that there is nothing to mend."""
    never_cache()
    actor, form, status, writing = current_actor(), ReplyForm(), 200, request.method == "POST"
    found = queries.managed(fault_id, actor, rights.MANAGE if writing else rights.READ)
    if not writing:
        form.reply.data, form.off.data = found.reply if found.state == "answered" else "", found.off
    elif form.accepted():
        act = request.form.get("do", "")
        act = act if act in ACTS else "answer"
        extra = {"off": bool(form.off.data)} if act == "answer" else {}
        try:
            ACTS[act](found, form.reply.data or "", **extra, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(fault_id, actor, rights.MANAGE), error.status
        else:
            flash(_("处理好了，已经告诉报修的会员。"), "ok")
            return go(url_for("stations_desk.fault", fault_id=fault_id))
    else:
        status = 422
    return render_template(
        "stations/faults/fault.html", station=found.station, found=found, form=form, states=labels.STATES, what=labels.what(found),
        may_handle=found.state in WAITING and can(actor, rights.MANAGE, found.org),
        who=account_names({found.handled_by} if found.handled_by else set()),
    ), status  # fmt: skip


@desk.get("/faults/<int:fault_id>/photo")
@needs(rights.READ)
def fault_photo(fault_id: int) -> ResponseReturnValue:
    """Send the photo, which lies in private storage."""
    never_cache()
    found = queries.managed(fault_id, current_actor(), rights.READ)
    if found.photo_file is None:
        raise NotFound()
    return send_stored(found.photo_file, found.photo_mime, found.photo_name)
