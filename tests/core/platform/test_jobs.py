"""Jobs run once, however many workers there are, and a killed worker loses nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from unionhall.base import clock, db
from unionhall.hooks.types import Job
from unionhall.platform import jobs, outbox


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


@pytest.mark.both
@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=1)])
def test_a_clock_that_ran_ahead_and_was_put_back_stops_nothing(app, at, ahead):
    """security.md 5, R7: neither a due time nor a lease from the future holds a job up."""
    ran = []
    job = Job("probe.clock", "探测", timedelta(seconds=1), ran.append)
    with app.app_context():
        jobs.run_due([job], clock.now() + ahead)
        assert jobs.run_due([job], clock.now()) == ["probe.clock"]
        with db.unit_of_work() as session:
            state = session.get(jobs.JobState, "probe.clock")
            state.due_at, state.leased_until = clock.now(), clock.now() + ahead
        assert jobs.run_due([job], clock.now() + timedelta(seconds=2)) == ["probe.clock"]
    assert len(ran) == 3


@pytest.mark.both
def test_a_message_leased_by_a_clock_that_ran_ahead_is_delivered(app, work):
    seen = []
    with work() as session:
        session.execute(delete(outbox.OutboxMessage))
        outbox.put("probe", {"n": 1}, now=clock.now())
    with app.app_context():
        outbox.handle("probe", seen.append)
        with db.unit_of_work() as session:
            session.execute(update(outbox.OutboxMessage).values(due_at=clock.now() + timedelta(days=1)))
        outbox.deliver(clock.now())
    assert seen == [{"n": 1}]


@pytest.mark.both
def test_a_long_job_keeps_its_lease(app, monkeypatch):
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.01)
    seen = []

    def long(now):
        for _ in range(2000):
            with db.engine().connect() as connection:
                lease = connection.scalar(select(jobs.JobState.leased_until).where(jobs.JobState.name == "probe.long"))
            if lease is not None and lease > now + jobs.LEASE:
                return seen.append("renewed")
        return seen.append("never")

    start = clock.now() - timedelta(seconds=30)
    job = Job("probe.long", "探测", timedelta(seconds=1), long)
    with app.app_context():
        jobs.run_due([job], start)
        state = jobs.last_run("probe.long")
    assert seen == ["renewed"]
    assert state.leased_until is None


def test_a_long_job_holds_up_no_other_and_hears_of_the_end(app):
    begun, stop, ran = threading.Event(), threading.Event(), []

    def long(now):
        begun.set()
        while not jobs.asked_to_stop():
            stop.wait(0.01)
        ran.append("long")

    def short(now):
        assert begun.wait(10)
        ran.append("short")
        stop.set()

    wanted = [Job("test.long", "long", timedelta(seconds=1), long, long=True), Job("test.short", "short", timedelta(seconds=1), short)]
    order = iter([wanted[:1], wanted])
    with app.app_context():
        jobs.work(lambda: next(order), stop)
    assert ran == ["short", "long"]
    with app.app_context():
        assert jobs.last_run("test.long").last_error == ""
