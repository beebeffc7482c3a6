"""Ratings in the desk: the list, one rating with its reply, its photo."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    NotFound,
    Pager,
    UnionHallError,
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
from unionhall_stations.ratings import exports, labels, queries, services
from unionhall_stations.ratings.forms import AnswerForm


@desk.get("/ratings/")
@needs(rights.READ)
def ratings() -> ResponseReturnValue:
    """List the ratings in scope."""
    actor, page = current_actor(), page_number()
    wanted = exports.asked(desk_scope(actor), request.args)
    rows, total = queries.listed(wanted, actor, page)
    filters = {"state": wanted.state, "stars": str(wanted.stars or ""), "station": str(wanted.station or "")}
    return render_template(
        "stations/ratings/list.html", rows=rows, wanted=wanted, pager=Pager(page, total, queries.SIZE), states=labels.STATES,
        export=export_url("stations.ratings", filters),
    )  # fmt: skip


@desk.route("/ratings/<int:rating_id>/", methods=["GET", "POST"])
@needs(rights.READ)
def rating(rating_id: int) -> ResponseReturnValue:
    """Show a rating; show its words to readers or not, and reply."""
    never_cache()
    actor, form, status, writing = current_actor(), AnswerForm(), 200, request.method == "POST"
    found = queries.managed(rating_id, actor, rights.MANAGE if writing else rights.READ)
    if not writing:
        form.version.data, form.reply.data = str(found.version), found.reply
        form.shown.data = {"shown": "yes", "hidden": "no"}.get(found.state)
    elif form.accepted():
        try:
            services.answer(
                found, shown=form.shown.data == "yes", reply=form.reply.data or "", version=form.seen, actor=actor, now=clock.now()
            )
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(rating_id, actor, rights.MANAGE), error.status
            form.version.data = str(found.version)
        else:
            flash(_("处理好了。"), "ok")
            return go(url_for("stations_desk.rating", rating_id=rating_id))
    else:
        status = 422
    return render_template(
        "stations/ratings/rating.html", station=found.station, found=found, form=form, states=labels.STATES,
        may_manage=can(actor, rights.MANAGE, found.org),
    ), status  # fmt: skip


@desk.get("/ratings/<int:rating_id>/photo")
@needs(rights.READ)
def rating_photo(rating_id: int) -> ResponseReturnValue:
    """Send the photo, which lies in private storage."""
    never_cache()
    found = queries.managed(rating_id, current_actor(), rights.READ)
    if found.photo_file is None:
        raise NotFound()
    return send_stored(found.photo_file, found.photo_mime, found.photo_name)
