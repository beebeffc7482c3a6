"""What the worker does: one transfer after the other, the oldest first, under a lease that it renews.

A worker that is killed leaves a lease that ends by itself; the next one goes on after the last item whose outcome was
stored. What somebody cancels, or another worker took over, stops at the next batch, which is rolled back.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import structlog
from flask import Flask, current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select, update

from unionhall.accounts.models import Account
from unionhall.accounts.sessions import actor_of
from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, UnionHallError
from unionhall.hooks.types import Actor
from unionhall.news import rights
from unionhall.news.transfers import files, steps
from unionhall.news.transfers.models import Transfer, TransferState
from unionhall.platform import access, audit, jobs

LEASE, RENEW_SECONDS, SKEW = timedelta(minutes=1), 20.0, timedelta(minutes=5)
MOST_TRIES = 5
log = structlog.get_logger("unionhall.news.transfers")


def work(_now: datetime) -> None:
    """Do what waits until nothing is left, or the worker is to stop (the job)."""
    while not jobs.asked_to_stop() and (held := take(clock.now())):
        run(held)


@dataclass(frozen=True)
class Held:
    """A transfer that this worker has taken, and the lease that proves it."""

    id: int
    lease: str

    @property
    def mine(self) -> ColumnElement[bool]:
        """Return the condition that it is still this worker's to do."""
        return (Transfer.id == self.id) & (Transfer.lease == self.lease) & (Transfer.state == TransferState.RUNNING.value)

    def change(self, **values: Any) -> None:
        """Change the row. Raises Lost when it was cancelled, or another worker has it."""
        if db.update_count(update(Transfer).where(self.mine).values(**values).execution_options(synchronize_session=False)) != 1:
            raise steps.Lost


def take(now: datetime) -> Held | None:
    """Take the oldest transfer that waits, or whose worker is gone; None when there is none, or another worker was faster."""
    free = or_(Transfer.state == TransferState.WAITING.value, _abandoned(now))
    found = db.session().scalar(access.unscoped(select(Transfer.id).where(free).order_by(Transfer.id).limit(1), why="worker"))
    db.session().rollback()
    if found is None:
        return None
    held = Held(found, str(uuid.uuid4()))
    values = {"state": TransferState.RUNNING.value, "lease": held.lease, "leased_until": now + LEASE, "tries": Transfer.tries + 1}
    with db.unit_of_work():
        taken = update(Transfer).where(Transfer.id == found, free).values(**values).execution_options(synchronize_session=False)
        return held if db.update_count(taken) == 1 else None


def _abandoned(now: datetime) -> ColumnElement[bool]:
    """Running under a lease that ended, or that lasts longer than any could: then a clock that ran ahead was put back."""
    over = or_(Transfer.leased_until <= now, Transfer.leased_until > now + LEASE + SKEW)
    return (Transfer.state == TransferState.RUNNING.value) & over


def run(held: Held) -> None:
    """Do a transfer to its end, or note why it could not be done."""
    try:
        with _renewed(held):
            step = _begin(held)
            if step is not None:
                _finish(held, step.go())
    except steps.Lost:
        log.info("transfer was cancelled or taken over", transfer=held.id)
    except steps.Interrupted:
        _give_back(held)
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
    db.session().rollback()
    try:
        with db.unit_of_work():
            over = {"finished_at": now, "expires_at": now + files.KEPT, "lease": "", "leased_until": None}
            held.change(state=TransferState.FAILED.value, error=why, **over)
    except steps.Lost:
        log.info("transfer was cancelled or taken over", transfer=held.id)


def _give_back(held: Held) -> None:
    """Let another worker go on at once: this one is to stop."""
    try:
        with db.unit_of_work():
            held.change(state=TransferState.WAITING.value, lease="", leased_until=None, tries=Transfer.tries - 1)
    except steps.Lost:
        log.info("transfer was cancelled or taken over", transfer=held.id)


@contextmanager
def _renewed(held: Held) -> Iterator[None]:
    """Hold on to the lease for as long as this runs."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    done = Event()

    def renew() -> None:
        while not done.wait(RENEW_SECONDS):
            with app.app_context():
                db.write_aside(update(Transfer).where(held.mine).values(leased_until=clock.now() + LEASE))

    thread = Thread(target=renew, name=f"lease of transfer {held.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
