"""The ways to benefits in menus, and the card on a member's page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.plugin import Actor, Area, Card, NavItem, Person, can, current_actor
from unionhall_chapters import rights
from unionhall_chapters.benefits import covering, labels, queries
from unionhall_chapters.benefits.models import OPEN, State
from unionhall_chapters.blueprints import desk

TABS = {"chapters_desk.all_claims": rights.CLAIMS, "chapters_desk.payment_list": rights.SETTLE,
"chapters_desk.benefit_list": rights.BENEFITS}
SHOWN = (State.DRAFT, *OPEN, State.REFUSED, State.COVERED)


def _may(endpoint: str) -> bool:
    return can(current_actor(), TABS[endpoint])


desk.add_app_template_global(_may, "chapters_may")


def entries(area: Area, actor: Actor) -> Iterator[NavItem]:
    """Yield the ways to benefits, on the site, in the desk and on a member's page."""
    if area == "footer":
        yield NavItem(_("会员福利"), url_for("chapters.benefits"), "gift", 70, _("服务"))
    if area == "my":
        yield NavItem(_("福利"), url_for("chapters.my_claims"), "gift", 310)
    if area == "desk" and can(actor, rights.CLAIMS):
        yield NavItem(_("福利"), url_for("chapters_desk.all_claims"), "gift", 40, _("服务"), queries.waiting(actor), _("份申请等办理"))


def card(person: Person) -> Card | None:
    """Return the card of one's claims that are not over."""
    if not person.member_id:
        return None
    rows = [row for row in queries.of_member(person.member_id) if row.state in SHOWN][:4]
    handled = {row.id: covering.words(queries.claim(row.covered_by_id)) for row in rows if row.covered_by_id}
    return Card(Markup(render_template("chapters/benefits/card.html", rows=rows, handled=handled, icons=labels.ICONS)), "main", 250)
