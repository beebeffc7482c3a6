"""The bell: it wakes who waits within milliseconds, and nothing is lost without it."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import delete

from unionhall.base import clock, db
from unionhall.hooks.types import Job
from unionhall.platform import bell, jobs, outbox, pagecache
from unionhall.platform.pagecache import purges
from unionhall.testing import services
from unionhall.testing.pytest_plugin import skip_or_fail

PATIENCE = 60.0


@pytest.fixture
def redis_server():
    with services.redis() as url:
        if url is None:
            skip_or_fail("no Redis: redis-server is not installed")
        yield url


@pytest.fixture
def ringing(app, monkeypatch, redis_server):
    """Give the application a bell in a Redis of its own."""
    monkeypatch.setitem(app.extensions, bell.EXTENSION, bell.RedisBell(redis_server, "test"))
    return app


def waiting(ear, found):
    """Return a thread that waits for one ring, and note what it heard."""
    ready = threading.Event()

    def listen():
        assert ear.wait(PATIENCE, threading.Event())  # the new connection counts as a ring
        ready.set()
        found.append(ear.wait(PATIENCE, threading.Event()))

    thread = threading.Thread(target=listen)
    thread.start()
    assert ready.wait(PATIENCE)
    return thread


def test_a_ring_after_the_commit_wakes_who_waits(ringing, work):
    found = []
    with ringing.app_context():
        thread = waiting(bell.bell().listen(bell.JOBS), found)
    began = time.perf_counter()
    with work():
        outbox.put("probe", {}, now=clock.now())
    thread.join(PATIENCE)
    assert found == [True]
    assert time.perf_counter() - began < PATIENCE / 4
    with work() as session:
        session.execute(delete(outbox.OutboxMessage))


def test_what_is_rolled_back_rings_for_nobody_and_what_is_said_twice_rings_once(ringing, work, monkeypatch):
    rung = []
    monkeypatch.setattr(bell.RedisBell, "ring", lambda self, what: rung.append(what))
    with pytest.raises(ZeroDivisionError), work():
        outbox.put("probe", {}, now=clock.now())
        raise ZeroDivisionError
    with work():
        pass
    assert rung == []
    with work() as session:
        outbox.put("probe", {}, now=clock.now())
        outbox.put("probe", {}, now=clock.now())
        session.execute(delete(outbox.OutboxMessage))
    assert rung == [bell.JOBS]
    with work():
        pagecache.purge("news")
    assert rung == [bell.JOBS, bell.PAGES]


def test_a_worker_that_the_bell_wakes_delivers_long_before_its_next_look(ringing, work, monkeypatch):
    monkeypatch.setattr(jobs, "TICK_SECONDS", 3600.0)
    delivered, stop, looked = threading.Event(), threading.Event(), threading.Event()
    with work() as session:
        session.execute(delete(outbox.OutboxMessage))
    with ringing.app_context():
        outbox.handle("probe", lambda payload: delivered.set())

    def deliver(now):
        outbox.deliver(now)
        looked.set()

    def run():
        with ringing.app_context():
            jobs.work(lambda: [Job("system.outbox", "投递", timedelta(seconds=1), deliver)], stop)

    worker = threading.Thread(target=run)
    worker.start()
    try:
        assert looked.wait(PATIENCE)
        with work():
            outbox.put("probe", {}, now=clock.now())
        assert delivered.wait(PATIENCE)
    finally:
        stop.set()
        with ringing.app_context():
            bell.bell().ring(bell.JOBS)
        worker.join(PATIENCE)
    assert not worker.is_alive()


def test_another_process_drops_its_pages_long_before_its_next_look(ringing, work, monkeypatch):
    monkeypatch.setattr(purges, "POLL_SECONDS", 3600.0)
    dropped, listening = threading.Event(), threading.Event()
    heard = bell.RedisEar.wait

    def hear(self, seconds, stop):
        answer = heard(self, seconds, stop)
        listening.set()
        return answer

    monkeypatch.setattr(bell.RedisEar, "wait", hear)
    watch = purges.Watch(ringing, lambda n, tags: dropped.set() if "probe" in tags else None, lambda: None)
    watch.start()
    try:
        assert listening.wait(PATIENCE)
        with work():
            pagecache.purge("probe")
        assert dropped.wait(PATIENCE)
    finally:
        watch.end()
        with ringing.app_context():
            bell.bell().ring(bell.PAGES)
        watch._thread.join(PATIENCE)
    assert not watch._thread.is_alive()


def test_redis_may_stop_and_start_again(app, monkeypatch):
    """Said once; who waits only looks for themselves meanwhile; afterwards the first thing heard is a ring."""
    monkeypatch.setattr(bell, "REST_SECONDS", 0.0)
    told = []
    monkeypatch.setattr(bell.log, "warning", lambda *words, **more: told.append(more["bell"]))
    monkeypatch.setattr(bell.log, "info", lambda *words, **more: told.append("again"))
    never = threading.Event()
    with services.own_redis() as server:
        if server is None:
            skip_or_fail("no Redis: redis-server is not installed")
        rings = bell.RedisBell(server.url, "test")
        ear = rings.listen("x")
        assert ear.wait(PATIENCE, never)
        rings.ring("x")
        assert ear.wait(PATIENCE, never)
        server.stop()
        for _ in range(3):
            rings.ring("x")
            assert not ear.wait(0.01, never)
        assert told == ["rung", "heard"]
        server.start()
        assert ear.wait(PATIENCE, never)
        rings.ring("x")
        assert ear.wait(PATIENCE, never)
    assert told == ["rung", "heard", "again", "again"]
    ear.close()


def test_while_redis_is_down_it_is_left_alone_for_some_seconds(monkeypatch):
    rings = bell.RedisBell("redis://127.0.0.1:1/0", "test")
    asked = []
    publish = rings._redis.publish
    monkeypatch.setattr(rings._redis, "publish", lambda *words: asked.append(1) or publish(*words))
    for _ in range(5):
        rings.ring("x")
    assert asked == [1]


def test_without_redis_nobody_hears_anything(app):
    stop = threading.Event()
    stop.set()
    with app.app_context():
        found = bell.bell()
        found.ring(bell.JOBS)
        assert not found.listen(bell.JOBS).wait(PATIENCE, stop)
        assert db.session() is not None


def test_two_sites_on_one_redis_do_not_wake_each_other(redis_server):
    mine, theirs = bell.RedisBell(redis_server, "one"), bell.RedisBell(redis_server, "two")
    ear, never = mine.listen("x"), threading.Event()
    assert ear.wait(PATIENCE, never)
    theirs.ring("x")
    mine.ring("y")
    assert not ear.wait(0.05, never)
    ear.close()
