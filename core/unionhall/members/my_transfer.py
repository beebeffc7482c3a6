"""Asking for a transfer of one's own membership, and taking it back."""

from __future__ import annotations

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import RuleBroken, UnionHallError
from unionhall.base.web import go
from unionhall.members import transfer_queries, transfers
from unionhall.members.models import Handover, Member
from unionhall.members.queries import current_member
from unionhall.members.roster_forms import MoveForm
from unionhall.members.roster_labels import HANDOVERS
from unionhall.members.site_blueprint import bp, mine, refused
from unionhall.orgs.models import Org
from unionhall.platform.access import current_actor

PAGE = "members/my_transfer.html"


@bp.route("/my/memberships/transfer", methods=["GET", "POST"])
@mine
def ask_transfer() -> ResponseReturnValue:
    """Ask another union to take over one's membership; a name that fits several orgs is answered with all of them to choose from."""
    member = current_member()
    if member is None:
        return go(url_for("members.my"))
    form = MoveForm()
    picks = transfer_queries.orgs_like(form.to_org.data or "") if form.is_submitted() else []
    shown = {"member": member, "handovers": HANDOVERS, "above": member.org.parent, "picks": picks}
    if form.accepted():
        try:
            to_org = _chosen(form, picks)
            transfers.ask_for_oneself(
                member, to_org, Handover(form.kind.data), reason=form.reason.data or "", actor=current_actor(), now=clock.now()
            )
        except UnionHallError as error:
            return refused(PAGE, form, error, **shown)
        flash(_("已申请转接，等对方工会答复。有结果会通知你。"), "ok")
        return go(url_for("members.memberships"))
    return render_template(PAGE, form=form, **shown), 422 if form.is_submitted() else 200


@bp.post("/my/memberships/transfer/withdraw")
@mine
def withdraw_transfer() -> ResponseReturnValue:
    """Take back what one asked for."""
    member = _member()
    found = transfer_queries.latest_own(member)
    if found is None:
        abort(404)
    transfers.withdraw_own(found, actor=current_actor(), now=clock.now())
    flash(_("转接申请撤回了，会籍留在原处。"), "ok")
    return go(url_for("members.memberships"))


def _member() -> Member:
    return current_member() or abort(404)


def _chosen(form: MoveForm, picks: list[Org]) -> Org | None:
    """Return the org that was ticked among those found, else the one that the words name. Raises RuleBroken."""
    if form.kind.data == Handover.BANKRUPT:
        return None
    if ticked := next((org for org in picks if str(org.id) == request.form.get("pick")), None):
        return ticked
    try:
        return transfer_queries.org_named(form.to_org.data or "")
    except RuleBroken:
        if picks:
            raise RuleBroken(_("名字里有这几个字的工会列在下面，请选一个；没有的话，把名字写全一些。"), field="to_org") from None
        raise
