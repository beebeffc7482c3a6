"""Jobs run once, however many workers there are, and a killed worker loses nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import delete, select, update

from unionhall.base import clock, db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import Job
from unionhall.platform import jobs, leases, outbox, runs, workers


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
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.01)
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


def test_a_job_that_keeps_failing_comes_less_often_and_at_once_again_when_it_is_well(app, at):
    ran, well = [], []

    def work(now):
        ran.append(clock.local(now).strftime("%M:%S"))
        if not well:
            raise ValueError("no paper")

    job, start = Job("probe.fail", "探测", timedelta(seconds=1), work), at("2026-05-14 09:00")
    with app.app_context():
        for second in range(200):
            jobs.run_due([job], start + timedelta(seconds=second))
        assert ran == ["00:00", "00:02", "00:06", "00:14", "00:30", "01:02", "02:02", "03:02"]
        assert jobs.last_run("probe.fail").failures == 8
        well.append(True)
        jobs.run_due([job], start + timedelta(seconds=242))
        jobs.run_due([job], start + timedelta(seconds=243))
        assert ran[-2:] == ["04:02", "04:03"]
        assert jobs.last_run("probe.fail").failures == 0


def test_the_bell_hurries_what_runs_every_second_and_nothing_that_fails(app, at):
    ran, fails = [], []

    def work(now):
        ran.append("often")
        if fails:
            raise ValueError("no paper")

    wanted = [Job("probe.often", "探测", timedelta(seconds=1), work), Job("probe.seldom", "探测", timedelta(minutes=1), lambda now: ran.append("seldom"))]
    with app.app_context():
        jobs.run_due(wanted, at("2026-05-14 09:00"))
        assert ran == ["often", "seldom"]
        jobs.run_due(wanted, clock.now())
        assert len(ran) == 2
        fails.append(True)
        jobs.run_due(wanted, clock.now(), rung=True)
        assert ran == ["often", "seldom", "often"]
        jobs.run_due(wanted, clock.now(), rung=True)
        assert len(ran) == 3


def test_history_is_bounded_and_of_what_runs_every_second_only_the_unusual_is_in_it(app, at):
    fails = []

    def work(now):
        if fails:
            raise ValueError("no paper")

    often, seldom = Job("probe.often", "探测", timedelta(seconds=1), work), Job("probe.seldom", "探测", timedelta(minutes=1), lambda now: None)
    start = at("2026-05-14 09:00")
    with app.app_context():
        jobs.run_due([often], start)
        fails.append(True)
        jobs.run_due([often], start + timedelta(seconds=1))
        fails.clear()
        jobs.run_due([often], start + timedelta(minutes=1))
        jobs.run_due([often], start + timedelta(minutes=2))
        assert [(run.name, run.error) for run in runs.latest(9)] == [("probe.often", ""), ("probe.often", "ValueError: no paper")]
        for minute in range(runs.KEPT + 10):
            jobs.run_due([seldom], start + timedelta(minutes=minute))
        kept = [run for run in runs.latest(1000) if run.name == "probe.seldom"]
        assert (len(kept), kept[0].at) == (runs.KEPT, start + timedelta(minutes=runs.KEPT + 9))
        with db.unit_of_work():
            runs.forget_old(start + timedelta(days=31))
        assert runs.latest(9) == []


@pytest.mark.both
def test_a_job_that_was_asked_for_runs_at_once_and_once(app, at):
    ran = []
    with app.app_context():
        jobs.run_due([counting(ran)], at("2026-05-14 09:00"))
        with db.unit_of_work():
            jobs.ask(counting(ran), at("2026-05-14 09:01"))
        for minute in ("09:01", "09:02"):
            jobs.run_due([counting(ran)], at(f"2026-05-14 {minute}"))
        assert [clock.local(moment).strftime("%H:%M") for moment in ran] == ["09:00", "09:01"]
        assert [run.asked for run in runs.latest(9)] == [True, False]


def test_a_job_that_is_asked_for_while_it_runs_runs_once_more(app, at):
    ran = []

    def work(now):
        ran.append(now)
        if len(ran) == 1:
            with db.unit_of_work():
                jobs.ask(job, now)

    job = Job("probe.asked", "探测", timedelta(hours=1), work)
    with app.app_context():
        for second in range(4):
            jobs.run_due([job], clock.now() + timedelta(seconds=second))
    assert len(ran) == 2


@pytest.mark.both
def test_a_worker_that_slept_past_its_lease_takes_nothing_from_the_one_that_came_after(app, at):
    """It was suspended, say; the other's lease stands, and a third worker is not let in."""
    now, states = at("2026-05-14 09:00"), []

    def sleeps(moment):
        with db.unit_of_work() as session:
            session.execute(update(jobs.JobState).values(lease="the other's", leased_until=now + timedelta(minutes=3)))

    with app.app_context():
        jobs.run_due([Job("probe.slow", "探测", timedelta(seconds=1), sleeps)], now)
        state = jobs.last_run("probe.slow")
        assert (state.lease, state.running(now + timedelta(minutes=1))) == ("the other's", True)
        jobs.run_due([Job("probe.slow", "探测", timedelta(seconds=1), states.append)], now + timedelta(minutes=2))
        with pytest.raises(Conflict, match="正在运行"):
            jobs.run_now(Job("probe.slow", "探测", timedelta(seconds=1), states.append), now + timedelta(minutes=2))
    assert states == []


@pytest.mark.postgres
def test_many_workers_never_run_a_job_at_the_same_time(app, at):
    """Eight of them, each trying again and again while the job is due every time."""
    inside, most, ran, lock, gate = [0], [], [], threading.Lock(), threading.Barrier(8)
    start, later = at("2026-05-14 09:00"), count()

    def work(now):
        with lock:
            inside[0] += 1
            most.append(inside[0])
            ran.append(now)
        db.session().execute(select(jobs.JobState)).all()
        with lock:
            inside[0] -= 1

    job = Job("probe.busy", "探测", timedelta(0), work)

    def run():
        with app.app_context():
            gate.wait()
            for _ in range(15):
                jobs.run_due([job], start + timedelta(seconds=next(later)))
            db.session().remove()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ran) > 1
    assert max(most) == 1


def test_workers_say_that_they_live_and_that_they_end(app, at):
    with app.app_context():
        with workers.alive():
            for _ in range(200_000):
                db.session().rollback()
                if found := workers.present(clock.now()):
                    break
            assert [worker.started_at for worker in found] == [clock.now()]
        assert workers.present(clock.now()) == []


def test_a_worker_that_is_told_to_stop_ends_its_tick_and_is_gone(app, at):
    stop, ran = threading.Event(), []

    def run(now):
        ran.append(now)
        stop.set()

    with app.app_context():
        jobs.work(lambda: [Job("probe.once", "探测", timedelta(seconds=1), run)], stop)
        assert (len(ran), workers.present(clock.now())) == (1, [])


def test_a_worker_that_was_killed_is_not_present_after_a_minute_and_forgotten_after_an_hour(app, at):
    now = at("2026-05-14 09:00")
    with app.app_context():
        with db.unit_of_work() as session:
            session.add(workers.Worker(id="x", place="here:1", started_at=now, seen_at=now))
        assert len(workers.present(now + timedelta(seconds=59))) == 1
        assert workers.present(now + timedelta(seconds=60)) == []
        with db.unit_of_work():
            workers.forget_old(now + timedelta(minutes=61))
        assert workers.last_seen() is None


def test_a_long_job_holds_up_no_other_and_hears_of_the_end(app):
    begun, stop, ran = threading.Event(), threading.Event(), []

    def long(now):
        begun.set()
        while not jobs.asked_to_stop():
            stop.wait(0.01)
        ran.append("long")

    def short(now):
        assert begun.wait(60)
        ran.append("short")
        stop.set()

    wanted = [Job("test.long", "long", timedelta(seconds=1), long, long=True), Job("test.short", "short", timedelta(seconds=1), short)]
    order = iter([wanted[:1], wanted])
    with app.app_context():
        jobs.work(lambda: next(order), stop)
    assert ran == ["short", "long"]
    with app.app_context():
        assert jobs.last_run("test.long").last_error == ""
