"""One person in the desk: memberships, history, who saw what; corrections; the numbers in full, for a reason."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import Conflict, UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.members import identity, roster, roster_queries, seeing, transfer_queries
from unionhall.members.desk_blueprint import bp
from unionhall.members.models import Member
from unionhall.members.rights import MANAGE, READ, UNMASK
from unionhall.members.roster_forms import MemberForm, ReasonForm, number
from unionhall.members.roster_labels import ACTS, HANDOVERS, ID_KINDS, LOOKS, STATUSES, told
from unionhall.members.states import open_steps
from unionhall.platform.access import can, current_actor, needs


@bp.get("/<int:member_id>")
@needs(READ)
def member(member_id: int) -> ResponseReturnValue:
    """Show a person, numbers masked."""
    return _page(roster_queries.get(member_id, current_actor()))


@bp.post("/<int:member_id>/show")
@needs(UNMASK)
def show_in_full(member_id: int) -> ResponseReturnValue:
    """Show the numbers in full, once, to somebody who says why; the person will see who looked."""
    actor, form = current_actor(), ReasonForm()
    found = roster_queries.get(member_id, actor, UNMASK)
    if not form.accepted():
        return _page(found, form=form), 422
    numbers = seeing.numbers(found, why=form.reason.data or "", actor=actor, now=clock.now())
    return _page(found, numbers=numbers)


@bp.route("/<int:member_id>/edit", methods=["GET", "POST"])
@needs(MANAGE)
def edit(member_id: int) -> ResponseReturnValue:
    """Correct what is said of a person; who saves second sees both and loses nothing."""
    actor = current_actor()
    found = roster_queries.get(member_id, actor, MANAGE)
    primary = roster.primary_of(found)
    joined = primary.joined_on if primary else None
    form, theirs, status = MemberForm(obj=found, joined_on=joined), list[tuple[str, str, str]](), 200
    never_cache()
    if form.accepted():
        try:
            opened, without = number(form.version.data), bool(form.no_mobile.data)
            roster.edit(found, form.fields(), version=opened, no_mobile=without, actor=actor, now=clock.now())
        except Conflict as error:
            form.refuse(error)
            theirs, status = form.differing(found, joined), error.status
            form.version.data = str(found.version)
        except UnionHallError as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("资料已保存。"), "ok")
            return go(url_for("members_desk.member", member_id=member_id))
    elif form.is_submitted():
        status = 422
    return render_template("members/desk_edit.html", form=form, member=found, theirs=theirs, masked=_masked(found)), status


def _masked(member: Member) -> dict[str, str]:
    return {"id": identity.masked_id(member.id_sealed), "mobile": identity.masked_mobile(member.mobile_sealed)}


def _page(found: Member, *, form: ReasonForm | None = None, numbers: dict[str, str] | None = None) -> str:
    actor = current_actor()
    places, hidden = roster_queries.seen_memberships(found, actor)
    managed = {place.id for place in places if can(actor, MANAGE, place.org)}
    here: dict[str, Any] = {
        "member": found, "masked": _masked(found), "numbers": numbers, "places": places, "hidden": hidden, "managed": managed,
        "steps": {place.id: open_steps(place) if place.id in managed else [] for place in places},
        "history": roster_queries.history(found, actor), "looks": roster_queries.looks(found, actor),
        "shared": bool(roster_queries.sharing_mobile([found])),
        "past": not any(place.current for place in places),
        "transfer": transfer_queries.open_of(found.id),
    }  # fmt: skip
    never_cache()
    return render_template(
        "members/desk_member.html", form=form or ReasonForm(formdata=None), statuses=STATUSES, acts=ACTS, told=told, id_kinds=ID_KINDS,
        look_words=LOOKS, handovers=HANDOVERS, may_edit=can(actor, MANAGE, found.org), may_show=can(actor, UNMASK, found.org),
        may_add=can(actor, MANAGE), **here,
    )  # fmt: skip
