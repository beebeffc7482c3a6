"""The public page."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import RuleBroken, clock, current_actor, fail, go
from unionhall_sample import services

bp = Blueprint("sample", __name__)


@bp.get("/")
def box() -> ResponseReturnValue:
    """Show the box."""
    return render_template("sample/box.html", text="", error="")


@bp.post("/")
def suggest() -> ResponseReturnValue:
    """Take a suggestion."""
    text = request.form.get("text", "")
    try:
        services.suggest(1, text, article_id=None, actor=current_actor(), now=clock.now())
    except RuleBroken as error:
        fail()
        return render_template("sample/box.html", text=text, error=str(error)), 422
    flash(_("收到了，谢谢。"), "ok")
    return go(url_for("sample.box"))
