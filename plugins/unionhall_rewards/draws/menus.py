"""The ways to draws in menus, and the card of one's chances."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.plugin import Actor, Area, Card, NavItem, Person, can
from unionhall_rewards import rights
from unionhall_rewards.draws import entering, queries

SHOWN = 4


def entries(area: Area, actor: Actor) -> Iterator[NavItem]:
    """Yield the ways to draws: on the site's foot, and in the desk."""
    if area == "footer":
        yield NavItem(_("抽奖公示"), url_for("rewards.draws"), "shield", 75, _("服务"))
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("抽奖"), url_for("rewards_desk.draws"), "gift", 62, _("服务"))


def card(person: Person) -> Card | None:
    """Return the card of somebody's latest chances; none for who never had one."""
    rows = queries.latest_of(person.member_id, SHOWN) if person.member_id else []
    if not rows:
        return None
    told = list(zip(rows, entering.tell(rows), strict=True))
    return Card(Markup(render_template("rewards/draws/card.html", rows=told)), "main", 265)
