"""Views: counted once and for nobody in particular, added up over processes, folded when they are old."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.news import publishing
from unionhall.news.models import Article, State
from unionhall.platform import reads
from unionhall.platform.access import unscoped
from unionhall.platform.reads import counter, kinds, limiting
from unionhall.platform.reads.door import BOTS
from unionhall.platform.reads.keeping import DAYS_KEPT, first_kept
from unionhall.platform.reads.models import DayViews, MonthViews
from unionhall.testing.pytest_plugin import SETTINGS

KIND = "news.article"
PERSON = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/124.0 Mobile Safari/537.36 MicroMessenger/8.0"
HERE = {"User-Agent": PERSON, "Sec-Fetch-Site": "same-origin"}
TODAY = date(2026, 5, 14)


@pytest.fixture
def story(work, make):
    """Two articles that readers may open and one that they may not."""
    with work():
        found = [make.article(state=state) for state in (State.PUBLISHED, State.CORRECTED, State.DRAFT)]
        return [article.id for article in found]


@pytest.fixture
def see(client):
    """Return `see(id, ...)`: a browser looked at an article; the answer's status."""

    def once(article_id, times=1, source="10.1.2.3", **headers):
        status = 0
        for _ in range(times):
            answer = client.post("/seen", data=f"{KIND}:{article_id}", headers=HERE | headers, environ_overrides={"REMOTE_ADDR": source})
            status = answer.status_code
            assert (answer.data, answer.headers.get_all("Set-Cookie")) == (b"", [])
        return status

    return once


@pytest.fixture
def flush(app):
    def stored():
        with app.app_context():
            return counter.counter().flush()

    return stored


def counted(app):
    with app.app_context():
        rows = db.session().execute(select(DayViews.object_id, DayViews.day, DayViews.views).order_by(DayViews.object_id, DayViews.day))
        return [tuple(row) for row in rows]


@pytest.mark.both
def test_views_are_added_up_by_day_and_article(app, see, flush, story, at):
    first, second, _draft = story
    assert see(first, 3) == 204
    assert see(second) == 204
    assert counted(app) == []
    assert flush() == 4
    assert see(first) == 204
    assert (flush(), flush()) == (1, 0)
    at("2026-05-14 23:59")
    see(first)
    at("2026-05-15 00:01")
    see(first)
    flush()
    assert counted(app) == [(first, TODAY, 5), (first, TODAY + timedelta(days=1), 1), (second, TODAY, 1)]
    with app.app_context():
        assert reads.views_of(KIND, story) == {first: 6, second: 1}
        assert reads.views_of(KIND, [first], since=TODAY + timedelta(days=1)) == {first: 1}
        assert reads.per_day(KIND, first, since=TODAY, until=TODAY) == {TODAY: 5}


@pytest.mark.both
def test_what_is_not_live_unknown_or_of_no_kind_is_not_counted(app, see, flush, story, client, work):
    first, second, draft = story
    see(first)
    see(second)
    with work():
        article = db.session().scalars(unscoped(select(Article).where(Article.id == second), why="test")).one()
        publishing.withdraw(article, reason="写错了。", actor=SYSTEM, now=clock.now())
    assert (see(draft), see(999_999)) == (204, 204)
    assert client.post("/seen", data="quiz.question:1", headers=HERE).status_code == 204
    assert flush() == 1
    assert counted(app) == [(first, TODAY, 1)]


def test_a_plugin_that_is_switched_off_has_no_views(app, see, story, flush, monkeypatch):
    monkeypatch.setattr(app.extensions[counter.EXTENSION], "_enabled", lambda name: name != "news")
    see(story[0])
    assert flush() == 0


@pytest.mark.parametrize("body", ["", "x", "news.article", "news.article:", "news.article:0", "news.article:-1", "news.article:1 ", "a:1",
                                  "news.article:99999999999", "news.article:2147483648", "NEWS.article:1", "x" * 61, "新闻.文章:1", "a.b:²"])  # fmt: skip
def test_a_mark_that_is_none_is_a_bad_request(client, body):
    assert client.post("/seen", data=body.encode(), headers=HERE).status_code == 400


@pytest.mark.parametrize(("headers", "status"), [
    ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-site"}, 403), ({"Sec-Fetch-Site": "none"}, 403),
    ({"Sec-Fetch-Site": "", "Origin": "https://evil.example"}, 403), ({"Sec-Fetch-Site": "", "Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "", "Referer": "https://evil.example/?http://localhost/"}, 403), ({"Sec-Fetch-Site": ""}, 403),
    ({"Sec-Fetch-Site": "", "Origin": "http://localhost"}, 204), ({"Sec-Fetch-Site": "", "Referer": "http://localhost/news/"}, 204),
])  # fmt: skip
def test_only_our_own_pages_are_believed(see, flush, story, headers, status):
    assert see(story[0], **headers) == status
    assert flush() == (status == 204)


@pytest.mark.parametrize("agent", [
    "", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Mozilla/5.0 (compatible; Baiduspider-render/2.0)",
    "Mozilla/5.0 (compatible; Bytespider)", "Sogou web spider/4.0", "Mozilla/5.0 HeadlessChrome/124.0", "curl/8.5.0", "python-requests/2.32",
    "Mozilla/5.0 (compatible; YisouSpider/5.0)", "Mozilla/5.0 Chrome-Lighthouse", "facebookexternalhit/1.1", "Mozilla/5.0 (compatible; bingbot/2.0)",
])  # fmt: skip
def test_machines_are_not_counted(see, flush, story, agent):
    assert see(story[0], **{"User-Agent": agent}) == 204
    assert flush() == 0


@pytest.mark.parametrize("agent", [
    PERSON, "Mozilla/5.0 (Linux; Android 9; CUBOT X30) Mobile Safari/537.36", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/125.0", "Mozilla/5.0 (Linux; HarmonyOS) HuaweiBrowser/14 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 13; zh-CN) UCBrowser/16 Mobile", "Mozilla/5.0 (Linux; Android 12) baiduboxapp/13.5", "DingTalk/7.0 Mozilla/5.0",
])  # fmt: skip
def test_people_are(agent):
    assert not BOTS.search(agent)


def test_other_methods_and_addresses_go_on_to_the_site(client):
    assert (client.get("/seen").status_code, client.post("/seen/").status_code) == (404, 404)


def test_one_address_cannot_count_one_page_up_for_ever(see, flush, story, at):
    first, second, _draft = story
    assert see(first, limiting.PER_PAGE + 20) == 204
    see(first, source="10.1.2.4")
    see(second)
    assert flush() == limiting.PER_PAGE + 2
    at("2026-05-15 00:01")
    see(first)
    assert flush() == 1


def test_an_ipv6_network_is_one_source(see, flush, story, monkeypatch):
    monkeypatch.setattr(limiting, "PER_PAGE", 2)
    for n in range(1, 6):
        see(story[0], source=f"2001:db8:1:1::{n:x}")
    see(story[0], source="2001:db8:1:2::1")
    assert flush() == 3


def test_one_address_cannot_count_all_pages_up_for_ever(monkeypatch):
    monkeypatch.setattr(limiting, "PER_SOURCE", 10)
    limiter = limiting.Limiter()
    assert [limiter.allows("10.1.2.3", f"page {n}", TODAY) for n in range(12)] == [True] * 10 + [False] * 2
    assert limiter.allows("10.1.2.4", "page 1", TODAY)


def test_the_limiter_holds_no_address_and_does_not_grow(monkeypatch):
    limiter = limiting.Limiter()
    before = None
    for n in range(2000):
        limiter.allows(f"10.9.{n // 250}.{n % 250}", "news.article:1", TODAY)
        size = sum(row.itemsize * len(row) for row in limiter._rows)
        assert before in {None, size}
        before = size
    assert before == 2 * 2 * limiting.CELLS
    assert vars(limiter).keys() == {"_day", "_key", "_rows"}
    key = limiter._key
    limiter.allows("10.9.0.1", "news.article:1", TODAY + timedelta(days=1))
    assert limiter._key != key
    assert sum(map(sum, limiter._rows)) == 4


def test_a_proxy_that_nobody_told_us_of_is_named_in_the_log(app, story, monkeypatch):
    told = []
    monkeypatch.setattr("unionhall.platform.reads.door.log.warning", told.append)
    monkeypatch.setattr(limiting, "PER_PAGE", 1)
    for extra in ({"werkzeug.proxy_fix.orig": {}}, {}):
        for _ in range(3):
            app.test_client().post("/seen", data=f"{KIND}:{story[0]}", headers=HERE | {"X-Forwarded-For": "1.2.3.4"}, environ_overrides=extra)
    assert len(told) == 1
    assert "proxy_hops" in told[0]


@pytest.mark.both
def test_while_the_database_is_down_counts_are_kept_and_no_answer_fails(app, see, flush, story):
    def down(*_args):
        raise OperationalError("insert", {}, Exception("the server closed the connection"))

    with app.app_context():
        engine = db.engine()
    event.listen(engine, "before_cursor_execute", down)
    try:
        assert see(story[0], 2) == 204
        assert flush() == 0
        assert see(story[0]) == 204
        assert flush() == 0
    finally:
        event.remove(engine, "before_cursor_execute", down)
    assert flush() == 3
    assert counted(app) == [(story[0], TODAY, 3)]


def test_what_is_kept_is_bounded(app, see, flush, story, monkeypatch):
    monkeypatch.setattr(counter, "MOST", 2)
    for number in (story[0], 1000, 1001, story[1]):
        see(number)
    see(story[0])
    assert flush() == 2
    assert counted(app) == [(story[0], TODAY, 2)]


def test_a_kind_whose_question_fails_costs_no_other_its_views(app, client, see, flush, story, monkeypatch):
    def broken(ids):
        raise ValueError("no")

    monkeypatch.setitem(kinds._kinds, "news.broken", broken)
    client.post("/seen", data="news.broken:1", headers=HERE)
    see(story[0])
    assert flush() == 1


@pytest.mark.parametrize("kind", ["article", "News.article", "news.", "news.a.b", "n" * 40 + ".x", "news.article:1"])
def test_a_kind_is_a_name_and_a_word(kind):
    with pytest.raises(ValueError, match="kind"):
        reads.count_views(kind, lambda ids: ids)


def test_the_mark_is_one_harmless_attribute():
    assert str(reads.mark("news.article", 17)) == 'data-seen="news.article:17"'


@pytest.mark.both
def test_threads_and_counters_add_up(app, story):
    """Four counters, as four processes have them, each fed by threads, all flushing at once and again."""
    counters = [counter.Counter(app, lambda name: True) for _ in range(4)]
    gate = threading.Barrier(8)

    def work(number):
        own = counters[number % 4]
        gate.wait()
        for n in range(50):
            own.seen(KIND, story[n % 2], source=f"10.0.{number}.{n}", day=TODAY)
            if n % 10 == 9:
                own.flush()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for own in counters:
        own.flush()
    assert counted(app) == [(story[0], TODAY, 200), (story[1], TODAY, 200)]


CHILD = """
import json, sys
from unionhall.app import create_app
from unionhall.platform.reads import counter
from datetime import date
app = create_app(json.loads(sys.argv[1]) | {"testing": False, "log_level": "ERROR"})
own = app.extensions[counter.EXTENSION]
for n in range(40):
    own.seen("news.article", int(sys.argv[2]), source=f"10.0.0.{n}", day=date(2026, 5, 14))
"""


@pytest.mark.both
def test_processes_add_up_and_store_what_they_have_when_they_end(app, nursery, story):
    """Nothing here waits for the few seconds: each process ends with its counts in memory only."""
    own = app.config["UNIONHALL"]
    settings = json.dumps(SETTINGS | {"instance": str(own.instance), "database_url": own.database_url})
    children = [nursery.start(CHILD, settings, str(story[0])) for _ in range(3)]
    assert [child.wait() for child in children] == [(0, "")] * 3
    assert counted(app) == [(story[0], TODAY, 120)]


@pytest.mark.both
def test_months_that_are_over_long_enough_are_folded_and_the_sum_is_kept(app, work, story, at):
    at("2026-05-14 09:30")
    end = first_kept(TODAY)
    assert end == date(2025, 2, 1)
    assert (TODAY - end).days >= DAYS_KEPT
    days = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 1, 31), end - timedelta(days=1), end, TODAY]
    with work() as session:
        for number in story[:2]:
            session.add_all(DayViews(kind=KIND, object_id=number, day=day, views=at_ + 1) for at_, day in enumerate(days))
        session.add(MonthViews(kind=KIND, object_id=story[0], month=date(2024, 1, 1), views=100))
        session.add(DayViews(kind="quiz.question", object_id=story[0], day=days[0], views=7))
    with app.app_context():
        before = reads.views_of(KIND, story)
        assert reads.fold(clock.now()) == 14
        assert reads.fold(clock.now()) == 0
        assert reads.views_of(KIND, story) == before == {story[0]: 121, story[1]: 21}
        months = select(MonthViews.month, MonthViews.views).where(MonthViews.kind == KIND, MonthViews.object_id == story[0])
        assert [tuple(row) for row in db.session().execute(months.order_by(MonthViews.month))] == [
            (date(2023, 12, 1), 1), (date(2024, 1, 1), 105), (date(2025, 1, 1), 4),
        ]
        assert db.session().scalar(select(func.min(DayViews.day))) == end
        assert reads.views_of("quiz.question", [story[0]]) == {story[0]: 7}
