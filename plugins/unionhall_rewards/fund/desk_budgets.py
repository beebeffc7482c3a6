"""The desk's requests for money: asking, and the answer of another person."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    UnionHallError,
    account_names,
    clock,
    current_actor,
    go,
    in_yuan,
    needs,
    never_cache,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.fund import labels, queries, services
from unionhall_rewards.fund.forms import AnswerForm, BudgetForm


@desk.route("/funds/<int:fund_id>/ask", methods=["GET", "POST"])
@needs(rights.FUND)
def budget_ask(fund_id: int) -> ResponseReturnValue:
    """Ask for money to be put in or taken out; the usual monthly amount is filled in."""
    never_cache()
    actor, form, status = current_actor(), BudgetForm(), 422
    found = queries.fund(fund_id, actor, rights.FUND)
    if not form.is_submitted():
        form.month.data = f"{clock.local_day(clock.now()):%Y-%m}"
        form.yuan.data = in_yuan(found.monthly_fen or None)
    if form.accepted():
        try:
            services.ask(
                found, form.kind.data, (form.month.data or "").strip(), form.yuan.fen or 0, form.document.data or "", form.note.data or "",
                actor=actor, now=clock.now(),
            )  # fmt: skip
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.fund(fund_id, actor, rights.FUND), error.status
        else:
            flash(_("申请交上去了，等另一位同事批准。批准以后钱才会动。"), "ok")
            return go(url_for("rewards_desk.fund", fund_id=fund_id))
    page = render_template("rewards/fund/desk_ask.html", form=form, fund=found)
    return page, status if form.problems else 200


@desk.route("/budgets/<int:budget_id>", methods=["GET", "POST"])
@needs(rights.READ)
def budget(budget_id: int) -> ResponseReturnValue:
    """Show a request; whoever may approve answers it, unless it is their own."""
    never_cache()
    actor, form, status = current_actor(), AnswerForm(), 422
    found = queries.budget(budget_id, actor)
    if form.accepted():
        yes = request.form.get("decision") == "approve"
        try:
            if yes:
                services.approve(found, actor=actor, now=clock.now(), answer=form.answer.data or "")
            else:
                services.refuse(found, form.answer.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.budget(budget_id, actor), error.status
        else:
            flash(_("批准了，账上已经记下。") if yes else _("答复好了，申请的人会收到通知。"), "ok")
            return go(url_for("rewards_desk.fund", fund_id=found.fund_id))
    page = render_template(
        "rewards/fund/desk_budget.html", form=form, budget=found, fund=found.fund, labels=labels, me=actor.account_id,
        names=account_names({who for who in (found.asked_by, found.decided_by) if who}),
        may_decide=services.may_decide(found, actor),
    )  # fmt: skip
    return page, status if form.problems else 200
