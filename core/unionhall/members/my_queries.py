"""What a person sees of their own membership; each function takes the member who is logged in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from unionhall.base import db
from unionhall.members.models import Look, Member, Membership, MembershipChange
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped

MOST = 200


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on a member's card."""

    number: str
    union: str
    since: date | None
    status: str


def number_of(member: Member) -> str:
    """Return the membership number as it is shown: the first and the last two figures of eight."""
    figures = f"{member.id:08d}"
    return f"{figures[:2]}** **{figures[-2:]}"


def memberships(member: Member) -> Sequence[Membership]:
    """Return one's memberships, the present primary one first, past ones last."""
    order = (Membership.ended_on.is_not(None), Membership.is_primary.desc(), Membership.joined_on.desc(), Membership.id)
    return db.session().scalars(unscoped(select(Membership).where(Membership.member_id == member.id).order_by(*order), why="oneself")).all()


def head(member: Member) -> Head:
    """Return what stands on the card: the primary union, else the first one, and since when."""
    held = memberships(member)
    first = held[0] if held else None
    if first is None:
        return Head(number_of(member), member.org.name, None, "")
    return Head(number_of(member), first.org.name, first.joined_on, first.status)


def history(member: Member) -> Sequence[MembershipChange]:
    """Return what happened to one's memberships, the latest first."""
    found = select(MembershipChange).where(MembershipChange.member_id == member.id)
    return db.session().scalars(found.order_by(MembershipChange.id.desc()).limit(MOST)).all()


def looks(member_id: int) -> list[tuple[Look, str]]:
    """Return who saw one's data, with the union that they did it for, the latest first."""
    found = select(Look, Org.name).join(Org, Org.id == Look.org_id, isouter=True).where(Look.member_id == member_id)
    rows = db.session().execute(unscoped(found.order_by(Look.id.desc()).limit(MOST), why="oneself"))
    return [(row[0], row[1] or "") for row in rows]
