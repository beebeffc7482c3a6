"""The desk's page of terminals: a list with last signs of life, a new one, a new code, taking one back."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.web import go, never_cache
from unionhall.host.assets import absolute
from unionhall.host.looks import looks
from unionhall.platform.access import SITE, current_actor, needs, require
from unionhall.terminals import queries, services
from unionhall.terminals.door import SURFACE
from unionhall.terminals.forms import TerminalForm
from unionhall.terminals.models import Terminal

bp = Blueprint("terminals_desk", __name__, url_prefix="/terminals")


@bp.get("/")
@needs(services.MANAGE)
def terminals() -> ResponseReturnValue:
    """Show every terminal and the form for a new one."""
    require(current_actor(), services.MANAGE, SITE)
    return _page(TerminalForm(formdata=None))


@bp.post("/")
@needs(services.MANAGE)
def add() -> ResponseReturnValue:
    """Add a terminal and show its code, this once."""
    require(current_actor(), services.MANAGE, SITE)
    form = TerminalForm()
    if not form.accepted():
        return _page(form), 422
    name, place, phone = (field.data or "" for field in (form.name, form.place, form.phone))
    row, code = services.add(name, place, phone, actor=current_actor(), now=clock.now())
    return _code(row, code)


@bp.post("/<int:terminal_id>/code")
@needs(services.MANAGE)
def renew(terminal_id: int) -> ResponseReturnValue:
    """Show a new code for a terminal that lost its browser, or whose code ran out."""
    row, code = services.renew_code(terminal_id, actor=current_actor(), now=clock.now())
    return _code(row, code)


@bp.post("/<int:terminal_id>/revoke")
@needs(services.MANAGE)
def revoke(terminal_id: int) -> ResponseReturnValue:
    """Make a terminal an ordinary browser again."""
    services.revoke(terminal_id, actor=current_actor(), now=clock.now())
    flash(_("终端已停用，那里的浏览器马上变回普通网页。"), "ok")
    return go(url_for("terminals_desk.terminals"))


def _page(form: TerminalForm) -> str:
    themed = any(theme.surface == SURFACE and theme.sound for theme in looks().every.values())
    return render_template("terminals/desk.html", form=form, terminals=queries.listed(), now=clock.now(), themed=themed)


def _code(row: Terminal, code: str) -> ResponseReturnValue:
    never_cache()
    return render_template("terminals/desk_code.html", terminal=row, code=code, address=absolute(url_for("terminals.enrol")))
