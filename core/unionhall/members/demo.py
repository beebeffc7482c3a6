"""The demo's members: two thousand on the roster, with what happened to them since they joined."""

from __future__ import annotations

from datetime import datetime

from unionhall.members import demo_people, demo_roster, demo_told
from unionhall.members.demo_people import waiting
from unionhall.orgs import demo as orgs

__all__ = ["load", "waiting"]


def load(now: datetime) -> None:
    """Put everybody on the roster, with what happened to them since, and what they and their unions asked."""
    places = orgs.by_key()
    people = list(demo_people.everybody(now))
    ids = demo_roster.store(people, places, now)
    demo_roster.join_associations(people, ids, demo_people.associations(people, now), places, now)
    demo_told.load(people, ids, places, now)
