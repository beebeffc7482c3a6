"""What the worker does: one transfer after the other, the oldest first, under a lease that it renews.

A worker that is killed leaves a lease that ends by itself; the next one goes on after the last item whose outcome was
stored. What somebody cancels, or another worker took over, stops at the next batch, which is rolled back.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.accounts.sessions import actor_of
from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, UnionHallError
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.transfers import files, steps
from unionhall.news.transfers.models import Transfer, TransferState
from unionhall.platform import access, audit, jobs, leases
from unionhall.platform.leases import Held, Interrupted, Lost

MOST_TRIES = 5
log = structlog.get_logger("unionhall.news.transfers")


def work(_now: datetime) -> None:
    """Do what waits until nothing is left, or the worker is to stop (the job)."""
    while not jobs.asked_to_stop() and (held := take(clock.now())):
        run(held)


def take(now: datetime) -> Held | None:
    """Take the oldest transfer that waits, or whose worker is gone; None when there is none, or another worker was faster."""
    return leases.take(Transfer, now)


def run(held: Held) -> None:
    """Do a transfer to its end, or note why it could not be done."""
    try:
        with held.renewed():
            step = _begin(held)
            if step is not None:
                _finish(held, step.go())
    except Lost:
        log.info("transfer was cancelled or taken over", transfer=held.id)
    except Interrupted:
        held.give_back()
    except UnionHallError as error:
        _fail(held, str(error))
    except Exception:
        log.exception("transfer failed", transfer=held.id)
        _fail(held, _("出了意外，没有做完。已经导入的都在；可以再试一次，还不行请告诉管理员（编号 T-%(n)s）。", n=held.id))
    finally:
        db.session().rollback()


def _begin(held: Held) -> steps.Step | None:
    """Read what is to be done, and judge once more whether the one who asked may have it. Raises NotAllowed."""
    now = clock.now()
    with db.unit_of_work():
        transfer = db.session().scalars(access.unscoped(select(Transfer).where(Transfer.id == held.id), why="worker")).one()
        if transfer.tries > MOST_TRIES:
            raise NotAllowed(_("试了 %(n)s 次都没有做完，不再试了。请告诉管理员（编号 T-%(id)s）。", n=MOST_TRIES, id=held.id))
        actor = _actor(transfer, now)
        if transfer.started_at is None:
            held.change(started_at=now)
        plan = steps.Plan.of(transfer, actor, now)
    return steps.Importing(held, plan) if plan.kind == "import" else steps.Exporting(held, plan)


def _actor(transfer: Transfer, now: datetime) -> Actor:
    """Return the one who asked, with the rights of this moment. Raises NotAllowed when these are gone."""
    account = db.session().scalars(access.unscoped(select(Account).where(Account.id == transfer.created_by), why="worker")).one()
    actor = actor_of(account, now)
    if not account.enabled or not access.can(actor, rights.TRANSFER, transfer.org):
        raise NotAllowed(_("发起人已经没有整批导入和导出的权限，没有做。"))
    return actor


def _finish(held: Held, done: steps.Done) -> None:
    now = clock.now()
    state = TransferState.TRIED if done.trial else TransferState.DONE
    with db.unit_of_work():
        done.note()
        held.change(state=state.value, finished_at=now, expires_at=now + files.KEPT, lease="", leased_until=None, **done.values)
        act = "news.import_tried" if done.trial else f"news.{done.kind}ed"
        audit.record(act, f"transfer:{held.id}", actor=done.actor, now=now, org_id=done.org_id, **done.told)


def _fail(held: Held, why: str) -> None:
    now = clock.now()
    held.let_go(state=TransferState.FAILED.value, error=why, finished_at=now, expires_at=now + files.KEPT)
