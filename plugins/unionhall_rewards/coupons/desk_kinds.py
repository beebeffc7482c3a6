"""The desk's kinds of coupons."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import UnionHallError, can, clock, current_actor, desk_scope, go, needs, session
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.coupons import issuing, kinds, labels, queries, shown
from unionhall_rewards.coupons.forms import KindForm
from unionhall_rewards.coupons.models import CouponKind
from unionhall_stations.api import store_choices, stores_by_ids


@desk.get("/kinds/")
@needs(rights.READ)
def kind_list() -> ResponseReturnValue:
    """List the kinds in the scope, with how many coupons there are of each."""
    actor = current_actor()
    rows = queries.kinds(actor, desk_scope(actor))
    return render_template(
        "rewards/coupons/desk_kinds.html", rows=rows, numbers=queries.numbers_of_kinds(row.id for row in rows), states=labels.KIND_STATES,
        may_add=can(actor, rights.COUPONS), has_funds=bool(queries.funds(actor)) if can(actor, rights.COUPONS) else False,
    )  # fmt: skip


@desk.route("/kinds/new", methods=["GET", "POST"])
@needs(rights.COUPONS)
def new_kind() -> ResponseReturnValue:
    """Draft a kind."""
    actor, form = current_actor(), KindForm()
    _offer(form, None)
    if form.accepted():
        try:
            made = kinds.add(form.rules(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            _offer(form, None)
        else:
            flash(_("存成草稿了。看一看会员会看到的样子，没有问题就启用。"), "ok")
            return go(url_for("rewards_desk.kind", kind_id=made.id))
    page = render_template("rewards/coupons/desk_kind_form.html", form=form, kind=None, frozen=False)
    return page, 422 if form.problems else 200


@desk.get("/kinds/<int:kind_id>/")
@needs(rights.READ)
def kind(kind_id: int) -> ResponseReturnValue:
    """Show a kind, and what a member will see."""
    actor, now = current_actor(), clock.now()
    found = queries.kind(kind_id, actor)
    return render_template(
        "rewards/coupons/desk_kind.html", kind=found, numbers=queries.numbers_of_kinds([kind_id]).get(kind_id, {}),
        states=labels.KIND_STATES, coupon_states=labels.STATES, preview=shown.preview(found, *issuing.period(found, now)),
        stores=shown.store_names(found), may=can(actor, rights.COUPONS, found.org), used=queries.is_used(found),
    )  # fmt: skip


@desk.route("/kinds/<int:kind_id>/edit", methods=["GET", "POST"])
@needs(rights.COUPONS)
def edit_kind(kind_id: int) -> ResponseReturnValue:
    """Change a kind; who saves second is told, and keeps what was typed."""
    actor, form, status = current_actor(), KindForm(), 422
    found = queries.kind(kind_id, actor, rights.COUPONS)
    _offer(form, found)
    if not form.is_submitted():
        form.fill(found)
    if form.accepted():
        try:
            kinds.change(kind_id, form.rules(), version=form.seen_version, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.kind(kind_id, actor, rights.COUPONS), error.status
            if status == 409:
                form.version.raw_data, form.version.data = None, str(found.version)
            _offer(form, found)
        else:
            flash(_("存好了。"), "ok")
            return go(url_for("rewards_desk.kind", kind_id=kind_id))
    frozen = found.state != "draft" and queries.is_used(found)
    page = render_template("rewards/coupons/desk_kind_form.html", form=form, kind=found, frozen=frozen)
    return page, status if form.problems else 200


@desk.post("/kinds/<int:kind_id>/state")
@needs(rights.COUPONS)
def kind_state(kind_id: int) -> ResponseReturnValue:
    """Put a kind to use, retire it, or delete a draft."""
    actor, now, act = current_actor(), clock.now(), request.form.get("act", "")
    queries.kind(kind_id, actor, rights.COUPONS)
    try:
        if act == "remove":
            kinds.remove(kind_id, actor=actor, now=now)
            flash(_("草稿删掉了。"), "ok")
            return go(url_for("rewards_desk.kind_list"))
        if act == "retire":
            kinds.retire(kind_id, actor=actor, now=now)
            flash(_("停用了。已经发出去的券照常能用。"), "ok")
        elif act == "use":
            kinds.put_to_use(kind_id, actor=actor, now=now)
            flash(_("启用了，可以用来抽奖和发放。"), "ok")
    except UnionHallError as error:
        session().rollback()
        flash(str(error), "bad")
    return go(url_for("rewards_desk.kind", kind_id=kind_id))


def _offer(form: KindForm, found: CouponKind | None) -> None:
    """Offer what this editor may choose, and what the kind has already."""
    actor = current_actor()
    funds = {fund.id: f"{fund.name}（{fund.org.short_name}）" for fund in queries.funds(actor)}
    stores = {store.id: store.name for store in store_choices(actor)}
    if found is not None:
        funds.setdefault(found.fund_id, found.fund.name)
        stores |= {store.id: store.name for store in stores_by_ids(place.store_id for place in found.places).values()}
    form.offer(funds.items(), stores.items())
