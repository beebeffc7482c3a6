"""One's own home, memberships and code."""

from __future__ import annotations

import segno
from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from unionhall.base import clock
from unionhall.base.web import go
from unionhall.hooks.types import Card
from unionhall.host import slots
from unionhall.host.registry import collect
from unionhall.members import codes, my_queries, roster, transfer_queries
from unionhall.members.queries import current_member
from unionhall.members.roster_labels import ACTS, HANDOVERS, TRANSFERS, told
from unionhall.members.site_blueprint import bp, me, mine, person
from unionhall.members.states import HANDED_ON
from unionhall.members.words import MAY_DO, MEMBERSHIP_STATES

PLACES = ("stat", "main", "side")


@bp.get("/my/")
@mine
def my() -> ResponseReturnValue:
    """Show one's own home: who one is, and what features and plugins have for one."""
    cards = collect("unionhall_member_cards", person=person(), now=clock.now())
    cards += [Card(body, "side", 950) for body in slots.quarantined("unionhall_member_cards")]
    cards.sort(key=lambda card: card.order)
    places = {place: [card.body for card in cards if card.place == place] for place in PLACES}
    member = current_member()
    head = my_queries.head(member) if member else None
    return render_template("members/my.html", account=me(), member=member, head=head, places=places, may_do=MAY_DO)


@bp.get("/my/memberships/")
@mine
def memberships() -> ResponseReturnValue:
    """Show one's unions, present and past."""
    member = current_member()
    if member is None:
        return go(url_for("members.my"))
    held, history = my_queries.memberships(member), my_queries.history(member)
    words = {"states": MEMBERSHIP_STATES, "may_do": MAY_DO, "changes": ACTS, "transfers": TRANSFERS, "handovers": HANDOVERS, "told": told}
    primary = roster.primary_of(member)
    return render_template(
        "members/my_memberships.html", member=member, held=held, history=history, words=words, account=me(),
        transfer=transfer_queries.latest_own(member), movable=primary is not None and primary.status in HANDED_ON,
    )  # fmt: skip


@bp.get("/my/code")
@mine
def code() -> ResponseReturnValue:
    """Show one's code for check-in desks; the page loads itself anew before the code is stale."""
    member = current_member()
    if member is None:
        return go(url_for("members.my"))
    now = clock.now()
    qr = segno.make(codes.code_for(member, now), error="m").svg_data_uri(scale=6, border=3, dark="#000000", light="#ffffff")
    return render_template("members/my_code.html", member=member, qr=qr, now=now, refresh=codes.SECONDS - 5)
