"""One process's counts: gathered in memory, added to the database every few seconds and at the end of the process.

No reader waits for it. While the database is down or busy, counts are kept and tried again, up to a bound; a process
that is killed loses those of its last seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import date
from multiprocessing import util
from typing import NamedTuple

import structlog
from flask import Flask, current_app
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from unionhall.base import db
from unionhall.platform.reads import kinds
from unionhall.platform.reads.limiting import Limiter
from unionhall.platform.reads.models import DayViews

EVERY_SECONDS = 5.0
MOST = 20_000
AT_ONCE = 500
EXTENSION = "unionhall.reads"
log = structlog.get_logger("unionhall.reads")


class Key(NamedTuple):
    """What is counted: an object, on a day. Sorted, so that processes take the rows' locks in one order."""

    kind: str
    object_id: int
    day: date


class Counter:
    """Counts of this process that are not in the database yet. `enabled` says whether a feature or plugin is live."""

    def __init__(self, app: Flask, enabled: Callable[[str], bool]) -> None:
        self._app, self._enabled = app, enabled
        self._pending: dict[Key, int] = {}
        self._limiter = Limiter()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._told = False

    def seen(self, kind: str, object_id: int, *, source: str, day: date) -> bool:
        """Count a view, unless this source looked at this page too often today; says whether it was counted."""
        with self._lock:
            if not self._limiter.allows(source, f"{kind}:{object_id}", day):
                return False
            self._add(Key(kind, object_id, day), 1)
            if self._thread is None and not self._app.testing:
                self._start()
        return True

    def flush(self) -> int:
        """Add what was counted to the database; returns how many views. What cannot be stored is kept for the next time."""
        with self._lock:
            taken, self._pending = self._pending, {}
        if not taken:
            return 0
        try:
            with self._app.app_context():
                stored = _store(self._countable(taken))
        except SQLAlchemyError as error:
            self._keep(taken, error)
            return 0
        self._told = False
        return stored

    def forget(self) -> None:
        """Drop everything that is not stored yet, and what is known of today's sources (tests)."""
        with self._lock:
            self._pending, self._limiter = {}, Limiter()

    def _add(self, key: Key, views: int) -> None:
        if key in self._pending or len(self._pending) < MOST:
            self._pending[key] = self._pending.get(key, 0) + views

    def _keep(self, taken: Mapping[Key, int], error: Exception) -> None:
        with self._lock:
            for key, views in taken.items():
                self._add(key, views)
        if not self._told:
            log.warning("views could not be stored: they are kept and tried again", error=type(error).__name__)
        self._told = True

    def _countable(self, taken: Mapping[Key, int]) -> dict[Key, int]:
        """Leave out what readers may not see now, and kinds of plugins that are switched off."""
        wanted: dict[str, set[int]] = {}
        for key in taken:
            wanted.setdefault(key.kind, set()).add(key.object_id)
        live = {kind: self._live(kind, sorted(ids)) for kind, ids in wanted.items()}
        return {key: views for key, views in sorted(taken.items()) if key.object_id in live[key.kind]}

    def _live(self, kind: str, ids: list[int]) -> set[int]:
        question = kinds.live(kind)
        if question is None or not self._enabled(kind.partition(".")[0]):
            return set()
        try:
            return {number for at in range(0, len(ids), AT_ONCE) for number in question(ids[at : at + AT_ONCE])}
        except SQLAlchemyError:
            raise
        except Exception:
            log.exception("views of a kind could not be judged, not counted", kind=kind)
            return set()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._go_on, name="views", daemon=True)
        self._thread.start()
        # Run at the end of a plain process and of one that multiprocessing started, which does not heed atexit.
        util.Finalize(None, self.flush, exitpriority=10)

    def _go_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY_SECONDS):
            try:
                self.flush()
            except Exception:
                log.exception("views were lost")


def counter() -> Counter:
    """Return the running application's counter."""
    found: Counter = current_app.extensions[EXTENSION]
    return found


def _store(counted: Mapping[Key, int]) -> int:
    """Add the counts to the rows that are there; each process adds, none replaces."""
    db.session().rollback()
    if not counted:
        return 0
    insert = postgresql.insert if db.engine().dialect.name == "postgresql" else sqlite.insert
    row = insert(DayViews)
    added = row.on_conflict_do_update(index_elements=["kind", "object_id", "day"], set_={"views": DayViews.views + row.excluded.views})
    rows = [key._asdict() | {"views": views} for key, views in counted.items()]
    with db.unit_of_work() as session:
        session.execute(added, rows)
    return sum(counted.values())
