"""A clock that jumps (security.md 5, R7): nothing is lost, nothing is done twice, pages stay true."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.test import Client
from werkzeug.wrappers import Response

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.host.registry import host
from unionhall.news import publishing
from unionhall.news.models import Article, State, Transition
from unionhall.platform import audit, jobs, outbox
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache import layer, purges, shelf
from unionhall.site import display


@pytest.fixture
def tick(app):
    """Return `tick()`: what a worker does once a second."""

    def once():
        with app.app_context():
            jobs.run_due(host().collect("unionhall_jobs"), clock.now())

    return once


@pytest.mark.both
@pytest.mark.parametrize("wrong", ["2026-05-14 08:30", "2026-05-13 09:30", "2026-05-15 09:30"])
def test_a_scheduled_story_is_published_once_whatever_the_clock_did_before(tick, work, make, at, wrong):
    with work():
        article = make.article(state=State.APPROVED)
        number = article.id
        publishing.schedule(article, publish_at=clock.now() + timedelta(days=3), actor=SYSTEM, now=clock.now())
    tick()
    at(wrong)
    tick()
    for moment in ("2026-05-14 09:31", "2026-05-17 09:29", "2026-05-17 09:30", "2026-05-17 09:31"):
        at(moment)
        tick()
        with work() as session:
            article = session.scalars(unscoped(select(Article).where(Article.id == number), why="test")).one()
            assert (article.state == State.PUBLISHED) is (moment >= "2026-05-17 09:30")
    with work() as session:
        published = session.scalar(select(func.count()).where(Transition.article_id == number, Transition.to_state == State.PUBLISHED))
        left = session.scalar(select(func.count()).where(outbox.OutboxMessage.done_at.is_(None)))
        assert (published, left) == (1, 0)
        assert audit.verify().bad is None


def test_after_the_clock_was_put_back_a_change_still_ends_kept_pages(app, work, make, at, monkeypatch):
    monkeypatch.delitem(app.extensions, purges.EXTENSION, raising=False)
    cache = layer.PageCache(app, variants=display.cookies(("zh_CN", "en")), most_bytes=4_000_000, shelf=shelf.NoShelf())
    browser = Client(cache, Response, use_cookies=False)
    with work():
        make.article(state=State.PUBLISHED, content=make.content("第一篇"))
    at("2026-05-15 09:30")
    assert "第一篇" in browser.get("/news/").text
    at("2026-05-14 09:30")
    assert "第一篇" in browser.get("/news/").text
    with work():
        make.article(state=State.PUBLISHED, content=make.content("第二篇"))
    assert "第二篇" in browser.get("/news/").text
    monkeypatch.delitem(app.extensions, purges.EXTENSION, raising=False)
