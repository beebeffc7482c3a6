"""The page cache: what it keeps, what ends a page, and that nothing personal is ever in one."""

from __future__ import annotations

import gzip
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event
from werkzeug.test import Client
from werkzeug.wrappers import Response

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import editing, most_read, publishing, queries, sections
from unionhall.news.models import Article, Section, State
from unionhall.orgs import queries as org_queries
from unionhall.orgs import services as orgs
from unionhall.orgs.models import OrgKind
from unionhall.platform import pagecache
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache import layer, pages, purges, shelf
from unionhall.platform.reads.models import DayViews
from unionhall.settings import services as settings
from unionhall.site import display
from unionhall.testing import services
from unionhall.testing.pytest_plugin import skip_or_fail


@pytest.fixture
def start(app, monkeypatch):
    """Return a function that puts a page cache in front of the application, as another process would have it."""
    monkeypatch.setitem(app.extensions, purges.EXTENSION, None)
    monkeypatch.delitem(app.extensions, purges.EXTENSION)

    def one(kept=None):
        variants = display.cookies(("zh_CN", "en"))
        found = layer.PageCache(app, variants=variants, most_bytes=4_000_000, shelf=kept or shelf.NoShelf())
        return found, Client(found, Response, use_cookies=False)

    return one


@pytest.fixture
def cached(start):
    return start()


@pytest.fixture
def statements(app):
    """Count what the database is asked, the page cache's own look at the log left out."""
    seen = []
    with app.app_context():
        engine = db.engine()

    def note(*args):
        if "pagecache_purge" not in args[2] and args[2] != "BEGIN":
            seen.append(args[2])

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def story(work, make):
    """Two live articles of one section and what the tests ask for of the first."""
    with work():
        other = make.article(state=State.PUBLISHED, content=make.content("邻居的标题"))
        article = make.article(state=State.PUBLISHED, content=make.content("原来的标题", tags=("技能竞赛",)))
        return {"id": article.id, "url": article.url, "section": article.section_id, "other": other.id}


def everywhere(app, url):
    return ["/", "/news/", "/news/?page=1", url, "/news/by/林晓棠/", "/orgs/", "/feed.xml", "/sitemap.xml",
            url.rsplit("/", 2)[0] + "/", "/?lang=en"]


def article(article_id):
    return db.session().scalars(unscoped(db_select(Article, article_id), why="test")).one()


def db_select(model, key):
    from sqlalchemy import select

    return select(model).where(model.id == key)


def test_the_second_reader_costs_the_database_nothing(cached, story, statements):
    _cache, browser = cached
    first = browser.get(story["url"])
    assert statements
    statements.clear()
    second = browser.get(story["url"])
    assert (second.status_code, second.data) == (200, first.data)
    assert statements == []


def test_compressed_for_browsers_that_take_it_and_304_for_those_that_have_it(cached, story):
    _cache, browser = cached
    plain = browser.get(story["url"])
    packed = browser.get(story["url"], headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert {"Accept-Encoding", "Cookie"} <= set(packed.headers["Vary"].split(", "))
    again = browser.get(story["url"], headers={"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    refused = browser.get(story["url"], headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    head = browser.head(story["url"])
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == plain.headers["Content-Length"]


def test_the_headers_of_safety_stand_on_kept_pages_too(cached, story):
    _cache, browser = cached
    for _ in range(2):
        answer = browser.get(story["url"])
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert "X-Request-ID" not in answer.headers  # one request's name must not be given to another


def test_language_and_display_have_pages_of_their_own_and_nothing_else_has(cached, story):
    cache, browser = cached
    shown = {}
    for cookie in ("", "uh_lang=en", "uh_mode=elder", "uh_theme=dark", "uh_theme=pink", "x=1; y=2"):
        shown[cookie] = browser.get("/", headers={"Cookie": cookie} if cookie else {}).get_data(as_text=True)
    assert shown[""] == shown["uh_theme=pink"] == shown["x=1; y=2"]
    assert 'lang="en"' in shown["uh_lang=en"]
    assert 'data-mode="elder"' in shown["uh_mode=elder"]
    assert 'data-theme="dark"' in shown["uh_theme=dark"]
    assert len(cache.pages) == 4


def test_query_values_that_a_page_does_not_name_make_no_page_and_are_not_shown(cached, story):
    cache, browser = cached
    for n in range(5):
        page = browser.get(f"/?utm_source=wechat{n}&b=<script>")
        assert page.status_code == 200
        assert "wechat" not in page.get_data(as_text=True)
    assert len(cache.pages) == 1
    assert browser.get("/?q=" + "x" * 5000).status_code == 200
    assert browser.get("/news/?page=%00").status_code == 400
    assert browser.get("/orgs/?q=省").get_data(as_text=True) != browser.get("/orgs/").get_data(as_text=True)


def test_headers_that_are_not_part_of_the_key_change_nothing(cached, story):
    _cache, browser = cached
    odd = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Referer": "https://evil.example/", "User-Agent": "<x>",
           "Accept": "application/json", "Accept-Language": "en", "X-Original-URL": "/desk/", "Range": "bytes=0-9"}
    first = browser.get(story["url"], headers=odd)
    assert first.status_code == 200
    assert first.mimetype == "text/html"
    assert "evil.example" not in first.get_data(as_text=True)
    assert browser.get(story["url"]).data == first.data


def test_two_members_and_a_stranger_get_the_same_bytes_of_every_page(app, cached, story, work, make, login):
    """Who is logged in, whoever asked first, gets the page that everybody gets; nobody's name is on it."""
    cache, stranger = cached
    with work():
        people = [make.account(role, login=f"member{n}", name=f"会员甲乙{n}").id for n, role in enumerate((None, Role.CHIEF_EDITOR))]
    browsers = [stranger]
    for person in people:
        known = app.test_client()
        login(known, person)
        cookie = "; ".join(f"{c.key}={c.value}" for c in known._cookies.values())
        browsers.append((cookie, stranger))
    addresses = crawl(stranger)
    assert len(addresses) > 9
    cache.pages.clear()
    for turn, address in enumerate(addresses):
        seen = set()
        order = browsers[turn % 3 :] + browsers[: turn % 3]
        for who in order:
            answer = who.get(address) if who is stranger else stranger.get(address, headers={"Cookie": who[0]})
            text = answer.get_data(as_text=True)
            if answer.headers.get("Cache-Control") == "no-store":
                continue
            seen.add(text)
            assert "会员甲乙" not in text
            assert "csrf_token" not in text
            assert "Set-Cookie" not in answer.headers
        assert len(seen) <= 1, address


def crawl(browser):
    """Return every address of this site that a stranger comes to by links, from the home page."""
    import re

    found, queue = {"/"}, ["/"]
    while queue:
        answer = browser.get(queue.pop())
        if answer.status_code != 200 or "html" not in answer.mimetype:
            continue
        for link in re.findall(r'href="(/[^"#]*)', answer.get_data(as_text=True)):
            address = link.replace("&amp;", "&")
            if address not in found and not address.startswith(("/static/", "/desk/", "/login", "/media/")):
                found.add(address)
                queue.append(address)
    return sorted(found)


def test_the_corner_says_who_is_logged_in_and_is_never_kept(app, cached, work, make, login):
    _cache, stranger = cached
    with work():
        person = make.account(Role.EDITOR).id
    known = app.test_client()
    login(known, person)
    cookie = "; ".join(f"{c.key}={c.value}" for c in known._cookies.values())
    own = stranger.get("/corner", headers={"Cookie": cookie})
    assert "编务台" in own.get_data(as_text=True)
    assert own.headers["Cache-Control"] == "no-store"
    other = stranger.get("/corner")
    assert "登录" in other.get_data(as_text=True)
    assert "编务台" not in other.get_data(as_text=True)


def test_a_message_for_one_person_is_shown_to_them_and_to_nobody_else(app, cached, story, work, make, login):
    _cache, stranger = cached
    stranger.get("/")
    with work():
        person = make.account(Role.EDITOR).id
    browser = Client(_cache, Response, use_cookies=True)
    known = app.test_client()
    login(known, person)
    for cookie in known._cookies.values():
        browser.set_cookie(cookie.key, cookie.value)
    token = browser.get("/desk/me").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    out = browser.post("/logout", data={"csrf_token": token})
    assert out.status_code == 303
    assert "已退出" in browser.get("/").get_data(as_text=True)
    assert "已退出" not in browser.get("/").get_data(as_text=True)
    assert "已退出" not in stranger.get("/").get_data(as_text=True)


CHANGES = {
    "publish": lambda make, story: make.article(state=State.PUBLISHED, content=make.content("刚刚发布的")),
    "correct": lambda make, story: correct(make, story["id"]),
    "withdraw": lambda make, story: publishing.withdraw(article(story["id"]), reason="事实有误。", actor=SYSTEM, now=clock.now()),
    "archive": lambda make, story: publishing.archive(article(story["other"]), actor=SYSTEM, now=clock.now()),
    "lead": lambda make, story: publishing.feature(
        article(story["other"]), lead=True, pinned_until=None, actor=SYSTEM, now=clock.now()),
    "pin": lambda make, story: publishing.feature(
        article(story["other"]), lead=False, pinned_until=clock.now() + timedelta(hours=2), actor=SYSTEM, now=clock.now()),
    "section": lambda make, story: rename_section(story["section"]),
    "org": lambda make, story: rename_org(),
    "settings": lambda make, story: settings.change({"organiser": "换了主办单位"}, actor=SYSTEM, now=clock.now()),
}


def correct(make, article_id):
    found = article(article_id)
    editing.save(found, make.content("更正后的标题"), base_id=found.head_id, actor=SYSTEM, now=clock.now())
    publishing.correct(found, note="标题更正。", revision_id=found.head_id, actor=SYSTEM, now=clock.now())


def rename_section(section_id):
    section = db.session().get(Section, section_id)
    steps = tuple((step.label, step.permission) for step in section.steps)
    sections.save_section(section, sections.SectionFields("新的栏目名", section.slug, steps=steps), actor=SYSTEM, now=clock.now())


def rename_org():
    root = org_queries.root()
    fields = orgs.OrgFields(name="换了名字的总工会", short_name=root.short_name, kind=OrgKind(root.kind))
    orgs.rename_org(root, fields, version=root.version, actor=SYSTEM, now=clock.now())


@pytest.mark.both
@pytest.mark.parametrize("change", CHANGES)
def test_after_every_change_kept_pages_are_what_fresh_ones_would_be(app, start, story, work, make, change):
    """In the process that made the change and in another one."""
    (here, browser), (there, other) = start(), start()
    addresses = everywhere(app, story["url"])
    before = {address: browser.get(address).data for address in addresses}
    assert all(other.get(address).data == before[address] for address in addresses)
    assert len(here.pages) == len(there.pages) >= len(addresses) - 1
    with work():
        CHANGES[change](make, story)
    fresh = {address: app.test_client().get(address).data for address in addresses}
    assert fresh != before
    for address in addresses:
        assert browser.get(address).data == fresh[address], address
        assert other.get(address).data == fresh[address], address


def test_a_change_leaves_pages_alone_that_do_not_show_it(cached, story, work, make):
    cache, browser = cached
    with work():
        far = make.article(section=make.section(), state=State.PUBLISHED).url
        own = make.section().id
    browser.get(far)
    kept = len(cache.pages)
    with work():
        make.article(section=db.session().get(Section, own), state=State.PUBLISHED)
    browser.get("/")
    assert len(cache.pages) == kept + 1


def test_kept_pages_with_the_list_of_what_is_read_most_go_when_it_is_another_one(app, start, work, make, story):
    (_here, browser), (_there, other) = start(), start()
    with work() as session:
        ids = [story["id"], story["other"], *(make.article(state=State.PUBLISHED).id for _ in range(2))]
        session.add_all(DayViews(kind=most_read.KIND, object_id=number, day=clock.local_day(clock.now()), views=9 - number % 4) for number in ids)
    addresses = ["/", "/news/", story["url"]]

    def shown(who):
        return [who.get(address).data for address in addresses]

    before = shown(browser), shown(other)
    with app.app_context():
        most_read.refresh(clock.now())
    fresh = [app.test_client().get(address).data for address in addresses]
    assert all(page != old for page, old in zip(fresh, before[0], strict=True))
    assert shown(browser) == shown(other) == fresh


def test_what_is_rolled_back_purges_nothing(cached, story, work):
    cache, browser = cached
    browser.get(story["url"])
    with pytest.raises(ZeroDivisionError), work():
        publishing.withdraw(article(story["id"]), reason="写错了。", actor=SYSTEM, now=clock.now())
        raise ZeroDivisionError
    browser.get("/corner")
    assert len(cache.pages) == 1


def test_today_ends_at_midnight_in_shanghai(cached, story, at):
    _cache, browser = cached
    at("2026-05-14 23:59")
    assert "今天" in browser.get("/news/").get_data(as_text=True)
    at("2026-05-15 00:01")
    assert "昨天" in browser.get("/news/").get_data(as_text=True)


def test_a_pin_ends_at_its_minute(cached, story, work, at):
    _cache, browser = cached
    with work():
        publishing.feature(article(story["other"]), lead=False, pinned_until=clock.now() + timedelta(minutes=5), actor=SYSTEM, now=clock.now())
    with work():
        place = queries.section_name(article(story["id"]).section), f"/news/{article(story['id']).section.slug}/"
    first = browser.get(place[1]).get_data(as_text=True)
    at("2026-05-14 09:36")
    second = browser.get(place[1]).get_data(as_text=True)
    assert first.index("邻居的标题") < first.index("原来的标题")
    assert second.index("原来的标题") < second.index("邻居的标题")


def test_maintenance_reaches_readers_and_not_those_who_are_logged_in(app, cached, story, work, make, login):
    _cache, stranger = cached
    stranger.get("/")
    with work():
        person = make.account(Role.EDITOR).id
        settings.change({"maintenance": True}, actor=SYSTEM, now=clock.now())
    assert stranger.get("/").status_code == 503
    known = app.test_client()
    login(known, person)
    cookie = "; ".join(f"{c.key}={c.value}" for c in known._cookies.values())
    assert stranger.get("/", headers={"Cookie": cookie}).status_code == 200


def test_twenty_readers_at_once_build_a_page_once(app, cached, story, monkeypatch):
    monkeypatch.setattr(layer, "WAIT_SECONDS", 120)
    cache, _browser = cached
    built, gate = [], threading.Barrier(20)
    build = layer.PageCache._build

    def counted(self, *args):
        built.append(1)
        return build(self, *args)

    monkeypatch.setattr(layer.PageCache, "_build", counted)
    answers = []

    def read():
        gate.wait()
        answers.append(Client(cache, Response).get(story["url"]).status_code)

    threads = [threading.Thread(target=read) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 20
    assert len(built) == 1


def test_while_the_database_is_down_the_old_page_is_served_and_says_so(app, cached, story, at, monkeypatch):
    _cache, browser = cached
    good = browser.get(story["url"])
    at("2026-05-14 11:30")  # past the hour that a page lasts

    def down(*_args):
        raise db_down()

    with app.app_context():
        engine = db.engine()
    event.listen(engine, "before_cursor_execute", down)
    try:
        stale = browser.get(story["url"])
        assert (stale.status_code, stale.data) == (200, good.data)
        assert stale.headers["Warning"].startswith("110")
        assert browser.get("/news/").status_code == 503
    finally:
        event.remove(engine, "before_cursor_execute", down)
    assert "Warning" not in browser.get(story["url"]).headers
    assert browser.get("/news/").status_code == 200


def db_down():
    from sqlalchemy.exc import OperationalError

    return OperationalError("select", {}, Exception("the server closed the connection"))


def test_memory_is_bounded_and_what_is_read_stays():
    kept = pages.Pages(40_000)
    for n in range(100):
        kept.put(f"/{n}", pages.make(b"x" * 50, [], tags={"site"}, born=1, expires=9e9))
        hot = kept.get("/0")
        hot.used = True
    assert kept.get("/0") is not None
    assert kept.get("/1") is None
    assert kept.bytes <= 40_000
    kept.purge(2, ["site"])
    assert (len(kept), kept.bytes) == (0, 0)


def test_a_page_built_before_a_purge_and_finished_after_it_is_not_kept(app, cached, story, work, monkeypatch):
    cache, browser = cached
    run = layer.run_wsgi_app

    def slow(*args, **kwargs):
        answer = run(*args, **kwargs)
        monkeypatch.setattr(layer, "run_wsgi_app", run)
        with work():
            publishing.withdraw(article(story["id"]), reason="写错了。", actor=SYSTEM, now=clock.now())
        return answer

    monkeypatch.setattr(layer, "run_wsgi_app", slow)
    assert browser.get(story["url"]).status_code == 200  # it was asked for before
    assert len(cache.pages) == 0
    assert browser.get(story["url"]).status_code == 410


@pytest.mark.both
def test_old_log_rows_go_and_a_process_that_slept_forgets_everything(cached, story, work, at):
    cache, browser = cached
    browser.get("/")
    for _ in range(3):
        with work():
            pagecache.purge("unrelated")
    at("2026-05-16 09:30")
    with work():
        pagecache.purge("unrelated")
    with work():
        pass
    with browser_context(cache):
        purges.forget_old(clock.now())
    browser.get("/corner")
    assert cache.pages.get("http://localhost/? ") is not None
    browser.get("/")
    with browser_context(cache):
        assert db.session().query(purges.Purge).count() == 1


def browser_context(cache):
    return cache._app.app_context()


@pytest.fixture
def redis_server():
    with services.redis() as url:
        if url is None:
            skip_or_fail("no Redis: redis-server is not installed")
        yield url


def shelves(url):
    return shelf.Shelf(url, "build-1"), shelf.Shelf(url, "build-1"), shelf.Shelf(url, "build-2")


def test_what_one_process_built_is_there_for_the_others_until_it_is_purged(app, start, story, work, statements, redis_server):
    mine, theirs, newer = shelves(redis_server)
    (_, browser), (_, other), (_, updated) = start(mine), start(theirs), start(newer)
    first = browser.get(story["url"])
    statements.clear()
    assert other.get(story["url"]).data == first.data
    assert statements == []
    assert updated.get(story["url"]).status_code == 200
    assert statements, "another build of the site makes its own pages"
    with work():
        publishing.withdraw(article(story["id"]), reason="事实有误。", actor=SYSTEM, now=clock.now())
    late = start(shelves(redis_server)[0])[1]
    assert [who.get(story["url"]).status_code for who in (browser, other, late)] == [410, 410, 410]


def test_redis_may_go_and_come_back(start, story, redis_server, monkeypatch):
    """security.md 5, R6: it holds nothing that cannot be rebuilt, and its absence costs time only."""
    from redis import Redis

    kept = shelf.Shelf(redis_server, "build-1")
    cache, browser = start(kept)
    good = browser.get(story["url"]).data
    working, kept._redis = kept._redis, Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    cache.pages.clear()
    assert browser.get(story["url"]).data == good
    assert kept._rests_until > 0
    assert browser.get("/news/").status_code == 200
    kept._redis, kept._rests_until = working, 0.0
    working.flushall()
    cache.pages.clear()
    assert browser.get(story["url"]).data == good
    assert len(working.keys("unionhall:page:*")) == 1


def test_rubbish_in_redis_is_no_page(start, story, redis_server):
    kept = shelf.Shelf(redis_server, "build-1")
    cache, browser = start(kept)
    good = browser.get(story["url"]).data
    for key in kept._redis.keys("unionhall:page:*"):
        for rubbish in (b"", b"{}", b"{\n", b'{"etag": 1}\nxx', b"\x80\x04."):
            kept._redis.set(key, rubbish)
            cache.pages.clear()
            assert browser.get(story["url"]).data == good
