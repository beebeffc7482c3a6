"""The jobs page's rows: how each job stands, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.hooks.types import Job
from unionhall.host.registry import collect
from unionhall.news.labels import lasted
from unionhall.platform import jobs, outbox, workers

__all__ = ["Health", "JobLine", "all_jobs", "every", "health", "lasted", "lines", "took"]
STALLED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job: how often, what it does now, when it ran and runs again, how it ended."""

    job: Job
    state: jobs.JobState | None
    running: bool

    @property
    def chip(self) -> tuple[str, str]:
        """Return (modifier, word) of how the job stands."""
        state = self.state
        if self.running:
            return "chip--info", _("正在运行")
        if state and state.asked_at:
            return "chip--info", _("等后台进程接手")
        if state is None or state.last_run is None:
            return "", _("还没运行过")
        if state.failures > 1:
            return "chip--bad", ngettext("连续出错 %(num)d 次", "连续出错 %(num)d 次", state.failures)
        return ("chip--bad", _("出错")) if state.last_error else ("chip--ok", _("正常"))


@dataclass(frozen=True, slots=True)
class Health:
    """Is the worker there? `last` is when it was last heard of, `workers` those that are there now."""

    stalled: bool
    last: datetime | None
    workers: tuple[workers.Worker, ...]


def lines(now: datetime) -> list[JobLine]:
    """Return every job of core and of the plugins that are enabled now, those that fail first."""
    states = jobs.states()
    found = [_line(job, states.get(job.name), now) for job in all_jobs()]
    return sorted(found, key=lambda line: not (line.state and line.state.last_error))


def all_jobs() -> Iterable[Job]:
    """Return every job of core and of the plugins that are enabled now."""
    found: list[Job] = collect("unionhall_jobs")
    return found


def health(now: datetime) -> Health:
    """Say whether a worker does its work: it delivered within a minute, or is at a job that takes longer."""
    states = jobs.states()
    delivered = states[outbox.JOB].last_run if outbox.JOB in states else None
    busy = any(state.running(now) for state in states.values())
    heard = [moment for moment in (delivered, workers.last_seen()) if moment]
    stalled = not busy and (delivered is None or now - delivered > STALLED)
    return Health(stalled, max(heard, default=None), tuple(workers.present(now)))


def every(span: timedelta) -> str:
    """Return how often: "每秒", "每 10 分钟", "每天"."""
    seconds = max(1, int(span.total_seconds()))
    if seconds % 86400 == 0:
        return ngettext("每天", "每 %(num)d 天", seconds // 86400)
    if seconds % 3600 == 0:
        return ngettext("每小时", "每 %(num)d 小时", seconds // 3600)
    if seconds % 60 == 0:
        return ngettext("每分钟", "每 %(num)d 分钟", seconds // 60)
    return ngettext("每秒", "每 %(num)d 秒", seconds)


def took(milliseconds: int) -> str:
    """Return how long something took: "12 毫秒", "3.4 秒"."""
    if milliseconds < 1000:
        return _("%(n)s 毫秒", n=milliseconds)
    return _("%(n)s 秒", n=f"{milliseconds / 1000:.1f}")


def _line(job: Job, state: jobs.JobState | None, now: datetime) -> JobLine:
    return JobLine(job, state, state is not None and state.running(now))
