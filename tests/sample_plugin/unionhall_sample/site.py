"""The public page."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.plugin import RuleBroken, clock, current_actor, fail, go, media_assets, shared, tag_page
from unionhall_sample import queries, services

bp = Blueprint("sample", __name__)


@bp.get("/")
def box() -> ResponseReturnValue:
    """Show the box."""
    return render_template("sample/box.html", text="", error="")


@bp.get("/<int:suggestion_id>/")
@shared()
def one(suggestion_id: int) -> ResponseReturnValue:
    """Show what came of a suggestion; a page for everybody, renewed when its picture is replaced."""
    found = queries.shown(suggestion_id)
    tag_page(f"sample:suggestion:{found.id}")
    assets = media_assets([found.picture_id or 0, *found.papers])
    papers = [assets[item] for item in found.papers if item in assets]
    return render_template("sample/one.html", suggestion=found, image=assets.get(found.picture_id or 0), papers=papers)


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
