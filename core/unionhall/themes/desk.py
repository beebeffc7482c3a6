"""The desk's page of themes: see them, try one, choose one."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from unionhall.base import clock
from unionhall.base.web import go
from unionhall.platform.access import SITE, can, current_actor, needs, require
from unionhall.themes import previewing, queries, services

bp = Blueprint("themes_desk", __name__, url_prefix="/system/themes")


@bp.get("/")
@needs(queries.READ)
def themes() -> ResponseReturnValue:
    """Show every installed theme; installing happens on the server."""
    actor = current_actor()
    require(actor, queries.READ, SITE)
    return render_template(
        "themes/desk.html", cards=queries.cards(), chosen=queries.chosen(), manages=can(actor, services.MANAGE, SITE)
    )


@bp.post("/use")
@needs(services.MANAGE)
def use() -> ResponseReturnValue:
    """Make a theme the site's, and end this browser's preview."""
    changed = services.choose(request.form.get("name", ""), actor=current_actor(), now=clock.now())
    flash(_("主题换好了，读者马上能看到。") if changed else _("网站已经在用这个主题。"), "ok")
    response = go(url_for("themes_desk.themes"))
    previewing.end(response)
    return response


@bp.post("/preview")
@needs(services.MANAGE)
def preview() -> ResponseReturnValue:
    """Show the site in a theme, to this browser alone."""
    theme = services.usable(request.form.get("name", ""), actor=current_actor())
    response = go(url_for("site.home"))
    previewing.begin(response, theme.name)
    return response


@bp.post("/preview/end")
@needs(services.MANAGE)
def end_preview() -> Response:
    """End this browser's preview."""
    response = go(url_for("themes_desk.themes"))
    previewing.end(response)
    return response
