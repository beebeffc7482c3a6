"""The desk's runs of payments, and the proof of the accounts."""

from __future__ import annotations

from datetime import date

from flask import abort, flash, render_template, request, url_for
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
    fail,
    go,
    needs,
    never_cache,
    org_by_path,
    page_number,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.settling import paying, queries
from unionhall_rewards.settling.forms import PaidForm
from unionhall_stations.api import payee_of


@desk.route("/payments/", methods=["GET", "POST"])
@needs(rights.SETTLE)
def payments() -> ResponseReturnValue:
    """Show confirmed statements and the runs; draw up a new run of what is ticked."""
    never_cache()
    actor, problem, status = current_actor(), "", 200
    org = org_by_path(desk_scope(actor))
    if org is None or not can(actor, rights.SETTLE, org):
        abort(403)
    ticked = [int(value) for value in request.form.getlist("ids") if value.isdecimal() and len(value) < 10]
    if request.method == "POST":
        try:
            made = paying.draw_up(org, ticked, request.form.get("label", ""), actor=actor, now=clock.now())
        except UnionHallError as error:
            fail()
            session().rollback()
            problem, status = str(error), error.status
        else:
            flash(_("付款单建好了。导出付款文件给银行，付了以后回来登记。"), "ok")
            return go(url_for("rewards_desk.payment", payment_id=made.id))
    page, below = page_number(), desk_scope(actor)
    rows, total = queries.payments(actor, below, page=page)
    shown = render_template(
        "rewards/settling/desk_payments.html", ready=queries.payable(actor, below), rows=rows, pager=Pager(page, total, queries.SIZE),
        problem=problem, ticked=ticked, label=request.form.get("label", "")[:80],
    )  # fmt: skip
    return shown, status


@desk.route("/payments/<int:payment_id>/", methods=["GET", "POST"])
@needs(rights.SETTLE)
def payment(payment_id: int) -> ResponseReturnValue:
    """Show a run; say once that it was paid."""
    never_cache()
    actor, form, status = current_actor(), PaidForm(), 422
    found = queries.payment(payment_id, actor)
    if not form.is_submitted():
        form.on.data = clock.local_day(clock.now())
    if form.accepted():
        try:
            paying.mark_paid(found, form.on.data or date.max, form.reference.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.payment(payment_id, actor), error.status
        else:
            flash(_("登记好了，账上已经记成付给门店。"), "ok")
            return go(url_for("rewards_desk.payment", payment_id=payment_id))
    rows = queries.in_payment(found.id)
    page = render_template(
        "rewards/settling/desk_payment.html", payment=found, rows=rows, form=form,
        may_pay=paying.may_mark_paid(found, actor),
        lacking=[row for row in rows if payee_of(row.store_id) is None],
        export=export_url("rewards.payees", {"payment": str(found.id)}),
    )  # fmt: skip
    return page, status if form.problems else 200


@desk.post("/payments/<int:payment_id>/dissolve")
@needs(rights.SETTLE)
def payment_dissolve(payment_id: int) -> ResponseReturnValue:
    """Take back a run that was not paid."""
    actor = current_actor()
    found = queries.payment(payment_id, actor)
    try:
        paying.dissolve(found, actor=actor, now=clock.now())
    except UnionHallError as error:
        fail()
        session().rollback()
        flash(str(error), "bad")
        return go(url_for("rewards_desk.payment", payment_id=payment_id))
    flash(_("付款单撤回了，里面的结算单可以重新勾选。"), "ok")
    return go(url_for("rewards_desk.payments"))


@desk.get("/reconciliation/")
@needs(rights.READ)
def reconciliation() -> ResponseReturnValue:
    """Show what the proofs of the accounts said."""
    never_cache()
    return render_template("rewards/settling/desk_reconciliation.html", rows=queries.proofs(), proof=queries.last_proof())
