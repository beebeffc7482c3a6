"""On the terminal itself: setting it up, whom to ask, and starting afresh for the next person."""

from __future__ import annotations

import segno
from flask import (
    Blueprint,
    Response,
    abort,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from unionhall.accounts import sessions
from unionhall.accounts.services import log_out
from unionhall.base import clock
from unionhall.base.crypto import config, sign
from unionhall.base.errors import NotAllowed, RuleBroken, TooMany
from unionhall.base.web import client_address, csrf, from_here, go, never_cache
from unionhall.host.looks import SURFACE_COOKIE
from unionhall.terminals import door, queries, sealing, services
from unionhall.terminals.forms import EnrolForm

SHOWN = frozenset({"text/html", "application/json", "text/css", "text/javascript", "text/plain"})
bp = Blueprint("terminals", __name__)


def number() -> int | None:
    """Return which terminal asks, None for any other browser."""
    found: int | None = request.environ.get(sessions.MANY_PEOPLE)
    return found


@bp.app_template_global("qr_of")
def qr_of(address: str) -> str:
    """Return an address as a picture for telephones, to put in `src`."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=6, border=2, dark="#000000", light="#ffffff")


@bp.before_app_request
def keep_in() -> None:
    """Terminals open no desk, no program's address, no download, and nothing that asks for an identity number."""
    if number() is not None and sealing.is_closed(request.path):
        never_cache()
        raise NotAllowed(_("这台终端上打不开这个页面。请用自己的手机或电脑办，或请工作人员帮忙。"))


@bp.after_app_request
def seal(response: Response) -> Response:
    """Show pages on a terminal without what leads out of it; files are not handed out."""
    if SURFACE_COOKIE not in request.cookies or response.status_code in {204, 304} or 300 <= response.status_code < 400:
        return response
    kind, attached = response.mimetype or "", response.headers.get("Content-Disposition", "").startswith("attachment")
    if attached or not (kind in SHOWN or kind.startswith(("image/", "video/", "audio/"))):
        return make_response(render_template("terminals/closed.html"), 403)
    if response.mimetype == "text/html" and not response.is_streamed:
        response.set_data(sealing.sealed(response.get_data(as_text=True), request.host, _("这里不能传文件，请用手机办。")))
    return response


@bp.route("/terminal/enrol", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """Take the code from the desk and make this browser a terminal."""
    never_cache()
    form, now = EnrolForm(), clock.now()
    if not form.accepted():
        return render_template("terminals/enrol.html", form=form), 422 if form.is_submitted() else 200
    try:
        _number, token = services.enrol(form.code.data or "", source=client_address(), now=now)
    except (RuleBroken, TooMany) as error:
        form.refuse(error)
        return render_template("terminals/enrol.html", form=form), error.status
    _log_out()
    response = _emptied(go(url_for("site.home")))
    response.set_cookie(
        door.DEVICE_COOKIE, sign(door.PURPOSE, token), max_age=door.LASTS, secure=config().secure_cookies, httponly=True, samesite="Lax"
    )
    return response


@bp.get("/terminal/help")
def help_page() -> ResponseReturnValue:
    """Say whom to ring, and where this terminal stands, for whoever is rung."""
    never_cache()
    found = number()
    if found is None:
        abort(404)
    return render_template("terminals/help.html", terminal=queries.get(found))


@bp.get("/terminal/state")
def state() -> ResponseReturnValue:
    """Tell the page's script which terminal this is; being asked counts as a sign of life, not as use."""
    never_cache()
    found = number()
    if found is None:
        abort(404)
    row = queries.get(found)
    return jsonify(name=row.name, place=row.place)


@bp.post("/terminal/reset")
def reset() -> ResponseReturnValue:
    """End the session made here and forget everything but that this is a terminal."""
    if number() is None:
        abort(404)
    if not from_here():
        csrf.protect()
    _log_out()
    return _emptied(go(url_for("site.home")))


csrf.exempt(reset)


@bp.get("/terminal/idle")
def idle() -> ResponseReturnValue:
    """The same without JavaScript: the page's own refresh leads here after a while."""
    never_cache()
    if number() is None:
        abort(404)
    row = g.get("login_session")
    if row is not None:
        sessions.end_aside(row.id, now=clock.now())
    return _emptied(redirect(url_for("site.home")))


def _log_out() -> None:
    account, row = g.get("account"), g.get("login_session")
    if account is not None and row is not None:
        log_out(account, row.id, now=clock.now())


def _emptied(response: BaseResponse) -> BaseResponse:
    """Take back every cookie but the device's own, and what the browser keeps beside cookies."""
    never_cache()
    session.clear()
    for name in request.cookies:
        if name not in {door.DEVICE_COOKIE, SURFACE_COOKIE}:
            response.delete_cookie(name, path="/", secure=config().secure_cookies, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'  # "cookies" would take the device's own as well
    return response
