"""What hooks of plugins take: counted in memory, added to the database about once a minute by each process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import util
from typing import NamedTuple

import structlog
from flask import Flask, current_app
from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from unionhall.base import clock, db
from unionhall.host.models import HookTime

EVERY_SECONDS = 60.0
KEPT = timedelta(days=31)
MOST = 5000
log = structlog.get_logger("unionhall.host")


class Key(NamedTuple):
    """Whose hook, and in which hour. Sorted, so that processes take the rows' locks in one order."""

    plugin: str
    hook: str
    hour: datetime


class Times:
    """Counts of this process that are not in the database yet: calls, microseconds, the slowest call, failures."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[tuple[str, str], list[int]] = {}
        self._thread: threading.Thread | None = None

    def note(self, plugin: str, hook: str, seconds: float, *, failed: bool) -> None:
        """Count one call."""
        micros = int(seconds * 1_000_000)
        with self._lock:
            cell = self._pending.get((plugin, hook))
            if cell is None:
                cell = self._pending[plugin, hook] = [0, 0, 0, 0]
            cell[0] += 1
            cell[1] += micros
            if micros > cell[2]:
                cell[2] = micros
            cell[3] += failed
        if self._thread is None:
            self._start()

    def flush(self) -> int:
        """Add what was counted to the database; returns how many rows. What cannot be stored is kept for the next time."""
        with self._lock:
            taken, self._pending = self._pending, {}
        if not taken:
            return 0
        try:
            return _store(taken, clock.now())
        except SQLAlchemyError as error:
            log.warning("times of hooks could not be stored: they are kept and tried again", error=type(error).__name__)
            with self._lock:
                for key, cell in taken.items():
                    kept = self._pending.setdefault(key, [0, 0, 0, 0])
                    kept[:] = [kept[0] + cell[0], kept[1] + cell[1], max(kept[2], cell[2]), kept[3] + cell[3]]
            return 0

    def forget(self) -> None:
        """Drop what is not stored yet (tests)."""
        with self._lock:
            self._pending = {}

    def _start(self) -> None:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        if app.testing:
            return
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._go_on, args=(app,), name="hook times", daemon=True)
        self._thread.start()
        util.Finalize(None, self._once, args=(app,), exitpriority=10)  # also of processes that multiprocessing started

    def _go_on(self, app: Flask) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY_SECONDS):
            self._once(app)

    def _once(self, app: Flask) -> None:
        try:
            with app.app_context():
                self.flush()
                db.session().remove()
        except Exception:
            log.exception("times of hooks were lost")


def _store(taken: Mapping[tuple[str, str], list[int]], now: datetime) -> int:
    hour = now.replace(minute=0, second=0, microsecond=0)
    insert = postgresql.insert if db.engine().dialect.name == "postgresql" else sqlite.insert
    row = insert(HookTime)
    new = row.excluded
    larger = func.greatest if db.engine().dialect.name == "postgresql" else func.max
    added = row.on_conflict_do_update(
        index_elements=["plugin", "hook", "hour"],
        set_={
            "calls": HookTime.calls + new.calls, "micros": HookTime.micros + new.micros,
            "slowest": larger(HookTime.slowest, new.slowest), "failures": HookTime.failures + new.failures,
        },
    )  # fmt: skip
    names = ("calls", "micros", "slowest", "failures")
    rows = [{"plugin": key[0], "hook": key[1], "hour": hour, **dict(zip(names, cell, strict=True))} for key, cell in sorted(taken.items())]
    with db.unit_of_work() as session:
        session.execute(added, rows)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Spent:
    """What one hook of a plugin took in a stretch of time, in milliseconds."""

    plugin: str
    hook: str
    calls: int
    total_ms: float
    slowest_ms: float
    failures: int

    @property
    def mean_ms(self) -> float:
        """Return what a call took on average."""
        return self.total_ms / self.calls if self.calls else 0.0


def spent(since: datetime, *, plugin: str = "") -> list[Spent]:
    """Return what hooks took since a moment (whole hours), the costliest first; of one plugin, or of all."""
    row = HookTime
    sums = (func.sum(row.calls), func.sum(row.micros), func.max(row.slowest), func.sum(row.failures))
    asked = select(row.plugin, row.hook, *sums).where(row.hour > since - timedelta(hours=1)).group_by(row.plugin, row.hook)
    if plugin:
        asked = asked.where(row.plugin == plugin)
    rows = db.session().execute(asked)
    found = [Spent(name, hook, int(n), int(us) / 1000, int(slow) / 1000, int(bad)) for name, hook, n, us, slow, bad in rows]
    return sorted(found, key=lambda item: (-item.total_ms, item.plugin, item.hook))


def forget_old(now: datetime) -> None:
    """Remove hours that nobody asks for any more."""
    db.session().execute(delete(HookTime).where(HookTime.hour < now - KEPT))
