"""The member's code: what the QR code on `/my/code` holds and a check-in desk reads; no name and no number in it.

Sealed and good for the minute it was made in and the next one, so that a picture of it soon opens nothing.
"""

from __future__ import annotations

import binascii
from datetime import datetime

from sqlalchemy import select

from unionhall.base import db
from unionhall.base.crypto import seal, unseal
from unionhall.members.models import Member
from unionhall.platform.access import unscoped

PURPOSE = "members.code"
SECONDS = 60
LONGEST = 300


def code_for(member: Member, now: datetime) -> str:
    """Return the code of an activated member for this minute."""
    return seal(PURPOSE, f"{member.id} {_step(now)}")


def member_of(code: str, now: datetime) -> Member | None:
    """Return whose code it is; None for a forged or stale one, or of somebody who is not activated any more."""
    if len(code) > LONGEST:
        return None
    try:
        member_id, made = unseal(PURPOSE, code.strip()).split(" ")
    except (ValueError, binascii.Error):
        return None
    if not 0 <= _step(now) - int(made) <= 1:
        return None
    activated = select(Member).where(Member.id == int(member_id), Member.account_id.is_not(None))
    return db.session().scalar(unscoped(activated, why="shown by its owner"))


def _step(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS
