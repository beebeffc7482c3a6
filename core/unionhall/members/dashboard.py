"""The roster's cards on the desk's dashboard: who joined this month, which transfers wait for a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.base import clock
from unionhall.hooks.types import Actor, Card
from unionhall.members import roster_queries, transfer_queries
from unionhall.members.rights import MANAGE, READ
from unionhall.platform.access import can


def cards(actor: Actor, scope: str, now: datetime) -> Iterator[Card]:
    """Yield the cards that this actor has a use for, within the org that they work in."""
    if not can(actor, READ):
        return
    joined = roster_queries.newly_joined(actor, scope, clock.local_day(now).replace(day=1))
    url = url_for("members_desk.members", sort="-added")
    yield _stat(60, _("本月新会员"), joined, _("人，在册"), url)
    if can(actor, MANAGE):
        waiting = transfer_queries.waiting(actor, scope)
        note = _("份会籍转接") if waiting else _("没有等答复的转接")
        yield _stat(70, _("等我答复"), waiting, note, url_for("members_desk.transfer_list"), due=bool(waiting))


def _stat(order: int, word: str, number: int, note: str, url: str, *, due: bool = False) -> Card:
    shown = render_template("members/desk_card_stat.html", word=word, number=number, note=note, url=url, due=due)
    return Card(Markup(shown), "stat", order)
