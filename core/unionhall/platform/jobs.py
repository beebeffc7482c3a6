"""Repeatable work. Due times and leases stand in the database: any number of workers, a killed one loses nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread

import structlog
from flask import Flask, current_app
from sqlalchemy import ColumnElement, String, Text, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from unionhall.base import clock, db
from unionhall.hooks.types import Job

LEASE = timedelta(minutes=1)
RENEW_SECONDS = 20.0
SKEW = timedelta(minutes=5)
TICK_SECONDS = 1.0
LONG_STOP_SECONDS = 8.0
_STOP = "unionhall.stop"
log = structlog.get_logger("unionhall.jobs")


class JobState(db.Model):
    """When a job is due next, who runs it until when, and how the last run ended."""

    __tablename__ = "jobs_state"
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    last_run: Mapped[datetime | None]
    last_ms: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")


def run_due(jobs: Iterable[Job], now: datetime) -> list[str]:
    """Run every job whose time has come and that nobody else is running; returns their names."""
    return [job.name for job in jobs if _take(job, now) and _run(job, now)]


def run_now(job: Job, now: datetime) -> None:
    """Run one job whatever its due time; raises what it raises."""
    _ensure(job, now)
    _run(job, now)


def last_run(name: str) -> JobState | None:
    """Return the state of a job, None when it never ran."""
    return db.session().get(JobState, name)


def work(wanted: Callable[[], Iterable[Job]], stop: Signal) -> None:
    """Run due jobs once a second until told to stop; a failure of the database is logged and outlived.

    What is wanted is asked every time, so that a plugin's jobs begin and end with its switch. Long jobs run beside the
    others, each in a thread of its own; when the worker is told to stop, they have a few seconds to come to an end.
    """
    current_app.extensions[_STOP] = stop
    beside: dict[str, Thread] = {}
    while not stop.is_set():
        started = time.monotonic()
        try:
            jobs = list(wanted())
            run_due([job for job in jobs if not job.long], clock.now())
            _start_long([job for job in jobs if job.long], beside)
        except Exception:
            log.exception("worker tick failed")
        finally:
            db.session().remove()
        stop.wait(max(0.05, TICK_SECONDS - (time.monotonic() - started)))
    deadline = time.monotonic() + LONG_STOP_SECONDS
    for thread in beside.values():
        thread.join(max(0.0, deadline - time.monotonic()))


def asked_to_stop() -> bool:
    """Say whether this worker is to stop: a long job then leaves off at the next whole step."""
    stop: Signal | None = current_app.extensions.get(_STOP)
    return stop is not None and stop.is_set()


def _start_long(jobs: Iterable[Job], beside: dict[str, Thread]) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def run(job: Job, now: datetime) -> None:
        with app.app_context():
            try:
                _run(job, now)
            except Exception:
                log.exception("worker tick failed")
            finally:
                db.session().remove()

    for job in jobs:
        now, known = clock.now(), beside.get(job.name)
        if (known is None or not known.is_alive()) and _take(job, now):
            beside[job.name] = Thread(target=run, args=(job, now), name=f"job {job.name}", daemon=True)
            beside[job.name].start()


def _take(job: Job, now: datetime) -> bool:
    due, held = _due(job, now), _held(now)
    free = (JobState.name == job.name) & due & ~held
    state = db.session().execute(select(JobState.due_at, JobState.leased_until).where(JobState.name == job.name)).first()
    db.session().rollback()
    if state is None:
        _ensure(job, now)
    elif now < state.due_at <= now + job.every + SKEW or (state.leased_until and now < state.leased_until <= now + LEASE + SKEW):
        return False
    with db.unit_of_work():
        return db.update_count(update(JobState).where(free).values(leased_until=now + LEASE)) == 1


def _due(job: Job, now: datetime) -> ColumnElement[bool]:
    """Due, or due later than it could ever have been set: then a clock that ran ahead was put back."""
    return or_(JobState.due_at <= now, JobState.due_at > now + job.every + SKEW)


def _held(now: datetime) -> ColumnElement[bool]:
    return and_(JobState.leased_until.is_not(None), JobState.leased_until > now, JobState.leased_until <= now + LEASE + SKEW)


@contextmanager
def _lease_renewed(name: str) -> Iterator[None]:
    """Hold on to a job for as long as it runs: the lease is short, so that a killed worker's job is soon somebody else's."""
    app, done = current_app._get_current_object(), Signal()  # type: ignore[attr-defined]

    def renew() -> None:
        while not done.wait(RENEW_SECONDS):
            with app.app_context():
                db.write_aside(update(JobState).where(JobState.name == name).values(leased_until=clock.now() + LEASE))

    thread = Thread(target=renew, name=f"lease of {name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _ensure(job: Job, now: datetime) -> None:
    try:
        with db.unit_of_work() as session:
            if session.get(JobState, job.name) is None:
                session.add(JobState(name=job.name, due_at=now))
    except IntegrityError:
        log.debug("another worker noted the job first", job=job.name)


def _run(job: Job, now: datetime) -> bool:
    started, error = time.monotonic(), ""
    try:
        with _lease_renewed(job.name):
            job.run(now)
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"[:2000]
        log.exception("job failed", job=job.name)
    with db.unit_of_work() as session:
        session.execute(
            update(JobState)
            .where(JobState.name == job.name)
            .values(
                due_at=now + job.every, leased_until=None, last_run=now, last_error=error,
                last_ms=int((time.monotonic() - started) * 1000),
            )
        )
    return not error
