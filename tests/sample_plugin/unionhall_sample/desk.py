"""The desk screens."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import clock, current_actor, go, needs
from unionhall_sample import queries, services
from unionhall_sample.forms import DoneForm

bp = Blueprint("sample_desk", __name__)


@bp.get("/")
@needs("sample.read")
def suggestions() -> ResponseReturnValue:
    """List the suggestions of one's orgs."""
    return render_template("sample/desk_list.html", suggestions=queries.listed(current_actor()))


@bp.route("/<int:suggestion_id>/", methods=["GET", "POST"])
@needs("sample.manage")
def done(suggestion_id: int) -> ResponseReturnValue:
    """Show with a picture and papers what came of a suggestion."""
    actor = current_actor()
    suggestion = queries.managed(suggestion_id, actor)
    form = DoneForm(obj=suggestion)
    form.org_id = suggestion.org_id
    if form.accepted():
        services.show(suggestion, form.picture_id.data, form.papers.data, actor=actor, now=clock.now())
        flash(_("已保存。"), "ok")
        return go(url_for("sample_desk.done", suggestion_id=suggestion_id))
    return render_template("sample/desk_done.html", suggestion=suggestion, form=form), 422 if form.problems else 200
