"""Clerks: added, changed, gone; PINs that the desk gives once and that each changes at a till."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from unionhall.plugin import (
    Actor,
    Conflict,
    RuleBroken,
    ThrottleLimit,
    clock,
    hash_secret,
    keep_so_far,
    member_by_identity,
    record_audit,
    require,
    session,
    throttle,
    tidy,
    update_count,
)
from unionhall_stations import rights
from unionhall_stations.models import Clerk, Store, Turn
from unionhall_stations.tills import numbers, queries

START = timedelta(days=7)
LOOKS = ThrottleLimit(20, timedelta(hours=1))
QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class ClerkFields:
    """A clerk as they are typed. With an identity number they are linked to the member of that name and number."""

    name: str
    manager: bool = False
    identity: str = ""


def add(store: Store, fields: ClerkFields, *, actor: Actor, now: datetime) -> tuple[Clerk, str]:
    """Return a new clerk and the PIN to begin with, which is kept nowhere. Raises NotAllowed, RuleBroken, TooMany, Conflict."""
    require(actor, rights.STORES, store.org)
    member_id = _member(fields, actor, now)
    found = queries.locked(store.id)
    _must_run(found)
    name, pin = _free_name(found, fields.name), numbers.new_pin()
    row = Clerk(
        store_id=found.id, name=name, manager=fields.manager, member_id=member_id,
        pin_hash=hash_secret(pin), pin_until=now + START, wrong_pins=0, created_at=now, updated_at=now,
    )  # fmt: skip
    session().add(row)
    session().flush()
    record_audit("stations.clerk_added", f"clerk:{row.id}", actor=actor, now=now, org_id=found.org_id, manager=fields.manager or None)
    return row, pin


def change(store: Store, clerk: Clerk, fields: ClerkFields, *, unlink: bool = False, actor: Actor, now: datetime) -> None:
    """Change name, manager and whose member it is. Raises NotAllowed, RuleBroken, TooMany, Conflict for somebody who has left."""
    require(actor, rights.STORES, store.org)
    member_id = _member(fields, actor, now)
    found = queries.locked(store.id)
    _must_serve(clerk)
    clerk.name = _free_name(found, fields.name, clerk.id)
    clerk.manager, clerk.updated_at = fields.manager, now
    clerk.member_id = member_id or (None if unlink else clerk.member_id)
    session().flush()
    record_audit("stations.clerk_changed", f"clerk:{clerk.id}", actor=actor, now=now, org_id=found.org_id, manager=clerk.manager)


def reset(store: Store, clerk: Clerk, *, actor: Actor, now: datetime) -> str:
    """Return a new PIN to begin with; the old one and every open turn end. Raises NotAllowed, Conflict for somebody who has left."""
    require(actor, rights.STORES, store.org)
    queries.locked(store.id)
    pin, there = numbers.new_pin(), update(Clerk).where(Clerk.id == clerk.id, Clerk.left_on.is_(None))
    values = {"pin_hash": hash_secret(pin), "pin_until": now + START, "wrong_pins": 0, "locked_until": None, "updated_at": now}
    if update_count(there.values(**values).execution_options(**QUIET)) != 1:
        raise Conflict(_("这位店员已经离开了。"))
    _end_turns(clerk.id, now)
    record_audit("stations.pin_reset", f"clerk:{clerk.id}", actor=actor, now=now, org_id=store.org_id)
    return pin


def leave(store: Store, clerk: Clerk, *, actor: Actor, now: datetime) -> bool:
    """Note that a clerk has left: no PIN, no turn any more; False when they had. Raises NotAllowed."""
    require(actor, rights.STORES, store.org)
    queries.locked(store.id)
    there = update(Clerk).where(Clerk.id == clerk.id, Clerk.left_on.is_(None))
    values = {"left_on": clock.local_day(now), "pin_hash": "", "pin_until": None, "updated_at": now}
    if update_count(there.values(**values).execution_options(**QUIET)) != 1:
        return False
    _end_turns(clerk.id, now)
    record_audit("stations.clerk_left", f"clerk:{clerk.id}", actor=actor, now=now, org_id=store.org_id)
    return True


def _end_turns(clerk_id: int, now: datetime) -> None:
    open_ = update(Turn).where(Turn.clerk_id == clerk_id, Turn.ended_at.is_(None)).values(ended_at=now)
    session().execute(open_.execution_options(**QUIET))
    session().expire_all()


def _must_run(store: Store) -> None:
    if store.ended_at is not None:
        raise Conflict(_("这家门店的协议已经终止，先恢复合作。"))


def _must_serve(clerk: Clerk) -> None:
    session().refresh(clerk)
    if clerk.left_on is not None:
        raise Conflict(_("这位店员已经离开了。"))


def _free_name(store: Store, text: str, clerk_id: int = 0) -> str:
    """Return a name that no other clerk of the store has: they choose themselves by it at the till. The store is locked."""
    name = tidy(text)[:60]
    if not name:
        raise RuleBroken(_("还没有填姓名。"), field="name")
    if any(row.name == name and row.id != clerk_id for row in queries.clerks(store.id)):
        raise RuleBroken(_("店里已经有一位“%(name)s”。请加一个区别，例如“%(name)s（早班）”。", name=name), field="name")
    return name


def _member(fields: ClerkFields, actor: Actor, now: datetime) -> int | None:
    """Return whose identity number it is; None when none was typed. Limited, so that nobody tries out numbers."""
    if not fields.identity.strip():
        return None
    throttle("stations.member", str(actor.account_id), LOOKS, now=now)
    keep_so_far()
    found = member_by_identity(tidy(fields.name), fields.identity)
    if found is None:
        raise RuleBroken(_("名册上没有这个姓名和证件号码的会员。不是会员可以空着。"), field="identity")
    return found
