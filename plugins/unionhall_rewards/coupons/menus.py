"""The ways to coupons in menus, the tabs of the desk's pages, and the card on a member's page."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import Actor, Area, Card, NavItem, Person, can, clock, current_actor, current_member
from unionhall_rewards import rights
from unionhall_rewards.blueprints import desk
from unionhall_rewards.coupons import labels, queries, shown
from unionhall_rewards.fund.labels import yuan

TABS = (
    ("rewards_desk.coupons", _l("券"), rights.READ), ("rewards_desk.kind_list", _l("券种"), rights.READ),
    ("rewards_desk.gift_list", _l("发券"), rights.READ), ("rewards_desk.voiding_list", _l("作废和申诉"), rights.READ),
    ("rewards_desk.extensions", _l("延期"), rights.READ),
)  # fmt: skip
SHOWN = 3


def tabs() -> list[tuple[str, str]]:
    """Return (address, label) of the desk's pages of coupons that this editor may open."""
    actor = current_actor()
    return [(url_for(endpoint), str(label)) for endpoint, label, right in TABS if can(actor, right)]


desk.add_app_template_global(tabs, "rewards_coupon_tabs")
desk.add_app_template_filter(yuan, "rewards_yuan")
desk.add_app_template_filter(labels.number, "rewards_coupon_number")
desk.add_app_template_filter(labels.value_words, "rewards_value")
desk.add_app_template_filter(labels.validity_words, "rewards_validity")


def entries(area: Area, actor: Actor) -> Iterator[NavItem]:
    """Yield the ways to coupons, on a member's page and in the desk."""
    if area == "my":
        member = current_member()
        number = queries.usable_number(member.id, clock.now()) if member else 0
        yield NavItem(_("消费券"), url_for("rewards.wallet"), "ticket", 305, count=number, count_label=_("张可用"))
    if area == "desk" and can(actor, rights.READ):
        waiting = queries.waiting(actor) if can(actor, rights.APPROVE) else 0
        yield NavItem(_("消费券"), url_for("rewards_desk.coupons"), "ticket", 42, _("服务"), waiting, _("份等批准"))


def card(person: Person) -> Card | None:
    """Return the card of one's coupons that end first."""
    if not person.member_id:
        return None
    now = clock.now()
    rows = queries.of_member(person.member_id, queries.USABLE, now, size=SHOWN)
    if not rows:
        return None
    return Card(Markup(render_template("rewards/coupons/my_card.html", tickets=shown.tickets(rows, now))), "main", 245)
