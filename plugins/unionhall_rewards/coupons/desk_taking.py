"""The desk's requests to take coupons back, objections to it, and extensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    DeskForm,
    Pager,
    UnionHallError,
    account_names,
    can,
    clock,
    current_actor,
    desk_scope,
    go,
    member_names,
    needs,
    never_cache,
    page_number,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.coupons import expiring, labels, queries, shown, voidings
from unionhall_rewards.coupons.forms import AnswerForm, AppealAnswerForm, ExtensionForm
from unionhall_rewards.coupons.models import Voiding


@desk.get("/voidings/")
@needs(rights.READ)
def voiding_list() -> ResponseReturnValue:
    """List requests to take coupons back, those that wait first."""
    never_cache()
    actor, page = current_actor(), page_number()
    rows, total = queries.voidings(actor, desk_scope(actor), page=page)
    return render_template(
        "rewards/coupons/desk_voidings.html", rows=rows, pager=Pager(page, total, queries.SIZE), states=labels.VOIDING_STATES,
        names=member_names(row.coupon.member_id for row in rows if row.coupon.member_id),
    )  # fmt: skip


@desk.get("/voidings/<int:voiding_id>/")
@needs(rights.READ)
def voiding(voiding_id: int) -> ResponseReturnValue:
    """Show a request, what became of it, and an objection."""
    return _page(queries.voiding(voiding_id, current_actor()))


@desk.post("/voidings/<int:voiding_id>/decide")
@needs(rights.APPROVE)
def decide_void(voiding_id: int) -> ResponseReturnValue:
    """Take the coupon back, or do not."""
    actor, now, form, yes = current_actor(), clock.now(), AnswerForm(), request.form.get("verdict") == "yes"

    def act() -> str:
        voidings.decide(voiding_id, yes=yes, answer=form.answer.data or "", actor=actor, now=now)
        return _("作废了，钱退回经费，本人已收到通知。") if yes else _("记下了，这张券照常能用。")

    return _done(voiding_id, "decide", form, act)


@desk.post("/voidings/<int:voiding_id>/answer")
@needs(rights.APPROVE)
def answer_appeal(voiding_id: int) -> ResponseReturnValue:
    """Answer an objection."""
    actor, now, form = current_actor(), clock.now(), AppealAnswerForm()

    def act() -> str:
        right = form.right.data == "yes"
        voidings.answer(voiding_id, form.text.data or "", right=right, actor=actor, now=now)
        return _("答复了。请到“发券”给本人补发。") if right else _("答复了，本人已收到通知。")

    return _done(voiding_id, "answer", form, act)


def _done(voiding_id: int, name: str, form: DeskForm, act: Callable[[], Any]) -> ResponseReturnValue:
    actor, status = current_actor(), 422
    found = queries.voiding(voiding_id, actor)
    if form.accepted():
        try:
            told = act()
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.voiding(voiding_id, actor), error.status
        else:
            flash(told, "ok")
            return go(url_for("rewards_desk.voiding", voiding_id=voiding_id))
    return _page(found, {name: form}), status


def _page(found: Voiding, sent: dict[str, DeskForm] | None = None) -> str:
    never_cache()
    actor, now, coupon = current_actor(), clock.now(), found.coupon
    forms: dict[str, DeskForm] = {"decide": AnswerForm(formdata=None), "answer": AppealAnswerForm(formdata=None)} | (sent or {})
    may, open_appeal = can(actor, rights.APPROVE, coupon.kind.org), found.appealed_at is not None and found.appeal_answered_at is None
    return render_template(
        "rewards/coupons/desk_voiding.html", voiding=found, coupon=coupon, forms=forms, sent=sent, states=labels.VOIDING_STATES,
        who=account_names({account for account in (found.asked_by, found.decided_by, found.appeal_by) if account}),
        member=member_names([coupon.member_id or 0]).get(coupon.member_id or 0), coupon_states=labels.STATES,
        state=shown.state_of(coupon, now), own=actor.account_id == found.asked_by,
        may_decide=may and found.state == "asked" and actor.account_id != found.asked_by,
        may_answer=may and open_appeal and actor.account_id != found.decided_by, open_appeal=open_appeal,
    )  # fmt: skip


@desk.get("/extensions/")
@needs(rights.READ)
def extensions() -> ResponseReturnValue:
    """List extensions; who approves finds the form for another."""
    return _extensions(_extension_form(formdata=None))


@desk.post("/extensions/")
@needs(rights.APPROVE)
def extend_coupons() -> ResponseReturnValue:
    """Extend live coupons of some kinds, and tell their members."""
    actor, form, status = current_actor(), _extension_form(), 422
    if form.accepted():
        chosen = [queries.kind(kind_id, actor, rights.APPROVE) for kind_id in form.kind_ids.data or ()]
        try:
            wish = (chosen, form.days.data or 0, form.reason.data or "")
            made = expiring.extend(*wish, key=form.key.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
        else:
            flash(_("延长了 %(n)s 张没用的券，本人都会收到通知。", n=made.number), "ok")
            return go(url_for("rewards_desk.extensions"))
    return _extensions(form), status


def _extension_form(**kwargs: Any) -> ExtensionForm:
    actor, form = current_actor(), ExtensionForm(**kwargs)
    rows = queries.kinds(actor, desk_scope(actor), right=rights.APPROVE) if can(actor, rights.APPROVE) else []
    form.kind_ids.choices = [(row.id, row.name) for row in rows if row.state != "draft"]
    return form


def _extensions(form: ExtensionForm) -> str:
    actor = current_actor()
    rows = queries.extensions(actor, desk_scope(actor))
    return render_template(
        "rewards/coupons/desk_extensions.html", form=form, rows=rows, may=can(actor, rights.APPROVE),
        kinds={row.id: row.name for row in queries.kinds(actor, "")}, who=account_names({row.made_by for row in rows if row.made_by}),
    )  # fmt: skip
