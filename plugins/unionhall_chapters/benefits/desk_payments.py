"""The desk's payments: what is to be paid, lists, marking one as paid."""

from __future__ import annotations

from datetime import date

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
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
    session,
)
from unionhall_chapters import rights
from unionhall_chapters.benefits import payments, queries
from unionhall_chapters.benefits.forms import PaidForm
from unionhall_chapters.blueprints import desk


@desk.route("/payments/", methods=["GET", "POST"])
@needs(rights.SETTLE)
def payment_list() -> ResponseReturnValue:
    """Show what is to be paid and the lists; draw up a new list of what is ticked."""
    never_cache()
    actor, problem, status = current_actor(), "", 200
    org = org_by_path(desk_scope(actor))
    if org is None or not can(actor, rights.SETTLE, org):
        abort(404)
    ticked = [int(value) for value in request.form.getlist("ids") if value.isdecimal() and len(value) < 10]
    if request.method == "POST":
        try:
            made = payments.draw_up(org, ticked, request.form.get("label", ""), actor=actor, now=clock.now())
        except UnionHallError as error:
            fail()
            session().rollback()
            problem, status = str(error), error.status
        else:
            flash(_("发放单建好了。导出给银行，发放以后回来登记。"), "ok")
            return go(url_for("chapters_desk.payment", payment_id=made.id))
    below = desk_scope(actor)
    page = render_template(
        "chapters/benefits/desk_payments.html", ready=queries.payable(actor, below), rows=queries.payments(actor, below), problem=problem,
        ticked=ticked, label=request.form.get("label", ""),
    )  # fmt: skip
    return page, status


@desk.route("/payments/<int:payment_id>/", methods=["GET", "POST"])
@needs(rights.SETTLE)
def payment(payment_id: int) -> ResponseReturnValue:
    """Show a list; say once that it was paid."""
    never_cache()
    actor, form = current_actor(), PaidForm()
    found, status = queries.payment(payment_id, actor), 200
    if not form.is_submitted():
        form.on.data = clock.local_day(clock.now())
    if form.accepted():
        try:
            payments.mark_paid(found, form.on.data or date.max, form.reference.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.payment(payment_id, actor), error.status
        else:
            flash(_("登记好了，本人都收到了通知。"), "ok")
            return go(url_for("chapters_desk.payment", payment_id=payment_id))
    page = render_template(
        "chapters/benefits/desk_payment.html", payment=found, rows=queries.in_payment(found), form=form,
        export=export_url("chapters.payments", {"payment": str(found.id), "full": "1"}),
    )  # fmt: skip
    return page, max(status, 422) if form.problems else 200
