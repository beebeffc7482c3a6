"""The till: look at a coupon, redeem it, take it back, today's list. For the page's script everything is JSON, too."""

from __future__ import annotations

import secrets
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import RuleBroken, UnionHallError, clock, fail, go, session
from unionhall_rewards.blueprints import site
from unionhall_rewards.redeeming import judging, looking, queries, services
from unionhall_rewards.redeeming.answers import answer_done, error_json, names_of, refusal, turn_here, wants_json
from unionhall_rewards.redeeming.forms import LookForm, RedeemForm
from unionhall_rewards.redeeming.looking import Found, Wrong
from unionhall_stations.api import TillTurn, needs_turn

site.add_app_template_global(judging.yuan, "rewards_till_yuan")
site.add_app_template_global(judging.face_words, "rewards_till_face")


@site.get("/till/")
@needs_turn
def till() -> ResponseReturnValue:
    """Show the field for a code, and what was done last."""
    return _home(LookForm(formdata=None))


@site.post("/till/look")
@needs_turn
def till_look() -> ResponseReturnValue:
    """Read a code: show the coupon and hold it, or say why not."""
    form, turn, now = LookForm(), turn_here(), clock.now()
    if not form.accepted():
        return (error_json("code", form.problems[0][1]) if wants_json() else _home(form)), 422
    try:
        found = looking.look(form.code.data or "", turn=turn, now=now)
    except UnionHallError as error:
        return refusal(error)
    if isinstance(found, Wrong):
        return _wrong(found, form)
    if wants_json():
        return jsonify(coupon=_told(found), ticket=found.ticket, held_until=found.held_until.isoformat())
    return _ready(found, RedeemForm(formdata=None, ticket=found.ticket, key=secrets.token_hex(16)))


def _wrong(found: Wrong, form: LookForm) -> ResponseReturnValue:
    """Answer a code that is no coupon's; its count is kept."""
    if found.locked_until:
        words, status, code = looking.locked_words(found.locked_until), 429, "too-many"
    else:
        words = _("没有这张券：可能输错了，或者二维码已经过期。请会员刷新券页面，再扫一次。")
        status, code = 422, "bad-code"
    if wants_json():
        return error_json(code, words), status
    form.code.errors = [*form.code.errors, words]
    return _home(form), status


@site.post("/till/redeem")
@needs_turn
def till_redeem() -> ResponseReturnValue:
    """Redeem the coupon that was looked at; the same click sent again gets the same receipt."""
    form, turn, now = RedeemForm(), turn_here(), clock.now()
    ticket, key = form.ticket.data or "", request.headers.get("Idempotency-Key") or form.key.data or ""
    try:
        if not form.accepted():
            raise RuleBroken(form.problems[0][1], code="bill", field="bill")
        made = services.redeem(ticket, form.bill.fen or 0, key, turn=turn, now=now)
    except UnionHallError as error:
        found = _again(ticket, turn) if error.field == "bill" and not wants_json() else None
        if found is None:
            return refusal(error)
        if not form.bill.errors:
            form.refuse(error)
        return _ready(found, form), error.status
    return answer_done(made, turn)


def _again(ticket: str, turn: TillTurn) -> Found | None:
    fail()
    session().rollback()
    return looking.again(ticket, turn=turn, now=clock.now())


@site.post("/till/release")
@needs_turn
def till_release() -> ResponseReturnValue:
    """Let a coupon go that is not redeemed after all."""
    looking.release(request.form.get("ticket", ""), turn=turn_here())
    return go(url_for("rewards.till"))


def _home(form: LookForm) -> str:
    turn, day = turn_here(), clock.local_day(clock.now())
    rows, _total = queries.of_store(turn.store_id, day=day, clerk_id=turn.clerk_id, size=5)
    locked = looking.locked_words(turn.locked_until) if turn.locked_until else ""
    return render_template(
        "rewards/redeeming/till.html", turn=turn, form=form, rows=rows, locked=locked,
        minutes=looking.hold_minutes(), rule=looking.reversal_rule(),
        figures=queries.figures(day, turn.store_id, turn.clerk_id), **names_of(rows),
    )  # fmt: skip


def _ready(found: Found, form: RedeemForm) -> str:
    return render_template("rewards/redeeming/ready.html", turn=turn_here(), found=found, coupon=found.coupon, form=form)


def _told(found: Found) -> dict[str, Any]:
    """Return a coupon for a script: what a clerk may know of it."""
    coupon = found.coupon
    return {
        "name": coupon.name, "form": coupon.form, "face_fen": coupon.face_fen, "percent": coupon.percent,
        "min_spend_fen": coupon.min_spend_fen, "valid_to": coupon.valid_to.isoformat(), "terms": coupon.terms,
        "stackable": coupon.stackable, "family": coupon.family, "holder": found.holder,
    }  # fmt: skip
