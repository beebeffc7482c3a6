"""The inbox, the choices and the stop link over HTTP."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from unionhall.base import db
from unionhall.hooks.types import Role
from unionhall.notices import letters, queries
from unionhall.notices.models import Preference


@pytest.fixture
def client_of(app, login):
    def opened(account_id):
        client = app.test_client()
        login(client, account_id)
        return client

    return opened


@pytest.fixture
def other(work, make):
    with work():
        return make.account(email="other@qinghe.example").id


def test_strangers_log_in_first(client, post):
    for path in ("/my/inbox/", "/my/notices/", "/my/inbox/1"):
        assert "/login" in client.get(path).location
    assert "/login" in post(client, "/my/inbox/read").location


@pytest.mark.both
def test_a_notice_is_read_once_and_only_by_its_person(tell, person, other, client_of, notices):
    tell(person, url="/campaigns/health/", what="健康月")
    mine, theirs = client_of(person), client_of(other)
    page = mine.get("/my/inbox/")
    assert "健康月有了结果" in page.text and "未读" in page.text and page.headers["Cache-Control"] == "no-store"
    (path,) = set(re.findall(r'href="(/my/inbox/\d+)"', page.text))
    assert theirs.get(path).status_code == 404
    assert "健康月有了结果" not in theirs.get("/my/inbox/").text
    opened = mine.get(path)
    assert 'href="/campaigns/health/"' in opened.text and "何秀英" in opened.text
    assert notices()[0][-1] is True
    assert "健康月" not in mine.get("/my/inbox/?unread=1").text


def test_all_are_read_at_once(tell, person, other, client_of, post, notices):
    for key in "abc":
        tell(person, other, key=key)
    client = client_of(person)
    assert post(client, "/my/inbox/read").status_code == 303
    assert [(account, read) for account, _kind, _key, read in notices()] == [(person, True), (other, False)] * 3
    assert client.post("/my/inbox/read").status_code == 400


def test_pages_and_numbers_that_are_none(tell, person, client_of):
    for number in range(25):
        tell(person, key=str(number), what=f"第{number}件")
    client = client_of(person)
    assert ("第24件" in client.get("/my/inbox/").text, "第4件" in client.get("/my/inbox/?page=2").text) == (True, True)
    for query in ("page=-1", "page=99999999999", "page=x", "unread=%00x"):
        assert client.get(f"/my/inbox/?{query}").status_code in {200, 400}
    assert client.get("/my/inbox/99999999999999999999").status_code == 404


def test_what_a_text_holds_is_shown_as_text(tell, person, client_of):
    tell(person, what="<script>alert(1)</script>", name="{{7*7}}")
    client = client_of(person)
    page = client.get("/my/inbox/").text
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    assert "{{7*7}}" in client.get(re.search(r"/my/inbox/\d+", page).group()).text


def test_a_kind_that_nobody_brings_any_more(work, tell, person, client_of, monkeypatch):
    tell(person)
    monkeypatch.setattr("unionhall.notices.kinds._collected", dict)
    client = client_of(person)
    page = client.get("/my/inbox/").text
    assert "报名有了结果" in page
    assert client.get(re.search(r"/my/inbox/\d+", page).group()).status_code == 200


def test_the_number_of_unread_stands_in_both_menus(app, work, make, tell, client_of):
    with work():
        editor = make.account(Role.EDITOR).id
    tell(editor)
    client = client_of(editor)
    for path in ("/my/inbox/", "/desk/"):
        assert re.search(r'href="/my/inbox/"[^>]*>.*?class="count">1<', client.get(path).text, re.S)


@pytest.mark.both
def test_choices_are_kept(app, work, person, client_of, post, sent):
    client = client_of(person)
    page = client.get("/my/notices/").text
    assert 'value="test.news/mail" checked' in page and "不能关" in page
    assert 'value="test.alarm' not in page
    answer = post(client, "/my/notices/", digest="y", locale="en", on=["test.alarm/mail", "nobody.knows/mail", "x" * 5000])
    assert answer.status_code == 303
    with work():
        me = queries.reached([person])[person]
        assert (me.wants("test.news", "mail"), me.digest, me.locale, me.wants("test.alarm", "mail")) == (False, True, "en", True)
        assert ("nobody.knows", "mail") not in me.chosen
    assert post(client, "/my/notices/", locale="xx").status_code == 422


@pytest.fixture
def stop(app, person):
    def path(kind="test.news"):
        with app.app_context():
            return letters.stop_link(person, kind, "mail").removeprefix("http://127.0.0.1:8000")

    return path


@pytest.mark.both
def test_the_stop_link_works_without_a_login_and_as_often_as_you_like(app, work, client, person, stop, tell, round_, sent, log):
    path = stop()
    page = client.get(path)
    assert "测试通知" in page.text and page.headers["Referrer-Policy"] == "no-referrer" and page.headers["Cache-Control"] == "no-store"
    with work() as session:
        assert session.scalar(select(Preference)) is None
    for _ in range(3):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, "已退订" in answer.text) == (200, True)
    tell(person)
    round_()
    assert (sent, log()) == ([], [("mail", "skipped", "unsubscribed")])


def test_the_stop_link_of_the_daily_mail_stops_all_but_safety(work, client, person, stop):
    client.post(stop("*"))
    with work():
        me = queries.reached([person])[person]
        assert not me.wants("test.news", "mail") and not me.wants("news.published", "mail")


@pytest.mark.parametrize("token", ["x", "WzEsInRlc3QubmV3cyIsIm1haWwiXQ.agUlmA.0ntQ1Dz_If0V7grbnIqEs7u2E4rY2PnMp9NuAihYRvd", "%00", "a" * 9000])
def test_a_forged_stop_link_is_not_there(client, person, token):
    for answer in (client.get(f"/notices/unsubscribe/{token}"), client.post(f"/notices/unsubscribe/{token}")):
        assert answer.status_code in {400, 404}


def test_a_choice_made_again_after_stopping_all_holds(work, client, client_of, post, person, stop):
    client.post(stop("*"))
    post(client_of(person), "/my/notices/", locale="zh_CN", on=["test.news/mail"])
    with work():
        assert queries.reached([person])[person].wants("test.news", "mail")


def test_an_inbox_asks_the_database_as_often_for_one_as_for_twenty(app, tell, person, client_of):
    client = client_of(person)
    client.get("/my/inbox/")
    counts, seen = [], []

    def listener(*args):
        seen.append(args[2])

    with app.app_context():
        event.listen(db.engine(), "before_cursor_execute", listener)
    for number in range(2):
        for key in range(1 + 18 * number):
            tell(person, key=f"{number}-{key}")
        seen.clear()
        client.get("/my/inbox/")
        counts.append(len(seen))
    with app.app_context():
        event.remove(db.engine(), "before_cursor_execute", listener)
    assert counts[0] == counts[1]


def test_the_corner_says_how_many_wait_and_no_cached_page_does(app, login, work, make, tell, post):
    with work():
        member = make.member(account=True).account_id
    for key in "abc":
        tell(member, key=key)
    client = app.test_client()
    login(client, member)
    corner = client.get("/corner")
    assert corner.headers["Cache-Control"] == "no-store"
    assert re.search(r'我的<span class="count">3<span class="visually-hidden">条待看', corner.text)
    page = client.get("/my/inbox/").text
    bar = re.search(r'<nav class="tabbar.*?</nav>', page, re.DOTALL).group()
    assert '<span class="count">3<' in bar
    subnav = re.search(r'<nav class="subnav.*?</nav>', page, re.DOTALL).group()
    assert re.findall(r'href="([^"]+)" aria-current="page"', subnav) == ["/my/inbox/"]
    post(client, "/my/inbox/read")
    assert "count" not in client.get("/corner").text
    assert "条待看" not in app.test_client().get("/").text
