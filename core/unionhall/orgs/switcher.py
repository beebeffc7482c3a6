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
    here = queries.by_path(scope.current(actor))
    many = queries.number_within(reach) > MANY
    found = queries.around(here, reach) if many and here else queries.within(reach)
    return Markup(render_template(
        "orgs/desk_switcher.html", nodes=queries.tree(found), here=here, many=many, single=len(found) < 2,
        lists=access.can(actor, "orgs.read"),
    ))  # fmt: skip


def work_place(actor: Actor) -> Markup | None:
    """Return the half sentence of the dashboard that says which org one works in."""
    here = queries.by_path(scope.current(actor))
    return Markup(render_template("orgs/desk_place.html", here=here)) if here else None


def due(actor: Actor, below: str, now: datetime) -> list[tuple[Org, str, date, int]]:
    """Return (org, "certificate" or "term", day, days left) of what runs out within 90 days, soonest first."""
    today = clock.local_day(now)
    last = today + timedelta(days=NEAR)
    inside = or_(false(), *(access.in_subtree(Org.path, path) for path in actor.paths("orgs.read")))
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
    return sorted(found, key=lambda item: (item[2], item[0].id))
