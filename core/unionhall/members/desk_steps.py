"""What is done with a person's memberships in the desk, each step on a page that says what it means and asks why."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import Conflict, NotFound, UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.members import roster, roster_queries
from unionhall.members.desk import chosen_org
from unionhall.members.desk_blueprint import bp
from unionhall.members.rights import MANAGE
from unionhall.members.roster_forms import ReasonForm, SecondForm
from unionhall.members.states import STEPS, may
from unionhall.orgs import queries as orgs
from unionhall.platform.access import current_actor, needs


@bp.route("/<int:member_id>/memberships/<int:membership_id>/<step>", methods=["GET", "POST"])
@needs(MANAGE)
def step(member_id: int, membership_id: int, step: str) -> ResponseReturnValue:
    """Ask why, then take a step: confirm, suspend, resume, keep on, let go, make it the primary one."""
    actor, form = current_actor(), ReasonForm()
    found = roster_queries.get(member_id, actor)
    place = roster_queries.membership(found, membership_id, actor, MANAGE)
    wanted = STEPS.get(step)
    if wanted is None and step != "primary":
        raise NotFound()
    if (wanted is not None and not may(wanted, place)) or (wanted is None and (place.is_primary or not place.current)):
        raise Conflict(_("会籍的状态已经变了，这一步现在做不了。请刷新后再看。"))
    never_cache()
    if form.accepted():
        try:
            if wanted is None:
                roster.make_primary(place, reason=form.reason.data or "", actor=actor, now=clock.now())
            else:
                roster.take_step(place, step, reason=form.reason.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            return _sure(form, found, place, wanted), error.status
        flash(_("已办好，记入了档案。"), "ok")
        return go(url_for("members_desk.member", member_id=member_id))
    return _sure(form, found, place, wanted), 422 if form.is_submitted() else 200


def _sure(form: ReasonForm, member: object, place: object, wanted: object) -> str:
    return render_template("members/desk_step.html", form=form, member=member, place=place, step=wanted)


@bp.route("/<int:member_id>/second", methods=["GET", "POST"])
@needs(MANAGE)
def second(member_id: int) -> ResponseReturnValue:
    """Make another of the actor's orgs a person's second union."""
    actor, form = current_actor(), SecondForm()
    found = roster_queries.get(member_id, actor, MANAGE)
    held = {place.org_id for place in found.memberships if place.current}
    offered = [org for org in orgs.manageable(actor, MANAGE) if org.id not in held]
    never_cache()
    if form.accepted():
        try:
            roster.join_second(found.id, chosen_org(form.org_id.data), reason=form.reason.data or "", actor=actor, now=clock.now())
        except UnionHallError as error:
            form.refuse(error)
            return render_template("members/desk_second.html", form=form, member=found, orgs=offered), error.status
        flash(_("已办好，记入了档案。"), "ok")
        return go(url_for("members_desk.member", member_id=member_id))
    page = render_template("members/desk_second.html", form=form, member=found, orgs=offered)
    return page, 422 if form.is_submitted() else 200
