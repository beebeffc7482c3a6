"""The worker: slow jobs run beside the others, and both are finished before it ends."""

from __future__ import annotations

import signal
import threading
from datetime import timedelta

import pytest

from unionhall.base import db
from unionhall.hooks.types import Job
from unionhall.platform import jobs
from unionhall.server import run_worker

SECONDS = 20


@pytest.fixture
def handlers():
    """Put the process' signal handlers back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def test_a_slow_job_holds_nothing_up_and_is_finished(app, handlers):
    began, others_done, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(now):
        began.set()
        assert others_done.wait(SECONDS), "the other job waits for this one"
        ended.set()

    def quick(now):
        assert began.wait(SECONDS)
        others_done.set()
        signal.raise_signal(signal.SIGTERM)

    both = [Job("test.slow", "slow", timedelta(hours=1), slow, slow=True), Job("test.quick", "quick", timedelta(hours=1), quick)]
    with app.app_context():
        run_worker(lambda: both)
        assert ended.is_set()
        assert [jobs.last_run(job.name).last_error for job in both] == ["", ""]
        db.session().remove()
