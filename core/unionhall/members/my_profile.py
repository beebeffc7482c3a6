"""What the roster says about oneself, and asking for a correction."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import RuleBroken
from unionhall.base.web import go
from unionhall.members import corrections, identity
from unionhall.members.forms import CorrectionForm
from unionhall.members.queries import current_member
from unionhall.members.site_blueprint import bp, me, mine, refused
from unionhall.members.words import CORRECTION_STATES, SUBJECTS
from unionhall.platform.access import current_actor


@bp.route("/my/profile/", methods=["GET", "POST"])
@mine
def profile() -> ResponseReturnValue:
    """Show one's data, masked, and take a request to correct it."""
    member, form = current_member(), CorrectionForm()
    shown = {
        "account": me(), "member": member, "asked": corrections.of_member(member.id) if member else [], "subjects": SUBJECTS,
        "states": CORRECTION_STATES, "id_number": identity.masked_id(member.id_sealed) if member else "",
        "mobile": identity.masked_mobile(member.mobile_sealed if member else me().phone_sealed),
    }  # fmt: skip
    if member is not None and form.accepted():
        try:
            corrections.ask(member, form.subject.data, form.wish.data or "", actor=current_actor(), now=clock.now())
        except RuleBroken as error:
            return refused("members/my_profile.html", form, error, **shown)
        flash(_("已转给单位工会核实，处理好了会通知你。"), "ok")
        return go(url_for("members.profile") + "#asked")
    return render_template("members/my_profile.html", form=form, **shown), 422 if form.is_submitted() else 200
