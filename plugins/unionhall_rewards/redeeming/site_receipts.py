"""Receipts at a till: one of them, taking it back, today's list."""

from __future__ import annotations

import secrets

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import Pager, RuleBroken, UnionHallError, clock, fail, fold, page_number, session
from unionhall_rewards.blueprints import site
from unionhall_rewards.redeeming import looking, queries, services
from unionhall_rewards.redeeming.answers import answer_done, names_of, refusal, turn_here, wants_json
from unionhall_rewards.redeeming.forms import ReverseForm
from unionhall_rewards.redeeming.models import Redemption
from unionhall_stations.api import needs_turn


@site.get("/till/receipts/<receipt>")
@needs_turn
def till_receipt(receipt: str) -> ResponseReturnValue:
    """Show a receipt of this store, to be printed, or taken back."""
    form = ReverseForm(formdata=None, key=secrets.token_hex(16))
    return _receipt(queries.by_receipt(receipt, turn_here().store_id), form)


@site.post("/till/receipts/<receipt>/reverse")
@needs_turn
def till_reverse(receipt: str) -> ResponseReturnValue:
    """Take a redemption back."""
    form, turn, now = ReverseForm(), turn_here(), clock.now()
    key = request.headers.get("Idempotency-Key") or form.key.data or ""
    try:
        if not form.accepted():
            raise RuleBroken(form.problems[0][1], code="reason", field="reason")
        made = services.reverse(receipt, form.words(), key, turn=turn, now=now)
    except UnionHallError as error:
        if wants_json() or error.status in (400, 404):
            return refusal(error)
        fail()
        session().rollback()
        form.refuse(error)
        return _receipt(queries.by_receipt(receipt, turn.store_id), form), error.status
    if not wants_json():
        flash(_("撤销好了，券已经退回会员。"), "ok")
    return answer_done(made, turn)


@site.get("/till/today")
@needs_turn
def till_today() -> ResponseReturnValue:
    """List what was redeemed today: one's own, or the store's; or find a receipt of any day."""
    turn, day, page = turn_here(), clock.local_day(clock.now()), page_number()
    words, own = fold(request.args.get("q", ""))[:20], request.args.get("who") == "me"
    clerk = turn.clerk_id if own else None
    if words:
        rows, total = queries.of_store(turn.store_id, receipt=words, page=page)
    else:
        rows, total = queries.of_store(turn.store_id, day=day, clerk_id=clerk, page=page)
    return render_template(
        "rewards/redeeming/today.html", turn=turn, rows=rows, total=total, pager=Pager(page, total, queries.SIZE), words=words, own=own,
        day=day, figures=queries.figures(day, turn.store_id, clerk), **names_of(rows),
    )  # fmt: skip


def _receipt(row: Redemption, form: ReverseForm) -> str:
    turn, today = turn_here(), clock.local_day(clock.now())
    other = queries.counterpart(row)
    names = names_of([row, *([other] if other else [])])
    may = row.live and row.day == today
    return render_template(
        "rewards/redeeming/receipt.html", turn=turn, row=row, other=other, form=form, may_reverse=may, own=row.clerk_id == turn.clerk_id,
        holder=looking.holder_of(row.coupon.member_id), fresh=request.args.get("new") == "1",
        rule=looking.reversal_rule(), **names,
    )  # fmt: skip
