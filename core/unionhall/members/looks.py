"""Who saw a member's data in full, and why: written in the transaction of the read, so that there is none without it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert

from unionhall.base import db
from unionhall.hooks.types import Actor
from unionhall.members.models import Look


def note(member_ids: Iterable[int], *, what: str, why: str, actor: Actor, org_id: int | None, now: datetime) -> None:
    """Note that `actor` saw these people's data: `what` ("id", "mobile", "export"), `why` in the actor's own words.

    Call it in the unit of work in which the data is read (security.md 4.2, control 3): if it fails, so does the read.
    """
    who = {"actor_id": actor.account_id, "actor_name": actor.name, "org_id": org_id}
    rows = [{"member_id": each, "at": now, **who, "what": what, "why": why[:200]} for each in member_ids]
    if rows:
        db.session().execute(insert(Look), rows)
