"""Tills: made in the desk, enrolled on the device with a code that works once, given a new code, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    RuleBroken,
    ThrottleLimit,
    keep_so_far,
    record_audit,
    require,
    session,
    throttle,
    tidy,
    unscoped,
    update_count,
)
from unionhall_stations import rights
from unionhall_stations.models import Store, Till, Turn
from unionhall_stations.tills import numbers, queries
from unionhall_stations.tills.turns import token_hash

VALID = timedelta(minutes=30)
TRIES = ThrottleLimit(20, timedelta(minutes=15))
QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device that became a till, and the token that its cookie keeps."""

    till_id: int
    label: str
    token: str


def create(store: Store, station_id: int, label: str, *, actor: Actor, now: datetime) -> tuple[Till, str]:
    """Return a new till at one of the store's stations, and its code. Raises NotAllowed, RuleBroken, Conflict."""
    require(actor, rights.STORES, store.org)
    found, name = queries.locked(store.id), tidy(label)[:60]
    if found.ended_at is not None:
        raise Conflict(_("这家门店的协议已经终止，先恢复合作。"))
    if not name:
        raise RuleBroken(_("还没有填名称，例如“1 号收银台”。"), field="label")
    if station_id not in {station.id for station in queries.stations(found.id)}:
        raise RuleBroken(_("请选这家门店的一个驿站。"), field="station_id")
    if any(row.label == name for row in queries.tills(found.id)):
        raise RuleBroken(_("这家门店已经有“%(name)s”了，换个名称。", name=name), field="label")
    code = numbers.new_code()
    row = Till(
        station_id=station_id, store_id=found.id, label=name, code_hash=numbers.code_hash(code), code_until=now + VALID,
        created_by=actor.account_id, created_at=now,
    )  # fmt: skip
    session().add(row)
    session().flush()
    record_audit("stations.till_created", f"till:{row.id}", actor=actor, now=now, org_id=found.org_id)
    return row, code


def renew_code(store: Store, till: Till, *, actor: Actor, now: datetime) -> str:
    """Return a new code for a till, good for 30 minutes; the device that it is now goes on until the code is used.

    Raises NotAllowed, Conflict for a till that was revoked.
    """
    require(actor, rights.STORES, store.org)
    code = numbers.new_code()
    there = update(Till).where(Till.id == till.id, Till.revoked_at.is_(None))
    if update_count(there.values(code_hash=numbers.code_hash(code), code_until=now + VALID).execution_options(**QUIET)) != 1:
        raise Conflict(_("这台收银台已经停用，请新建一台。"))
    session().refresh(till)
    record_audit("stations.till_code", f"till:{till.id}", actor=actor, now=now, org_id=store.org_id)
    return code


def enrol(code: str, source: str, *, now: datetime) -> Enrolled:
    """Make the device whose person typed a code into a till; of two who use a code at once one gets it.

    Raises TooMany, and RuleBroken in the same words for a code that is wrong, used, too old, or of a revoked till.
    """
    throttle("stations.enrol", source, TRIES, now=now)
    keep_so_far()
    token, wanted = secrets.token_urlsafe(32), numbers.folded_code(code)
    demo = wanted == numbers.DEMO_CODE
    good = update(Till).where(Till.code_hash == numbers.code_hash(wanted), Till.code_until > now, Till.revoked_at.is_(None))
    values: dict[str, object] = {"token_hash": token_hash(token), "enrolled_at": now, "seen_at": now, "locked_until": None}
    if not demo:
        values |= {"code_hash": None, "code_until": None}
    refused = len(wanted) != numbers.CODE or (demo and not demo_works())
    if refused or update_count(good.values(**values).execution_options(**QUIET)) != 1:
        raise RuleBroken(
            _("这个码现在不能用：可能输错了，已经用过，过了 30 分钟，或者收银台停用了。请让驿站管理员在编务台重新发一个。"), field="code"
        )
    session().expire_all()
    till = session().scalars(unscoped(select(Till).where(Till.token_hash == token_hash(token)), why="just enrolled")).one()
    _end_turns(till.id, now)
    record_audit("stations.till_enrolled", f"till:{till.id}", actor=SYSTEM, now=now, org_id=till.store.org_id)
    return Enrolled(till.id, till.label, token)


def demo_works() -> bool:
    """Say whether the demo's known code is taken: never where cookies are for HTTPS alone, as `check --deploy` demands."""
    return not current_app.config["SESSION_COOKIE_SECURE"]


def revoke(store: Store, till: Till, *, actor: Actor, now: datetime) -> bool:
    """Stop a till at once, with every turn at it; False when it was stopped before. Raises NotAllowed."""
    require(actor, rights.STORES, store.org)
    there = update(Till).where(Till.id == till.id, Till.revoked_at.is_(None))
    values = {"revoked_at": now, "token_hash": None, "code_hash": None, "code_until": None}
    if update_count(there.values(**values).execution_options(**QUIET)) != 1:
        return False
    _end_turns(till.id, now)
    record_audit("stations.till_revoked", f"till:{till.id}", actor=actor, now=now, org_id=store.org_id)
    return True


def unlock(store: Store, till: Till, *, actor: Actor, now: datetime) -> bool:
    """Let a till that was locked for wrong codes go on; False when it was not. Raises NotAllowed."""
    require(actor, rights.STORES, store.org)
    there = update(Till).where(Till.id == till.id, Till.locked_until > now).values(locked_until=None)
    if update_count(there.execution_options(**QUIET)) != 1:
        return False
    session().refresh(till)
    record_audit("stations.till_unlocked", f"till:{till.id}", actor=actor, now=now, org_id=store.org_id)
    return True


def _end_turns(till_id: int, now: datetime) -> None:
    session().execute(update(Turn).where(Turn.till_id == till_id, Turn.ended_at.is_(None)).values(ended_at=now).execution_options(**QUIET))
    session().expire_all()
