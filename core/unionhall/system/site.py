"""Health for those who watch the site, and maintenance: it rests for all but those who are logged in."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base.crypto import config
from unionhall.base.errors import Unavailable
from unionhall.base.web import never_cache, no_index
from unionhall.platform.access import current_actor
from unionhall.settings.queries import site_settings
from unionhall.system import heads, health

RETRY_SECONDS = 1800
OPEN_BLUEPRINTS = frozenset({"accounts", "media"})
OPEN_PATHS = ("/desk/", "/healthz", "/readyz", "/metrics", "/robots.txt", "/favicon.ico")

bp = Blueprint("system", __name__)


class Resting(Unavailable):
    """The site is closed for maintenance."""

    code = "maintenance"
    retry_after = RETRY_SECONDS


@bp.before_app_request
def rest() -> None:
    """Answer 503 with the editors' note while the site is closed. Raises Resting."""
    if request.blueprint in OPEN_BLUEPRINTS or request.path.startswith(OPEN_PATHS) or current_actor().known:
        return
    if config().maintenance or site_settings().maintenance:
        raise Resting(site_settings().maintenance_note or _("网站正在维护，没有丢失任何内容。请过半小时再来。"))


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer while the process lives; asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Say whether the site can do its work; no versions, no names."""
    checks = health.ready()
    return jsonify(ready=all(checks.values()), checks=checks), 200 if all(checks.values()) else 503


@bp.get("/audit-heads/")
def audit_heads() -> ResponseReturnValue:
    """Show everybody the ends of the audit trail of the last days."""
    never_cache()
    return no_index(Response(render_template("system/heads.html", heads=heads.published())))
