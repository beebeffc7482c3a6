"""What must not open a door: other ways in, old halves of a login, waiting links, parallel hands."""

from __future__ import annotations

import re

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from unionhall.accounts import administration, services, throttle
from unionhall.accounts.models import Account, LoginSession, OneTimeToken
from unionhall.base import clock, web
from unionhall.base.errors import RuleBroken, TooMany
from unionhall.hooks.types import SYSTEM
from unionhall.testing.factories import PASSWORD

FULL_WIDTH = {ord("0") + n: ord("０") + n for n in range(10)}


def test_logging_in_costs_the_same_whoever_it_is(app, work, post, editor, monkeypatch):
    with work() as session:
        session.add(Account(org_id=1, login="gone", login_key="gone", name="离开", created_at=clock.now(), disabled_at=clock.now()))
    verified, verify = [], PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda self, stored, given: verified.append(given) or verify(self, stored, given))
    for login in ("guyan", "nobody", "gone"):
        post(app.test_client(), "/login", login=login, password="wrong password")
    assert verified == ["wrong password"] * 3


def test_a_disabled_account_with_its_right_password_looks_like_a_wrong_one(app, work, post, editor, load):
    with work() as session:
        administration.disable(load(session, editor), actor=SYSTEM, now=clock.now())
    seen = {post(app.test_client(), "/login", login="guyan", password=word).status_code for word in (PASSWORD, "wrong")}
    assert seen == {422}


@pytest.mark.parametrize("path", ["/login", "/logout", "/forgot"])
def test_a_form_without_its_token_changes_nothing(client, login, editor, path):
    login(client, editor)
    assert client.post(path, data={"login": "guyan", "password": PASSWORD}).status_code == 400
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("code", ["１２３４５６", "验证码", "٠١٢٣٤٥", "", "0" * 41, "%00", "12345"])
def test_a_second_factor_that_is_none_is_refused_in_words(client, post, bound, code):
    post(client, "/login", login="guyan", password=PASSWORD)
    assert post(client, "/login/second", code=code).status_code == 422
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("kindly", [lambda code: f"{code[:3]} {code[3:]}", lambda code: code.translate(FULL_WIDTH)])
def test_a_code_is_read_kindly(client, post, bound, at, kindly):
    now = at("2026-05-14 09:40")
    post(client, "/login", login="guyan", password=PASSWORD)
    assert post(client, "/login/second", code=kindly(bound[0].at(now))).status_code == 303


def test_ten_wrong_codes_and_the_second_door_rests(client, post, bound, at):
    post(client, "/login", login="guyan", password=PASSWORD)
    codes = [post(client, "/login/second", code="000000").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    now = at("2026-05-14 09:34")
    answer = post(client, "/login/second", code=bound[0].at(now))
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)


@pytest.mark.parametrize("change", ["disabled", "unbound", "new password"])
def test_half_a_login_does_not_outlive_what_it_proved(client, post, work, load, editor, bound, at, new, change):
    now = at("2026-05-14 09:40")
    post(client, "/login", login="guyan", password=PASSWORD)
    with work() as session:
        account = load(session, editor)
        if change == "disabled":
            administration.disable(account, actor=SYSTEM, now=now)
        elif change == "unbound":
            administration.reset_second_factor(account, actor=SYSTEM, now=now)
        else:
            token = services.hand_out(account, services.RESET, services.RESET_LASTS, now=now)
            services.finish_with_token(token, new, now=now)
    post(client, "/login/second", code=bound[0].at(now))
    assert client.get("/desk/").status_code == 302


def test_a_reset_does_not_skip_the_second_factor(client, post, link, bound, new):
    post(client, link, password=new, again=new)
    assert post(client, "/login", login="guyan", password=new).location == "/login/second"
    assert client.get("/desk/").status_code == 302


def test_a_token_page_stays_out_of_caches_logs_and_referers(client, post, link):
    for answer in (client.get(link), post(client, link, password="x", again="y"), client.get("/reset/no-such-token")):
        assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
    story = "/news/yaowen/zhigong-shuwu-kai-jin-er-shi-jia-xiao-wei-qi-ye-che-jian/"
    assert (web.loggable(link), web.loggable(story)) == ("/reset/…", story)


@pytest.mark.parametrize("act", ["password", "address", "disabled", "second link"])
def test_links_that_wait_are_void_once_something_changed(client, work, load, link, editor, new, act):
    with work() as session:
        account, now = load(session, editor), clock.now()
        if act == "password":
            token = administration.invite(account, actor=SYSTEM, now=now).rpartition("/")[2]
            services.finish_with_token(token, new, now=now)
        elif act == "address":
            administration.change_account(account, name="顾言", email="new@example.org", actor=SYSTEM, now=now)
        elif act == "disabled":
            administration.disable(account, actor=SYSTEM, now=now)
            administration.enable(account, actor=SYSTEM, now=now)
        else:
            services.hand_out(account, services.RESET, services.RESET_LASTS, now=now)
    assert client.get(link).status_code == 404


def test_a_form_with_errors_keeps_the_session_awake(client, login, post, editor, at):
    login(client, editor)
    for moment in ("09:55", "10:20", "10:45"):
        at(f"2026-05-14 {moment}")
        assert post(client, "/desk/accounts/me", name="").status_code == 422


def test_who_comes_back_too_late_is_told_why_and_led_back(client, login, editor, at):
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1)
    login(client, editor)
    at("2026-05-14 10:01")
    answer = client.post("/desk/accounts/me", data={"csrf_token": token}, headers={"Referer": "http://localhost/desk/accounts/me"})
    assert answer.location == "/login?next=/desk/accounts/me"
    page = client.get(answer.location).text
    assert "登录已经结束" in page and "没有保存" in page
    assert client.get_cookie("uh_login") is None


def test_logging_in_again_ends_the_session_of_this_browser(app, client, login, post, editor, bound, at):
    thief = app.test_client()
    post(client, "/login", login="guyan", password=PASSWORD)
    login(client, editor)
    thief.set_cookie("uh_login", client.get_cookie("uh_login").value)
    now = at("2026-05-14 09:34")
    assert post(client, "/login/second", code=bound[0].at(now)).status_code == 303
    assert (client.get("/desk/").status_code, thief.get("/desk/").status_code) == (200, 302)


@pytest.mark.parametrize(
    ("address", "source"),
    [("10.1.2.3", "10.1.2.3"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("unknown", "unknown"), ("", "")],
)
def test_an_ipv6_customer_is_one_source(address, source):
    assert throttle.source(address) == source


@pytest.mark.both
def test_a_code_and_a_recovery_code_count_once(work, load, editor, bound, at):
    totp, codes = bound
    now, seen = at("2026-05-14 09:40"), []
    for code in (totp.at(now), totp.at(now), codes[0], codes[0].replace("-", "").upper(), codes[1], "wrong-code"):
        with work() as session:
            seen.append(services.check_second_factor(load(session, editor), code, now=now))
    assert seen == [True, False, True, False, True, False]


@pytest.mark.postgres
def test_one_code_at_two_doors_opens_one(together, load, editor, bound, at):
    totp, codes = bound
    now = at("2026-05-14 09:40")
    for code in (totp.at(now), codes[0]):
        assert together(*[lambda session, code=code: services.check_second_factor(load(session, editor), code, now=now)] * 2) == [False, True]


@pytest.mark.both
def test_wrong_passwords_stay_counted_whatever_becomes_of_the_rest(work, load, editor):
    with work() as session:
        for _ in range(throttle.LOGIN_ACCOUNT.tries):
            with pytest.raises(RuleBroken):
                services.prove(load(session, editor), "wrong", field="password", now=clock.now())
        session.rollback()
    with work() as session, pytest.raises(TooMany):
        services.check_password("guyan", PASSWORD, source="10.0.0.1", now=clock.now())


@pytest.mark.both
def test_sweeping_forgets_what_was_over_a_month_ago(app, client, login, work, editor, link, at):
    login(client, editor)
    kept = []
    for moment in ("2026-05-20 09:30", "2026-06-20 09:30"):
        with app.app_context():
            services.sweep(at(moment))
        with work() as session:
            kept.append([session.scalar(select(func.count()).select_from(table)) for table in (LoginSession, OneTimeToken)])
    assert kept == [[1, 1], [0, 0]]
