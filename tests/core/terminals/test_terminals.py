"""Terminals: set up once, no way out of them, nobody's page left on the glass."""

from __future__ import annotations

import re
import threading
from html.parser import HTMLParser

import pytest

from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news.models import State
from unionhall.platform.pagecache import memory
from unionhall.setup import set_up
from unionhall.terminals import sealing, services
from unionhall.testing.factories import PASSWORD
from unionhall.testing.pytest_plugin import SETTINGS

HERE = {"Sec-Fetch-Site": "same-origin"}


def token(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


@pytest.fixture
def code(work):
    with work():
        return services.add("1 号终端", "同心路驿站", "0971-123456", actor=SYSTEM, now=clock.now())[1]


@pytest.fixture
def terminal(client, code):
    """Return a browser that was set up as a terminal."""
    page = client.get("/terminal/enrol").text
    answer = client.post("/terminal/enrol", data={"csrf_token": token(page), "code": f" {code.lower()} "})
    assert (answer.status_code, answer.location) == (303, "/")
    return client


def test_an_administrator_sets_a_terminal_up_and_takes_it_back(app, client, work, make, login):
    with work():
        account = make.account(Role.SYSTEM_ADMIN).id
    desk = app.test_client()
    login(desk, account)
    form = {"csrf_token": token(desk.get("/desk/terminals/").text), "name": "1 号终端", "place": "同心路驿站", "phone": "打一二三"}
    refused = desk.post("/desk/terminals/", data=form)
    assert refused.status_code == 422
    assert "电话只写数字和 -" in refused.text
    assert "同心路驿站" in refused.text
    shown = desk.post("/desk/terminals/", data=form | {"phone": "12351"})
    code = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", shown.text).group()
    assert shown.headers["Cache-Control"] == "no-store"
    assert code not in desk.get("/desk/terminals/").text
    assert "等着登记" in desk.get("/desk/terminals/").text
    page = client.get("/terminal/enrol")
    assert 'data-surface="kiosk"' not in page.text
    sent = {"csrf_token": token(page.text)}
    wrong = client.post("/terminal/enrol", data=sent | {"code": "AAAA-AAAA-AAAA"})
    assert wrong.status_code == 422
    assert "登记码不对" in wrong.text
    assert client.post("/terminal/enrol", data=sent | {"code": code}).status_code == 303
    assert 'data-surface="kiosk" data-mode="elder"' in client.get("/").text
    assert "说你在“同心路驿站，1 号终端”" in client.get("/terminal/help").text
    other = app.test_client()
    again = other.post("/terminal/enrol", data={"csrf_token": token(other.get("/terminal/enrol").text), "code": code})
    assert again.status_code == 422, "a code is used once"
    listed = desk.get("/desk/terminals/").text
    assert "在用" in listed
    number = re.search(r"/desk/terminals/(\d+)/revoke", listed).group(1)
    desk.post(f"/desk/terminals/{number}/revoke", data={"csrf_token": token(listed)})
    memory_of(app)
    assert 'data-surface="kiosk"' not in client.get("/").text
    assert client.get("/terminal/help").status_code == 404
    assert desk.post(f"/desk/terminals/{number}/code", data={"csrf_token": token(listed)}).status_code == 422


def memory_of(app):
    with app.app_context():
        memory.forget()


@pytest.mark.both
def test_a_code_sets_up_one_browser_however_many_type_it(app, code):
    won, lost = [], []

    def enrol():
        with app.app_context():
            try:
                with db.unit_of_work():
                    won.append(services.enrol(code, source="192.0.2.1", now=clock.now()))
            except RuleBroken:
                lost.append(1)
            finally:
                db.session().remove()

    threads = [threading.Thread(target=enrol) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 3)


def test_a_code_holds_a_day(app, work, code, at):
    at("2026-05-15 09:31")
    with pytest.raises(RuleBroken), work():
        services.enrol(code, source="192.0.2.1", now=clock.now())


def test_who_says_to_be_a_terminal_is_none(client, terminal, app):
    forged = app.test_client()
    forged.set_cookie("uh_surface", "kiosk")
    assert 'data-surface="kiosk"' not in forged.get("/").text
    forged.set_cookie("uh_terminal", "WzEsIngiXQ.aaaa.bbbb")
    assert 'data-surface="kiosk"' not in forged.get("/").text
    assert forged.post("/terminal/reset", headers=HERE).status_code == 404


def test_a_login_lasts_minutes_and_ends_with_the_reset(app, terminal, work, make, at):
    with work():
        make.account(Role.EDITOR, login="wangfang")
    page = terminal.get("/login").text
    assert 'autocomplete="current-password"' not in page
    answer = terminal.post("/login", data={"csrf_token": token(page), "login": "wangfang", "password": PASSWORD, "next": ""})
    assert answer.location == "/login/done"
    assert terminal.get("/login/done").location == "/my/", "no desk here"
    mine = terminal.get("/my/")
    assert mine.status_code == 200
    assert mine.headers["Cache-Control"] == "no-store"
    refused = terminal.get("/desk/")
    assert refused.status_code == 403
    assert "这台终端上打不开这个页面" in refused.text
    held = {cookie for cookie in ("uh_login", "uh", "uh_in", "uh_terminal") if terminal.get_cookie(cookie)}
    assert {"uh_login", "uh_terminal"} <= held
    stolen = terminal.get_cookie("uh_login").value
    assert terminal.post("/terminal/reset").status_code == 400, "a form from elsewhere"
    answer = terminal.post("/terminal/reset", headers=HERE)
    assert answer.location == "/"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert [name for name in ("uh_login", "uh", "uh_in") if terminal.get_cookie(name)] == []
    assert terminal.get_cookie("uh_terminal")
    assert "/login" in terminal.get("/my/").location
    terminal.set_cookie("uh_login", stolen)
    assert "/login" in terminal.get("/my/").location, "the session ended on the server"


@pytest.mark.parametrize(("minutes", "open"), [("09:32", True), ("09:34", False)])
def test_a_login_that_nobody_uses_is_over_in_minutes(terminal, work, make, login, at, minutes, open):
    with work():
        account = make.account(Role.EDITOR).id
    login(terminal, account)
    at(f"2026-05-14 {minutes}")
    assert (terminal.get("/my/").status_code == 200) is open


def test_without_a_script_the_page_itself_leads_to_the_end(terminal, work, make, login):
    with work():
        account = make.account(Role.EDITOR).id
    login(terminal, account)
    page = terminal.get("/my/").text
    assert '<noscript><meta http-equiv="refresh" content="75;url=/terminal/idle"></noscript>' in page
    assert terminal.get("/terminal/idle").location == "/"
    assert terminal.get_cookie("uh_login") is None
    assert "/login" in terminal.get("/my/").location


class Offered(HTMLParser):
    """What a page offers to touch."""

    def __init__(self, page):
        super().__init__()
        self.links, self.wrong = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        href = values.get("href", "")
        if tag == "a" and "href" in values:
            self.links.add(href)
            if re.match(r"(?:[a-z]+:|//)", href) and not href.startswith("http://localhost/"):
                self.wrong.append(href)
            if sealing.is_closed(href.partition("?")[0]) or "download" in values:
                self.wrong.append(href)
        if "target" in values or tag in {"iframe", "object"} or values.get("type") == "file" or "data-print" in values:
            self.wrong.append((tag, values))
        if tag in {"form", "input", "textarea"} and values.get("autocomplete") != "off":
            self.wrong.append((tag, values))
        if tag == "link" and "alternate" in values.get("rel", ""):
            self.wrong.append((tag, values))


BODY = '<p><a href="https://www.acftu.org/a" target="_blank">全总</a> <a href="tel:12351">热线</a> <a href="mailto:a@b.cn">写信</a></p>'


def test_no_page_leads_out(app, terminal, work, make, login):
    """Walks every page that can be reached from the start page, as a stranger and logged in."""
    with work():
        make.article(state=State.PUBLISHED, content=make.content("致职工", body=BODY))
        account = make.account(Role.EDITOR).id
    for logged_in in (False, True):
        if logged_in:
            login(terminal, account)
        waiting, seen, wrong = ["/", "/login", "/my/", "/terminal/help", "/search?q=工会"], set(), []
        while waiting and len(seen) < 60:
            path = waiting.pop(0).partition("#")[0].partition("&")[0]
            if not path or path in seen:
                continue
            seen.add(path)
            answer = terminal.get(path)
            assert answer.headers["Cache-Control"] == "no-store", path
            if answer.mimetype != "text/html" or answer.status_code >= 300:
                continue
            assert 'data-surface="kiosk"' in answer.text, path
            offered = Offered(answer.text)
            wrong += [(path, item) for item in offered.wrong]
            waiting += [link for link in offered.links if link.startswith("/")]
        assert wrong == []
        assert len(seen) > 5
        assert any("/news/" in path and path.count("/") > 2 for path in seen), "the article is among them"
    for path in ("/feed.xml", "/sitemap.xml", "/activate", "/desk/login"):
        assert terminal.get(path).status_code == 403, path


SEALED = [
    ('<a class="x" href="https://e.cn/a" target="_blank">全总</a>', '<span class="x sealed">全总 <small>（e.cn）</small></span>'),
    ('<a href="tel:12351">热线</a>', '<span class="sealed">热线</span>'),
    ('<a href="javascript:alert(1)">x</a>', '<span class="sealed">x</span>'),
    ('<a href="//e.cn">x</a>', '<span class="sealed">x <small>（e.cn）</small></span>'),
    ('<a href="/news/a?b=1&amp;c=2" target="_blank">x</a>', '<a href="/news/a?b=1&amp;c=2">x</a>'),
    ('<a href="http://localhost/x"><b>y</b></a>', '<a href="http://localhost/x"><b>y</b></a>'),
    ('<a href="/media/1/download" download>x</a>', '<span class="sealed">x</span>'),
    ('<p>a<button data-print>印<b>x</b></button>b</p>', "<p>ab</p>"),
    ('<iframe src="/x"><p>x</p></iframe>z', "z"),
    ('<input type="file" name="f">', '<span class="muted">无</span>'),
    ('<input name="q" value="&quot;">', '<input name="q" value="&quot;" autocomplete="off">'),
    ('<link rel="alternate" href="/feed.xml"><link rel="stylesheet" href="/a.css">', '<link rel="stylesheet" href="/a.css">'),
    ('<svg viewBox="0 0 1 1"><use href="/i.svg#a"/></svg>&amp;&#20013;', '<svg viewBox="0 0 1 1"><use href="/i.svg#a"/></svg>&amp;&#20013;'),
    ('<script type="application/ld+json">{"a":"<b>"}</script>', '<script type="application/ld+json">{"a":"<b>"}</script>'),
]  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), SEALED)
def test_a_page_is_sealed_tag_by_tag(page, expected):
    assert sealing.sealed(page, "localhost", "无") == expected


def test_terminals_share_kept_pages_that_no_other_browser_sees(tmp_path, at, ends):
    app = ends(create_app(SETTINGS | {"instance": tmp_path, "page_cache_mb": 8}, plugins=False))
    with app.app_context():
        set_up("云麓省总工会")
    browsers = []
    for name in ("1 号", "2 号"):
        with app.app_context(), db.unit_of_work():
            _row, code = services.add(name, "驿站", "", actor=SYSTEM, now=clock.now())
        browser = app.test_client()
        browser.post("/terminal/enrol", data={"csrf_token": token(browser.get("/terminal/enrol").text), "code": code})
        browsers.append(browser)
    first, second, reader = browsers[0].get("/"), browsers[1].get("/"), app.test_client().get("/")
    assert first.text == second.text
    assert "1 号" not in first.text
    assert 'data-surface="kiosk"' not in reader.text
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "no-store"
    assert "ETag" not in second.headers
    assert reader.headers["Cache-Control"] == "no-cache"
