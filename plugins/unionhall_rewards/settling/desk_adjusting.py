"""The desk's answers to disputes, and corrections."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

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
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.settling import adjusting, labels, queries
from unionhall_rewards.settling.desk import acted
from unionhall_rewards.settling.forms import AdjustForm, AnswerForm, DecideForm
from unionhall_rewards.settling.models import Statement


@desk.route("/statements/<int:statement_id>/disputes/<int:dispute_id>", methods=["GET", "POST"])
@needs(rights.SETTLE)
def dispute(statement_id: int, dispute_id: int) -> ResponseReturnValue:
    """Answer what a store says is wrong."""
    never_cache()
    actor, form, status = current_actor(), AnswerForm(), 422
    statement = queries.statement(statement_id, actor, rights.SETTLE)
    found = queries.dispute(statement_id, dispute_id)
    if form.accepted():
        try:
            adjusting.answer(found, form.outcome.data or "", form.words.data or "", form.yuan.fen or 0, actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            statement, status = queries.statement(statement_id, actor, rights.SETTLE), error.status
            found = queries.dispute(statement_id, dispute_id)
        else:
            more = form.outcome.data == "agreed"
            flash(_("答复好了，门店看得到。更正的部分要由另一位同事批准。") if more else _("答复好了，门店看得到。"), "ok")
            return go(url_for("rewards_desk.statement", statement_id=statement_id))
    page = render_template(
        "rewards/settling/desk_dispute.html", statement=statement, dispute=found, form=form, outcomes=labels.OUTCOMES,
        line=queries.line(statement_id, found.line_id) if found.line_id else None,
        names=account_names({who for who in (found.recorded_by, found.answered_by) if who}),
    )  # fmt: skip
    return page, status if form.problems else 200


@desk.post("/statements/<int:statement_id>/adjust")
@needs(rights.SETTLE)
def statement_adjust(statement_id: int) -> ResponseReturnValue:
    """Ask for a correction that the union found by itself."""
    form = AdjustForm(prefix="adjust")
    told = _("更正提交了，等另一位同事批准，批准以后进下一期结算单。")

    def ask(found: Statement) -> None:
        adjusting.ask(found, form.yuan.fen or 0, form.words.data or "", actor=current_actor(), now=clock.now())

    return acted(statement_id, ask, told, "adjust", form)


@desk.get("/adjustments/")
@needs(rights.READ)
def adjustments() -> ResponseReturnValue:
    """List corrections, those that wait first."""
    never_cache()
    actor, page = current_actor(), page_number()
    rows, total = queries.adjustments(actor, desk_scope(actor), page=page)
    return render_template(
        "rewards/settling/desk_adjustments.html", rows=rows, total=total, pager=Pager(page, total, queries.SIZE),
        decisions=labels.DECISIONS, names=account_names({who for row in rows for who in (row.asked_by, row.decided_by) if who}),
        may_settle=can(actor, rights.SETTLE),
        carried=queries.settled_in([row.id for row in rows]), export=export_url("rewards.adjustments"),
    )  # fmt: skip


@desk.route("/adjustments/<int:adjustment_id>", methods=["GET", "POST"])
@needs(rights.SETTLE)
def adjustment(adjustment_id: int) -> ResponseReturnValue:
    """Show a correction; another person than who asked answers it."""
    never_cache()
    actor, form, status = current_actor(), DecideForm(), 422
    found = queries.adjustment(adjustment_id, actor, rights.SETTLE)
    if form.accepted():
        yes = request.form.get("decision") == "approve"
        try:
            if yes:
                adjusting.approve(found, actor=actor, now=clock.now(), words=form.words.data or "")
            else:
                adjusting.refuse(found, form.words.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.adjustment(adjustment_id, actor, rights.SETTLE), error.status
        else:
            flash(_("批准了，进这家门店的下一期结算单。") if yes else _("答复好了。"), "ok")
            return go(url_for("rewards_desk.adjustments"))
    page = render_template(
        "rewards/settling/desk_adjustment.html", adjustment=found, form=form, decisions=labels.DECISIONS,
        may_decide=adjusting.may_decide(found, actor), names=account_names({who for who in (found.asked_by, found.decided_by) if who}),
    )  # fmt: skip
    return page, status if form.problems else 200
