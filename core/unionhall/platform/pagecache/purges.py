"""The log of purges: a row in the transaction that made pages untrue, read by every process a few times a second.

The row's number is a clock that all processes share. A page remembers the number it was built at ("born"); a purge
with a higher number and one of its tags ends it. Numbers are given under a lock held until the commit, so that they
become visible in order and nobody can miss one. Nothing but the database is needed for it, and a process that is
killed between a commit and its purge leaves no untrue page behind. Where there is a bell, the others look at once.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from flask import Flask, current_app
from sqlalchemy import Engine, Text, delete, event, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, Session, mapped_column

from unionhall.base import clock, db
from unionhall.platform import bell
from unionhall.platform.pagecache.marking import SITE

POLL_SECONDS = 0.25
KEPT = timedelta(days=1)
FAR = 1_000_000
EXTENSION = "unionhall.pagecache"
MEMORY = "unionhall.memory"
_PENDING = "purges"
log = structlog.get_logger("unionhall.pagecache")


class Purge(db.Model):
    """What one unit of work made untrue: tags as a JSON list."""

    __tablename__ = "pagecache_purge"
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tags: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


def purge(*names: str) -> None:
    """Drop every page with one of these tags, in every process, once this unit of work is committed.

    `purge(SITE)` drops them all: for what stands on every page, such as menus and settings.
    """
    pending = db.session().info.setdefault(_PENDING, set())
    if not pending:
        db.after_commit(_take_note)
    pending.update(names)


def start_anew(after: int, *, now: datetime) -> None:
    """Say that the database is another one (restored): numbers go on far above any that a page may have been built at."""
    highest = max(after, db.session().scalar(select(func.max(Purge.n))) or 0)
    db.session().add(Purge(n=highest + FAR, tags=json.dumps([SITE]), at=now))
    db.after_commit(_take_note)


def _take_note() -> None:
    current_app.extensions.pop(MEMORY, None)
    bell.bell().ring(bell.PAGES)
    if (watch := current_app.extensions.get(EXTENSION)) is not None:
        watch.look()


def _write(session: Session) -> None:
    """Number the purge as the last act of the unit of work: the lock is held for a moment only."""
    if session.in_nested_transaction() or not (names := session.info.pop(_PENDING, None)):
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE pagecache_purge IN EXCLUSIVE MODE"))
    n = (session.scalar(select(func.max(Purge.n))) or 0) + 1
    session.execute(insert(Purge).values(n=n, tags=json.dumps(sorted(names)), at=clock.now()))


def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)


event.listen(Session, "before_commit", _write)
event.listen(Session, "after_rollback", _forget)


class Watch:
    """One process's view of the log: how far it has read, and when each tag was last purged."""

    def __init__(self, app: Flask, drop: Callable[[int, Iterable[str]], None], drop_all: Callable[[], None]) -> None:
        self._app = app
        self._drop, self._drop_all = drop, drop_all
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        self.seen: int | None = None
        self.last: dict[str, int] = {}
        self.troubled = False

    def start(self) -> None:
        """Read the log now and go on reading it in the background; once for each process."""
        if self._thread is None:
            with self._lock:
                if self._thread is not None:
                    return
                self._thread = threading.Thread(target=self._go_on, name="pagecache", daemon=True)
            self.look()
            self._thread.start()

    def end(self) -> None:
        """Read no more in the background."""
        self._ended.set()

    def look(self) -> None:
        """Read what is new in the log and drop what it makes untrue; a database that is down is outlived."""
        with self._lock:
            try:
                self._read()
                self.troubled = False
            except SQLAlchemyError:
                if not self.troubled:
                    log.warning("purges could not be read: pages are kept as they are until the database answers")
                self.troubled = True

    def purged_since(self, born: int, tags: Iterable[str]) -> bool:
        """Say whether a page built at `born` is untrue by now."""
        return any(self.last.get(tag, 0) > born for tag in tags)

    def _read(self) -> None:
        if self._engine is None:
            with self._app.app_context():
                self._engine = db.engine()
        with self._engine.connect() as connection:
            rows = connection.execute(select(Purge.n, Purge.tags).where(Purge.n >= (self.seen or 0)).order_by(Purge.n)).all()
        if self.seen and (not rows or rows[0].n != self.seen):
            # The row we had read last is gone: a restored database, or one that was out of sight for a day.
            self._drop_all()
            self.seen = None
            self.last.clear()
            return self._read()
        for n, tags in rows:
            if n > (self.seen or 0):
                self.last.update(dict.fromkeys(names := json.loads(tags), n))
                self._drop(n, names)
        self.seen = rows[-1].n if rows else 0
        return None

    def _go_on(self) -> None:
        with self._app.app_context():
            ear = bell.bell().listen(bell.PAGES)
        while not self._ended.is_set():
            ear.wait(POLL_SECONDS, self._ended)
            self.look()


def forget_old(now: datetime) -> None:
    """Remove log rows that every process has long read (the job); the newest one stays, so that numbers go on."""
    with db.unit_of_work() as session:
        newest = session.scalar(select(func.max(Purge.n))) or 0
        session.execute(delete(Purge).where(Purge.at < now - KEPT, Purge.n < newest))
