"""What a plugin does with the roster on behalf of an association: let people in beside their union, let them go, see who is there.

No number leaves this module: neither an identity number nor a mobile one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.base.text import fold, like_escape
from unionhall.hooks.types import Actor
from unionhall.members import identity, names, roster
from unionhall.members.models import Member, Membership, Status
from unionhall.members.queries import current_memberships
from unionhall.members.rights import MANAGE
from unionhall.members.states import STEPS
from unionhall.orgs.models import Org
from unionhall.platform import access, audit

MOST = 500


@dataclass(frozen=True, slots=True)
class RosterLine:
    """Somebody on an org's roster. `union` is the short name of their primary union, "" for none; `status` and `union_status` are
    those of the two memberships (active, kept, suspended …)."""

    member_id: int
    name: str
    account_id: int | None
    joined_on: date
    status: str
    is_primary: bool
    union: str
    union_status: str


def join(member_id: int, org: Org, *, reason: str, actor: Actor, now: datetime) -> Membership:
    """Take somebody in: as their second union, or as their only one when they belong to none.

    Raises NotAllowed, RuleBroken for somebody who is there already, Conflict.
    """
    access.require(actor, MANAGE, org)
    member = roster.lock(member_id)
    if any(place.current for place in member.memberships) and roster.primary_of(member) is not None:
        return roster.join_second(member_id, org, reason=reason, actor=actor, now=now)
    roster.must_work(org)
    place = roster.join(member, org, Status.ACTIVE, primary=True, day=clock.local_day(now), now=now)
    roster.note(member, place, "joined", reason=roster.why(reason), actor=actor, now=now)
    audit.record("members.joined", f"member:{member.id}", actor=actor, now=now, org_id=org.id, status=Status.ACTIVE.value)
    return place


def leave(member_id: int, org_id: int, *, reason: str, actor: Actor, now: datetime) -> bool:
    """End somebody's membership at an org; False when there is none. Raises NotAllowed, RuleBroken."""
    member = roster.lock(member_id)
    place = next((item for item in member.memberships if item.current and item.org_id == org_id), None)
    if place is None:
        return False
    roster.take_step(place, STEPS["leave"].name, reason=reason, actor=actor, now=now)
    return True


def lines(org_id: int, *, words: str = "", ids: Iterable[int] | None = None, offset: int = 0, limit: int = MOST) -> list[RosterLine]:
    """Return who is on an org's roster now, by name, for a caller who has judged that they may be seen."""
    wanted = _narrowed(select(Member, Membership), org_id, words, ids).order_by(Member.name_key, Member.id)
    rows = db.session().execute(access.unscoped(wanted.offset(offset).limit(limit), why="judged by the caller")).all()
    held = current_memberships(member.id for member, _place in rows)
    return [_line(member, place, held.get(member.id, [])) for member, place in rows]


def number(org_id: int, *, words: str = "") -> int:
    """Return how many people `lines` would give."""
    counted = _narrowed(select(func.count()).select_from(Membership).join(Member), org_id, words, None)
    return db.session().scalar(access.unscoped(counted, why="judged by the caller")) or 0


def by_identity(name: str, number: str) -> int | None:
    """Return the id of the member with this name and identity number; None also when only one of the two is right."""
    found = roster.by_number(identity.folded(number))
    return found.id if found is not None and names.same(found.name, name) else None


def member_at(member_id: int, org_id: int) -> RosterLine:
    """Return one line of a roster. Raises NotFound."""
    found = lines(org_id, ids=[member_id], limit=1)
    if not found:
        raise NotFound(_("这个人不在名册上。"))
    return found[0]


def _narrowed(statement: Any, org_id: int, words: str, ids: Iterable[int] | None) -> Any:
    statement = statement.where(
        Membership.member_id == Member.id, Membership.org_id == org_id, Membership.ended_on.is_(None),
        Membership.status != Status.PENDING.value,
    )  # fmt: skip
    if ids is not None:
        statement = statement.where(Member.id.in_(list(ids)))
    if words:
        plain = fold(words).replace(" ", "")
        match: ColumnElement[bool] = Member.name.like(f"%{like_escape(words)}%", escape="\\")
        if plain.isascii() and plain.isalpha():
            match = match | func.replace(Member.name_key, " ", "").like(f"{like_escape(plain)}%", escape="\\")
        statement = statement.where(match)
    return statement


def _line(member: Member, place: Membership, held: list[Membership]) -> RosterLine:
    primary = next((item for item in held if item.is_primary), None)
    return RosterLine(
        member.id, member.name, member.account_id, place.joined_on, place.status, place.is_primary,
        primary.org.short_name if primary else "", primary.status if primary else "",
    )  # fmt: skip
