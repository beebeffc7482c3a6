"""The public shell: display preferences, feed, sitemap, robots, error pages, caching, maintenance."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from markupsafe import Markup
from sqlalchemy import event
from werkzeug.exceptions import HTTPException

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, HomeBlock, Role
from unionhall.host.registry import PluginHost, collect
from unionhall.news.models import State
from unionhall.platform.pagecache import memory
from unionhall.settings import services as settings
from unionhall.site import paging, site, sitemaps

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def counted(app):
    """Return a function that counts the statements a GET executes; what each process asks once a second is left out."""

    def count(client, url):
        seen = []
        with app.app_context():
            engine = db.engine()
        listen = ("before_cursor_execute", lambda *args: seen.append(args[2]))
        event.listen(engine, *listen)
        try:
            assert client.get(url).status_code == 200, url
        finally:
            event.remove(engine, *listen)
        return sum("FROM settings_value" not in text and "FROM host_plugin" not in text for text in seen)

    return count


def change(work, **values):
    with work():
        settings.change(values, actor=SYSTEM, now=clock.now())


def test_an_empty_site_has_a_home_page_that_says_so(client):
    page = client.get("/").get_data(as_text=True)
    assert 'lang="zh' in page
    assert "12351" in page


def test_legal_lines_stand_on_every_page_and_lead_to_the_registers(client, work):
    numbers = {"icp_number": "云ICP备00000000号-1", "police_number": "云公网安备 00000000000000 号", "site_code": "0000000000"}
    change(work, organiser="云麓省总工会", **numbers)
    for url in ("/", "/orgs/", "/nothing-here"):
        page = client.get(url).get_data(as_text=True)
        assert '<a href="https://beian.miit.gov.cn/" rel="noopener">云ICP备00000000号-1</a>' in page
        assert "https://beian.mps.gov.cn/" in page
        assert "© 2026 云麓省总工会" in page
        assert "0000000000" in page


def test_preferences_are_kept_in_cookies_and_written_on_the_page(client):
    answer = client.post("/preferences", data={"theme": "dark", "mode": "elder", "next": "/orgs/"}, headers=HERE)
    assert (answer.status_code, answer.location) == (303, "/orgs/")
    assert all("HttpOnly" in line and "SameSite=Lax" in line for line in answer.headers.getlist("Set-Cookie"))
    page = client.get("/").get_data(as_text=True)
    assert 'data-theme="dark" data-mode="elder"' in page


def test_language_is_chosen_by_address_or_cookie(client):
    assert '<html lang="en"' in client.get("/?lang=en").get_data(as_text=True)
    client.post("/preferences", data={"lang": "en"}, headers=HERE)
    assert '<html lang="en"' in client.get("/").get_data(as_text=True)
    assert '<html lang="zh' in client.get("/?lang=zh_CN").get_data(as_text=True)


ELSEWHERE = [
    {}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "null"}, {"Referer": "http://localhost.evil.example/"},
]  # fmt: skip


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_a_form_from_elsewhere_changes_nothing(client, headers):
    answer = client.post("/preferences", data={"theme": "dark"}, headers=headers)
    assert answer.status_code == 400
    assert "Set-Cookie" not in answer.headers or "uh_theme" not in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(("field", "value"), [("theme", "pink"), ("mode", "x"), ("lang", "xx")])
def test_unknown_preferences_are_refused(client, field, value):
    assert client.post("/preferences", data={field: value}, headers=HERE).status_code == 400


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_preferences_never_lead_off_the_site(client, target):
    assert client.post("/preferences", data={"theme": "dark", "next": target}, headers=HERE).location == "/"


def test_public_pages_carry_no_token_and_answer_304(client):
    first = client.get("/")
    assert "csrf_token" not in first.get_data(as_text=True)
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Cookie" in first.headers["Vary"]
    assert "Set-Cookie" not in first.headers
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_of_somebody_logged_in_are_not_stored(app, client, work, make, login):
    if "accounts.logout" not in app.view_functions:
        pytest.skip("no login yet")
    with work():
        account = make.account(Role.EDITOR).id
    login(client, account)
    page = client.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    assert "ETag" not in page.headers
    assert "编务台" in page.get_data(as_text=True)


def test_a_page_with_a_token_is_one_persons_and_the_next_one_is_not(client):
    if client.get("/login").status_code == 404:
        pytest.skip("no login yet")
    assert client.get("/login").headers["Cache-Control"] == "no-store"
    assert client.get("/orgs/").headers["Cache-Control"] == "no-cache"


def test_feed_is_atom_with_absolute_addresses(client, work, make):
    with work():
        content = make.content("一颗<钉子> & 一双手\u2028", body='<p>看<a href="/orgs/">组织</a></p>')
        url = make.article(state=State.PUBLISHED, content=content).url
    answer = client.get("/feed.xml")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    atom = {"a": "http://www.w3.org/2005/Atom"}
    feed = ET.fromstring(answer.data)
    for name in ("id", "title", "updated", "author/a:name"):
        assert feed.findtext(f"a:{name}", namespaces=atom), name
    entry = feed.find("a:entry", atom)
    assert entry.find("a:link", atom).get("href") == "http://127.0.0.1:8000" + url
    assert entry.findtext("a:id", namespaces=atom).startswith("tag:127.0.0.1,2026:news/")
    assert "一颗<钉子> & 一双手" in entry.findtext("a:title", namespaces=atom)
    assert 'href="http://127.0.0.1:8000/orgs/"' in entry.findtext("a:content", namespaces=atom)


def test_sitemap_lists_what_is_public_only(client, work, make):
    with work():
        live, draft = make.article(state=State.PUBLISHED).url, make.article().url
        gone = make.article(state=State.WITHDRAWN).url
    page = client.get("/sitemap.xml").get_data(as_text=True)
    ET.fromstring(page)
    assert f"<loc>http://127.0.0.1:8000{live}</loc>" in page
    assert draft not in page
    assert gone not in page
    assert "/orgs/" in page


def test_a_large_sitemap_comes_in_parts(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 2)
    index = ET.fromstring(client.get("/sitemap.xml").data)
    assert index.tag.endswith("sitemapindex")
    for number in range(1, len(index) + 1):
        assert ET.fromstring(client.get(f"/sitemap-{number}.xml").data).tag.endswith("urlset")
    assert client.get(f"/sitemap-{len(index) + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_robots_name_the_sitemap_and_what_is_private(client):
    lines = client.get("/robots.txt").get_data(as_text=True).splitlines()
    assert "Disallow: /desk/" in lines
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in lines


def test_favicon_leads_to_the_mark(client):
    with client.get(client.get("/favicon.ico").location) as answer:
        assert answer.mimetype == "image/svg+xml"


def test_a_missing_page_explains_and_gives_a_reference(client):
    answer = client.get("/no/such/page")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "没有找到这个页面" in page
    assert answer.headers["X-Request-ID"] in page
    assert 'content="noindex"' in page
    assert "canonical" not in page


@pytest.mark.parametrize("status", [400, 403, 405, 410, 413, 429, 500, 503])
def test_every_refusal_has_its_words(app, status):
    with app.test_request_context("/x"):
        app.preprocess_request()
        error = type("Refused", (HTTPException,), {"code": status})()
        answer = app.make_response(app.handle_user_exception(error))
    assert answer.status_code == status
    assert "<h1" in answer.get_data(as_text=True)


def test_an_error_page_that_fails_gives_way_to_a_plain_one(app, client, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no menus today")

    monkeypatch.setattr(PluginHost, "collect", broken)
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert answer.headers["X-Request-ID"] in answer.get_data(as_text=True)


def test_maintenance_rests_the_site_but_not_the_desk(app, client, work):
    change(work, maintenance=True, maintenance_note="今晚换机房，明早八点见。")
    answer = client.get("/orgs/")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "今晚换机房，明早八点见。" in answer.get_data(as_text=True)
    assert client.get("/robots.txt").status_code == 200
    assert client.get("/desk/").status_code != 503


def test_maintenance_lets_those_who_are_logged_in_read(app, client, work, make, login):
    if "accounts.logout" not in app.view_functions:
        pytest.skip("no login yet")
    change(work, maintenance=True)
    with work():
        account = make.account(Role.EDITOR).id
    login(client, account)
    assert client.get("/").status_code == 200


def test_the_home_page_shows_whatever_blocks_there_are(app, client, monkeypatch):
    def blocks(hook, **arguments):
        if hook == "unionhall_home_blocks":
            found = (("右", "side", 0), ("二", "lead", 2), ("一", "lead", 1))
            return [HomeBlock(Markup(f"<p>{text}</p>"), place, order) for text, place, order in found]
        return collect(hook, **arguments)

    monkeypatch.setattr(site, "collect", blocks)
    page = client.get("/").get_data(as_text=True)
    assert page.index("<p>一</p>") < page.index("<p>二</p>") < page.index("<p>右</p>")


def test_the_number_of_queries_does_not_grow(app, client, work, make, counted):
    def fresh(client, url):
        client.get(url)
        with app.app_context():
            memory.forget()
        return counted(client, url)

    with work():
        for org in (make.root, make.org()):
            make.article(org, state=State.PUBLISHED)
    urls = ("/", "/news/", "/news/news/", "/orgs/", "/orgs/zong/", "/feed.xml", "/sitemap.xml")
    few = {url: fresh(client, url) for url in urls}
    with work():
        for _ in range(3):
            make.article(state=State.PUBLISHED, org=make.org())
    assert {url: fresh(client, url) for url in urls} == few


@pytest.mark.parametrize(("number", "pages", "shown"), [
    (1, 1, [1]), (1, 5, [1, 2, None, 5]), (3, 5, [1, 2, 3, 4, 5]), (1, 65, [1, 2, None, 65]), (30, 65, [1, None, 29, 30, 31, None, 65]),
    (65, 65, [1, None, 64, 65]), (2, 3, [1, 2, 3]),
])
def test_page_links_leave_gaps(number, pages, shown):
    assert paging.page_links(number, pages) == shown


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1.5", "99999999999", "२", ""])
def test_a_page_that_is_none_is_not_found(client, asked):
    assert client.get(f"/news/?page={asked}").status_code == 404


def test_data_for_search_engines_cannot_end_the_script(client, work, make):
    with work():
        url = make.article(state=State.PUBLISHED, content=make.content("</script><script>alert(1)</script>\u2028")).url
    page = client.get(url).get_data(as_text=True)
    assert "</script><script>alert" not in page
    assert "<script>alert" not in page
