"""Repeatable work. Due times and leases stand in the database: any number of workers, a killed one loses nothing."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread

import structlog
from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, Text, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import clock, db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import Job
from unionhall.platform import bell, runs, workers
from unionhall.platform.leases import LEASE, SKEW, renewing

TICK_SECONDS = 1.0
TICK = timedelta(seconds=TICK_SECONDS)
LONGEST_REST = timedelta(minutes=1)
NOTED_FROM = timedelta(minutes=1)
LONG_STOP_SECONDS = 8.0
_STOP = "unionhall.stop"
log = structlog.get_logger("unionhall.jobs")


class JobState(db.Model):
    """When a job is due next, who runs it until when, and how the last run ended."""

    __tablename__ = "jobs_state"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    lease: Mapped[str] = mapped_column(String(36), default="", server_default="")
    leased_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    last_run: Mapped[datetime | None]
    last_ms: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    failures: Mapped[int] = mapped_column(default=0, server_default="0")

    def running(self, now: datetime) -> bool:
        """Say whether somebody runs the job now; a lease that is over belongs to a worker that died."""
        return self.leased_until is not None and now < self.leased_until <= now + LEASE + SKEW


@dataclass(frozen=True, slots=True)
class Taken:
    """The right to run a job once: the lease's token, and what the history must know."""

    lease: str
    asked: bool
    failures: int


def run_due(jobs: Iterable[Job], now: datetime, *, rung: bool = False) -> list[str]:
    """Run every job whose time has come and that nobody else is running; returns the names of those that went well.

    When the bell has `rung`, what runs every second anyway is run at once, unless it failed the last time.
    """
    done = []
    for job in jobs:
        taken = _take(job, now, rung=rung and job.every <= TICK)
        if taken and _run(job, now, taken):
            done.append(job.name)
    return done


def run_now(job: Job, now: datetime) -> bool:
    """Run one job whatever its due time; says whether it went well. Raises Conflict while somebody else runs it."""
    taken = _take(job, now, at_once=True)
    if taken is None:
        raise Conflict(_l("这个任务正在运行。等它结束，再试一次。"))
    return _run(job, now, taken)


def ask(job: Job, now: datetime) -> None:
    """Make a job due in this unit of work: a worker runs it at once, or once more when it is running now.

    A job that no worker has met yet needs no asking: it is due as soon as one does.
    """
    db.session().execute(update(JobState).where(JobState.name == job.name).values(asked_at=now))
    bell.ring_after_commit(bell.JOBS)


def last_run(name: str) -> JobState | None:
    """Return the state of a job, None when it never ran."""
    return db.session().get(JobState, name)


def states() -> dict[str, JobState]:
    """Return {name: state} of all jobs that were ever due."""
    return {state.name: state for state in db.session().scalars(select(JobState))}


def work(wanted: Callable[[], Iterable[Job]], stop: Signal) -> None:
    """Run due jobs once a second, and when the bell rings, until told to stop; a failure of the database is outlived.

    What is wanted is asked every time, so that a plugin's jobs begin and end with its switch. Long jobs run beside the
    others, each in a thread of its own; when the worker is told to stop, they have a few seconds to come to an end.
    """
    current_app.extensions[_STOP] = stop
    beside: dict[str, Thread] = {}
    ear, rung = bell.bell().listen(bell.JOBS), False
    with workers.alive():
        while not stop.is_set():
            started = time.monotonic()
            try:
                jobs = list(wanted())
                run_due([job for job in jobs if not job.long], clock.now(), rung=rung)
                _start_long([job for job in jobs if job.long], beside)
            except Exception:
                log.exception("worker tick failed")
            finally:
                db.session().remove()
            rung = ear.wait(max(0.05, TICK_SECONDS - (time.monotonic() - started)), stop)
        deadline = time.monotonic() + LONG_STOP_SECONDS
        for thread in beside.values():
            thread.join(max(0.0, deadline - time.monotonic()))
    del current_app.extensions[_STOP]


def asked_to_stop() -> bool:
    """Say whether this worker is to stop: a long job then leaves off at the next whole step."""
    stop: Signal | None = current_app.extensions.get(_STOP)
    return stop is not None and stop.is_set()


def _start_long(jobs: Iterable[Job], beside: dict[str, Thread]) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def run(job: Job, now: datetime, taken: Taken) -> None:
        with app.app_context():
            try:
                _run(job, now, taken)
            except Exception:
                log.exception("worker tick failed")
            finally:
                db.session().remove()

    for job in jobs:
        now, known = clock.now(), beside.get(job.name)
        if (known is None or not known.is_alive()) and (taken := _take(job, now)):
            beside[job.name] = Thread(target=run, args=(job, now, taken), name=f"job {job.name}", daemon=True)
            beside[job.name].start()


def _take(job: Job, now: datetime, *, at_once: bool = False, rung: bool = False) -> Taken | None:
    """Take the lease of a job that is due, or whatever its due time; reads first, so that waiting costs no write."""
    state = db.session().get(JobState, job.name, populate_existing=True)
    asked, failures = (state.asked_at is not None, state.failures) if state else (False, 0)
    eager = at_once or (rung and not failures)
    waits = state is not None and (state.running(now) or not (eager or _is_due(job, state, now)))
    db.session().rollback()
    if waits:
        return None
    if state is None:
        _ensure(job, now)
    free = (JobState.name == job.name) & ~_held(now)
    if not eager:
        free &= _due(job, now)
    lease = str(uuid.uuid4())
    with db.unit_of_work():
        values = {"lease": lease, "leased_until": now + LEASE, "started_at": now, "asked_at": None}
        taken = db.update_count(update(JobState).where(free).values(**values)) == 1
    return Taken(lease, asked, failures) if taken else None


def _is_due(job: Job, state: JobState, now: datetime) -> bool:
    return state.asked_at is not None or not now < state.due_at <= now + job.every + SKEW


def _due(job: Job, now: datetime) -> ColumnElement[bool]:
    """Due, asked for, or due later than it could ever have been set: then a clock that ran ahead was put back."""
    return or_(JobState.due_at <= now, JobState.due_at > now + job.every + SKEW, JobState.asked_at.is_not(None))


def _held(now: datetime) -> ColumnElement[bool]:
    return and_(JobState.leased_until.is_not(None), JobState.leased_until > now, JobState.leased_until <= now + LEASE + SKEW)


def _lease_renewed(name: str, lease: str) -> AbstractContextManager[None]:
    """Hold on to a job for as long as it runs: the lease is short, so that a killed worker's job is soon somebody else's."""
    mine = (JobState.name == name) & (JobState.lease == lease)
    return renewing(f"lease of {name}", lambda: update(JobState).where(mine).values(leased_until=clock.now() + LEASE))


def _ensure(job: Job, now: datetime) -> None:
    try:
        with db.unit_of_work() as session:
            if session.get(JobState, job.name) is None:
                session.add(JobState(name=job.name, due_at=now))
    except IntegrityError:
        log.debug("another worker noted the job first", job=job.name)


def _run(job: Job, now: datetime, taken: Taken) -> bool:
    started, error = time.monotonic(), ""
    try:
        with _lease_renewed(job.name, taken.lease):
            job.run(now)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # sys.exit() in a job ends the run, not the worker
        error = f"{type(problem).__name__}: {problem}"[:2000]
        log.exception("job failed", job=job.name)
    _ended(job, now, taken, error, int((time.monotonic() - started) * 1000))
    return not error


def _ended(job: Job, now: datetime, taken: Taken, error: str, ms: int) -> None:
    """Note how a run ended and when the next is due; one that lost its lease meanwhile changes nothing of the other's."""
    failures = taken.failures + 1 if error else 0
    with db.unit_of_work():
        mine = update(JobState).where(JobState.name == job.name, JobState.lease == taken.lease)
        kept = db.update_count(
            mine.values(
                due_at=now + _rest(job, failures), lease="", leased_until=None, started_at=None,
                last_run=now, last_error=error, last_ms=ms, failures=failures,
            )
        )  # fmt: skip
        if not kept:
            log.warning("a job outlived its lease and may have run twice", job=job.name)
        if error or taken.failures or taken.asked or job.every >= NOTED_FROM:
            runs.note(job.name, at=now, ms=ms, asked=taken.asked, error=error)


def _rest(job: Job, failures: int) -> timedelta:
    """Return how long until the next run; a job that keeps failing comes less often, up to once a minute."""
    return max(job.every, min(timedelta(seconds=2 ** min(failures, 10)), LONGEST_REST)) if failures else job.every
