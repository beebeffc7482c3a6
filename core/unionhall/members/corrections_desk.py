"""The desk's list of what members say is wrong on the roster."""

from __future__ import annotations

from flask import flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.base.web import go
from unionhall.desk import scope
from unionhall.desk.lists import Pager, page_number
from unionhall.members import corrections
from unionhall.members.desk_blueprint import bp
from unionhall.members.forms import AnswerForm
from unionhall.members.rights import MANAGE
from unionhall.members.words import CORRECTION_STATES, SUBJECTS
from unionhall.platform.access import current_actor, needs


@bp.get("/corrections/")
@needs(MANAGE)
def correction_list() -> ResponseReturnValue:
    """List what waits, or what is settled."""
    actor, page = current_actor(), page_number()
    state = "closed" if request.args.get("state") == "closed" else "open"
    found, total = corrections.listed(actor=actor, below=scope.current(actor), state=state, page=page)
    pager = Pager(page, total, corrections.PAGE)
    words = {"subjects": SUBJECTS, "states": CORRECTION_STATES}
    return render_template("members/desk_corrections.html", found=found, pager=pager, state=state, **words)


@bp.route("/corrections/<int:correction_id>", methods=["GET", "POST"])
@needs(MANAGE)
def correction(correction_id: int) -> ResponseReturnValue:
    """Show one request, and take the answer to it."""
    row, form, status = corrections.get(correction_id, actor=current_actor()), AnswerForm(), 200
    if form.accepted():
        try:
            done = request.form.get("act") != "refuse"
            corrections.answer(row, done=done, words=form.answer.data or "", actor=current_actor(), now=clock.now())
        except (RuleBroken, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            flash(_("已回复本人。"), "ok")
            return go(url_for("members_desk.correction_list"))
    elif form.is_submitted():
        status = 422
    page = render_template("members/desk_correction.html", row=row, form=form, subjects=SUBJECTS, states=CORRECTION_STATES)
    return make_response(page, status)
