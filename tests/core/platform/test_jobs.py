"""Jobs run once, however many workers there are, and a killed worker loses nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from unionhall.base import clock, db
from unionhall.hooks.types import Job
from unionhall.platform import jobs


def counting(ran):
    return Job("test.count", "count", timedelta(minutes=5), lambda now: ran.append(now))


def test_a_job_runs_when_it_is_due(app, at):
    ran = []
    with app.app_context():
        for minute in ("09:00", "09:04", "09:05", "09:09"):
            jobs.run_due([counting(ran)], at(f"2026-05-14 {minute}"))
    assert [clock.local(moment).strftime("%H:%M") for moment in ran] == ["09:00", "09:05"]


def test_a_failing_job_is_noted_and_comes_again(app, at):
    def fail(now):
        raise ValueError("no paper")

    job = Job("test.fail", "fail", timedelta(minutes=1), fail)
    with app.app_context():
        assert jobs.run_due([job], at("2026-05-14 09:00")) == []
        state = jobs.last_run("test.fail")
        assert (state.last_error, state.due_at) == ("ValueError: no paper", at("2026-05-14 09:01"))


def test_a_lease_of_a_dead_worker_ends_by_itself(app, at):
    ran = []
    with app.app_context():
        jobs.run_due([counting(ran)], at("2026-05-14 09:00"))
        with db.unit_of_work() as session:
            state = session.get(jobs.JobState, "test.count")
            state.due_at, state.leased_until = at("2026-05-14 09:05"), at("2026-05-14 09:10")
        assert jobs.run_due([counting(ran)], at("2026-05-14 09:07")) == []
        assert jobs.run_due([counting(ran)], at("2026-05-14 09:10")) == ["test.count"]


@pytest.mark.both
def test_two_workers_run_a_due_job_once(app, at):
    ran, gate, moment = [], threading.Barrier(4), at("2026-05-14 09:00")

    def work():
        with app.app_context():
            gate.wait()
            jobs.run_due([counting(ran)], moment)
            db.session().remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ran == [moment]
