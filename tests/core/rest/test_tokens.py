"""Tokens: made by their owner or by logging in through the API, limited by scopes, dead at once when taken back."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from unionhall.accounts import administration, second_factor, services, throttle
from unionhall.accounts.models import Account, ApiToken
from unionhall.base import clock
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped
from unionhall.platform.audit import AuditEntry
from unionhall.testing.factories import PASSWORD

API = "/api/v1"


def code(answer):
    return answer.json["error"]["code"]


def enter(client, **given):
    return client.post(f"{API}/session", json={"login": "linxiaotang", "password": PASSWORD, "scopes": ["me.read"], **given})


@pytest.fixture
def bound(work, member):
    """The member's authenticator app."""
    with work() as session:
        account = session.scalars(unscoped(select(Account).where(Account.id == member), why="test")).one()
        proposed = second_factor.propose(account, now=clock.now())
        totp = pyotp.TOTP(proposed.secret)
        second_factor.confirm(account, proposed, totp.at(clock.now()), actor=SYSTEM, now=clock.now())
    return totp


@pytest.mark.both
def test_a_mini_program_logs_in_reads_and_logs_out(client, member, work):
    made = enter(client, name="工会小程序")
    assert made.status_code == 201 and made.json["token"].startswith("uh_") and made.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {made.json['token']}"}
    me = client.get(f"{API}/me", headers=headers)
    assert (me.json["login"], me.json["name"], me.json["scopes"]) == ("linxiaotang", "林晓棠", ["me.read"])
    assert me.headers["Cache-Control"] == "no-store" and me.headers["ETag"]
    mine = client.get(f"{API}/me/member", headers=headers).json
    assert mine["mobile"].count("*") == 4 and mine["id_number"].count("*") == 10
    assert [(each["org"], each["primary"], each["status"]) for each in mine["memberships"]] == [("云麓市总工会", True, "active")]
    assert client.delete(f"{API}/session", headers=headers).status_code == 204
    assert code(client.get(f"{API}/me", headers=headers)) == "token-invalid"
    with work() as session:
        row = session.scalars(select(ApiToken)).one()
        assert row.token_hash not in made.json["token"] and row.expires_at - row.created_at == timedelta(hours=12)
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("accounts.token%")).order_by(AuditEntry.n)))
        assert acts == ["accounts.token_issued", "accounts.token_revoked"]


def test_a_wrong_password_says_nothing_and_counts_at_the_same_door_as_the_login_page(client, member, post):
    first = enter(client, password="falsch")
    assert first.status_code == 401 and code(first) == "wrong-login" and first.headers["WWW-Authenticate"].startswith("Bearer")
    assert code(enter(client, login="niemand")) == "wrong-login"
    for _try in range(throttle.LOGIN_ACCOUNT.tries - 1):
        last = enter(client, password="falsch")
    assert last.status_code == 401
    refused = enter(client)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0 and code(refused) == "too-many"
    assert post(client, "/login", login="linxiaotang", password=PASSWORD).status_code == 429


def test_the_second_factor_is_a_second_step(client, member, bound, at):
    at("2026-05-14 09:40")
    first = enter(client)
    assert first.status_code == 401 and code(first) == "second-factor-needed"
    pending = first.json["error"]["pending"]
    wrong = client.post(f"{API}/session/second", json={"pending": pending, "code": "000000"})
    assert wrong.status_code == 401 and code(wrong) == "wrong-code"
    right = {"pending": pending, "code": bound.at(clock.now())}
    made = client.post(f"{API}/session/second", json=right)
    assert made.status_code == 201 and made.json["scopes"] == ["me.read"]
    assert code(client.post(f"{API}/session/second", json=right)) == "wrong-code"  # a code works once
    assert code(client.post(f"{API}/session/second", json={"pending": "x", "code": "123456"})) == "login-expired"
    at("2026-05-14 09:46")
    assert code(client.post(f"{API}/session/second", json=right | {"code": bound.at(clock.now())})) == "login-expired"


@pytest.mark.parametrize("scopes", [["desk.enter"], ["news.publish"], ["me.read", "nothing"]])
def test_only_scopes_that_there_are_can_be_asked_for(client, member, scopes):
    answer = enter(client, scopes=scopes)
    assert answer.status_code == 422 and code(answer) == "scope-unknown" and answer.json["error"]["field"] == "scopes"


def test_a_token_ends(client, member, issue, at, work):
    headers = issue(member, lasts=timedelta(days=1))
    assert client.get(f"{API}/me", headers=headers).status_code == 200
    with work() as session:
        assert session.scalars(select(ApiToken.used_at)).one() == clock.now()
    at("2026-05-15 09:30")
    assert client.get(f"{API}/me", headers=headers).status_code == 401


@pytest.mark.parametrize("end", ["disabled", "reset"])
def test_a_token_dies_with_its_account(client, member, issue, work, end):
    headers = issue(member)
    with work() as session:
        account = session.scalars(unscoped(select(Account).where(Account.id == member), why="test")).one()
        if end == "disabled":
            administration.disable(account, actor=SYSTEM, now=clock.now())
        else:
            link = services.hand_out(account, services.RESET, services.RESET_LASTS, now=clock.now())
            services.finish_with_token(link, "一句谁也猜不到的话", now=clock.now())
    assert code(client.get(f"{API}/me", headers=headers)) == "token-invalid"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer uh_short", "Basic dTpw", "bearer  uh_" + "a" * 43, "Bearer uh_" + "ä" * 43, "B" * 5000])
def test_what_is_no_token_opens_nothing(client, member, header):
    answer = client.get(f"{API}/me", headers={"Authorization": header})
    assert answer.status_code == 401 and code(answer) == "token-invalid"


def test_ones_own_tokens_are_listed_renamed_and_taken_back(client, member, issue):
    headers = issue(member)
    issue(member)
    found = client.get(f"{API}/me/tokens?limit=1", headers=headers).json
    second = client.get(f"{API}/me/tokens", headers=headers, query_string={"after": found["next"]}).json
    assert len(found["items"]) == len(second["items"]) == 1 and second["next"] is None
    path = f"{API}/me/tokens/{found['items'][0]['id']}"
    state = client.get(path, headers=headers)
    assert "token" not in state.json
    assert code(client.patch(path, headers=headers, json={"name": "新名"})) == "if-match-needed"
    assert client.patch(path, headers=headers | {"If-Match": '"other"'}, json={"name": "新名"}).status_code == 412
    changed = client.patch(path, headers=headers | {"If-Match": state.headers["ETag"]}, json={"name": "新名"})
    assert changed.status_code == 200 and changed.json["name"] == "新名" and changed.headers["ETag"] != state.headers["ETag"]
    assert changed.headers["ETag"] == client.get(path, headers=headers).headers["ETag"]
    assert client.delete(path, headers=headers | {"If-Match": state.headers["ETag"]}).status_code == 412
    assert client.delete(path, headers=headers).status_code == 204
    assert client.delete(path, headers=headers).status_code == 404


def test_a_token_brings_no_role(client, work, make, issue):
    with work():
        editor = make.account(Role.CHIEF_EDITOR).id
    headers = issue(editor)
    assert client.get(f"{API}/me", headers=headers).status_code == 200
    assert client.get("/desk/", headers=headers).status_code in {302, 401}
    assert code(client.get(f"{API}/me/member", headers=headers)) == "no-member"


def test_requests_are_counted_per_token(client, member, issue, monkeypatch):
    monkeypatch.setattr(throttle, "API_TOKEN", throttle.Limit(3, timedelta(minutes=5)))
    headers = issue(member)
    assert [client.get(f"{API}/me", headers=headers).status_code for _try in range(4)] == [200, 200, 200, 429]
    assert client.delete(f"{API}/session", headers=headers).status_code == 429
    assert client.get(f"{API}/site").status_code == 200


def test_requests_are_counted_per_source(client, member, monkeypatch):
    monkeypatch.setattr(throttle, "API_SOURCE", throttle.Limit(2, timedelta(minutes=5)))
    answers = [client.get(f"{API}/site") for _try in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429] and int(answers[2].headers["Retry-After"]) > 0


def test_a_person_makes_a_token_on_their_page_and_sees_it_once(client, member, login, post):
    login(client, member)
    page = client.get("/my/tokens")
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    wrong = post(client, "/my/tokens", name="日历", scopes=["me.read"], days="30", password="falsch")
    assert wrong.status_code == 422 and "uh_" not in re.sub(r"uh_…", "", wrong.text) and "日历" in wrong.text
    made = post(client, "/my/tokens", name="日历", scopes=["me.read"], days="30", password=PASSWORD)
    secret = re.search(r'value="(uh_[\w-]+)"', made.text).group(1)
    assert secret not in client.get("/my/tokens").text
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get(f"{API}/me", headers=headers).status_code == 200
    assert client.delete(f"{API}/me/tokens/1", headers=headers).status_code == 403
    assert post(client, "/my/tokens/1/revoke").status_code == 303
    assert client.get(f"{API}/me", headers=headers).status_code == 401
    assert "早就失效" in post(client, "/my/tokens/1/revoke", follow_redirects=True).text


def test_the_page_asks_for_the_second_factor(client, member, login, post, bound, at):
    login(client, member)
    at("2026-05-14 09:40")
    given = {"name": "日历", "scopes": ["me.read"], "days": "30", "password": PASSWORD}
    assert post(client, "/my/tokens", **given).status_code == 422
    assert 'value="uh_' in post(client, "/my/tokens", **given, code=bound.at(clock.now())).text


@pytest.mark.parametrize("given", [{"scopes": []}, {"scopes": ["desk.enter"]}, {"days": "9999"}, {"days": "x"}, {"name": ""}, {"name": "长" * 61}])
def test_a_form_that_does_not_fit_makes_no_token(client, member, login, post, given):
    login(client, member)
    whole = {"name": "日历", "scopes": ["me.read"], "days": "30", "password": PASSWORD} | given
    answer = post(client, "/my/tokens", **whole)
    assert answer.status_code == 422 and 'value="uh_' not in answer.text


def test_strangers_log_in_first_and_nobody_takes_anothers_token_back(client, member, issue, work, make, login, post):
    headers = issue(member)
    assert client.get("/my/tokens").status_code == 302
    with work():
        other = make.account().id
    login(client, other)
    post(client, "/my/tokens/1/revoke")
    assert client.get(f"{API}/me", headers=headers).status_code == 200


def test_too_many_tokens_are_refused_and_old_logins_make_room(client, member, issue, monkeypatch, login, post):
    monkeypatch.setattr("unionhall.accounts.tokens.MOST", 1)
    monkeypatch.setattr("unionhall.accounts.tokens.MOST_SESSIONS", 2)
    issue(member)
    login(client, member)
    assert post(client, "/my/tokens", name="日历", scopes=["me.read"], days="30", password=PASSWORD).status_code == 422
    made = [{"Authorization": f"Bearer {enter(client).json['token']}"} for _try in range(3)]
    assert [client.get(f"{API}/me", headers=headers).status_code for headers in made] == [401, 200, 200]


@pytest.mark.both
def test_tokens_that_ended_are_forgotten_after_a_month(client, member, issue, work, at):
    issue(member, lasts=timedelta(days=1))
    moment = at("2026-06-20 09:30")
    with client.application.app_context():
        services.sweep(moment)
    with work() as session:
        assert session.scalars(select(ApiToken)).all() == []
