"""Clerks and tills of a store in the desk. PINs and codes are shown once, on the answer to the form that made them."""

from __future__ import annotations

import segno
from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    DeskForm,
    Pager,
    UnionHallError,
    absolute,
    can,
    clock,
    current_actor,
    form_choices,
    go,
    member_names,
    needs,
    never_cache,
    page_number,
    session,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.models import Clerk, Store, Till
from unionhall_stations.tills import clerks, enrolling, numbers, queries
from unionhall_stations.tills.desk_stores import shown
from unionhall_stations.tills.forms import ClerkForm, TillForm


@desk.route("/stores/<int:store_id>/clerks/new", methods=["GET", "POST"])
@needs(rights.STORES)
def new_clerk(store_id: int) -> ResponseReturnValue:
    """Add a clerk; the answer shows the PIN to begin with, once."""
    never_cache()
    actor, form, status = current_actor(), ClerkForm(), 422
    found = queries.store(store_id, actor)
    if form.accepted():
        try:
            made, pin = clerks.add(found, form.given(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.store(store_id, actor), error.status
        else:
            return shown(found, pin=pin, pin_of=made)
    return _clerk_page(found, None, form, status)


@desk.get("/stores/<int:store_id>/clerks/<int:clerk_id>")
@needs(rights.STORES)
def edit_clerk(store_id: int, clerk_id: int) -> ResponseReturnValue:
    """Show a clerk's form."""
    found = queries.store(store_id, current_actor())
    row, form = queries.clerk(found, clerk_id), ClerkForm(formdata=None)
    form.fill(row)
    return _clerk_page(found, row, form, 200)


@desk.post("/stores/<int:store_id>/clerks/<int:clerk_id>")
@needs(rights.STORES)
def act_on_clerk(store_id: int, clerk_id: int) -> ResponseReturnValue:
    """Change a clerk, give a new PIN, or note that they have left."""
    never_cache()
    actor, now, do = current_actor(), clock.now(), request.form.get("do", "")
    found = queries.store(store_id, actor)
    row, form, status = queries.clerk(found, clerk_id), ClerkForm() if do == "save" else DeskForm(), 422
    if do not in {"save", "pin", "leave"}:
        abort(400)
    if form.accepted():
        try:
            if do == "pin":
                return shown(found, pin=clerks.reset(found, row, actor=actor, now=now), pin_of=queries.clerk(found, clerk_id))
            if do == "leave":
                clerks.leave(found, row, actor=actor, now=now)
                flash(_("记下了：“%(name)s”不能再上收银台。", name=row.name), "ok")
            elif isinstance(form, ClerkForm):
                clerks.change(found, row, form.given(), unlink=bool(form.unlink.data), actor=actor, now=now)
                flash(_("保存好了。"), "ok")
            return go(url_for("stations_desk.store_page", store_id=store_id))
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.store(store_id, actor), error.status
            row = queries.clerk(found, clerk_id)
    return _clerk_page(found, row, form, status)


def _clerk_page(found: Store, row: Clerk | None, form: DeskForm, status: int) -> ResponseReturnValue:
    never_cache()
    own = form
    if not isinstance(form, ClerkForm):
        own = ClerkForm(formdata=None)
        if row:
            own.fill(row)
    member = member_names([row.member_id])[row.member_id][0] if row and row.member_id else ""
    page = render_template(
        "stations/tills/desk_clerk.html", store=found, clerk=row, form=own, refused=form, member=member, now=clock.now()
    )  # fmt: skip
    return page, status if form.problems else 200


@desk.route("/stores/<int:store_id>/tills/new", methods=["GET", "POST"])
@needs(rights.STORES)
def new_till(store_id: int) -> ResponseReturnValue:
    """Make a till; the answer shows its code, once."""
    never_cache()
    actor, form, status = current_actor(), TillForm(), 422
    found = queries.store(store_id, actor)
    places = queries.stations(found.id)
    form.station_id.choices = form_choices((place.id, _("%(n)s 号 %(name)s", n=place.number, name=place.name)) for place in places)
    if form.accepted():
        try:
            made, code = enrolling.create(found, form.station_id.data, form.label.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.store(store_id, actor), error.status
        else:
            return _till_page(found, made, code=code)
    page = render_template("stations/tills/desk_till_new.html", store=found, form=form, stations=places)
    return page, status if form.problems else 200


@desk.get("/stores/<int:store_id>/tills/<int:till_id>")
@needs(rights.READ)
def till_page(store_id: int, till_id: int) -> ResponseReturnValue:
    """Show a till and its turns."""
    found = queries.store(store_id, current_actor(), rights.READ)
    return _till_page(found, queries.till(found, till_id))


@desk.post("/stores/<int:store_id>/tills/<int:till_id>")
@needs(rights.STORES)
def act_on_till(store_id: int, till_id: int) -> ResponseReturnValue:
    """Give a till a new code, let it go on, or stop it at once."""
    never_cache()
    actor, now, do, form = current_actor(), clock.now(), request.form.get("do", ""), DeskForm()
    found = queries.store(store_id, actor)
    row, status = queries.till(found, till_id), 422
    if do not in {"code", "unlock", "revoke"}:
        abort(400)
    if form.accepted():
        try:
            if do == "code":
                return _till_page(found, row, code=enrolling.renew_code(found, row, actor=actor, now=now))
            if do == "unlock":
                enrolling.unlock(found, row, actor=actor, now=now)
                flash(_("收银台可以接着用了。"), "ok")
            else:
                enrolling.revoke(found, row, actor=actor, now=now)
                flash(_("收银台停用了，那台设备马上不能再核销。"), "ok")
            return go(url_for("stations_desk.till_page", store_id=store_id, till_id=till_id))
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.store(store_id, actor), error.status
    return _till_page(found, queries.till(found, till_id), form=form), status


def _till_page(found: Store, row: Till, *, code: str = "", form: DeskForm | None = None) -> str:


    never_cache()
    page = page_number()
    turns, total = queries.turns(row.id, page)
    link = absolute(url_for("stations.enrol", code=numbers.shown_code(code))) if code else ""
    qr = segno.make(link, error="m", micro=False).svg_data_uri(scale=5, border=2, dark="#000000", light="#ffffff") if code else ""
    return render_template(
        "stations/tills/desk_till.html", store=found, till=row, turns=turns, pager=Pager(page, total, queries.SIZE), now=clock.now(),
        code=numbers.shown_code(code) if code else "", link=absolute(url_for("stations.enrol")), qr=qr,
        form=form or DeskForm(formdata=None), may_edit=can(current_actor(), rights.STORES, found.org),
    )  # fmt: skip
