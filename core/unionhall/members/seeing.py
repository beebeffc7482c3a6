"""A person's numbers in full, for somebody who says why: noted where the person can read it, in the unit of work of the read."""

from __future__ import annotations

from datetime import datetime

from unionhall.hooks.types import Actor
from unionhall.members import identity, looks, roster
from unionhall.members.models import Member
from unionhall.members.rights import UNMASK
from unionhall.platform import access, audit


def numbers(member: Member, *, why: str, actor: Actor, now: datetime) -> dict[str, str]:
    """Return {"id": …, "mobile": …} in full. Raises NotAllowed unless the actor may at the person's union, RuleBroken without a reason."""
    access.require(actor, UNMASK, member.org)
    words = roster.why(why)
    looks.note([member.id], what="id", why=words, actor=actor, org_id=member.org_id, now=now)
    audit.record("members.seen", f"member:{member.id}", actor=actor, now=now, org_id=member.org_id)
    return {"id": identity.open_id(member.id_sealed), "mobile": identity.open_mobile(member.mobile_sealed)}
