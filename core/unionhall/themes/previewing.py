"""A theme tried by one person: a signed, short-lived cookie that is worth nothing without the login it was made for."""

from __future__ import annotations

from datetime import timedelta

from flask import g, request
from werkzeug.wrappers import Response

from unionhall.base.crypto import config, sign, unsign
from unionhall.base.web import never_cache
from unionhall.host import looks
from unionhall.platform.access import SITE, can, current_actor
from unionhall.platform.pagecache import PREVIEW_COOKIE
from unionhall.themes.services import MANAGE

PURPOSE = "theme-preview"
LASTS = timedelta(hours=1)
NOT_HERE = ("/desk/", "/api/", "/static/", "/media/")


def begin(response: Response, name: str) -> None:
    """Let this browser, as long as this login lasts, see the site in a theme."""
    value = sign(PURPOSE, [name, g.login_session.id])
    response.set_cookie(PREVIEW_COOKIE, value, max_age=LASTS, secure=config().secure_cookies, httponly=True, samesite="Lax")


def end(response: Response) -> None:
    """Show this browser the site as everybody sees it."""
    response.delete_cookie(PREVIEW_COOKIE, secure=config().secure_cookies, httponly=True, samesite="Lax")


def recognise() -> None:
    """Before each request: find out whether it is to be rendered in a theme that is tried."""
    token, session = request.cookies.get(PREVIEW_COOKIE), g.get("login_session")
    if not token or session is None or request.path.startswith(NOT_HERE):
        return
    known = unsign(PURPOSE, token, int(LASTS.total_seconds()))
    if not isinstance(known, list) or known[1:] != [session.id] or not can(current_actor(), MANAGE, SITE):
        return
    if looks.preview(str(known[0])):
        never_cache()
