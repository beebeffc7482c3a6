"""The desk's coupons: looked for by number, member, kind and state, never by code; one coupon with what happened to it."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Pager,
    UnionHallError,
    can,
    clock,
    current_actor,
    desk_scope,
    export_url,
    go,
    member_names,
    needs,
    never_cache,
    page_number,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.coupons import history, labels, queries, shown, voidings
from unionhall_rewards.coupons.forms import TextForm
from unionhall_rewards.coupons.models import Coupon, CouponState
from unionhall_rewards.coupons.queries import Filter


@desk.get("/coupons/")
@needs(rights.READ)
def coupons() -> ResponseReturnValue:
    """List the coupons of kinds in the scope, the newest first."""
    never_cache()
    actor, page, chosen = current_actor(), page_number(), Filter.of(request.args)
    below = desk_scope(actor)
    rows, total = queries.coupons(actor, below, chosen, page=page)
    kinds = queries.kinds(actor, below)
    return render_template(
        "rewards/coupons/desk_coupons.html", rows=rows, pager=Pager(page, total, queries.SIZE), filter=chosen,
        numbers=queries.numbers(actor, below, chosen), kinds=kinds, states=labels.STATES,
        names=member_names(row.member_id for row in rows if row.member_id),
        export=export_url("rewards.coupons", chosen.values()), now=clock.now(), state_of=shown.state_of,
        fund=next((kind.fund.name for kind in kinds if kind.fund_id == chosen.fund), ""),
    )  # fmt: skip


@desk.get("/coupons/<int:coupon_id>/")
@needs(rights.READ)
def coupon(coupon_id: int) -> ResponseReturnValue:
    """Show a coupon and its history; its code is for its member alone."""
    return _page(queries.managed(coupon_id, current_actor()), TextForm(formdata=None))


@desk.post("/coupons/<int:coupon_id>/void")
@needs(rights.COUPONS)
def ask_voiding(coupon_id: int) -> ResponseReturnValue:
    """Ask to take a coupon back."""
    actor, form, status = current_actor(), TextForm(), 422
    found = queries.managed(coupon_id, actor, rights.COUPONS)
    if form.accepted():
        try:
            made = voidings.ask(found, form.text.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            error.field = "text" if error.field == "reason" else error.field
            form.refuse(error)
            session().rollback()
            found, status = queries.managed(coupon_id, actor), error.status
        else:
            flash(_("申请提交了，要由另一位同事批准。"), "ok")
            return go(url_for("rewards_desk.voiding", voiding_id=made.id))
    return _page(found, form), status


def _page(found: Coupon, form: TextForm) -> str:
    never_cache()
    actor, now = current_actor(), clock.now()
    live = found.state == CouponState.ISSUED and found.valid_to >= now
    asked = queries.voidings_of(found.id)
    may_ask = live and can(actor, rights.COUPONS, found.kind.org) and not any(row.state == "asked" for row in asked)
    return render_template(
        "rewards/coupons/desk_coupon.html", coupon=found, form=form, who=member_names([found.member_id or 0]).get(found.member_id or 0),
        steps=history.steps(found), voidings=asked, may_ask=may_ask, state=shown.state_of(found, now), states=labels.STATES,
        voiding_states=labels.VOIDING_STATES,
    )  # fmt: skip
