"""Which worker processes there are: each says every few seconds that it lives, whatever its job takes."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread

from flask import current_app
from sqlalchemy import String, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import clock, db

BEAT_SECONDS = 10.0
LOST = timedelta(minutes=1)
KEPT_FOR = timedelta(hours=1)


class Worker(db.Model):
    """A worker process: where it runs, since when, and when it was last heard of."""

    __tablename__ = "jobs_worker"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    place: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


@contextmanager
def alive() -> Iterator[None]:
    """Say every few seconds that this process works, for as long as the block runs; a clean end is said too."""
    app, done, own = current_app._get_current_object(), Signal(), str(uuid.uuid4())  # type: ignore[attr-defined]
    place, since = f"{socket.gethostname()[:100]}:{os.getpid()}", clock.now()

    def beat() -> None:
        while True:
            with app.app_context():
                _seen(own, place, since)
            if done.wait(BEAT_SECONDS):
                return

    thread = Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        db.write_aside(delete(Worker).where(Worker.id == own))


def _seen(own: str, place: str, since: datetime) -> None:
    """Note the heartbeat; a database that is down or busy misses one."""
    now = clock.now()
    with suppress(SQLAlchemyError), db.unit_of_work() as session:
        known = db.update_count(update(Worker).where(Worker.id == own).values(seen_at=now))
        if not known:
            session.execute(insert(Worker).values(id=own, place=place, started_at=since, seen_at=now))


def present(now: datetime) -> list[Worker]:
    """Return the workers that were heard of within the last minute, longest first."""
    rows = select(Worker).where(Worker.seen_at > now - LOST).order_by(Worker.started_at, Worker.id)
    return list(db.session().scalars(rows))


def last_seen() -> datetime | None:
    """Return when a worker was last heard of."""
    return db.session().scalar(select(Worker.seen_at).order_by(Worker.seen_at.desc()).limit(1))


def forget_old(now: datetime) -> None:
    """Remove workers that ended without saying so."""
    db.session().execute(delete(Worker).where(Worker.seen_at < now - KEPT_FOR))
