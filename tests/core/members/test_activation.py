"""Activation over HTTP: who is on the roster gets in, who is not learns nothing."""

from __future__ import annotations

import json
import re
import threading

import pytest
from sqlalchemy import event, func, select

from unionhall.accounts import phone_codes
from unionhall.accounts.models import Account, PhoneCode
from unionhall.base import crypto, db
from unionhall.base.crypto import unseal
from unionhall.hooks.people import Channel
from unionhall.hooks.types import Role
from unionhall.members import identity
from unionhall.members.models import Member, Status
from unionhall.members.own_models import Consent
from unionhall.platform import channels
from unionhall.platform.access import unscoped
from unionhall.platform.outbox import OutboxMessage
from unionhall.testing.factories import PASSWORD

NAME, MOBILE = "何秀英", "13800002617"


def plain(answer):
    """The page without what differs from one request to the next."""
    text = re.sub(r'value="[^"]*"', "", answer.text)
    return answer.status_code, answer.location, re.sub(r"e-[0-9a-f]{8}", "", text)


@pytest.mark.both
def test_a_member_is_activated_and_lands_at_home(client, claim, post, code, member, load, work):
    assert claim(client).location == "/activate/code"
    answer = post(client, "/activate/code", code=code())
    assert answer.location == "/activate/password"
    new = "一句谁也猜不到的话"
    assert post(client, "/activate/password", password=new, again=new).location == "/my/"
    page = client.get("/my/").text
    assert NAME in page and "青禾第二纺织厂工会" in page and MOBILE not in page
    found = load(member)
    assert found.activated and found.activated_at
    with work() as session:
        consent = session.scalars(select(Consent)).one()
        assert (consent.account_id, consent.version, len(consent.text_hash), consent.withdrawn_at) == (found.account_id, "2026-11", 64, None)
    again = client.application.test_client()
    assert post(again, "/login", login=" 138-0000 2617", password=new).location == "/login/done"
    assert again.get("/login/done").location == "/my/"


def test_without_a_password_one_just_goes_on(activated):
    assert "收不到短信时也能登录" in activated.get("/activate/password").text
    assert activated.get("/my/").status_code == 200


def test_full_width_and_spaces_are_read_kindly(client, claim, member, number, texts):
    wide = "".join(chr(ord(mark) + 0xFEE0) for mark in number)
    assert claim(client, name=" 何 秀英 ", id_number=wide.lower(), mobile="１３８ 0000-2617").location == "/activate/code"
    assert [to for to, _text in texts()] == [MOBILE]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "何秀兰"}, []), ({"mobile": "13800002618"}, []), ({"id_number": "11010519491231002X"}, []),
        ({"name": "👻" * 60}, []), ({}, [MOBILE]),
    ],
)  # fmt: skip
def test_only_a_match_is_sent_a_code(client, claim, member, texts, changes, told):
    assert claim(client, **changes).location == "/activate/code"
    assert [to for to, _text in texts()] == told


@pytest.mark.both
def test_every_well_formed_claim_is_answered_alike(app, claim, post, member, work, make, monkeypatch):
    """Same page, same status, the same number of keyed hashes and statements, whoever it is."""
    with work():
        active = make.id_number(801)
        make.member(name="周建国", id_number=active, mobile="13800000001", account=True)
        left = make.id_number(802)
        make.member(name="李桂兰", id_number=left, mobile="13800000002")
        make.member(name="李桂芳", id_number=make.id_number(803), mobile="13800000002")
    claims = [
        {}, {"name": "别人"}, {"mobile": "13800009999"}, {"id_number": "11010519491231002X"},
        {"name": "周建国", "id_number": active, "mobile": "13800000001"}, {"name": "李桂兰", "id_number": left, "mobile": "13800000002"},
    ]  # fmt: skip
    seen, counted = set(), []
    with app.app_context():
        engine = db.engine()
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    hashed = []
    made = crypto.hmac.new
    monkeypatch.setattr(crypto.hmac, "new", lambda *args, **named: (hashed.append(1) if len(args) == 3 else None) or made(*args, **named))
    for each in claims:
        client = app.test_client()
        client.get("/forgot")
        statements.clear()
        hashed.clear()
        asked = claim(client, **each)
        counted.append((len(hashed), len([one for one in statements if re.search("members_|accounts_(account|phone)|outbox", one)])))
        followed = client.get("/activate/code")
        text = re.sub(r"1\d\d\*{4}\d{4}", "", followed.text)
        wrong = post(client, "/activate/code", code="000000")
        shown = re.sub(r"1\d\d\*{4}\d{4}", "", wrong.text)
        seen.add((plain(asked), re.sub(r'value="[^"]*"', "", text), wrong.status_code, re.sub(r'value="[^"]*"', "", shown)))
    assert len(seen) == 1
    assert len(set(counted)) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("id_number", "33010019680402261", "身份证号应为 18 位，现在是 17 位"), ("id_number", "330100196804022610", "有数字不对"),
        ("id_number", "x" * 40, "不像一个证件号码"), ("id_number", "9" * 5000, "最多 40 个字"), ("mobile", "12345", "11 位数字"),
        ("mobile", "1" * 9000, "最多 40 个字"), ("name", "字" * 500, "最多 60 个字"), ("agree", None, "请先阅读并同意"),
        ("name", "", "还没有填姓名"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_right_says_where(client, claim, member, texts, field, value, said):
    answer = claim(client, **{field: value})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert texts() == []


def test_passports_and_permits_are_numbers_too(client, claim, work, make, texts):
    with work():
        make.member(name="陈大文", id_number="H12345678", mobile="13800000003", id_kind="hmt")
    assert claim(client, name="陈大文", id_number="h1234 5678", mobile="13800000003").location == "/activate/code"
    assert [to for to, _text in texts()] == ["13800000003"]


def test_children_are_sent_to_the_union_with_a_guardian(client, claim, member, texts):
    first = "33010020150102001"
    answer = claim(client, id_number=first + identity.check_digit(first))
    assert (answer.status_code, "监护人" in answer.text) == (422, True)
    assert texts() == []


def test_an_empty_number_on_the_roster_takes_the_proved_one(client, claim, post, code, work, make, number, load):
    with work():
        someone = make.member(name=NAME, id_number=number)
        someone.mobile_sealed, someone.mobile_hash, found = "", None, someone.id
    claim(client)
    post(client, "/activate/code", code=code())
    row = load(found)
    with client.application.app_context():
        assert identity.masked_mobile(row.mobile_sealed) == "138****2617"


def test_a_number_of_two_members_activates_nobody(client, claim, post, member, work, make, texts):
    with work():
        make.member(name="何秀兰", mobile=MOBILE)
    claim(client)
    ((to, text),) = texts()
    assert (to, "不止一位会员" in text) == (MOBILE, True)
    assert post(client, "/activate/code", code="123456").status_code == 422


def test_who_has_an_account_is_told_by_text_message(app, activated, claim, texts):
    assert claim(app.test_client()).location == "/activate/code"
    assert "已经有" in texts()[-1][1]
    assert activated.get("/activate").location == "/my/"


def test_who_left_is_told_so(client, claim, post, work, make, number, texts):
    with work() as session:
        someone = make.member(name=NAME, id_number=number, mobile=MOBILE)
        row = session.scalars(unscoped(select(type(someone).memberships.property.mapper.class_), why="test")).one()
        row.status, row.ended_on = Status.LEFT, row.joined_on
    claim(client)
    assert "转出或终止" in texts()[-1][1]


@pytest.mark.parametrize("status", [Status.PENDING, Status.SUSPENDED, Status.KEPT])
def test_what_one_may_do_meanwhile_is_said(client, claim, post, code, work, make, number, status):
    with work():
        make.member(name=NAME, id_number=number, mobile=MOBILE, status=status)
    claim(client)
    post(client, "/activate/code", code=code())
    assert {"pending": "还在审核", "suspended": "暂停着", "kept": "按规定保留"}[status] in client.get("/my/").text


@pytest.mark.both
def test_a_code_is_dead_after_five_wrong_tries(client, claim, post, member, code, load):
    claim(client)
    right = code()
    wrong = "000000" if right != "000000" else "111111"
    assert {post(client, "/activate/code", code=wrong).status_code for _n in range(5)} == {422}
    assert post(client, "/activate/code", code=right).status_code == 422
    assert not load(member).activated


def test_a_code_is_dead_after_ten_minutes(client, claim, post, member, code, at):
    claim(client)
    at("2026-05-14 09:40")
    assert post(client, "/activate/code", code=code()).status_code == 422


def test_a_code_serves_only_the_browser_that_asked(app, claim, post, member, code):
    claim(app.test_client())
    thief = app.test_client()
    claim(thief, name="别人")
    assert post(thief, "/activate/code", code=code()).status_code == 422
    assert app.test_client().get("/activate/code").location == "/activate"


def test_a_code_is_used_once(app, claim, post, member, code):
    client, twin = app.test_client(), app.test_client()
    claim(client)
    twin.set_cookie("uh", client.get_cookie("uh").value)
    assert post(client, "/activate/code", code=code()).status_code == 303
    assert post(twin, "/activate/code", code=code()).status_code == 422
    assert post(client, "/activate/code", code=code()).location == "/my/"


def test_nobodys_phone_is_flooded_and_guessing_rests(app, claim, member, texts):
    answers = [claim(app.test_client()) for _n in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(texts()) == 5
    assert claim(app.test_client(), mobile="13800000009").status_code == 429  # the same identity number
    assert claim(app.test_client(), id_number="11010519491231002X").status_code == 429  # the same mobile number


def test_a_site_without_text_messages_says_so_to_everybody(app, claim, member, monkeypatch):
    monkeypatch.setitem(app.extensions, "unionhall.channels", dict)
    pages = {plain(claim(app.test_client(), **each)) for each in ({}, {"name": "别人"})}
    assert (len(pages), next(iter(pages))[0]) == (1, 503)


def test_a_gateway_that_is_not_set_up_is_no_way_to_send(app, claim, member, monkeypatch):
    """The channel is there, its settings are not: nobody waits for a code that cannot come."""
    known = {"sms": Channel("sms", "短信", lambda message, key: "", lambda: False)}
    monkeypatch.setitem(app.extensions, "unionhall.channels", lambda: known)
    answer = claim(app.test_client())
    assert answer.status_code == 503 and "还没有开通短信" in answer.text


def test_every_text_message_has_a_template_and_its_values(app, activated, claim, work):
    """Gateways send by approved templates: a message without a name would never leave a real site."""
    claim(app.test_client())
    with work() as session:
        rows = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == channels.TOPIC).order_by(OutboxMessage.id))
        sent = [item for row in rows if (item := json.loads(unseal(channels.SEALED, row.payload["sealed"])))["to"]]
    assert [(item["template"], sorted(item["values"]), item["code"]) for item in sent] == [
        ("code", ["code", "minutes"], True), ("members.activated_already", ["site"], False),
    ]  # fmt: skip
    assert sent[0]["values"]["minutes"] == "10" and sent[0]["values"]["code"] in sent[0]["text"]


def test_an_account_that_is_logged_in_is_linked(client, claim, post, login, code, work, make, member, load):
    with work():
        account = make.account(Role.EDITOR, login="guyan").id
    login(client, account)
    claim(client)
    assert post(client, "/activate/code", code=code()).location == "/my/"
    assert load(member).account_id == account
    with work() as session:
        row = session.scalars(unscoped(select(Account).where(Account.id == account), why="test")).one()
        assert (row.name.startswith("人员"), row.phone_hash == identity.mobile_hash(MOBILE)) == (True, True)


def test_a_number_that_another_account_has_is_said_only_after_the_code(client, claim, post, code, work, make, member, load):
    with work():
        make.account().phone_hash = identity.mobile_hash(MOBILE)
    assert claim(client).location == "/activate/code"
    answer = post(client, "/activate/code", code=code())
    assert (answer.status_code, "另一个账号的登录手机号" in answer.text) == (422, True)
    assert not load(member).activated


@pytest.mark.both
def test_two_browsers_activate_one_member_once(app, claim, post, member, code, work):
    first, second = app.test_client(), app.test_client()
    claim(first)
    one = code()
    claim(second)
    pairs, gate, outcomes = [(first, one), (second, code())], threading.Barrier(2), []
    tokens = {id(client): re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1) for client, _code in pairs}

    def go(client, number):
        gate.wait()
        outcomes.append(client.post("/activate/code", data={"csrf_token": tokens[id(client)], "code": number}).status_code)

    threads = [threading.Thread(target=go, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [303, 409]
    with work() as session:
        accounts = session.scalar(unscoped(select(func.count()).select_from(Account), why="test"))
        linked = session.scalar(unscoped(select(func.count()).select_from(Member).where(Member.account_id.is_not(None)), why="test"))
    assert (accounts, linked) == (1, 1)


@pytest.mark.both
def test_guessing_at_once_counts_every_try(app, claim, member, work, code):
    client = app.test_client()
    claim(client)
    right = code()
    with client.session_transaction() as kept:
        ticket = kept["code_tickets"]["activate"][0]
    outcomes, gate = [], threading.Barrier(8)

    def guess(number):
        gate.wait()
        with app.app_context():
            try:
                with db.unit_of_work():
                    phone_codes.check("activate", ticket, number, source="test", now=work_now)
                    outcomes.append("right")
            except Exception as error:
                outcomes.append(type(error).__name__)
            finally:
                db.session().remove()

    from unionhall.base import clock

    work_now = clock.now()
    wrong = [f"{(int(right) + n) % 1000000:06d}" for n in range(1, 9)]
    threads = [threading.Thread(target=guess, args=(number,)) for number in wrong]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "right" not in outcomes
    with work() as session:
        assert session.scalar(select(PhoneCode.tries)) == 5


def test_no_code_and_no_number_stand_in_the_database_in_plain_text(client, claim, member, code, work):
    claim(client)
    with work() as session:
        row = session.scalars(select(PhoneCode)).one()
        kept = f"{row.sealed} {row.code_hash} {row.phone_hash}"
    assert MOBILE not in kept and code() not in kept and PASSWORD not in kept


def test_the_text_is_there_in_both_languages(client):
    assert "谁在处理你的信息" in client.get("/activate/consent").text
    assert "Who handles your information" in client.get("/activate/consent?lang=en").text
