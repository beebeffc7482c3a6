"""Logging in and out, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.accounts import administration
from unionhall.accounts.models import Account, LoginSession, OneTimeToken
from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.testing.factories import PASSWORD


def test_a_right_password_opens_the_desk(client, post, editor):
    assert client.get("/desk/").location == "/login?next=/desk/"
    answer = post(client, "/login", login="guyan", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/login/done")
    assert client.get("/login/done").location == "/desk/"
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("login", ["ＧＵＹＡＮ", "guyan@example.org", " guyan "])
def test_the_login_is_read_kindly(client, post, editor, login):
    assert post(client, "/login", login=login, password=PASSWORD).status_code == 303


def test_known_unknown_and_disabled_are_answered_alike(app, work, post, editor):
    with work() as session:
        session.add(Account(org_id=1, login="gone", login_key="gone", name="离开", created_at=clock.now(), disabled_at=clock.now()))
    pages = set()
    for login in ("guyan", "nobody", "gone"):
        answer = post(app.test_client(), "/login", login=login, password="wrong password")
        text = re.sub(r'value="[^"]*"', "", answer.text)
        pages.add((answer.status_code, re.sub(r"e-[0-9a-f]{8}", "", text)))
    assert len(pages) == 1
    assert next(iter(pages))[0] == 422


def test_what_was_typed_stays_but_not_the_password(client, post, editor):
    page = post(client, "/login", login="guyan", password="not it at all").text
    assert 'value="guyan"' in page
    assert "not it at all" not in page


def test_ten_wrong_passwords_and_the_door_rests(app, post, editor, at):
    for _ in range(10):
        assert post(app.test_client(), "/login", login="guyan", password="wrong").status_code == 422
    answer = post(app.test_client(), "/login", login="guyan", password=PASSWORD)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
    at("2026-05-14 09:46")
    assert post(app.test_client(), "/login", login="guyan", password=PASSWORD).status_code == 303


def test_a_source_that_tries_everybody_is_stopped(client, post, editor):
    codes = [post(client, "/login", login=f"person-{n}", password="wrong").status_code for n in range(51)]
    assert codes == [422] * 50 + [429]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example", "///evil.example", "https://evil.example", "https:evil.example", "/\\evil.example", "\\/evil.example",
        "\\\\evil.example", "/\t/evil.example", "/\n//evil.example", "/／evil.example", "／／evil.example", "javascript:alert(1)",
        "data:text/html,x", "@evil.example", "evil.example", "", " //evil.example",
    ],
)  # fmt: skip
def test_logging_in_never_leads_away(client, post, editor, target):
    assert post(client, "/login", login="guyan", password=PASSWORD, next=target).location == "/login/done"


def test_logging_out_ends_the_session_on_the_server(app, client, post, editor):
    post(client, "/login", login="guyan", password=PASSWORD)
    cookie = client.get_cookie("uh_login").value
    assert post(client, "/logout").status_code == 303
    thief = app.test_client()
    thief.set_cookie("uh_login", cookie)
    assert thief.get("/desk/").status_code == 302


def test_a_new_login_brings_a_new_token(client, post, editor):
    client.set_cookie("uh_login", "a-token-somebody-planted")
    post(client, "/login", login="guyan", password=PASSWORD)
    assert client.get_cookie("uh_login").value != "a-token-somebody-planted"


def test_the_cookie_is_closed_to_scripts_and_other_sites(client, post, editor):
    answer = post(client, "/login", login="guyan", password=PASSWORD)
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("uh_login"))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_sessions_end_when_idle_and_after_a_day(client, login, editor, at):
    login(client, editor)
    seen = []
    for moment in ("09:59", "10:28", "10:57", "11:28"):
        at(f"2026-05-14 {moment}")
        seen.append(client.get("/desk/").status_code)
    assert seen == [200, 200, 200, 302]


def test_a_busy_session_still_ends_after_twelve_hours(client, login, editor, at):
    login(client, editor)
    codes = {}
    for minute in range(20, 13 * 60, 20):
        moment = clock.local(at("2026-05-14 09:30") + timedelta(minutes=minute))
        at(moment.strftime("%Y-%m-%d %H:%M"))
        codes[minute] = client.get("/desk/").status_code
    assert {minute for minute, code in codes.items() if code == 302} == set(range(720, 780, 20))


def test_disabling_ends_everything_at_once(client, login, work, editor, load):
    login(client, editor)
    assert client.get("/desk/").status_code == 200
    with work() as session:
        administration.disable(load(session, editor), actor=SYSTEM, now=clock.now())
    assert client.get("/desk/").status_code == 302


def test_a_grant_taken_back_holds_on_the_next_click(client, login, work, editor, load):
    login(client, editor)
    assert client.get("/desk/news/").status_code == 200
    with work() as session:
        administration.revoke(load(session, editor).grants[0], actor=SYSTEM, now=clock.now())
    assert client.get("/desk/news/").status_code == 403


def test_a_second_factor_is_asked_for_and_counts_once(app, client, post, bound, at):
    totp, _codes = bound
    now = at("2026-05-14 09:40")
    assert post(client, "/login", login="guyan", password=PASSWORD, next="/desk/news/").location == "/login/second"
    assert client.get("/desk/").status_code == 302
    assert post(client, "/login/second", code="000000").status_code == 422
    assert post(client, "/login/second", code=totp.at(now)).location == "/desk/news/"
    again = app.test_client()
    post(again, "/login", login="guyan", password=PASSWORD)
    assert post(again, "/login/second", code=totp.at(now)).status_code == 422


def test_a_recovery_code_opens_once(app, post, bound):
    _totp, codes = bound
    seen = []
    for _ in range(2):
        client = app.test_client()
        post(client, "/login", login="guyan", password=PASSWORD)
        seen.append(post(client, "/login/second", code=codes[0].upper()).status_code)
    assert seen == [303, 422]


def test_the_second_step_cannot_be_skipped_or_kept_waiting(client, post, bound, at):
    assert client.get("/login/second").location == "/login"
    totp, _codes = bound
    post(client, "/login", login="guyan", password=PASSWORD)
    now = at("2026-05-14 09:36")
    assert post(client, "/login/second", code=totp.at(now)).location == "/login"


def test_forgetting_says_the_same_to_everybody(app, post, letters, editor):
    pages = {re.sub(r'value="[^"]*"', "", post(app.test_client(), "/forgot", login=login).text) for login in ("guyan", "nobody")}
    assert len(pages) == 1
    assert letters() == [("guyan@example.org", "重设职工之家的密码")]


def test_nobodys_mailbox_is_flooded(app, post, letters, editor):
    answers = [post(app.test_client(), "/forgot", login="guyan") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3601
    assert 'value="guyan"' in answers[-1].text


def test_a_link_sets_the_password_once(app, client, post, login, link, editor, new):
    elsewhere = app.test_client()
    login(elsewhere, editor)
    assert client.get(link).status_code == 200
    assert client.get(link).headers["Referrer-Policy"] == "no-referrer"
    assert post(client, link, password=new, again=new).location == "/login"
    assert (client.get(link).status_code, post(client, link, password=new, again=new).status_code) == (404, 404)
    assert elsewhere.get("/desk/").status_code == 302
    assert post(client, "/login", login="guyan", password=new).status_code == 303


@pytest.mark.parametrize("password", ["short", "12345678", "guyan123", "工会职工之家1", "aaaaaaaaaa", "password123", "woaini1314", "x" * 129])
def test_a_weak_password_is_refused_with_a_reason(client, post, link, password):
    page = post(client, link, password=password, again=password)
    assert (page.status_code, "field__error" in page.text) == (422, True)
    assert client.get(link).status_code == 200


def test_a_link_dies_after_half_an_hour(client, link, at):
    at("2026-05-14 10:01")
    assert client.get(link).status_code == 404


def test_a_made_up_link_is_not_there(client):
    assert client.get("/reset/0123456789").status_code == 404


def test_tokens_are_kept_as_hashes_only(work, link):
    with work() as session:
        kept = session.scalars(select(OneTimeToken.token_hash)).all()
    assert link.rpartition("/")[2] not in kept


def test_session_tokens_are_kept_as_hashes_only(client, post, work, editor):
    post(client, "/login", login="guyan", password=PASSWORD)
    with work() as session:
        assert client.get_cookie("uh_login").value not in session.scalars(select(LoginSession.token_hash)).all()
