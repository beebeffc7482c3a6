"""Transfers of membership in the desk: asked for, answered, taken back."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken, UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.members import identity, roster_queries, transfer_queries, transfers
from unionhall.members.desk_blueprint import bp
from unionhall.members.models import Handover, MemberTransfer
from unionhall.members.rights import MANAGE, READ
from unionhall.members.roster_forms import AnswerForm, SendForm
from unionhall.members.roster_labels import HANDOVERS, TRANSFERS
from unionhall.orgs import queries as orgs
from unionhall.platform.access import can, current_actor, needs


@bp.get("/transfers/")
@needs(READ)
def transfer_list() -> ResponseReturnValue:
    """List the transfers that leave or reach the org that is worked in and those below it."""
    actor, page, only_open = current_actor(), page_number(), request.args.get("show") != "all"
    below = scope.current(actor)
    rows, total = transfer_queries.listed(actor, below, page=page, only_open=only_open)
    never_cache()
    return render_template(
        "members/desk_transfers.html", rows=rows, pager=Pager(page, total, transfer_queries.PAGE), states=TRANSFERS, handovers=HANDOVERS,
        only_open=only_open, here_org=orgs.by_path(below), knows=_knows,
    )  # fmt: skip


@bp.get("/transfers/<int:handover_id>")
@needs(READ)
def transfer(handover_id: int) -> ResponseReturnValue:
    """Show a transfer; who decides finds the answer's form there."""
    return _page(transfer_queries.get(handover_id, current_actor()), AnswerForm(formdata=None))


@bp.route("/<int:member_id>/transfer", methods=["GET", "POST"])
@needs(MANAGE)
def send(member_id: int) -> ResponseReturnValue:
    """Ask another union to take a member."""
    actor, form = current_actor(), SendForm()
    found = roster_queries.get(member_id, actor, MANAGE)
    never_cache()
    if form.accepted():
        kind = Handover(form.kind.data)
        try:
            to_org = None if kind is Handover.BANKRUPT else transfer_queries.org_named(form.to_org.data or "")
            asked = transfers.ask_to_send(found, to_org, kind, reason=form.reason.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            return _send_page(form, found), error.status
        flash(_("已申请转接，等对方工会答复。"), "ok")
        return go(url_for("members_desk.transfer", handover_id=asked.id))
    return _send_page(form, found), 422 if form.is_submitted() else 200


@bp.post("/transfers/<int:handover_id>/accept")
@needs(MANAGE)
def accept(handover_id: int) -> ResponseReturnValue:
    """Accept: the membership moves."""
    return _answer(handover_id, "accept", _("会籍已经转好。"))


@bp.post("/transfers/<int:handover_id>/refuse")
@needs(MANAGE)
def refuse(handover_id: int) -> ResponseReturnValue:
    """Refuse, and say why."""
    return _answer(handover_id, "refuse", _("已答复对方。"))


@bp.post("/transfers/<int:handover_id>/withdraw")
@needs(MANAGE)
def withdraw(handover_id: int) -> ResponseReturnValue:
    """Take back what one's own side asked."""
    actor = current_actor()
    transfers.withdraw(transfer_queries.get(handover_id, actor), actor=actor, now=clock.now())
    flash(_("已撤回。"), "ok")
    return go(url_for("members_desk.transfer", handover_id=handover_id))


def _answer(handover_id: int, act: str, done: str) -> ResponseReturnValue:
    actor, form = current_actor(), AnswerForm()
    found = transfer_queries.get(handover_id, actor)
    if not form.accepted():
        return _page(found, form), 422
    try:
        if act == "accept":
            transfers.accept(found, effective_on=form.effective_on.data, answer=form.answer.data or "", actor=actor, now=clock.now())
        else:
            transfers.refuse(found, answer=form.answer.data or "", actor=actor, now=clock.now())
    except (RuleBroken, Conflict) as error:
        error.field = "answer" if error.field == "reason" else error.field
        form.refuse(error)
        db.session().rollback()
        return _page(transfer_queries.get(handover_id, actor), form), error.status
    flash(done, "ok")
    return go(url_for("members_desk.transfer", handover_id=handover_id))


def _send_page(form: SendForm, member: Any) -> str:
    return render_template("members/desk_send.html", form=form, member=member, handovers=HANDOVERS, above=member.org.parent)


def _knows(found: MemberTransfer) -> bool:
    """Say whether the actor may know where the member is now: those who asked for somebody may not, before it is decided."""
    return found.asked_by_side == "from" or can(current_actor(), READ, found.from_org)


def _page(found: MemberTransfer, form: AnswerForm) -> str:
    actor = current_actor()
    never_cache()
    return render_template(
        "members/desk_transfer.html", transfer=found, form=form, states=TRANSFERS, handovers=HANDOVERS, knows=_knows(found),
        decides=found.open and can(actor, MANAGE, found.deciding_org), withdraws=found.open and can(actor, MANAGE, found.asking_org),
        masked=identity.masked_id(found.member.id_sealed), opens=_opens(found), today=clock.local_day(clock.now()),
    )  # fmt: skip


def _opens(found: MemberTransfer) -> bool:
    """Say whether the actor may open the member's page."""
    return any(can(current_actor(), READ, place.org) for place in found.member.memberships)
