"""One's own data: seen, taken along, consents taken back, accounts ended, people erased; who looked."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from unionhall.accounts.models import Account, LoginSession
from unionhall.base import clock, db
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.people import Kept, PersonalData
from unionhall.hooks.types import SYSTEM, Role
from unionhall.members import looks
from unionhall.members.imports.models import ImportLine, RosterImport
from unionhall.members.models import Member, Membership, MembershipChange, MemberTransfer, Status
from unionhall.members.own_models import Consent, Correction, Erasure
from unionhall.platform import audit
from unionhall.platform.access import unscoped

NAME, MOBILE = "何秀英", "13800002617"


@pytest.fixture
def row(work):
    """Return `row(model)`: the only one of its kind, detached."""

    def one(model):
        with work() as session:
            found = session.scalars(unscoped(select(model), why="test")).unique().one()
            session.refresh(found)
            session.expunge_all()
        return found

    return one


def everything(app):
    """Every value of every table, as text."""
    with app.app_context(), db.engine().connect() as connection:
        for table in db.Model.metadata.sorted_tables:
            for line in connection.execute(table.select()):
                for column, value in zip(table.columns, line, strict=True):
                    yield f"{table.name}.{column.name}", json.dumps(value, ensure_ascii=False, default=str)


def holding(app, *canaries):
    """Where any of the canaries stands: columns, and files of the instance."""
    found = {where for where, value in everything(app) for canary in canaries if canary in value}
    for path in app.config["UNIONHALL"].instance.rglob("*"):
        if path.is_file() and ".sqlite3" not in path.name:  # its rows were read above
            found |= {str(path.name) for canary in canaries if canary.encode() in path.read_bytes()}
    return found


def test_everything_is_shown_in_words(activated):
    page = activated.get("/my/privacy/").text
    for words in ("会员和会籍", "账号和登录记录", "青禾第二纺织厂工会", "138****2617", "激活会员、使用线上服务"):
        assert words in page


@pytest.mark.both
def test_a_copy_is_taken_along_and_noted(activated, post, number, work):
    answer = post(activated, "/my/privacy/download")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "application/zip", "no-store")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert set(archive.namelist()) == {"data.json", "我的个人信息.html"}
        values, page = json.loads(archive.read("data.json")), archive.read("我的个人信息.html").decode()
    assert values["data"]["members"]["会员信息"]["姓名"] == NAME
    assert NAME in page and number not in page
    with work() as session:
        assert session.scalar(select(audit.AuditEntry.act).where(audit.AuditEntry.act == "members.data_taken"))


@pytest.mark.both
def test_erasing_leaves_nothing_but_what_was_said(app, activated, post, row, number, work):
    with work() as session:
        found = session.scalars(unscoped(select(Account), why="test")).unique().one()
        found.email = "canary-7f3a@example.org"
        member = session.scalars(unscoped(select(Member), why="test")).one()
        member.employer, member.job = "CANARY-employer", "CANARY-job"
    post(activated, "/my/profile/", subject="employer", wish="CANARY-wish 单位写错了")
    page = activated.get("/my/privacy/erase").text
    assert "必须留下" in page and "工会会员会籍管理办法" in page
    assert row(Member).id_hash is not None  # looking at what would happen changes nothing
    assert post(activated, "/my/privacy/erase").status_code == 422
    answer = post(activated, "/my/privacy/erase", sure="y")
    assert answer.location.startswith("/my/receipt/")
    shown = activated.get(answer.location)
    receipt = row(Erasure)
    assert receipt.number in shown.text and "姓名、所属工会" in shown.text
    assert receipt.number in activated.get(answer.location + "?file=1").text
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert activated.get("/my/").status_code == 302
    assert holding(app, number, MOBILE, "CANARY", "7f3a", "138****2617") == set()
    assert holding(app, NAME) == {"members_member.name"}  # as the receipt says: still a member
    account, member = row(Account), row(Member)
    assert (account.enabled, account.phone_hash, account.password_hash, account.name) == (False, None, "", "已注销")
    assert (member.account_id, member.id_hash, member.mobile_hash, member.erased_at is not None) == (None, None, None, True)
    assert row(Membership).current
    with app.app_context():
        assert audit.verify().bad is None


@pytest.mark.both
def test_the_rosters_other_tables_are_shown_and_emptied(app, activated, post, row, number, work, make):
    """Lines of imports, transfers, reasons in the history: shown to the person; none names them after the erasure."""
    with work() as session:
        member = session.scalars(unscoped(select(Member), why="test")).one()
        other, held, now = make.org(name="青川电机工会"), member.memberships[0], clock.now()
        session.add(MembershipChange(member_id=member.id, membership_id=held.id, at=now, act="suspend", reason="CANARY-reason"))
        kinds = {"member_id": member.id, "org_id": held.org_id, "to_org_id": other.id, "kind": "new_employer", "reason": "CANARY-why"}
        session.add(MemberTransfer(**kinds, asked_by_side="to", state="refused", answer="CANARY-answer", asked_at=now, decided_at=now))
        session.add(MemberTransfer(**kinds, asked_by_side="from", asked_by=member.account_id, asked_at=now))
        done = {"created_at": now, "expires_at": now + timedelta(days=7)}
        imported = RosterImport(org_id=held.org.parent_id or held.org_id, state="done", step="apply", token="t" * 20, file_name="春季名册.xlsx", **done)
        session.add(imported)
        session.flush()
        before = {"id_sealed": "CANARY-sealed", "employer": "CANARY-before"}
        session.add(ImportLine(import_id=imported.id, line=3, outcome="update", name=NAME, detail="CANARY", member_id=member.id, before=before))
        session.add(ImportLine(import_id=imported.id, line=4, outcome="conflict", field="id", code="twice", name=NAME, detail="CANARY"))
        session.add(ImportLine(import_id=imported.id, line=5, outcome="new", name="别人"))
    page = activated.get("/my/privacy/").text
    for words in ("CANARY-reason", "CANARY-why", "CANARY-answer", "春季名册.xlsx", "青川电机工会", "中止"):
        assert words in page, words
    answer = post(activated, "/my/privacy/erase", sure="y")
    assert "名册文件里可能有你的一行" in activated.get(answer.location).text
    assert holding(app, "CANARY", number, MOBILE) == set()
    assert holding(app, NAME) == {"members_member.name"}
    assert "别人" in {line.name for line in lines_of(work)}
    with work() as session:
        assert set(session.scalars(unscoped(select(MemberTransfer.state), why="test"))) == {"refused", "withdrawn"}


def lines_of(work):
    with work() as session:
        found = list(session.scalars(select(ImportLine)))
        session.expunge_all()
    return found


def test_who_belongs_to_no_union_any_more_loses_the_name_too(app, activated, post, row, work):
    with work() as session:
        held = session.scalars(unscoped(select(Membership), why="test")).one()
        held.status, held.ended_on = Status.LEFT, held.joined_on
        session.add(MembershipChange(member_id=held.member_id, membership_id=held.id, at=clock.now(), act="left"))
    post(activated, "/my/privacy/erase", sure="y")
    assert row(Member).name == "何**"
    assert holding(app, NAME) == set()


def test_one_source_that_fails_erases_nothing(app, activated, post, row):
    class Stubborn:
        @hookimpl
        def unionhall_personal_data(self):
            def erase(person, now):
                raise RuntimeError("no")

            return [PersonalData("stubborn", "倔强", lambda person: {}, erase)]

    host = app.extensions["unionhall.host"]
    called = host.call

    def call(hook, **arguments):
        found = called(hook, **arguments)
        return [*found, Stubborn().unionhall_personal_data()] if hook == "unionhall_personal_data" else found

    host.call = call
    try:
        assert post(activated, "/my/privacy/erase", sure="y").status_code == 500
    finally:
        host.call = called
    assert row(Member).activated and row(Account).enabled
    assert activated.get("/my/").status_code == 200


def test_other_sources_say_what_they_keep(app, activated, post, row):
    host = app.extensions["unionhall.host"]
    called, seen = host.call, []

    def erase(person, now):
        seen.append(person)
        return [Kept("票据", "《会计法》第二十三条", clock.now())]

    def call(hook, **arguments):
        extra = [PersonalData("funds", "经费", lambda person: {"票据": [1]}, erase)]
        return [*called(hook, **arguments), extra] if hook == "unionhall_personal_data" else called(hook, **arguments)

    host.call = call
    try:
        assert "票据" in activated.get("/my/privacy/").text
        assert "《会计法》第二十三条" in activated.get("/my/privacy/erase").text
        post(activated, "/my/privacy/erase", sure="y")
    finally:
        host.call = called
    assert "票据" in {kept["what"] for kept in row(Erasure).kept}
    assert all(person.member_id and person.account_id for person in seen)


@pytest.mark.parametrize("path", ["/my/privacy/erase", "/my/privacy/end", "/my/privacy/withdraw/activation"])
def test_staff_hand_over_first(activated, post, row, work, make, path):
    from unionhall.accounts import administration

    with work() as session:
        account = session.scalars(unscoped(select(Account), why="test")).unique().one()
        administration.grant(account, Role.EDITOR, make.root, actor=SYSTEM, now=clock.now())
    assert activated.get(path).status_code == 200
    answer = post(activated, path, sure="y")
    assert (answer.status_code, "你还担任编辑" in answer.text) == (422, True)
    assert row(Account).enabled and row(Member).activated


def test_ending_the_account_keeps_the_membership_which_may_be_activated_again(app, activated, post, claim, code, row, work):
    answer = post(activated, "/my/privacy/end", sure="y")
    assert "账号已注销" in activated.get(answer.location).text
    member = row(Member)
    assert (member.name, member.activated, bool(member.id_hash)) == (NAME, False, True)
    assert activated.get("/my/").status_code == 302
    again = app.test_client()
    claim(again)
    assert post(again, "/activate/code", code=code()).location == "/activate/password"
    with work() as session:
        states = [consent.withdrawn_at is None for consent in session.scalars(select(Consent).order_by(Consent.id))]
    assert states == [False, True]


def test_a_consent_is_taken_back_without_more_ado(activated, post, row, at):
    at("2026-05-14 09:55")  # no proof is fresh any more: giving it asked for none either
    assert activated.get("/my/privacy/withdraw/activation").status_code == 200
    assert post(activated, "/my/privacy/withdraw/activation", sure="y").location.startswith("/my/receipt/")
    assert row(Consent).withdrawn_at is not None
    assert activated.get("/my/").status_code == 302


@pytest.mark.parametrize("path", ["/my/privacy/withdraw/nothing", "/my/receipt/made-up", "/my/receipt/" + "A" * 43, "/my/receipt/" + "x" * 3000])
def test_what_is_not_there_is_not_there(activated, path):
    assert activated.get(path).status_code == 404


def test_erasing_twice_at_once_is_one_receipt_each_and_no_error(app, activated, post, row):
    twin = app.test_client()
    twin.set_cookie("uh_login", activated.get_cookie("uh_login").value)
    assert post(activated, "/my/privacy/erase", sure="y").status_code == 303
    assert post(twin, "/my/privacy/erase", sure="y").status_code == 302


def test_who_looked_is_told(activated, work, make, row):
    member = row(Member).id
    with work():
        clerk = make.actor(Role.ORG_ADMIN)
        looks.note([member], what="mobile", why="通知领取慰问品", actor=clerk, org_id=make.root.id, now=clock.now())
        other = make.member().id
        looks.note([other], what="id", why="别人的事", actor=clerk, org_id=None, now=clock.now())
    page = activated.get("/my/privacy/looks").text
    assert clerk.name in page and "通知领取慰问品" in page and "别人的事" not in page


def test_sessions_of_the_erased_are_gone(activated, post, work):
    post(activated, "/my/privacy/erase", sure="y")
    with work() as session:
        assert session.scalars(select(LoginSession)).all() == []
        assert session.scalar(text("select count(*) from members_correction")) == 0
        assert session.scalars(unscoped(select(Correction), why="test")).all() == []
