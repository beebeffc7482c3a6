"""The desk's funds: all of them with their balances, one with its months, making and changing, closing."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    Pager,
    UnionHallError,
    account_names,
    bar_chart,
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
from unionhall_rewards.fund import labels, queries, services
from unionhall_rewards.fund.forms import FundForm
from unionhall_rewards.fund.models import Account, Fund, Kind

MONTHS = 12
GIVEN = (Kind.ISSUE, Kind.GIVE)

desk.add_app_template_global(labels.yuan, "rewards_yuan")
desk.add_app_template_global(labels.month_words, "rewards_month")
desk.add_app_template_global(lambda right: can(current_actor(), right), "rewards_may")


@desk.get("/")
@needs(rights.READ)
def funds() -> ResponseReturnValue:
    """List the funds in scope with what stands on their accounts."""
    never_cache()
    actor = current_actor()
    rows = queries.funds(actor, desk_scope(actor))
    balances = queries.sums([row.id for row in rows])
    return render_template(
        "rewards/fund/desk_funds.html", rows=rows, balances=balances, accounts=labels.ACCOUNTS, hints=labels.ACCOUNT_HINTS,
        total=_total(list(balances.values())), may_add=can(actor, rights.FUND), waiting=queries.waiting(actor),
    )  # fmt: skip


def _total(balances: list[queries.Balance]) -> queries.Balance:
    total = queries.Balance()
    for balance in balances:
        for account, fen in balance.accounts.items():
            total.accounts[account] += fen
    return total


@desk.get("/funds/")
@needs(rights.READ)
def funds_old() -> ResponseReturnValue:
    """Lead to the list of funds, which is the start page."""
    return redirect(url_for("rewards_desk.funds"))


@desk.route("/funds/new", methods=["GET", "POST"])
@needs(rights.FUND)
def fund_new() -> ResponseReturnValue:
    """Make a fund of the org that the desk is narrowed to."""
    never_cache()
    actor, form, status = current_actor(), FundForm(), 422
    org = org_by_path(desk_scope(actor))
    if org is None or not can(actor, rights.FUND, org):
        abort(403)
    if form.accepted():
        try:
            made = services.create(org, form.fields(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("经费建好了。下一步：申请拨入，由另一位同事批准。"), "ok")
            return go(url_for("rewards_desk.fund", fund_id=made.id))
    page = render_template("rewards/fund/desk_edit.html", form=form, fund=None, org=org)
    return page, status if form.problems else 200


@desk.route("/funds/<int:fund_id>/edit", methods=["GET", "POST"])
@needs(rights.FUND)
def fund_edit(fund_id: int) -> ResponseReturnValue:
    """Change a fund."""
    never_cache()
    actor, form, status = current_actor(), FundForm(), 422
    found = queries.fund(fund_id, actor, rights.FUND)
    if not form.is_submitted():
        form.fill(found)
    if form.accepted():
        try:
            services.change(found, form.fields(), form.seen_version(), actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.fund(fund_id, actor, rights.FUND), error.status
        else:
            flash(_("保存好了。"), "ok")
            return go(url_for("rewards_desk.fund", fund_id=fund_id))
    page = render_template("rewards/fund/desk_edit.html", form=form, fund=found, org=found.org)
    return page, status if form.problems else 200


@desk.get("/funds/<int:fund_id>/")
@needs(rights.READ)
def fund(fund_id: int) -> ResponseReturnValue:
    """Show a fund: balances, the freeze line, months, requests."""
    never_cache()
    actor = current_actor()
    found = queries.fund(fund_id, actor)
    return render_template("rewards/fund/desk_fund.html", **shown(found))


def shown(found: Fund) -> dict[str, Any]:
    """Return what a fund's page shows."""
    actor, months = current_actor(), queries.months(found.id)
    balance = months[-1].closing if months else queries.Balance()
    budgets = queries.budgets(found.id)
    recent = months[-MONTHS:]
    spent = [(month.month, sum(month.moved.get(kind, 0) for kind in GIVEN) // 100) for month in recent]
    label = _("近 %(n)s 个月发出的券，单位元，最多的一个月 %(most)s 元", n=len(recent), most=max((fen for _name, fen in spent), default=0))
    bars = [(_("%(n)s 月", n=int(name[5:])), fen) for name, fen in spent]
    return {
        "fund": found, "months": months[::-1], "balance": balance, "budgets": budgets, "labels": labels, "Account": Account, "Kind": Kind,
        "names": account_names({who for row in budgets for who in (row.asked_by, row.decided_by) if who}),
        "line": found.granted_fen * found.freeze_percent // 100,
        "chart": bar_chart(bars, label=label) if any(fen for _name, fen in bars) else None,
        "spent": spent, "accounts": queries.SHOWN, "me": actor.account_id, "may_ask": can(actor, rights.FUND, found.org),
        "may_decide": can(actor, rights.APPROVE, found.org),
        "bound": [account for account in (Account.POOL, Account.LIVE, Account.SPENT) if balance[account]],
    }  # fmt: skip


@desk.get("/funds/<int:fund_id>/movements/")
@needs(rights.READ)
def movements(fund_id: int) -> ResponseReturnValue:
    """List a fund's movements."""
    never_cache()
    actor, page, chosen = current_actor(), page_number(), queries.Filter.of(request.args)
    found = queries.fund(fund_id, actor)
    rows, total = queries.movements(fund_id, chosen, page=page)
    return render_template(
        "rewards/fund/desk_movements.html", fund=found, rows=rows, total=total, pager=Pager(page, total, queries.SIZE), filter=chosen,
        labels=labels, names=account_names({row.actor_id for row in rows if row.actor_id}), Account=Account, Kind=Kind,
        export=export_url("rewards.movements", {"fund": str(fund_id), **chosen.values()}),
    )  # fmt: skip


@desk.route("/funds/<int:fund_id>/close", methods=["GET", "POST"])
@needs(rights.APPROVE)
def fund_close(fund_id: int) -> ResponseReturnValue:
    """Close a fund, after a look at what stands in it."""
    never_cache()
    actor, problem, status = current_actor(), "", 200
    found = queries.fund(fund_id, actor, rights.APPROVE)
    if request.method == "POST":
        try:
            services.close(found, actor=actor, now=clock.now())
        except UnionHallError as error:
            fail()
            session().rollback()
            found, problem, status = queries.fund(fund_id, actor, rights.APPROVE), str(error), error.status
        else:
            flash(_("“%(name)s”关闭了。账目留着，随时可以查。", name=found.name), "ok")
            return go(url_for("rewards_desk.fund", fund_id=fund_id))
    balance = queries.sums([fund_id])[fund_id]
    page = render_template("rewards/fund/desk_close.html", fund=found, balance=balance, problem=problem, Account=Account)
    return page, status
