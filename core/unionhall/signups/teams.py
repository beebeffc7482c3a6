"""Teams: a captain signs up and invites; a team counts, and takes a place, once it has its minimum."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.base import db
from unionhall.base.crypto import sign, unsign
from unionhall.base.errors import Conflict, NotFound, RuleBroken
from unionhall.hooks.types import Actor
from unionhall.platform import audit
from unionhall.signups import entries, people, places, queries, waiting
from unionhall.signups.models import Entry, State, Unit
from unionhall.signups.people import Applicant

PURPOSE = "signups.team"
INVITED_SECONDS = 365 * 24 * 3600


def invitation(captain: Entry) -> str:
    """Return the token of a team's invitation."""
    return sign(PURPOSE, captain.id)


def captain_of(token: str) -> Entry:
    """Return the captain whose invitation this is. Raises NotFound for a forged one, or a team that is no more."""
    found = unsign(PURPOSE, token, INVITED_SECONDS)
    if not isinstance(found, int):
        raise NotFound()
    captain = queries.entry(found)
    if not captain.alive or captain.sheet.unit != Unit.TEAM:
        raise NotFound()
    return captain


def join(captain: Entry, who: Applicant, *, actor: Actor, now: datetime) -> Entry:
    """Return the entry of somebody who joins a team; joining twice is joining once.

    Raises RuleBroken when they are on the sheet otherwise, or it is not open or not for them; Conflict when the team is full.
    """
    sheet = places.lock(captain.sheet_id)
    db.session().refresh(captain)
    if found := queries.live(sheet.id, who):
        if captain.id in (found.id, found.captain_id):
            return found
        raise RuleBroken(_("你已经在这项报名的另一支队里。要换队，请先取消原来的报名。"))
    entries.require_open(sheet, now)
    allowed = people.admission(sheet, who)
    if not allowed.ok:
        raise RuleBroken(allowed.why, code="not-for-you")
    free = update(Entry).where(Entry.id == captain.id, Entry.mates + 1 < sheet.team_max).values(mates=Entry.mates + 1)
    if not db.update_count(free.execution_options(synchronize_session=False)):
        raise Conflict(_("这支队已经满员（最多 %(n)s 人）。", n=sheet.team_max))
    db.session().refresh(captain)
    entry = entries.new_entry(sheet, who, 0, entries.Wish(team_name=captain.team_name), now)
    entry.captain_id, entry.state, entry.offer_until = captain.id, captain.state, captain.offer_until
    db.session().add(entry)
    db.session().flush()
    audit.record("signups.joined", f"signup:{entry.id}", actor=actor, now=now, org_id=sheet.org_id, captain=captain.id)
    if captain.state == State.GATHERING and captain.mates + 1 >= sheet.team_min:
        waiting.tell_all(waiting.move(captain, entries.place(captain, now), now=now), now)
        db.session().refresh(entry)
    else:
        waiting.tell_all([entry], now)
    return entry
