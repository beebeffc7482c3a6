"""Stores in the desk: the list, one store, its form, its account, the end of its agreement."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.plugin import (
    DeskForm,
    Pager,
    UnionHallError,
    can,
    clock,
    current_actor,
    desk_org,
    desk_scope,
    export_url,
    form_choices,
    go,
    needs,
    never_cache,
    orgs_where,
    page_number,
    session,
    tidy,
)
from unionhall_stations import rights
from unionhall_stations.blueprints import desk
from unionhall_stations.models import Clerk, Store
from unionhall_stations.tills import queries, stores
from unionhall_stations.tills.forms import ReasonForm, RenewForm, StoreForm

MOST_ORGS = 400
STATES = {"running": (_l("合作中"), "ok"), "soon": (_l("快到期"), "warn"), "ended": (_l("已终止"), "")}


@desk.get("/stores/")
@needs(rights.READ)
def store_list() -> ResponseReturnValue:
    """List the stores in scope."""
    never_cache()
    actor, page, today = current_actor(), page_number(), clock.local_day(clock.now())
    asked = request.args.get("state", "")
    wanted = queries.Wanted(desk_scope(actor), tidy(request.args.get("q", ""))[:40], asked if asked in queries.STATES else "")
    rows, total = queries.stores(wanted, actor, today, page)
    return render_template(
        "stations/tills/desk_stores.html", rows=rows, wanted=wanted, states=STATES, pager=Pager(page, total, queries.SIZE),
        state_of=lambda store: queries.state_of(store, today), may_edit=can(actor, rights.STORES, desk_scope(actor)),
        export=export_url("stations.stores", {"q": wanted.words, "state": wanted.state}),
    )  # fmt: skip


@desk.get("/stores/<int:store_id>/")
@needs(rights.READ)
def store_page(store_id: int) -> ResponseReturnValue:
    """Show a store: agreement, account's tail, stations, clerks, tills."""
    return shown(queries.store(store_id, current_actor(), rights.READ))


def shown(found: Store, *, pin: str = "", pin_of: Clerk | None = None, account: str = "") -> str:
    """Return a store's page; PIN and account are shown this once."""
    never_cache()
    actor, now = current_actor(), clock.now()
    return render_template(
        "stations/tills/desk_store.html", store=found, state=STATES[queries.state_of(found, clock.local_day(now))], now=now,
        clerks=queries.clerks(found.id, left=True), tills=queries.tills(found.id, revoked=True), stations=queries.stations(found.id),
        may_edit=can(actor, rights.STORES, found.org), pin=pin, pin_of=pin_of, account=account,
    )  # fmt: skip


@desk.route("/stores/new", methods=["GET", "POST"])
@needs(rights.STORES)
def new_store() -> ResponseReturnValue:
    """Make a store."""
    actor, form = current_actor(), StoreForm()
    offered = orgs_where(actor, rights.STORES, below=desk_scope(actor))[:MOST_ORGS]
    form.org_id.choices = form_choices((org.id, "　" * org.depth + org.short_name) for org in offered)
    if form.accepted():
        try:
            org = next(org for org in offered if org.id == form.org_id.data)
            made = stores.add(org, form.given(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
        else:
            flash(_("门店加好了。接着加店员和收银台。"), "ok")
            return go(url_for("stations_desk.store_page", store_id=made.id))
    if not form.is_submitted():
        form.org_id.data, form.starts_on.data = desk_org(actor), clock.local_day(clock.now())
    return render_template("stations/tills/desk_store_form.html", form=form, store=None), 422 if form.problems else 200


@desk.route("/stores/<int:store_id>/edit", methods=["GET", "POST"])
@needs(rights.STORES)
def edit_store(store_id: int) -> ResponseReturnValue:
    """Change a store."""
    never_cache()
    actor, form = current_actor(), StoreForm()
    found, status = queries.store(store_id, actor), 422
    form.org_id.choices = form_choices([(found.org_id, found.org.short_name)])
    if request.method == "GET":
        form.fill(found)
    form.org_id.data = found.org_id
    if form.accepted():
        version = form.version.data or ""
        try:
            stores.change(found, form.given(), version=int(version) if version.isdecimal() and len(version) < 10 else 0,
                          actor=actor, now=clock.now())  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.store(store_id, actor), error.status
        else:
            flash(_("保存好了。"), "ok")
            return go(url_for("stations_desk.store_page", store_id=store_id))
    return render_template("stations/tills/desk_store_form.html", form=form, store=found), status if form.problems else 200


@desk.route("/stores/<int:store_id>/account", methods=["GET", "POST"])
@needs(rights.STORES)
def store_account(store_id: int) -> ResponseReturnValue:
    """Ask why, then show the whole account number, this once."""
    actor, form, status = current_actor(), ReasonForm(), 422
    found = queries.store(store_id, actor)
    if form.accepted():
        try:
            return shown(found, account=stores.look(found, form.reason.data or "", actor=actor, now=clock.now()))
        except UnionHallError as error:
            form.refuse(error)
            status = error.status
    return _asked(found, form, "account", status)


@desk.route("/stores/<int:store_id>/end", methods=["GET", "POST"])
@needs(rights.STORES)
def end_store(store_id: int) -> ResponseReturnValue:
    """Say what the end of an agreement means, ask why, end it."""
    actor, form, status = current_actor(), ReasonForm(), 422
    found = queries.store(store_id, actor)
    if form.accepted():
        try:
            stores.end(queries.locked(found.id), form.reason.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.store(store_id, actor), error.status
        else:
            flash(_("协议已终止：店员和收银台都停了，驿站等着换门店。"), "ok")
            return go(url_for("stations_desk.store_page", store_id=store_id))
    return _asked(found, form, "end", status)


@desk.route("/stores/<int:store_id>/renew", methods=["GET", "POST"])
@needs(rights.STORES)
def renew_store(store_id: int) -> ResponseReturnValue:
    """Begin a new agreement with a store."""
    actor, form, status = current_actor(), RenewForm(), 422
    found = queries.store(store_id, actor)
    if form.accepted() and form.starts_on.data:
        try:
            stores.renew(found, form.starts_on.data, form.ends_on.data, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.store(store_id, actor), error.status
        else:
            flash(_("恢复合作了。店员要重新加，收银台要重新登记。"), "ok")
            return go(url_for("stations_desk.store_page", store_id=store_id))
    if not form.is_submitted():
        form.starts_on.data = clock.local_day(clock.now())
    return _asked(found, form, "renew", status)


def _asked(found: Store, form: DeskForm, act: str, status: int) -> ResponseReturnValue:
    never_cache()
    rows = queries.rows([found])
    return render_template("stations/tills/desk_ask.html", store=found, form=form, act=act, row=rows[0]), status if form.problems else 200
