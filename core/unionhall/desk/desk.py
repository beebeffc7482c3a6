"""Routes of the desk's shell: the dashboard and the org scope."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from unionhall.base import clock
from unionhall.base.web import go, safe_next
from unionhall.desk import lists, scope
from unionhall.hooks.types import Card
from unionhall.host import slots
from unionhall.host.registry import collect
from unionhall.platform.access import current_actor, needs

bp = Blueprint("desk_desk", __name__)


@bp.get("/")
@needs("desk.enter")
def dashboard() -> ResponseReturnValue:
    """Show what waits for this person, what is scheduled, what happened lately."""
    actor, now = current_actor(), clock.now()
    cards = collect("unionhall_dashboard_cards", actor=actor, scope=scope.current(actor), now=now)
    cards += [Card(body, "side", 950) for body in slots.quarantined("unionhall_dashboard_cards")]
    places: dict[str, list[Any]] = {"stat": [], "main": [], "side": []}
    for card in sorted(cards, key=lambda card: card.order):
        places[card.place].append(card)
    return render_template("desk/dashboard.html", places=places, now=clock.local(now))


@bp.post("/scope")
@needs("desk.enter")
def choose_scope() -> ResponseReturnValue:
    """Work in another org from now on."""
    if not scope.choose(current_actor(), request.form.get("path", "")):
        flash(_("你在那个组织没有权限。"), "bad")
    return go(safe_next(request.form.get("next"), url_for("desk_desk.dashboard")))


bp.add_app_template_global(lists.here, "here")
bp.add_app_template_global(lists.export_url, "export_url")


@bp.app_context_processor
def shell() -> dict[str, Any]:
    """Give every template the scope that the person at the desk works in; found only when a template asks."""
    return {"desk_scope": lambda: scope.current(current_actor())}
