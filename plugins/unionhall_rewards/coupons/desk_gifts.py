"""The desk's gifts: coupons by hand, asked for and approved twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    MemberFound,
    Pager,
    UnionHallError,
    account_names,
    can,
    clock,
    current_actor,
    desk_scope,
    fail,
    find_members,
    go,
    needs,
    never_cache,
    page_number,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.coupons import choosing, gifts, labels, queries
from unionhall_rewards.coupons.forms import AnswerForm, GiftForm
from unionhall_rewards.coupons.models import CouponKind, Gift
from unionhall_rewards.fund.labels import yuan


@desk.get("/gifts/")
@needs(rights.READ)
def gift_list() -> ResponseReturnValue:
    """List the gifts in the scope, those that wait first."""
    actor, page = current_actor(), page_number()
    rows, total = queries.gifts(actor, desk_scope(actor), page=page)
    return render_template(
        "rewards/coupons/desk_gifts.html", rows=rows, pager=Pager(page, total, queries.SIZE), states=labels.GIFT_STATES,
        may_ask=can(actor, rights.COUPONS),
    )  # fmt: skip


@desk.route("/gifts/new", methods=["GET", "POST"])
@needs(rights.COUPONS)
def new_gift() -> ResponseReturnValue:
    """Ask for coupons: choose a kind, look for people or paste them, say why. Looking keeps everything that was typed."""
    never_cache()
    actor, form = current_actor(), GiftForm()
    rows = queries.kinds(actor, "", state="active", right=rights.COUPONS)
    form.kind_id.choices = [(row.id, f"{row.name}（{yuan(row.face_fen)}）") for row in rows]
    asked = request.args.get("kind", "")
    if not form.is_submitted() and asked.isdecimal() and len(asked) < 10:
        form.kind_id.data = int(asked)
    kind = next((row for row in rows if row.id == form.kind_id.data), rows[0] if rows else None)
    if request.form.get("act") == "search":
        fail()
        return _new(form, kind, searching=True)
    if form.accepted() and kind is not None:
        try:
            people = choosing.chosen(request.form.getlist("picked"), form.members.data or "", kind.org.path)
            wish = (kind, people, form.number.data or 0, form.reason.data or "")
            made = gifts.ask(*wish, key=form.key.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            kind = queries.kind(form.kind_id.data, actor, rights.COUPONS)
        else:
            flash(_("申请提交了，要由另外两位同事批准，批准以后自动发放。"), "ok")
            return go(url_for("rewards_desk.gift", gift_id=made.id))
    return _new(form, kind)


def _new(form: GiftForm, kind: CouponKind | None, *, searching: bool = False) -> ResponseReturnValue:
    picked: list[MemberFound] = []
    found: list[MemberFound] = []
    if kind is not None:
        picked = find_members(kind.org.path, ids=choosing.numbers(request.form.getlist("picked")), limit=gifts.MOST_MEMBERS)
        words = (form.q.data or "").strip()
        if searching and words:
            have = {row.id for row in picked}
            found = [row for row in find_members(kind.org.path, words=words) if row.id not in have]
    page = render_template(
        "rewards/coupons/desk_gift_form.html", form=form, kind=kind, picked=picked, found=found, searching=searching,
    )  # fmt: skip
    return page, 422 if form.problems else 200


@desk.get("/gifts/<int:gift_id>/")
@needs(rights.READ)
def gift(gift_id: int) -> ResponseReturnValue:
    """Show a gift: for whom, why, and who approved."""
    return _page(queries.gift(gift_id, current_actor()), AnswerForm(formdata=None))


@desk.post("/gifts/<int:gift_id>/approve")
@needs(rights.APPROVE)
def approve_gift(gift_id: int) -> ResponseReturnValue:
    """Approve a gift; the second one makes the coupons."""
    actor, now = current_actor(), clock.now()

    def act(found: Gift) -> str:
        done = gifts.approve(found.id, actor=actor, now=now)
        return _("批准了，券已经放进会员的券包。") if done.state == "done" else _("第一次批准记下了，还要另一位同事再批一次。")

    return _decide(gift_id, AnswerForm(), act)


@desk.post("/gifts/<int:gift_id>/refuse")
@needs(rights.READ)
def refuse_gift(gift_id: int) -> ResponseReturnValue:
    """Refuse a gift, or take back one's own request."""
    actor, now, form = current_actor(), clock.now(), AnswerForm()

    def act(found: Gift) -> str:
        gifts.refuse(found.id, form.answer.data or "", actor=actor, now=now)
        return _("记下了，这份申请不再发放。")

    return _decide(gift_id, form, act)


def _decide(gift_id: int, form: AnswerForm, act: Callable[[Gift], Any]) -> ResponseReturnValue:
    actor, status = current_actor(), 422
    found = queries.gift(gift_id, actor)
    if form.accepted():
        try:
            told = act(found)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            found, status = queries.gift(gift_id, actor), error.status
        else:
            flash(told, "ok")
            return go(url_for("rewards_desk.gift", gift_id=gift_id))
    return _page(found, form), status


def _page(found: Gift, form: AnswerForm) -> str:
    never_cache()
    actor = current_actor()
    waits = found.state in ("asked", "first")
    who = account_names({account for account in (found.asked_by, found.first_by, found.second_by, found.refused_by) if account})
    hand = actor.account_id in (found.asked_by, found.first_by)
    people = find_members(found.org.path, ids=found.member_ids, limit=gifts.MOST_MEMBERS)
    return render_template(
        "rewards/coupons/desk_gift.html", gift=found, form=form, people=people, who=who, states=labels.GIFT_STATES,
        may_approve=waits and not hand and can(actor, rights.APPROVE, found.org), own=waits and actor.account_id == found.asked_by,
        may_refuse=waits and (actor.account_id == found.asked_by or can(actor, rights.APPROVE, found.org)),
        first=waits and actor.account_id == found.first_by, total=found.kind.face_fen * found.number * len(found.member_ids),
    )  # fmt: skip


