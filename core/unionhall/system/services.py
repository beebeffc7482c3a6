"""What a system administrator may do with jobs and with messages that could not be delivered; each act is on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from unionhall.base import db
from unionhall.hooks.types import Actor, Job
from unionhall.host import times
from unionhall.platform import audit, jobs, outbox_care, runs, workers
from unionhall.platform.access import SITE, require

JOBS = "system.jobs"


def run_soon(job: Job, *, actor: Actor, now: datetime) -> None:
    """Make a job due: a worker runs it within a second, or once more when it is running now."""
    require(actor, JOBS, SITE)
    jobs.ask(job, now)
    audit.record("system.job_asked", f"job:{job.name}", actor=actor, now=now)


def retry(ids: Iterable[int] | None, *, actor: Actor, now: datetime) -> int:
    """Give parked messages, these or all, new tries; returns how many."""
    require(actor, JOBS, SITE)
    chosen = None if ids is None else list(ids)
    counted = outbox_care.retry(chosen, now=now)
    if counted:
        name = f"message:{chosen[0]}" if chosen is not None and len(chosen) == 1 else "outbox"
        audit.record("system.message_retried", name, actor=actor, now=now, count=counted)
    return counted


def give_up(message_id: int, *, actor: Actor, now: datetime) -> None:
    """Close a parked message undelivered. Raises NotFound when it is not parked any more."""
    require(actor, JOBS, SITE)
    line = outbox_care.parked_one(message_id)
    outbox_care.give_up(message_id, now=now)
    audit.record("system.message_given_up", f"message:{message_id}", actor=actor, now=now, topic=line.topic)


def tidy(now: datetime) -> None:
    """Remove what nobody asks for any more: old deliveries, runs, workers that ended without a word, times of hooks (the job)."""
    outbox_care.forget_old(now)
    with db.unit_of_work():
        runs.forget_old(now)
        workers.forget_old(now)
        times.forget_old(now)
