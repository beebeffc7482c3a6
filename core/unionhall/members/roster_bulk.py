"""Many people at once: rows made ready to be stored, and stored in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, select

from unionhall.base import bulk, db
from unionhall.hooks.types import Actor
from unionhall.members import identity, names
from unionhall.members.models import Member, Membership, MembershipChange, Status

CHUNK = 1000


def table(model: type[db.Model]) -> Table:
    """Return a model's table: rows by the hundred thousand go past the ORM."""
    return cast(Table, model.__table__)


_MEMBERS, _MEMBERSHIPS, _CHANGES = table(Member), table(Membership), table(MembershipChange)


@dataclass(frozen=True, slots=True)
class Ready:
    """A person as the database keeps them, in this union, from this day: numbers are sealed and hashed already."""

    org_id: int
    name: str
    name_key: str
    id_kind: str
    id_sealed: str
    id_hash: str
    mobile_sealed: str = ""
    mobile_hash: str | None = None
    employer: str = ""
    job: str = ""
    joined_on: date | None = None
    status: str = Status.ACTIVE.value


def ready(
    org_id: int, name: str, id_number: str, *, id_kind: str = "resident", mobile: str = "", employer: str = "", job: str = "",
    joined_on: date | None = None, status: str = Status.ACTIVE.value,
) -> Ready:  # fmt: skip
    """Return a checked person (`roster_checks.checked`) made ready to be stored."""
    return Ready(
        org_id, name, names.name_key(name), id_kind, identity.seal_id(id_number), identity.id_hash(id_number),
        identity.seal_mobile(mobile) if mobile else "", identity.mobile_hash(mobile) if mobile else None, employer, job, joined_on, status,
    )  # fmt: skip


def known(hashes: Iterable[str]) -> set[str]:
    """Return those of the keyed hashes that somebody on the roster has, anywhere."""
    return set(db.rows(select(_MEMBERS.c.id_hash).where(_MEMBERS.c.id_hash.in_(list(hashes)))).scalars())


def insert_people(people: Sequence[Ready], *, act: str, today: date, actor: Actor, now: datetime) -> dict[str, tuple[int, int]]:
    """Store people whom nobody knows yet, each with a primary membership; returns {id hash: (member id, membership id)}.

    Raises IntegrityError when somebody else stored one of them meanwhile: the unique hash decides.
    """
    if not people:
        return {}
    stamped = {"created_at": now, "updated_at": now}
    rows: list[dict[str, Any]] = [
        {"id": member_id, "org_id": each.org_id, "name": each.name, "name_key": each.name_key, "id_kind": each.id_kind,
         "id_sealed": each.id_sealed, "id_hash": each.id_hash, "mobile_sealed": each.mobile_sealed, "mobile_hash": each.mobile_hash,
         "employer": each.employer, "job": each.job, **stamped}
        for member_id, each in zip(bulk.reserve(_MEMBERS, len(people)), people, strict=True)
    ]  # fmt: skip
    bulk.store(_MEMBERS, rows)
    ids: dict[str, int] = {row["id_hash"]: row["id"] for row in rows}
    places = insert_memberships(
        [(ids[each.id_hash], each.org_id, each.status, each.joined_on or today) for each in people], act=act, actor=actor, now=now
    )
    return {id_hash: (member_id, places[member_id]) for id_hash, member_id in ids.items()}


def insert_memberships(
    wanted: Sequence[tuple[int, int, str, date]], *, act: str, actor: Actor, now: datetime
) -> dict[int, int]:
    """Store primary memberships, (member id, org id, status, joined on), with their first step; returns {member id: membership id}."""
    stamped = {"is_primary": True, "created_at": now, "updated_at": now}
    rows: list[dict[str, Any]] = [
        {"id": place, "member_id": member_id, "org_id": org_id, "status": status, "joined_on": joined, **stamped}
        for place, (member_id, org_id, status, joined) in zip(bulk.reserve(_MEMBERSHIPS, len(wanted)), wanted, strict=True)
    ]
    bulk.store(_MEMBERSHIPS, rows)
    places: dict[int, int] = {row["member_id"]: row["id"] for row in rows}
    note_changes([(member_id, places[member_id], act, status, {}) for member_id, _org, status, _day in wanted], actor=actor, now=now)
    return places


def note_changes(
    steps: Sequence[tuple[int, int | None, str, str | None, dict[str, str]]], *, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """Store steps of the history: (member id, membership id, act, status after it, detail)."""
    rows: list[dict[str, Any]] = [
        {"member_id": member_id, "membership_id": place, "at": now, "act": act, "status": status, "detail": detail,
         "reason": reason, "actor_id": actor.account_id}
        for member_id, place, act, status, detail in steps
    ]  # fmt: skip
    bulk.store(_CHANGES, rows)
