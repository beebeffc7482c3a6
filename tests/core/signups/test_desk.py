"""The desk: settings, the form builder, the list, decisions, full numbers, check-in, what goes out."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.people import Person
from unionhall.hooks.types import Role
from unionhall.members import codes
from unionhall.members.models import Look
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall.platform.audit import AuditEntry
from unionhall.signups import checkin, exports, figures, keeping, queries, sheets
from unionhall.signups.models import Answer, Entry, Kind, Sheet, State


@pytest.fixture
def house(work, make, desk):
    with work():
        org = make.org(name="东津区总工会")
        ids = {role: make.account(role, org).id for role in (Role.EDITOR, Role.CLERK, Role.AUDITOR)}
        org_id = org.id
    return org_id, {role: desk(account) for role, account in ids.items()}


@pytest.fixture
def sheet(work, signups, house):
    from unionhall.orgs.models import Org

    with work():
        made = signups.sheet(db.session().get(Org, house[0]), places=5, approval=True)
        signups.ask(made, Kind.CHOICE, "工种", options=[("电工", 3), "茶艺"], on_list=True)
        signups.ask(made, Kind.ID, "证件")
        return made.id


def filled(at_desk, path, action="", **changes):
    values = at_desk.form(path, action) if action else at_desk.form(path, "")
    return {**values, **changes}


def test_a_sheet_is_made_and_set_up_in_the_desk(house, work):
    editor = house[1][Role.EDITOR]
    made = editor.post("/desk/signups/new", title="周末亲子班", unit="member", audience="members", audience_org_id="0", offer_hours="24",
                       retention_days="90", places="20", waiting_on="y")  # fmt: skip
    assert made.status_code == 303, made.text
    form = made.location
    page = editor.get(form)
    assert "还没有要填的项" in page.text
    for kind, more in ((Kind.TEXT, {}), (Kind.CHOICES, {"options": "周六 | 10\n周日"}), (Kind.ID, {})):
        answer = editor.post(form + "/new", kind=kind, label=f"问{kind}", **more)
        assert answer.status_code == 303, answer.text
    bad = editor.post(form + "/new", kind=Kind.CHOICE, label="坏", options="甲 | 很多\n乙")
    assert bad.status_code == 422
    assert "竖线后面要写限额" in bad.text
    with work():
        fields = queries.sheet(int(form.split("/")[3])).fields
        assert [(field.kind, [choice.quota for choice in field.choices]) for field in fields] == [("text", []), ("choices", [10, None]), ("id", [])]
        ids = [field.id for field in fields]
    editor.post(form, move=f"{ids[2]}:up")
    editor.post(form, **{"order-0-id": str(ids[2]), "order-1-id": str(ids[1]), "order-2-id": str(ids[0])})
    with work():
        assert [field.id for field in queries.sheet(int(form.split("/")[3])).fields] == ids[::-1]
    assert editor.post(f"{form}/{ids[0]}/remove", sure="1").status_code == 303
    assert f"/form/{ids[0]}" not in editor.get(form).text


def test_settings_are_kept_and_the_second_who_saves_is_told(house, sheet, work):
    editor, path = house[1][Role.EDITOR], f"/desk/signups/{sheet}/settings"
    sent = {"title": "新名称", "unit": "member", "audience": "public", "audience_org_id": "0", "offer_hours": "0", "retention_days": "30",
            "version": "1", "opens_at": "2026-05-20T08:00", "closes_at": "2026-05-19T08:00"}  # fmt: skip
    wrong = editor.post(path, **sent)
    assert wrong.status_code == 422
    assert "截止时间要晚于开始时间" in wrong.text
    assert editor.post(path, **(sent | {"closes_at": "2026-05-21T08:00"})).status_code == 303
    late = editor.post(path, **(sent | {"closes_at": "2026-05-22T08:00", "title": "我的名称"}))
    assert late.status_code == 409
    assert "我的名称" in late.text
    assert "新名称" in editor.get("/desk/signups/").text


def test_people_freeze_what_would_be_unfair(house, sheet, work, signups):
    editor = house[1][Role.EDITOR]
    with work():
        found = queries.sheet(sheet)
        signups.join(found)
        field = found.fields[0].id
    form = f"/desk/signups/{sheet}/form"
    assert "公平" in editor.get(form).text
    assert editor.post(form + "/new", kind="text", label="新", required="y").status_code == 422
    assert editor.post(form + "/new", kind="text", label="新").status_code == 303
    renamed = editor.post(f"{form}/{field}", kind="choice", label="工种", options="电工 | 3\n茶道")
    assert renamed.status_code == 422
    assert "茶艺" in renamed.text
    assert editor.post(f"{form}/{field}", kind="choice", label="参赛工种", options="电工 | 4\n茶艺\n养老护理").status_code == 303
    editor.post(f"{form}/{field}/remove", sure="1")
    assert "参赛工种" in editor.get(form).text


def test_the_list_filters_decides_in_bulk_and_needs_a_reason(house, sheet, work, signups, make):
    editor, auditor = house[1][Role.EDITOR], house[1][Role.AUDITOR]
    with work():
        found = queries.sheet(sheet)
        entries = [signups.join(found, make.member(account=True, name=name, mobile=f"1380000261{n}")) for n, name in enumerate(("何秀英", "贺小满"))]
        ids = [entry.id for entry in entries]
    path = f"/desk/signups/{sheet}/"
    page = editor.get(path).text
    assert "138****2610" in page
    assert "13800002610" not in page
    assert "何秀英" not in editor.get(path + "?q=2611").text
    assert "贺小满" in editor.get(path + "?q=贺").text
    refused = editor.post(path + "decide", verdict="refuse", ids=ids)
    assert refused.status_code == 422
    assert "请写原因" in refused.text
    assert auditor.post(path + "decide", verdict="accept", ids=ids).status_code == 403
    assert editor.post(path + "decide", verdict="accept", ids=ids).status_code == 303
    assert editor.post(path + "decide", verdict="cancel", reason="撞期", ids=ids[:1]).status_code == 303
    with work() as session:
        assert [queries.entry(each).state for each in ids] == [State.CANCELLED, State.ACCEPTED]
        kinds = set(session.scalars(select(Notice.kind)))
    assert kinds == {"signups.received", "signups.accepted", "signups.cancelled_by_org"}


def test_full_numbers_need_a_reason_and_leave_a_look(house, sheet, work, signups, make):
    from unionhall.signups.fields import Given

    editor = house[1][Role.EDITOR]
    with work():
        found = queries.sheet(sheet)
        member, number = make.member(account=True), make.id_number()
        entry = signups.join(found, member, answers={found.fields[1].id: Given(number=number)})
        path = f"/desk/signups/{sheet}/entries/{entry.id}"
    assert number not in editor.get(path).text
    assert editor.post(path + "/reveal", reason="").status_code == 422
    shown = editor.post(path + "/reveal", reason="核对参赛人")
    assert number in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    with work() as session:
        assert [look.why for look in session.scalars(select(Look))] == ["核对参赛人"]
        assert session.scalars(select(AuditEntry.act).where(AuditEntry.act == "signups.revealed")).all()


def test_check_in_by_code_by_name_twice_and_undone(house, sheet, work, signups, make, at):
    clerk, editor = house[1][Role.CLERK], house[1][Role.EDITOR]
    with work():
        entry = signups.join(queries.sheet(sheet), make.member(account=True, name="何秀英"))
        entry_id, code = entry.id, entry.code
    path = f"/desk/signups/{sheet}/check-in"
    assert clerk.get(f"/desk/signups/{sheet}/").status_code == 403
    assert "不能签到" in clerk.post(path, code=code).text
    editor.post(f"/desk/signups/{sheet}/decide", verdict="accept", ids=[entry_id])
    assert "签到成功" in clerk.post(path, code=f"s{sheet}-{code.lower()}").text
    at("2026-05-14 09:40")
    again = clerk.post(path, code=code)
    assert "之前已经签到" in again.text
    assert "2026-05-14 09:30" in again.text
    assert clerk.post(f"{path}/{entry_id}/undo").status_code == 303
    assert "何秀英" in clerk.get(path + "?q=何").text
    assert "签到成功" in clerk.post(path, entry=str(entry_id)).text
    assert clerk.post(path, code="ZZZZZZ").status_code == 404
    assert code in clerk.get(path + "/print").text


@pytest.mark.both
def test_a_member_code_checks_its_owner_in_and_a_stale_one_nobody(house, sheet, work, signups, make, at):
    clerk, path = house[1][Role.CLERK], f"/desk/signups/{sheet}/check-in"
    with work() as session:
        member, stranger = make.member(account=True, name="何秀英"), make.member(account=True, name="林晓棠")
        first = signups.join(queries.sheet(sheet), member)
        signups.cancel(first)
        entry = signups.join(queries.sheet(sheet), member)
        entry.state = State.ACCEPTED.value
        session.flush()
        shown, other = codes.code_for(member, clock.now()), codes.code_for(stranger, clock.now())
    elsewhere = clerk.post(path, code=other)
    assert elsewhere.status_code == 404 and "林*棠" in elsewhere.text and "没有报这一项" in elsewhere.text and "林晓棠" not in elsewhere.text
    assert "签到成功" in clerk.post(path, code=f" {shown} ").text
    assert "之前已经签到" in clerk.post(path, code=shown).text
    forged = clerk.post(path, code=shown[:-6] + "AAAAAA")
    assert forged.status_code == 404 and "认不出来" in forged.text
    at("2026-05-14 09:33")
    stale = clerk.post(path, code=shown)
    assert stale.status_code == 404 and "已经过期" in stale.text
    assert clerk.post(path, code="长" * 5000).status_code == 422


@pytest.mark.both
def test_a_list_kept_off_the_network_merges_without_doubles(work, signups, make):
    with work():
        sheet, actor = signups.sheet(), make.actor(Role.CLERK)
        one, two = signups.join(sheet), signups.join(sheet)
        signups.cancel(two)
        noted = [(checkin.code_hash(sheet.id, entry.code), clock.now() - checkin.timedelta(minutes=5)) for entry in (one, two)]
        noted.append(("0" * 64, clock.now()))
        first = checkin.merge(sheet, noted, actor=actor, now=clock.now())
        assert list(first.values()) == ["ok", "refused", "unknown"]
        assert checkin.merge(sheet, noted, actor=actor, now=clock.now())[noted[0][0]] == "again"
        assert one.checked_in_at == clock.now() - checkin.timedelta(minutes=5)
        earlier = [(noted[0][0], clock.now() - checkin.timedelta(minutes=9))]
        checkin.merge(sheet, earlier, actor=actor, now=clock.now())
        assert one.checked_in_at == earlier[0][1]


def test_the_page_for_no_network_holds_no_names_and_its_notes_are_judged(house, sheet, work, signups, make):
    clerk = house[1][Role.CLERK]
    with work() as session:
        entry = signups.join(queries.sheet(sheet), make.member(account=True, name="何秀英"))
        entry.state, code = State.ACCEPTED.value, entry.code
        session.flush()
        digest = checkin.code_hash(sheet, code)
    page = clerk.get(f"/desk/signups/{sheet}/check-in/offline").text
    assert digest in page
    assert code not in page
    assert "何秀英" not in page

    def send(body):
        headers = {"X-CSRFToken": clerk.token(), "Accept": "application/json", "Content-Type": "application/json"}
        return clerk.client.post(f"/desk/signups/{sheet}/check-in/noted", data=body, headers=headers)

    at = int(clock.now().timestamp() * 1000)
    assert send(json.dumps({"noted": [[digest, at]]})).json == {"found": {digest: "ok"}}
    for body in ("", "[]", "{", json.dumps({"noted": [[1, 2]]}), json.dumps({"noted": [[digest, 10**30]]}), json.dumps({"noted": "x"})):
        assert send(body).status_code == 422


def test_somebody_is_added_by_hand_and_everybody_is_written_to(house, sheet, work, make):
    from unionhall.orgs.models import Org

    editor = house[1][Role.EDITOR]
    with work():
        org = db.session().get(Org, house[0])
        ours, theirs = make.member(org, account=True, name="罗一鸣").id, make.member(make.org(), name="罗别处").id
    path = f"/desk/signups/{sheet}"
    found = editor.get(path + "/add?q=罗").text
    assert "罗一鸣" in found
    assert "罗别处" not in found
    assert editor.post(path + "/add", member=str(theirs)).status_code == 409
    assert editor.post(path + "/add", member=str(ours)).status_code == 303
    assert "发给 1 人" in editor.get(path + "/message").text
    assert editor.post(path + "/message", text="").status_code == 422
    assert editor.post(path + "/message", text="集合地点改到南门。").status_code == 303


def test_exports_show_masked_numbers_and_full_ones_leave_looks(house, sheet, app, work, signups, make):
    with work():
        found, actor = queries.sheet(sheet), make.actor(Role.CHIEF_EDITOR, make.root)
        signups.join(found, make.member(account=True, name="何秀英", mobile="13800002617"))
        path, filters = make.root.path, {"sheet": str(sheet)}
        assert exports.PEOPLE.header(filters)[-2:] == ["工种", "证件"]
        [row] = exports.PEOPLE.rows(actor, path, filters)
        assert (row[1], row[3]) == ("何秀英", "138****2617")
        [full] = exports.PEOPLE.rows(actor, path, filters | {"full": "1"})
        assert full[3] == "13800002617"
        assert list(exports.PEOPLE.rows(make.actor(Role.EDITOR, make.org()), path, filters)) == []
        assert list(exports.PEOPLE.rows(actor, path, {"sheet": "x"})) == []
        assert db.session().scalars(select(Look)).all()


def test_data_is_erased_when_it_was_kept_long_enough_and_on_a_persons_word(app, work, signups, make, at):
    from unionhall.signups.fields import Given

    with work():
        sheet = signups.sheet(starts_at=clock.now() + checkin.timedelta(days=1), retention_days=30)
        field = signups.ask(sheet)
        member = make.member(account=True, name="何秀英")
        entry = signups.join(sheet, member, answers={field.id: Given("甲班")})
        person = Person(member.account_id, member.id)
        assert keeping.export(person)["signups"][0]["answers"] == {"班组": "甲班"}
        other = signups.join(sheet)
        assert list(keeping.erase(person, clock.now()))
        assert list(keeping.erase(person, clock.now())) == []
        assert (entry.state, entry.name, entry.member_id) == (State.CANCELLED, "", None)
        assert sheet.taken == 1
        ids = sheet.id, other.id
    at("2026-06-20 09:30")
    with app.app_context():
        assert keeping.erase_old(clock.now()) == 2
        assert keeping.erase_old(clock.now()) == 0
    with work() as session:
        assert (queries.entry(ids[1]).name, session.scalars(select(Answer)).all()) == ("", [])
        assert db.session().scalar(unscoped(select(Sheet.erased_at).where(Sheet.id == ids[0]), why="test"))


def test_people_are_reminded_once_a_day_before(app, work, signups, at):
    with work():
        signups.join(signups.sheet(starts_at=clock.from_local(clock.datetime(2026, 5, 16, 9))))
    with app.app_context():
        assert keeping.remind(clock.now()) == 0
    at("2026-05-15 09:30")
    with app.app_context():
        assert keeping.remind(clock.now()) == 1
        assert keeping.remind(clock.now()) == 0


def test_report_figures_count_people_once(app, work, signups, make):
    with work(), app.test_request_context():
        member, path = make.member(account=True), make.root.path
        signups.join(signups.sheet(), member)
        sheet = signups.sheet()
        signups.join(sheet, member), signups.join(sheet)
        since, until = date(2026, 5, 14), date(2026, 5, 15)
        assert (figures.people(path, since, until), figures.times(path, since, until), figures.here(path, since, until)) == (2, 3, 0)
        assert figures.people(path, until, date(2026, 5, 16)) == 0
        assert figures.of_sheet(sheet)[0].people == 2


def test_merging_orgs_hands_sheets_over(work, signups, make):
    with work():
        source, target = make.org(), make.org()
        sheet = signups.sheet(source)
        entry = signups.join(sheet)
        sheets.hand_over(source.id, target.id)
        assert (queries.sheet(sheet.id).org_id, queries.entry(entry.id).org_id) == (target.id, target.id)
        assert db.session().scalars(unscoped(select(Entry.org_id), why="test")).all() == [target.id]
