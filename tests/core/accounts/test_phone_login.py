"""Logging in with a code by text message, and with a mobile number and a password."""

from __future__ import annotations

import json
import re

import pyotp
import pytest
from sqlalchemy import select

from unionhall.accounts import phones
from unionhall.accounts.models import PhoneCode
from unionhall.base import clock
from unionhall.base.crypto import unseal
from unionhall.hooks.people import Channel
from unionhall.hooks.types import Role
from unionhall.platform import channels
from unionhall.platform.outbox import OutboxMessage
from unionhall.testing.factories import PASSWORD

PHONE = "13700004455"


@pytest.fixture(autouse=True)
def sms_channel(app, monkeypatch):
    """A site that can send text messages; nothing leaves it."""
    monkeypatch.setitem(app.extensions, "unionhall.channels", lambda: {"sms": Channel("sms", "短信", lambda message, key: "")})


@pytest.fixture
def texts(work):
    """Return `texts()`: (number, text) of what waits to be sent to somebody."""

    def waiting():
        with work() as session:
            found = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == channels.TOPIC).order_by(OutboxMessage.id))
            opened = [json.loads(unseal(channels.SEALED, item.payload["sealed"])) for item in found]
        return [(item["to"], item["text"]) for item in opened if item["to"]]

    return waiting


@pytest.fixture
def code(texts):
    """Return `code()`: the one in the latest text message."""
    return lambda: re.search(r"\d{6}", texts()[-1][1]).group()


@pytest.fixture
def person(work, make):
    """An account with a phone and no role."""
    with work():
        account = make.account(login="heying")
        account.phone_sealed, account.phone_hash = phones.seal_mobile(PHONE), phones.mobile_hash(PHONE)
        return account.id


def plain(answer):
    text = re.sub(r'value="[^"]*"|1\d\d\*{4}\d{4}', "", answer.text)
    return answer.status_code, answer.location, re.sub(r"e-[0-9a-f]{8}", "", text)


@pytest.mark.both
def test_a_code_opens_ones_own_page(client, post, person, code):
    assert post(client, "/login/code", mobile=" 137 0000 4455").location == "/login/code/enter"
    assert post(client, "/login/code/enter", code=f" {code()[:3]} {code()[3:]} ").location == "/login/done"
    assert client.get("/login/done").location == "/my/"
    assert client.get("/my/").status_code == 200


def test_the_way_back_is_kept_and_never_leads_away(app, post, person, code):
    client = app.test_client()
    post(client, "/login/code", mobile=PHONE, next="/my/profile/")
    assert post(client, "/login/code/enter", code=code()).location == "/my/profile/"
    client = app.test_client()
    post(client, "/login/code", mobile=PHONE, next="//evil.example")
    assert post(client, "/login/code/enter", code=code()).location == "/login/done"


def test_unknown_and_disabled_are_answered_alike_and_get_nothing(app, post, person, texts, work, load):
    pages, sent = set(), []
    for mobile in (PHONE, "13999999999", "disabled"):
        if mobile == "disabled":
            with work() as session:
                load(session, person).disabled_at = clock.now()
        client = app.test_client()
        asked = post(client, "/login/code", mobile=PHONE if mobile == "disabled" else mobile)
        pages.add((plain(asked), plain(client.get("/login/code/enter")), plain(post(client, "/login/code/enter", code="000000"))))
        sent.append(len(texts()))
    assert len(pages) == 1
    assert sent == [1, 1, 1]


def test_five_wrong_tries_kill_the_code(client, post, person, code):
    post(client, "/login/code", mobile=PHONE)
    wrong = "000000" if code() != "000000" else "111111"
    answers = [post(client, "/login/code/enter", code=wrong).status_code for _n in range(5)]
    assert (answers, post(client, "/login/code/enter", code=code()).status_code) == ([422] * 5, 422)


def test_an_old_or_used_code_opens_nothing(app, client, post, person, code, at):
    post(client, "/login/code", mobile=PHONE)
    at("2026-05-14 09:41")
    assert post(client, "/login/code/enter", code=code()).status_code == 422
    assert app.test_client().get("/login/code/enter").location == "/login/code"


def test_asking_rests_after_five_times(app, post, person):
    answers = [post(app.test_client(), "/login/code", mobile=PHONE) for _n in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("mobile", ["", "abc", "1" * 3000, "0571-88888888", "👻"])
def test_what_is_no_mobile_number_is_refused(client, post, mobile):
    assert post(client, "/login/code", mobile=mobile).status_code == 422


@pytest.mark.parametrize("code", ["", "x" * 30, "９" * 40, "1" * 3000, "👻", "-1"])
def test_any_other_code_is_wrong(client, post, person, code):
    post(client, "/login/code", mobile=PHONE)
    assert post(client, "/login/code/enter", code=code).status_code == 422


def test_a_second_factor_is_still_asked_for(client, post, bound, work, load, editor, texts, at):
    totp, _codes = bound
    with work() as session:
        account = load(session, editor)
        account.phone_sealed, account.phone_hash = phones.seal_mobile(PHONE), phones.mobile_hash(PHONE)
    post(client, "/login/code", mobile=PHONE)
    number = re.search(r"\d{6}", texts()[-1][1]).group()
    assert post(client, "/login/code/enter", code=number).location == "/login/second"
    assert client.get("/desk/").status_code == 302
    now = at("2026-05-14 09:34")
    assert post(client, "/login/second", code=totp.at(now)).location == "/login/done"
    assert isinstance(totp, pyotp.TOTP)


def test_where_a_second_factor_is_required_staff_do_not_log_in_by_text_message(app, client, post, person, work, make, load, code, monkeypatch):
    from unionhall.accounts import administration
    from unionhall.hooks.types import SYSTEM

    with work() as session:
        administration.grant(load(session, person), Role.EDITOR, make.root, actor=SYSTEM, now=clock.now())
    settings = app.config["UNIONHALL"]
    monkeypatch.setitem(app.config, "UNIONHALL", settings.model_copy(update={"require_second_factor": True}))
    post(client, "/login/code", mobile=PHONE)
    answer = post(client, "/login/code/enter", code=code())
    assert (answer.status_code, "不能只凭短信登录" in answer.text) == (422, True)
    assert client.get("/desk/").status_code == 302


def test_number_and_password_open_as_well(client, post, person):
    assert post(client, "/login", login="１３７-0000-4455", password=PASSWORD).location == "/login/done"


def test_codes_are_swept(client, post, person, work, at):
    from unionhall.accounts import services

    post(client, "/login/code", mobile=PHONE)
    now = at("2026-05-14 09:45")
    with client.application.app_context():
        services.sweep(now)
    with work() as session:
        assert session.scalars(select(PhoneCode)).all() == []
