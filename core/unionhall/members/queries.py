"""Reads of the roster. Whoever asks for others is scoped by grants; a person may always read themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import g
from sqlalchemy import bindparam, case, func, select

from unionhall.base import db
from unionhall.members.models import Member, Membership, Status
from unionhall.orgs.models import Org
from unionhall.platform.access import current_actor, in_subtree, unscoped

IN_FORCE = (Status.ACTIVE, Status.KEPT)
_ID = select(Member.__table__.c.id).where(Member.__table__.c.account_id == bindparam("account"))


def of_account(account_id: int) -> Member | None:
    """Return the member that an account was activated for."""
    return db.session().scalar(unscoped(select(Member).where(Member.account_id == account_id), why="oneself"))


def by_id(member_id: int) -> Member | None:
    """Return a member whom the caller was led to by something that they may see."""
    return db.session().scalar(unscoped(select(Member).where(Member.id == member_id), why="given"))


def current_member() -> Member | None:
    """Return the member who is logged in, asked for once in a request; None for staff and strangers."""
    account_id = current_actor().account_id
    if account_id is None:
        return None
    kept: dict[int, Member | None] = g.setdefault("members", {})
    if account_id not in kept:
        kept[account_id] = of_account(account_id)
    return kept[account_id]


def current_member_id() -> int | None:
    """Return the id of the member who is logged in: for busy requests that need no more of them. None for staff and strangers."""
    account_id = current_actor().account_id
    if account_id is None:
        return None
    kept: dict[int, Member | None] = g.get("members", {})
    if account_id in kept:
        known = kept[account_id]
        return known.id if known else None
    return db.rows(_ID, {"account": account_id}).scalar_one_or_none()


def briefs(member_ids: Iterable[int]) -> dict[int, tuple[str, int | None]]:
    """Return {member id: (name, account id)} of people whom the caller was led to by something that they may see."""
    wanted = select(Member.id, Member.name, Member.account_id).where(Member.id.in_(set(member_ids)))
    return {row.id: (row.name, row.account_id) for row in db.session().execute(unscoped(wanted, why="given"))}


def ids_at(org_id: int, most: int) -> list[int]:
    """Return the ids of people with a membership in force at an org itself, who have accounts, the longest there first."""
    wanted = select(Membership.member_id).join(Member, Member.id == Membership.member_id).where(
        Membership.org_id == org_id, Membership.status.in_(IN_FORCE), Member.account_id.is_not(None)
    )  # fmt: skip
    return list(db.session().scalars(unscoped(wanted.order_by(Membership.joined_on, Membership.id).limit(most), why="given")))


def ids_below(org_path: str) -> list[tuple[int, int]]:
    """Return (member id, account id) of everybody activated with a membership in force at or below an org, by member id."""
    wanted = select(Member.id, Member.account_id).join(Membership, Membership.member_id == Member.id).join(Org, Org.id == Membership.org_id)
    held = wanted.where(Membership.status.in_(IN_FORCE), Member.account_id.is_not(None), in_subtree(Org.path, org_path))
    rows = db.session().execute(unscoped(held.distinct().order_by(Member.id), why="rules"))
    return [(member_id, account_id) for member_id, account_id in rows if account_id is not None]


def covers(member_id: int, org_path: str) -> bool:
    """Say whether a person has a membership in force (active, or kept on) at or below the org with this path."""
    held = select(Membership.id).join(Org, Org.id == Membership.org_id).where(
        Membership.member_id == member_id, Membership.status.in_(IN_FORCE), in_subtree(Org.path, org_path)
    )  # fmt: skip
    return db.session().scalar(unscoped(held.limit(1), why="oneself")) is not None


def current_memberships(member_ids: Iterable[int]) -> dict[int, list[Membership]]:
    """Return {member id: current memberships, the primary one first}, for people whom the caller may see."""
    statement = select(Membership).where(Membership.member_id.in_(list(member_ids)), Membership.ended_on.is_(None))
    found: dict[int, list[Membership]] = {}
    for row in db.session().scalars(unscoped(statement.order_by(Membership.is_primary.desc(), Membership.id), why="given")):
        found.setdefault(row.member_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """One membership of a person, present or past: where, primary or not, its status ("active", "kept", …), from which day until which."""

    org_id: int
    org_path: str
    org_name: str
    primary: bool
    status: str
    since: date
    until: date | None


def held_by(member_id: int) -> list[Held]:
    """Return all memberships of a person, the primary ones first: for rules about that person."""
    statement = select(Membership).where(Membership.member_id == member_id).order_by(Membership.is_primary.desc(), Membership.id)
    return [
        Held(row.org_id, row.org.path, row.org.name, row.is_primary, row.status, row.joined_on, row.ended_on)
        for row in db.session().scalars(unscoped(statement, why="rules"))
    ]


def numbers_at(org_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return {org id: (people, those of them for whom it is a second union)} of current memberships that were confirmed."""
    second = func.sum(case((Membership.is_primary, 0), else_=1))
    statement = select(Membership.org_id, func.count(), second).where(
        Membership.org_id.in_(list(org_ids)), Membership.ended_on.is_(None), Membership.status != Status.PENDING.value
    )  # fmt: skip
    rows = db.session().execute(unscoped(statement.group_by(Membership.org_id), why="numbers"))
    return {org_id: (people, int(seconds)) for org_id, people, seconds in rows}


def unions_of(member_id: int) -> list[Membership]:
    """Return somebody's current memberships with their orgs, the primary one first, for a caller who may see them."""
    return current_memberships([member_id]).get(member_id, [])
