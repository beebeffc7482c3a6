"""Campaigns on the desk's dashboard: what waits for this person's review, what runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import render_template
from markupsafe import Markup

from unionhall.campaigns import queries, shown, states
from unionhall.hooks.types import Actor, Card
from unionhall.platform.access import can

SHOWN = 5


def cards(actor: Actor, scope: str, now: datetime) -> Iterator[Card]:
    """Yield the cards that this actor has a use for, within the org that they work in."""
    if not can(actor, states.READ):
        return
    if can(actor, states.APPROVE) and (waiting := queries.waiting(actor, below=scope)):
        yield _card("waiting", "main", 15, rows=waiting[:SHOWN], total=len(waiting))
    running = queries.going_on(actor, below=scope)
    if running:
        rows = [(item, shown.days_left(item.ends_at or now, now)) for item in running[:SHOWN]]
        yield _card("running", "side", 12, rows=rows, total=len(running), states=states)


def _card(name: str, place: str, order: int, **values: object) -> Card:
    body = Markup(render_template(f"campaigns/desk_card_{name}.html", **values))
    return Card(body, "main" if place == "main" else "side", order)
