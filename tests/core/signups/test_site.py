"""Signing up over HTTP: how a sheet stands, what a failed form keeps, guests, teams, one's own entries."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped
from unionhall.signups import queries, sheets
from unionhall.signups.models import Answer, Entry, Kind, Sheet, SheetState, State


@pytest.fixture
def member(work, make):
    with work():
        return make.member(account=True, name="何秀英").account_id


def browser(app, login, account_id):
    client = app.test_client()
    login(client, account_id)
    return client


def made(work, sheet_id):
    with work():
        rows = db.session().scalars(unscoped(select(Entry).where(Entry.sheet_id == sheet_id).order_by(Entry.id), why="test")).all()
        return [(row.id, row.state) for row in rows]


def test_a_member_signs_up_and_sees_code_and_calendar(app, work, signups, login, post, member):
    with work():
        sheet = signups.sheet(places=3, starts_at=clock.from_local(clock.datetime(2026, 5, 20, 9)), place="文化宫")
        field = signups.ask(sheet, Kind.CHOICE, "工种", options=[("电工", 1), "茶艺"], required=True)
        path, name, tea = f"/signups/{sheet.id}/", field.name, field.choices[1].id
    client = browser(app, login, member)
    page = client.get(path)
    assert "还有 3 个名额" in page.text
    assert "何秀英" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    refused = post(client, path, key="a" * 32)
    assert refused.status_code == 422
    assert "这一项要选" in refused.text
    first = post(client, path, key="a" * 32, **{name: tea})
    again = post(client, path, key="a" * 32, **{name: tea})
    assert (first.status_code, first.location) == (303, again.location)
    mine = client.get(first.location)
    assert "报名成功" in mine.text
    assert client.get(first.location + "/code.svg").mimetype == "image/svg+xml"
    calendar = client.get(first.location + "/calendar.ics").text
    assert "DTSTART:20260520T010000Z" in calendar
    assert "工间操比赛" in client.get("/my/signups/").text
    assert "你已经报过名了" in client.get(path).text


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        ({"opens_at": "2026-05-15 09:00"}, "开始报名"),
        ({"closes_at": "2026-05-14 09:00"}, "报名已经截止"),
        ({"audience": "account"}, "确认报名"),
    ],
)
def test_how_a_sheet_stands_is_said(app, work, signups, login, member, setup, words):
    with work():
        moments = {key: clock.from_local(clock.datetime.fromisoformat(value)) if key.endswith("_at") else value for key, value in setup.items()}
        path = f"/signups/{signups.sheet(**moments).id}/"
    assert words in browser(app, login, member).get(path).text


def test_strangers_and_those_outside_are_told_what_to_do(app, client, work, signups, make, login):
    with work():
        ours, theirs = make.org(name="东津区总工会"), make.org()
        sheet = signups.sheet(audience="subtree", audience_org_id=ours.id)
        path, outside = f"/signups/{sheet.id}/", make.member(theirs, account=True).account_id
        both = make.member(theirs, account=True, also=(ours,)).account_id
        staff = make.account().id
    assert f"/login?next={path}" in client.get(path).text
    assert "东津区总工会" in browser(app, login, outside).get(path).text
    assert "去激活会员" in browser(app, login, staff).get(path).text
    assert "确认报名" in browser(app, login, both).get(path).text


def test_full_while_the_form_is_open_keeps_answers_and_offers_the_waiting_list(app, work, signups, login, post, member):
    with work():
        sheet = signups.sheet(places=1)
        field = signups.ask(sheet)
        path, name, sheet_id = f"/signups/{sheet.id}/", field.name, sheet.id
    client = browser(app, login, member)
    assert "确认报名" in client.get(path).text
    with work():
        signups.join(queries.sheet(sheet_id))
    answer = post(client, path, key="b" * 32, **{name: "细纱车间甲班"})
    assert answer.status_code == 409
    assert "细纱车间甲班" in answer.text
    assert 'name="waiting" value="1"' in answer.text
    waits = post(client, path, key="b" * 32, waiting="1", **{name: "细纱车间甲班"}, follow_redirects=True)
    assert "候补第 1 位" in waits.text


def test_closed_or_paused_while_the_form_is_open_keeps_answers_and_says_why(app, work, signups, login, post, member):
    with work():
        sheet = signups.sheet()
        path, name, sheet_id = f"/signups/{sheet.id}/", signups.ask(sheet).name, sheet.id
    client = browser(app, login, member)
    client.get(path)
    for state, words in ((SheetState.PAUSED, "报名暂停了"), (SheetState.CLOSED, "报名已经截止")):
        with work():
            sheets.set_state(queries.sheet(sheet_id), state, actor=SYSTEM, now=clock.now())
        answer = post(client, path, key="c" * 32, **{name: "甲班"})
        assert answer.status_code == 422
        assert words in answer.text
        assert "甲班" in answer.text
    assert made(work, sheet_id) == []


def test_a_guest_signs_up_by_mobile_once_and_keeps_a_signed_link(app, client, work, signups, post):
    with work():
        sheet = signups.sheet(audience="public")
        path, sheet_id = f"/signups/{sheet.id}/", sheet.id
    filled = {"name": "林外来", "mobile": "138 0000 2617"}
    first = post(client, path, key="d" * 32, **filled)
    assert first.location.startswith("/signups/entry/")
    assert post(client, path, key="d" * 32, **filled).location.startswith("/signups/entry/")
    other = post(app.test_client(), path, key="e" * 32, **filled)
    assert other.status_code == 422
    assert "已经报过名" in other.text
    assert "林外来" in app.test_client().get(first.location).text
    assert client.get(first.location[:-3] + "xyz").status_code == 404
    assert post(client, first.location, act="cancel").status_code == 303
    assert [state for _id, state in made(work, sheet_id)] == [State.CANCELLED]


def test_sealed_numbers_files_and_wrong_values(app, work, signups, login, post, member, make):
    with work():
        sheet = signups.sheet()
        fields = {kind: signups.ask(sheet, kind, kind, required=kind != Kind.FILE) for kind in (Kind.ID, Kind.MOBILE, Kind.NUMBER, Kind.DATE, Kind.FILE, Kind.ORG)}
        names = {kind: field.name for kind, field in fields.items()}
        path, number, root = f"/signups/{sheet.id}/", make.id_number(), make.root.name
        file_id = fields[Kind.FILE].id
    client = browser(app, login, member)
    bad = {Kind.ID: number[:17] + ("0" if number[17] != "0" else "1"), Kind.MOBILE: "12", Kind.NUMBER: "9" * 5000, Kind.DATE: "明天", Kind.ORG: "没有的组织"}
    answer = post(client, path, key="f" * 32, **{names[kind]: value for kind, value in bad.items()})
    assert answer.status_code == 422
    for words in ("校验位", "11 位数字", "看不懂这个日期", "没有找到这个组织"):
        assert words in answer.text
    good = {Kind.ID: number.lower(), Kind.MOBILE: "１３８ 0000 2617", Kind.NUMBER: "12", Kind.DATE: "2026-05-01", Kind.ORG: root}
    values = {names[kind]: value for kind, value in good.items()}
    exe = post(client, path, key="f" * 32, **values, **{names[Kind.FILE]: (io.BytesIO(b"MZ\0"), "证书.exe")})
    assert exe.status_code == 422
    done = post(client, path, key="f" * 32, **values, **{names[Kind.FILE]: (io.BytesIO(b"%PDF-1.4 x"), "证书.pdf")})
    assert done.status_code == 303, done.text
    page = client.get(done.location).text
    assert number not in page
    assert "138****2617" in page
    with client.get(f"{done.location}/file/{file_id}") as sent:
        assert (sent.data, sent.headers["Cache-Control"]) == (b"%PDF-1.4 x", "no-store")
    with work() as session:
        stored = session.scalars(select(Answer)).all()
        assert all(number not in str(item.value) and number not in item.sealed for item in stored)
    edited = post(client, done.location + "/edit", **(values | {names[Kind.ID]: "", names[Kind.MOBILE]: "", names[Kind.NUMBER]: "13"}))
    assert edited.status_code == 303, edited.text
    page = client.get(done.location).text
    assert ">13<" in page
    assert "138****2617" in page


def test_another_persons_entry_and_file_are_not_there(app, work, signups, login, post, member, make):
    with work():
        entry_id, other = signups.join(signups.sheet()).id, make.account().id
    for account in (member, other):
        client = browser(app, login, account)
        for path in ("", "/edit", "/code.svg", "/calendar.ics", "/file/1"):
            assert client.get(f"/my/signups/{entry_id}{path}").status_code == 404
        assert post(client, f"/my/signups/{entry_id}", act="cancel").status_code == 404
    assert app.test_client().get("/my/signups/").status_code == 302


def test_an_offer_is_accepted_or_declined_and_cancelling_ends_when_the_rule_says(app, work, signups, login, post, member, make, at):
    with work():
        sheet = signups.sheet(places=1, cancel_until=clock.from_local(clock.datetime(2026, 5, 15, 12)))
        first = signups.join(sheet)
        mine = signups.join(sheet, queries_member(member), waiting=True)
        signups.cancel(first)
        path = f"/my/signups/{mine.id}"
    client = browser(app, login, member)
    assert "有名额了" in client.get(path).text
    assert post(client, path, act="accept").status_code == 303
    assert "报名成功" in client.get(path).text
    at("2026-05-15 12:00")
    login(client, member)
    late = post(client, path, act="cancel")
    assert late.status_code == 422
    assert "不能自己取消" in late.text


def queries_member(account_id):
    from unionhall.members.queries import of_account

    return of_account(account_id)


def test_a_team_counts_once_it_has_its_minimum_and_is_never_too_many(app, work, signups, login, post, member, make):
    with work():
        sheet = signups.sheet(unit="team", team_min=2, team_max=3, places=1)
        path, sheet_id = f"/signups/{sheet.id}/", sheet.id
        mates = [make.member(account=True).account_id for _n in range(3)]
    captain = browser(app, login, member)
    entry = post(captain, path, key="g" * 32, team_name="甲班队").location
    link = re.search(r'value="https?://[^/]+(/signups/join/[^"]+)"', captain.get(entry).text).group(1)
    with work():
        assert queries.sheet(sheet_id).taken == 0
    first, second, third = (browser(app, login, account) for account in mates)
    assert app.test_client().get(link).status_code == 302
    assert "甲班队" in first.get(link).text
    joined = post(first, link)
    assert joined.status_code == 303
    assert {state for _id, state in made(work, sheet_id)} == {State.ACCEPTED}
    with work():
        assert queries.sheet(sheet_id).taken == 1
    assert post(second, link).status_code == 303
    assert post(second, link).status_code == 303
    full = post(third, link)
    assert full.status_code == 409
    assert "满员" in full.text
    for mate, location in ((first, joined.location), (second, None)):
        where = location or re.search(r"/my/signups/\d+", mate.get("/my/signups/").text).group(0)
        assert post(mate, where, act="cancel").status_code == 303
    with work():
        sheet = db.session().scalar(unscoped(select(Sheet).where(Sheet.id == sheet_id), why="test"))
        assert sheet.taken == 0
    assert "满 2 人才算报上" in captain.get(entry).text


@pytest.mark.parametrize("body", [{"key": "x" * 5000}, {"waiting": "9"}, {"f1": "1", "f999999": "x"}, {"companions": "甲\n" * 500}, {"act": "?"}])
def test_odd_bodies_never_crash(app, work, signups, login, post, member, body):
    with work():
        sheet = signups.sheet(companions=2)
        signups.ask(sheet, Kind.CHOICES, "项目", options=["甲", "乙"])
        path, entry = f"/signups/{sheet.id}/", signups.join(sheet, queries_member(member)).id
    client = browser(app, login, member)
    for where in (path, f"/my/signups/{entry}", f"/my/signups/{entry}/edit", "/signups/join/x", "/signups/entry/x"):
        assert post(client, where, **body).status_code < 500
    assert client.get("/signups/999999999999/").status_code == 404
