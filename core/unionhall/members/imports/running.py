"""What the worker does: one import after the other, the oldest first, under a lease that it renews.

Trying begins anew when a worker is killed; applying and taking back are one transaction each, so that nothing of one stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.accounts.sessions import actor_of
from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, UnionHallError
from unionhall.hooks.types import SYSTEM, Actor
from unionhall.members.imports import applying, files, trying, undoing
from unionhall.members.imports.holding import Held, Plan, Stopped
from unionhall.members.imports.models import ImportState, RosterImport
from unionhall.members.rights import IMPORT
from unionhall.platform import access, audit, jobs, leases
from unionhall.platform.leases import Interrupted, Lost

MOST_TRIES = 5
_ENDS: dict[str, tuple[ImportState, Callable[[Plan], dict[str, Any]]]] = {
    "try": (ImportState.TRIED, trying.go), "apply": (ImportState.DONE, applying.go), "undo": (ImportState.UNDONE, undoing.go),
}  # fmt: skip
log = structlog.get_logger("unionhall.members.imports")


def work(_now: datetime) -> None:
    """Do what waits until nothing is left, or the worker is to stop (the job)."""
    while not jobs.asked_to_stop() and (held := take(clock.now())):
        run(held)


def take(now: datetime, import_id: int | None = None) -> Held | None:
    """Take the oldest import that waits (or this one), or whose worker is gone; None when there is none, or somebody was faster."""
    held = leases.take(RosterImport, now, which=None if import_id is None else RosterImport.id == import_id)
    if held is None:
        return None
    token = db.session().scalars(access.unscoped(select(RosterImport.token).where(RosterImport.id == held.id), why="worker")).one()
    db.session().rollback()
    return Held(held.model, held.id, held.lease, token)


def run(held: Held) -> None:
    """Do an import's step to its end, or note why it could not be done."""
    try:
        with held.renewed():
            plan = _begin(held)
            _do(plan)
    except Lost:
        log.info("import was cancelled or taken over", roster_import=held.id)
    except Stopped:
        held.let_go(state=ImportState.CANCELLED.value, finished_at=clock.now(), expires_at=clock.now())
        files.remove(held.token)
    except Interrupted:
        held.give_back()
    except trying.ColumnsMissing:
        held.let_go(state=ImportState.COLUMNS.value, expires_at=clock.now() + files.KEPT)
    except UnionHallError as error:
        _fail(held, str(error))
    except Exception:
        log.exception("import failed", roster_import=held.id)
        _fail(held, _("出了意外，名册没有任何改动。可以再试一次，还不行请告诉管理员（编号 R-%(n)s）。", n=held.id))
    finally:
        db.session().rollback()


def _begin(held: Held) -> Plan:
    """Read what is to be done, and judge once more whether the one who asked may have it. Raises NotAllowed."""
    now = clock.now()
    with db.unit_of_work():
        found = db.session().scalars(access.unscoped(select(RosterImport).where(RosterImport.id == held.id), why="worker")).one()
        if found.tries > MOST_TRIES:
            raise NotAllowed(_("试了 %(n)s 次都没有做完，不再试了。请告诉管理员（编号 R-%(id)s）。", n=MOST_TRIES, id=held.id))
        actor = _actor(found, now)
        if found.started_at is None:
            held.change(started_at=now)
        plan = Plan(held, found.org, found.step, dict(found.mapping), found.count("new", "update"), actor, now)
        db.session().expunge(found.org)
    return plan


def _actor(found: RosterImport, now: datetime) -> Actor:
    """Return the one who asked, with the rights of this moment, or the system for a command. Raises NotAllowed when these are gone."""
    if found.created_by is None:
        return SYSTEM
    account = db.session().scalars(access.unscoped(select(Account).where(Account.id == found.created_by), why="worker")).one()
    actor = actor_of(account, now)
    if not account.enabled or not access.can(actor, IMPORT, found.org):
        raise NotAllowed(_("发起人已经没有导入会员的权限，没有做。"))
    return actor


def _do(plan: Plan) -> None:
    state, step = _ENDS[plan.step]
    over = {"state": state.value, "finished_at": clock.now(), "lease": "", "leased_until": None}
    kept = plan.now + (files.UNDO if plan.step == "apply" else files.KEPT)
    if plan.step == "try":
        values = step(plan)
        with db.unit_of_work():
            plan.held.change(**over, **values, expires_at=kept)
            audit.record("members.import_tried", f"roster-import:{plan.held.id}", actor=plan.actor, now=plan.now, org_id=plan.org.id)
        return
    with db.unit_of_work():
        values = step(plan)
        plan.held.change(**over, **values, expires_at=plan.now if plan.step == "undo" else kept)
    if plan.step == "undo":
        files.remove(plan.held.token)
    else:
        for name in (files.UPLOAD, files.ROWS, files.MARKS):
            (files.folder(plan.held.token) / name).unlink(missing_ok=True)


def _fail(held: Held, why: str) -> None:
    now = clock.now()
    held.let_go(state=ImportState.FAILED.value, error=why, finished_at=now, expires_at=now + files.KEPT)
