"""Rows of long work: one worker holds a row at a time, under a lease that it renews and that ends by itself when it is killed.

A row of such a table has `id`, `state` ("waiting", "running", …), `lease` (who has it, "" for nobody), `leased_until` and `tries`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import structlog
from flask import Flask, current_app
from sqlalchemy import ColumnElement, Executable, or_, select, true, update

from unionhall.base import clock, db
from unionhall.platform import access

LEASE, RENEW_SECONDS, SKEW = timedelta(minutes=1), 20.0, timedelta(minutes=5)
WAITING, RUNNING = "waiting", "running"
log = structlog.get_logger("unionhall.leases")


class Lost(Exception):
    """The work was cancelled, or another worker has it: nothing more may be written."""


class Interrupted(Exception):
    """The worker is to stop; the work goes on elsewhere."""


@dataclass(frozen=True)
class Held:
    """A row that this worker has taken, and the lease that proves it."""

    model: type[Any]
    id: int
    lease: str

    @property
    def mine(self) -> ColumnElement[bool]:
        """Return the condition that it is still this worker's to do."""
        found: ColumnElement[bool] = (self.model.id == self.id) & (self.model.lease == self.lease) & (self.model.state == RUNNING)
        return found

    def change(self, **values: Any) -> None:
        """Change the row in the unit of work that is open. Raises Lost."""
        if db.update_count(update(self.model).where(self.mine).values(**values).execution_options(synchronize_session=False)) != 1:
            raise Lost

    def let_go(self, **values: Any) -> None:
        """Give the row up with its last values; what is not committed is rolled back, and nothing happens when the row is lost."""
        db.session().rollback()
        try:
            with db.unit_of_work():
                self.change(lease="", leased_until=None, **values)
        except Lost:
            log.info("work was cancelled or taken over", table=self.model.__tablename__, id=self.id)

    def give_back(self) -> None:
        """Let another worker go on at once: this one is to stop, which is no failure of the work."""
        self.let_go(state=WAITING, tries=self.model.tries - 1)

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Hold on to the row for as long as this runs."""
        until = lambda: update(self.model).where(self.mine).values(leased_until=clock.now() + LEASE)  # noqa: E731
        with renewing(f"lease of {self.model.__tablename__} {self.id}", until):
            yield


def take(model: type[Any], now: datetime, *, which: ColumnElement[bool] | None = None, **values: Any) -> Held | None:
    """Take the oldest row that waits, or whose worker is gone; None when there is none, or another worker was faster.

    Gone is a worker whose lease ended, or lasts longer than any could: then a clock that ran ahead was put back.
    """
    over = or_(model.leased_until <= now, model.leased_until > now + LEASE + SKEW)
    free = ((model.state == WAITING) | ((model.state == RUNNING) & over)) & (true() if which is None else which)
    found = db.session().scalar(access.unscoped(select(model.id).where(free).order_by(model.id).limit(1), why="worker"))
    db.session().rollback()
    if found is None:
        return None
    held = Held(model, found, str(uuid.uuid4()))
    taken = {"state": RUNNING, "lease": held.lease, "leased_until": now + LEASE, "tries": model.tries + 1} | values
    with db.unit_of_work():
        changed = update(model).where(model.id == found, free).values(**taken).execution_options(synchronize_session=False)
        return held if db.update_count(changed) == 1 else None


@contextmanager
def renewing(name: str, statement: Callable[[], Executable]) -> Iterator[None]:
    """Execute a small write every twenty seconds, in a thread of its own, for as long as this runs."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    done = Event()

    def renew() -> None:
        while not done.wait(RENEW_SECONDS):
            with app.app_context():
                db.write_aside(statement())

    thread = Thread(target=renew, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
