"""The org scope switcher in the desk's top bar, and the reminders about certificates and terms."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import render_template
from markupsafe import Markup
from sqlalchemy import false, or_, select

from unionhall.base import clock, db
from unionhall.desk import scope
from unionhall.hooks.types import Actor
from unionhall.orgs import queries
from unionhall.orgs.models import Org, OrgStatus
from unionhall.platform import access

MANY = 200
SOON, NEAR = 30, 90


def switcher(actor: Actor) -> Markup | None:
    """Return the menu of orgs that the actor may work in; of a very large tree, what is around the present one."""
    reach = scope.widest(actor)
    if not reach:
        return None
    chosen = scope.current(actor)
    here = queries.by_path(chosen)
    found = queries.within(reach)
    if len(found) > MANY and here is not None:
        near = {org.id for org in queries.ancestors(here)} | {here.id} | {org.id for org in queries.children(here)}
        found = [org for org in found if org.id in near or org.path in reach]
    return Markup(render_template("orgs/desk_switcher.html", nodes=queries.tree(found), here=here, single=len(found) < 2))


def due(actor: Actor, below: str, now: datetime) -> list[tuple[Org, str, date, int]]:
    """Return (org, "certificate" or "term", day, days left) of what runs out within 90 days, soonest first."""
    today = clock.local_day(now)
    last = today + timedelta(days=NEAR)
    paths = actor.paths("orgs.read")
    inside = or_(*(access.in_subtree(Org.path, path) for path in paths)) if paths else false()
    rows = db.session().scalars(
        select(Org).where(
            inside, access.in_subtree(Org.path, below), Org.status == OrgStatus.ACTIVE,
            or_(Org.certificate_until <= last, Org.term_ends <= last),
        )
    )
    found = [
        (org, kind, day, (day - today).days)
        for org in rows
        for kind, day in (("certificate", org.certificate_until), ("term", org.term_ends))
        if day is not None and day <= last
    ]
    return sorted(found, key=lambda item: item[2])
