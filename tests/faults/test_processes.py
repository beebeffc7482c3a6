"""Several processes on one site, and services that go away and come back (security.md 5: R5, R6, R16, R17)."""

from __future__ import annotations

import os
import signal
import sys
import urllib.parse
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select, update

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.news import publishing
from unionhall.news.models import Article, State, Transition
from unionhall.platform import audit, outbox
from unionhall.platform.jobs import JobState
from unionhall.testing.factories import Make

# How long a loaded test machine may take; what the site needs is printed: a second to show, some seconds to find.
SHOWN, FOUND, HEALED = 120, 120, 120
with_services = pytest.mark.parametrize("fleet", ["postgresql and redis"], indirect=True)


@contextmanager
def work(site):
    """One unit of work in this process, which is another one than those that serve."""
    with site.app.app_context():
        try:
            with db.unit_of_work() as session:
                yield session
        finally:
            db.session().remove()


def publish(site, title):
    """Publish a story as another web process would; returns its address."""
    with work(site):
        make = Make()
        article = make.article(state=State.APPROVED, content=make.content(title))
        publishing.publish(article, actor=SYSTEM, now=clock.now())
        return article.url


def waiting(site):
    with work(site) as session:
        return session.scalar(select(func.count()).where(outbox.OutboxMessage.done_at.is_(None)))


def shown(site, web, title):
    took = site.until(lambda: title in site.get(web, "/news/")[1], SHOWN, f"“{title}” is not shown")
    sys.stdout.write(f"shown after {took:.2f} s\n")


def found(site, web, words, *titles):
    address = "/search?q=" + urllib.parse.quote(words)

    def all_there():
        text = site.get(web, address)[1].replace("<mark>", "").replace("</mark>", "")
        return all(title in text for title in titles)

    took = site.until(all_there, FOUND, f"{titles} not found")
    sys.stdout.write(f"found after {took:.2f} s\n")


def test_what_one_process_publishes_every_other_shows_and_finds(fleet):
    fleet.start(webs=2, workers=2)
    publish(fleet, "第一篇")
    for title in ("劳模宣讲团走进青川", "驿站冬衣募集", "太极拳进车间"):
        for web in fleet.webs:
            assert fleet.get(web, "/news/")[0] == 200, "each process keeps this page now"
        url = publish(fleet, title)
        for web in fleet.webs:
            shown(fleet, web, title)
            assert fleet.get(web, url)[0] == 200
        found(fleet, fleet.webs[0], title[:2], title)
    fleet.until(lambda: waiting(fleet) == 0, FOUND, "the outbox is not empty")
    with work(fleet) as session:
        tries = session.execute(select(outbox.OutboxMessage.tries, outbox.OutboxMessage.error)).all()
        assert {tuple(row) for row in tries} == {(1, "")}, "two workers, and each message was delivered once"
        assert audit.verify().bad is None


def test_a_worker_that_is_killed_at_any_moment_leaves_its_work_to_the_next(fleet):
    fleet.start(webs=1, workers=1)
    titles = [f"第{n}期工匠讲堂" for n in range(6)]
    for title in titles:
        publish(fleet, title)
        worker = fleet.running[-1]
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        fleet.run("worker")
    with work(fleet) as session:  # the dead workers' leases end now, without two minutes of waiting
        session.execute(update(outbox.OutboxMessage).values(due_at=clock.now()))
        session.execute(update(JobState).values(leased_until=None, due_at=clock.now()))
    fleet.until(lambda: waiting(fleet) == 0, FOUND, "the outbox is not empty")
    found(fleet, fleet.webs[0], "工匠讲堂", *titles)


def test_three_workers_publish_a_scheduled_story_once(fleet):
    with work(fleet) as session:
        make = Make()
        number = make.article(state=State.SCHEDULED, content=make.content("到点发布")).id
        session.execute(update(Article.__table__).where(Article.__table__.c.id == number).values(publish_at=clock.now()))
    fleet.start(webs=1, workers=3)
    shown(fleet, fleet.webs[0], "到点发布")
    with work(fleet) as session:
        steps = session.scalars(select(Transition.to_state).where(Transition.article_id == number)).all()
    assert list(steps).count(State.PUBLISHED) == 1


@with_services
def test_while_the_database_is_away_kept_pages_are_served_and_nothing_hangs(fleet):
    fleet.start(webs=1, workers=1)
    web, url = fleet.webs[0], publish(fleet, "停电以前的新闻")
    for path in ("/", "/news/", url):
        assert fleet.get(web, path)[0] == 200
    fleet.postgres.stop()
    for path in ("/", "/news/", url) * 3:
        assert fleet.get(web, path)[0] == 200
    status, text, headers = fleet.get(web, "/news/?page=2")
    assert (status, "Retry-After" in headers) == (503, True)
    assert "Traceback" not in text
    assert fleet.get(web, "/readyz")[0] == 503
    assert fleet.get(web, "/healthz")[0] == 200
    fleet.postgres.start()
    took = fleet.until(lambda: fleet.get(web, "/news/?page=2")[0] == 404, HEALED, "not healed")
    sys.stdout.write(f"healed after {took:.2f} s\n")
    publish(fleet, "来电以后的新闻")
    shown(fleet, web, "来电以后的新闻")
    found(fleet, web, "来电以后", "来电以后的新闻")


@with_services
def test_while_redis_is_away_everything_goes_on(fleet):
    fleet.start(webs=2, workers=1)
    publish(fleet, "第一篇")
    for title, change in (("没有缓存时发布的", fleet.redis.stop), ("缓存回来后发布的", fleet.redis.start)):
        for web in fleet.webs:
            assert fleet.get(web, "/news/")[0] == 200
        change()
        publish(fleet, title)
        for web in fleet.webs:
            shown(fleet, web, title)
        found(fleet, fleet.webs[0], title[:4], title)
