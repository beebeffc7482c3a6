"""The members feature's own cards on `/my/`."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template
from markupsafe import Markup

from unionhall.hooks.people import Person
from unionhall.hooks.types import Card
from unionhall.members import my_queries
from unionhall.members.queries import current_member
from unionhall.members.words import MAY_DO, MEMBERSHIP_STATES


def cards(person: Person) -> Iterable[Card]:
    """Return the card of memberships, for members, and the one of settings, for everybody."""
    member = current_member()
    if member is not None and person.member_id == member.id:
        held = [row for row in my_queries.memberships(member) if row.current]
        body = render_template("members/card_memberships.html", held=held, states=MEMBERSHIP_STATES, may_do=MAY_DO)
        yield Card(Markup(body), "main", 40)
    yield Card(Markup(render_template("members/card_settings.html")), "side", 900)
