"""Reads of the roster for the desk: who is within the actor's scope, in which state, each person once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from unionhall.accounts import queries as accounts
from unionhall.base import db
from unionhall.base.errors import NotFound
from unionhall.base.text import fold, like_escape
from unionhall.hooks.types import Actor
from unionhall.members import identity, roster_checks
from unionhall.members.models import Look, Member, Membership, MembershipChange
from unionhall.members.rights import READ
from unionhall.members.states import OVER, RANK
from unionhall.orgs.models import Org
from unionhall.platform import access

PAGE, LARGEST_ID, SHOWN = 50, 2**31 - 1, 100
SORTS = {
    "name": (Member.name_key, Member.id), "-name": (Member.name_key.desc(), Member.id.desc()), "-added": (Member.id.desc(),),
    "added": (Member.id,),
}  # fmt: skip
TABS = ("current", *(status.value for status in RANK if status not in OVER), "over")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to. `search` is a name, its pinyin, or a number typed in full: it never stands in an address."""

    below: str
    tab: str = "current"
    activated: str = ""
    kind: str = ""
    sort: str = "name"
    search: str = ""


def listed(wanted: Wanted, actor: Actor, page: int) -> tuple[list[Member], int]:
    """Return a page of people, each once, and how many there are."""
    statement = _people(wanted, actor)
    total = db.session().scalar(access.unscoped(select(func.count()).select_from(statement.subquery()), why="counted")) or 0
    rows = select(Member).where(Member.id.in_(statement)).order_by(*SORTS.get(wanted.sort, SORTS["name"]))
    found = db.session().scalars(access.unscoped(rows.limit(PAGE).offset((page - 1) * PAGE), why=READ))
    return list(found), total


def counts(wanted: Wanted, actor: Actor) -> dict[str, int]:
    """Return {tab: people} of everybody in scope, each counted once, by the membership that ranks highest."""
    rank = func.min(_rank(Membership)).label("rank")
    inner = access.scoped(select(rank), Membership, actor, READ, wanted.below).group_by(Membership.member_id).subquery()
    rows = db.session().execute(access.unscoped(select(inner.c.rank, func.count()).group_by(inner.c.rank), why="counted"))
    found = {RANK[place].value: number for place, number in rows}
    over = sum(found.pop(status.value, 0) for status in OVER)
    return {**dict.fromkeys(TABS, 0), **found, "current": sum(found.values()), "over": over}


def ids(wanted: Wanted, actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of everybody whom a list shows, for exports."""
    return _people(wanted, actor)


def _people(wanted: Wanted, actor: Actor) -> Select[int]:
    """Return the SELECT of member ids that a list consists of."""
    held = aliased(Membership)
    inside = _inside(held, wanted.below, actor)
    shown = exists().where(held.member_id == Member.id, inside, _in_tab(held, wanted.tab), _of_kind(held, wanted.kind))
    statement = select(Member.id).where(shown)
    if wanted.tab not in {"current", ""} and (better := _ranking_above(wanted.tab)):
        other = aliased(Membership)
        ranks_above = and_(other.member_id == Member.id, _inside(other, wanted.below, actor), other.status.in_(better))
        statement = statement.where(~exists().where(ranks_above))
    if wanted.activated in {"yes", "no"}:
        statement = statement.where(Member.account_id.is_not(None) if wanted.activated == "yes" else Member.account_id.is_(None))
    if wanted.search:
        statement = statement.where(matches(wanted.search))
    return access.unscoped(statement, why=READ)


def _inside(held: Any, below: str, actor: Actor) -> ColumnElement[bool]:
    narrowed = access.within(held, [below])
    return narrowed if actor.system else and_(narrowed, access.within(held, actor.paths(READ)))


def _in_tab(held: Any, tab: str) -> ColumnElement[bool]:
    if tab == "over":
        over: ColumnElement[bool] = held.ended_on.is_not(None)
        return over
    found: ColumnElement[bool] = held.status == tab if tab in TABS[1:] else held.ended_on.is_(None)
    return found


def _of_kind(held: Any, kind: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = held.is_primary.is_(kind == "primary") if kind in {"primary", "secondary"} else held.id.is_not(None)
    return found


def _ranking_above(tab: str) -> list[str]:
    place = next((at for at, status in enumerate(RANK) if status.value == tab), 4 if tab == "over" else 0)
    return [status.value for status in RANK[:place]]


def _rank(held: Any) -> ColumnElement[int]:
    return case({status.value: place for place, status in enumerate(RANK)}, value=held.status)


def matches(search: str) -> ColumnElement[bool]:
    """Match a number typed in full by its keyed hash, else a part of the name, or the beginning of its pinyin."""
    number = identity.folded(search)
    mobile = roster_checks.folded_mobile(search)
    found: list[ColumnElement[bool]] = [Member.id_hash == identity.id_hash(number)]
    if identity.is_mobile(mobile):
        found.append(Member.mobile_hash == identity.mobile_hash(mobile))
    words = fold(search)
    found.append(Member.name.like(f"%{like_escape(search)}%", escape="\\"))
    if words.replace(" ", "").isascii() and words.replace(" ", "").isalpha():
        found.append(func.replace(Member.name_key, " ", "").like(f"{like_escape(words.replace(' ', ''))}%", escape="\\"))
    return or_(*found)


def get(member_id: int, actor: Actor, permission: str = READ) -> Member:
    """Return a member who has, or had, a membership where the actor holds the permission. Raises NotFound otherwise."""
    held = access.scoped(select(Membership.id), Membership, actor, permission).where(Membership.member_id == Member.id)
    wanted = select(Member).where(Member.id == min(member_id, LARGEST_ID), held.exists())
    found: Member | None = db.session().scalar(access.unscoped(wanted, why=permission))
    if found is None:
        raise NotFound()
    return found


def membership(member: Member, membership_id: int, actor: Actor, permission: str) -> Membership:
    """Return one membership of a member, where the actor holds the permission. Raises NotFound."""
    statement = select(Membership).where(Membership.id == min(membership_id, LARGEST_ID), Membership.member_id == member.id)
    found: Membership | None = db.session().scalar(access.scoped(statement, Membership, actor, permission))
    if found is None:
        raise NotFound()
    return found


def seen_memberships(member: Member, actor: Actor) -> tuple[list[Membership], int]:
    """Return the memberships that the actor may know of, current ones first, and how many others are current."""
    rows = list(db.session().scalars(access.unscoped(select(Membership).where(Membership.member_id == member.id), why="sorted out below")))
    known = [row for row in rows if access.can(actor, READ, row.org)]
    hidden = sum(1 for row in rows if row.current and row not in known)
    return sorted(known, key=lambda row: (not row.current, not row.is_primary, -row.id)), hidden


def history(member: Member, actor: Actor) -> list[tuple[MembershipChange, Org | None, str]]:
    """Return (step, org, who) newest first: of memberships that the actor may know of, and corrections of the person."""
    known = {row.id: row.org for row in seen_memberships(member, actor)[0]}
    wanted = select(MembershipChange).where(MembershipChange.member_id == member.id).order_by(MembershipChange.id.desc()).limit(SHOWN)
    steps = [step for step in db.session().scalars(wanted) if step.membership_id is None or step.membership_id in known]
    who = accounts.names({step.actor_id for step in steps if step.actor_id})
    return [(step, known.get(step.membership_id or 0), who.get(step.actor_id or 0, "")) for step in steps]


def looks(member: Member, actor: Actor) -> list[Look]:
    """Return who saw this person's data in full, newest first: what happened in orgs that the actor may know of."""
    rows = db.session().scalars(select(Look).where(Look.member_id == member.id).order_by(Look.id.desc()).limit(SHOWN))
    found = list(rows)
    orgs = db.session().scalars(select(Org).where(Org.id.in_({row.org_id for row in found if row.org_id})))
    known = {org.id for org in orgs if access.can(actor, READ, org)}
    return [row for row in found if row.org_id is None or row.org_id in known]


def sharing_mobile(members: Iterable[Member]) -> set[int]:
    """Return the ids of those among these people whose mobile number somebody else on the roster has, too."""
    people = [member for member in members if member.mobile_hash]
    wanted = select(Member.mobile_hash).where(Member.mobile_hash.in_({member.mobile_hash for member in people}))
    shared = set(db.session().scalars(access.unscoped(wanted.group_by(Member.mobile_hash).having(func.count() > 1), why="told as a flag")))
    return {member.id for member in people if member.mobile_hash in shared}


def places_of(people: Iterable[Member], wanted: Wanted, actor: Actor) -> dict[int, list[Membership]]:
    """Return {member id: memberships within the list's scope, current and primary ones first}."""
    statement = access.scoped(select(Membership), Membership, actor, READ, wanted.below)
    rows = db.session().scalars(statement.where(Membership.member_id.in_([member.id for member in people])))
    found: dict[int, list[Membership]] = {}
    for row in sorted(rows, key=lambda row: (not row.current, not row.is_primary, -row.id)):
        if row.current or wanted.tab == "over":
            found.setdefault(row.member_id, []).append(row)
    return found


def newly_joined(actor: Actor, below: str, since: Any) -> int:
    """Return how many people joined a union in scope on or after a Shanghai day and are still there."""
    statement = select(func.count(func.distinct(Membership.member_id))).where(Membership.joined_on >= since, Membership.ended_on.is_(None))
    return db.session().scalar(access.scoped(statement, Membership, actor, READ, below)) or 0


def each_membership(wanted: Wanted, actor: Actor, chunk: int = 500) -> Iterator[list[Membership]]:
    """Yield memberships of everybody whom a list shows, one for each person, in chunks, for exports."""
    after = 0
    while people := list(db.session().scalars(access.unscoped(
        select(Member).where(Member.id.in_(_people(wanted, actor)), Member.id > after).order_by(Member.id).limit(chunk), why=READ
    ))):  # fmt: skip
        places = places_of(people, wanted, actor)
        yield [places[member.id][0] for member in people if member.id in places]
        after = people[-1].id
