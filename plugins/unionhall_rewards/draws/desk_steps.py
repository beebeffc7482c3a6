"""One draw in the desk, and what is done with it on its way: public value, reveal, pause, void, forfeits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import (
    DeskForm,
    UnionHallError,
    account_names,
    can,
    clock,
    current_actor,
    go,
    needs,
    never_cache,
    session,
)
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.draws import drafting, drawing, forfeits, labels, pausing, queries
from unionhall_rewards.draws.desk import winners_page
from unionhall_rewards.draws.forms import AgainForm, CompensateForm, ForfeitForm, PublicForm, ReasonForm, SharesForm
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState


@desk.get("/draws/<int:draw_id>/")
@needs(rights.READ)
def draw(draw_id: int) -> ResponseReturnValue:
    """Show a draw: how it stands, what waits."""
    return _page(queries.managed(draw_id, current_actor(), rights.READ))


def _page(found: Draw, sent: dict[str, DeskForm] | None = None) -> str:
    never_cache()
    actor, now, given = current_actor(), clock.now(), sent or {}
    blank: dict[str, DeskForm] = {
        "public": PublicForm(formdata=None), "again": AgainForm(formdata=None), "shares": SharesForm(formdata=None),
        "pause": ReasonForm(formdata=None), "void": ReasonForm(formdata=None), "compensate": CompensateForm(formdata=None),
    }  # fmt: skip
    people = {found.created_by, found.published_by, found.public_said_by, found.public_by, found.void_asked_by, found.void_by} - {None}
    return render_template(
        "rewards/draws/desk_draw.html", draw=found, forms=blank | given, sent=given, phase=labels.standing(found, now),
        may=can(actor, rights.DRAWS, found.org), may_approve=can(actor, rights.APPROVE, found.org), me=actor.account_id,
        lacks=drafting.lacks(found, now) if found.state == DrawState.DRAFT else [], ways=labels.WAYS, cost=drafting.cost(found),
        public_due=_public_due(found), reveal_by=labels.reveal_by(found), now=now, compensations=pausing.given(found.id),
        names=account_names({person for person in people if person}), instant=found.algo == Algorithm.INSTANT,
        total=queries.winners(found, size=1)[1] if found.state not in (DrawState.DRAFT, DrawState.PUBLISHED) else 0,
    )  # fmt: skip


def _public_due(found: Draw) -> bool:
    """Say whether the public value can be noted now."""
    if found.public_value or found.public_at is None or clock.now() < found.public_at:
        return False
    waits = DrawState.PUBLISHED if found.algo == Algorithm.INSTANT else DrawState.FROZEN
    return found.state == waits


def _step(draw_id: int, name: str, form: DeskForm, right: str, act: Callable[[Any], Any], done: str) -> ResponseReturnValue:
    """Run one step; what a service refuses stands above the page, and what was typed stays."""
    actor, status = current_actor(), 422
    queries.managed(draw_id, actor, right)
    if form.accepted():
        try:
            act(form)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
        else:
            flash(done, "ok")
            return go(url_for("rewards_desk.draw", draw_id=draw_id))
    return _page(queries.managed(draw_id, actor, rights.READ), {name: form}), status


@desk.post("/draws/<int:draw_id>/public")
@needs(rights.DRAWS)
def say_public(draw_id: int) -> ResponseReturnValue:
    """Note the public value."""
    actor, now = current_actor(), clock.now()

    def act(form: PublicForm) -> None:
        drawing.say_public(draw_id, form.value.data or "", form.note.data or "", actor=actor, now=now)

    return _step(draw_id, "public", PublicForm(), rights.DRAWS, act, _("记下了。请另一位经办人看着来源核对一遍。"))


@desk.post("/draws/<int:draw_id>/again")
@needs(rights.DRAWS)
def confirm_public(draw_id: int) -> ResponseReturnValue:
    """Confirm the public value, as a second person."""
    actor, now = current_actor(), clock.now()

    def act(form: AgainForm) -> None:
        drawing.confirm_public(draw_id, form.again.data or "", actor=actor, now=now)

    return _step(draw_id, "again", AgainForm(), rights.DRAWS, act, _("核对好了，公开数从现在起不能再改。"))


@desk.post("/draws/<int:draw_id>/reveal")
@needs(rights.DRAWS)
def reveal_draw(draw_id: int) -> ResponseReturnValue:
    """Reveal the secret and draw."""
    actor, now = current_actor(), clock.now()
    return _step(
        draw_id, "reveal", DeskForm(), rights.DRAWS, lambda _form: drawing.reveal(draw_id, actor=actor, now=now),
        _("开奖了，结果已经公布。"),
    )  # fmt: skip


@desk.post("/draws/<int:draw_id>/shares")
@needs(rights.READ)
def reveal_by_shares(draw_id: int) -> ResponseReturnValue:
    """Reveal the secret from two sealed shares."""
    actor, now = current_actor(), clock.now()

    def act(form: SharesForm) -> None:
        drawing.reveal_by_shares(draw_id, [form.one.data or "", form.two.data or ""], actor=actor, now=now)

    return _step(draw_id, "shares", SharesForm(), rights.READ, act, _("用密封件开奖了，结果已经公布。"))


@desk.post("/draws/<int:draw_id>/pause")
@needs(rights.DRAWS)
def pause_draw(draw_id: int) -> ResponseReturnValue:
    """Pause a draw."""
    actor, now = current_actor(), clock.now()

    def act(form: ReasonForm) -> None:
        pausing.pause(draw_id, form.reason.data or "", actor=actor, now=now)

    return _step(draw_id, "pause", ReasonForm(), rights.DRAWS, act, _("暂停了，大家会看到原因。"))


@desk.post("/draws/<int:draw_id>/resume")
@needs(rights.DRAWS)
def resume_draw(draw_id: int) -> ResponseReturnValue:
    """Go on with a draw."""
    actor, now = current_actor(), clock.now()
    return _step(
        draw_id, "resume", DeskForm(), rights.DRAWS, lambda _form: pausing.resume(draw_id, actor=actor, now=now), _("恢复了，可以抽了。")
    )


@desk.post("/draws/<int:draw_id>/compensate")
@needs(rights.DRAWS)
def compensate_draw(draw_id: int) -> ResponseReturnValue:
    """Give everybody of a day one more chance."""
    actor, now = current_actor(), clock.now()

    def act(form: CompensateForm) -> None:
        pausing.compensate(draw_id, form.day.data or date.min, form.reason.data or "", actor=actor, now=now)

    return _step(draw_id, "compensate", CompensateForm(), rights.DRAWS, act, _("记下了，几分钟内每人多抽一次。"))


@desk.post("/draws/<int:draw_id>/void")
@needs(rights.DRAWS)
def ask_void(draw_id: int) -> ResponseReturnValue:
    """Ask to make a draw void."""
    actor, now = current_actor(), clock.now()

    def act(form: ReasonForm) -> None:
        drawing.ask_void(draw_id, form.reason.data or "", actor=actor, now=now)

    return _step(draw_id, "void", ReasonForm(), rights.DRAWS, act, _("申请好了，等另一个人批准。"))


@desk.post("/draws/<int:draw_id>/void/approve")
@needs(rights.APPROVE)
def approve_void(draw_id: int) -> ResponseReturnValue:
    """Make a draw void, as a second person."""
    actor, now = current_actor(), clock.now()
    return _step(
        draw_id, "approve", DeskForm(), rights.APPROVE, lambda _form: drawing.void(draw_id, actor=actor, now=now),
        _("作废了，没有发出的钱回到了经费。"),
    )  # fmt: skip


@desk.post("/draws/<int:draw_id>/void/refuse")
@needs(rights.READ)
def refuse_void(draw_id: int) -> ResponseReturnValue:
    """Refuse a request to make a draw void, or take one's own back."""
    actor, now = current_actor(), clock.now()
    return _step(
        draw_id, "refuse", DeskForm(), rights.READ, lambda _form: drawing.refuse_void(draw_id, actor=actor, now=now),
        _("不作废，抽奖照常。"),
    )  # fmt: skip


@desk.post("/draws/<int:draw_id>/forfeit")
@needs(rights.DRAWS)
def forfeit_prize(draw_id: int) -> ResponseReturnValue:
    """Pass a thing on to the next of the reserve."""
    actor, now, form, status = current_actor(), clock.now(), ForfeitForm(), 422
    queries.managed(draw_id, actor, rights.DRAWS)
    if form.accepted():
        try:
            made = forfeits.forfeit(draw_id, form.slot.data or 0, form.reason.data or "", actor=actor, now=now)
        except UnionHallError as error:
            form.refuse(error)
            session().rollback()
            status = error.status
        else:
            flash(_("转给了下一位候补。") if made.to_slot else _("候补用完了，这一份没有人得。"), "ok")
            return go(url_for("rewards_desk.draw_winners", draw_id=draw_id))
    return winners_page(draw_id, form), status
