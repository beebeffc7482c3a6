"""A member asks for a transfer of their own membership: found by name, asked once, seen, taken back, answered."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.members.models import Membership, MemberTransfer
from unionhall.notices.models import Notice
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped

PAGE, STATE = "/my/memberships/transfer", "/my/memberships/"


@pytest.fixture
def mover(app, login, work, make, house):
    """Return (browser, member id) of somebody at one works."""
    with work() as session:
        member = make.member(session.get(Org, house.one), name="林晓棠", account=True)
        account, member_id = member.account_id, member.id
    client = app.test_client()
    login(client, account)
    return client, member_id


@pytest.fixture
def rows(work):
    def read(model):
        with work() as session:
            found = session.scalars(unscoped(select(model).order_by(model.id), why="test")).unique().all()
            session.expunge_all()
        return found

    return read


@pytest.mark.both
def test_a_member_asks_and_the_new_union_takes_them(mover, post, house, desk, rows):
    client, _member = mover
    assert PAGE in client.get(STATE).text
    assert "三种情形" in client.get(PAGE).text
    answer = post(client, PAGE, kind="new_employer", to_org="青川电机工会", reason="5 月起到电机厂上班")
    assert (answer.status_code, answer.location) == (303, STATE)
    page = client.get(STATE)
    assert "转到“青川电机工会”" in page.text and "等对方答复" in page.text and page.headers["Cache-Control"] == "no-store"
    assert post(client, PAGE, kind="new_employer", to_org="青川电机工会", reason="再来").status_code == 409
    (asked,) = rows(MemberTransfer)
    assert desk(house.two_admin).post(f"/desk/members/transfers/{asked.id}/accept", effective_on="", answer="欢迎").status_code == 303
    assert [(row.org_id, row.status) for row in rows(Membership)] == [(house.one, "transferred"), (house.two, "active")]
    page = client.get(STATE).text
    assert "已转接" in page and "欢迎" in page and "转入" in page and "转出" in page
    assert PAGE in page, "they may move on again"


def test_a_part_of_a_name_is_answered_with_what_there_is_to_choose(mover, post, house, rows):
    client, _member = mover
    wrong = post(client, PAGE, kind="new_employer", to_org="青川", reason="换工作")
    assert wrong.status_code == 422
    assert "青川区总工会" in wrong.text and f'value="{house.two}"' in wrong.text and "换工作" in wrong.text
    assert post(client, PAGE, kind="new_employer", to_org="青川", pick=str(house.two), reason="换工作").status_code == 303
    assert rows(MemberTransfer)[0].to_org_id == house.two


@pytest.mark.parametrize(
    "sent",
    [
        {"to_org": "没有的工会"}, {"to_org": ""}, {"to_org": "青川制药工会"}, {"kind": "home_area", "to_org": "青川电机工会"}, {"reason": ""},
        {"kind": "made-up"}, {"to_org": "%", "pick": "9" * 40}, {"to_org": "青" * 500}, {"reason": "由" * 500}, {"to_org": "邻水", "pick": "x"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_at_the_field_and_nothing_is_lost(mover, post, rows, sent):
    client, _member = mover
    answer = post(client, PAGE, **({"kind": "new_employer", "to_org": "青川电机工会", "reason": "换到新厂上班"} | sent))
    assert answer.status_code == 422
    assert (sent.get("reason", "换到新厂上班") or "为什么要转") in answer.text
    assert rows(MemberTransfer) == []


def test_after_a_bankruptcy_the_org_above_is_asked(mover, post, house, rows):
    client, _member = mover
    assert post(client, PAGE, kind="bankrupt", to_org="", reason="厂子关了").status_code == 303
    assert (rows(MemberTransfer)[0].to_org_id, rows(MemberTransfer)[0].asked_by_side) == (house.district, "from")


@pytest.mark.both
def test_it_is_taken_back_once_and_only_by_who_asked(mover, post, house, desk, app, login, work, make, rows):
    client, member_id = mover
    assert post(client, PAGE + "/withdraw").status_code == 404
    post(client, PAGE, kind="new_employer", to_org="青川电机工会", reason="换工作")
    with work():
        other = make.member(account=True).account_id
    stranger = app.test_client()
    login(stranger, other)
    assert post(stranger, PAGE + "/withdraw").status_code == 404
    assert post(client, PAGE + "/withdraw").status_code == 303
    assert "已撤回" in client.get(STATE).text
    assert post(client, PAGE + "/withdraw").status_code == 409
    asked = desk(house.one_admin).post(f"/desk/members/{member_id}/transfer", kind="new_employer", to_org="青川电机工会", reason="工会来办")
    assert asked.status_code == 303
    assert "撤回申请" not in client.get(STATE).text
    assert post(client, PAGE + "/withdraw").status_code == 403, "what the union asked is the union's to take back"


def test_a_refusal_reaches_the_member_with_its_reason(mover, post, house, desk, rows, work):
    client, _member = mover
    post(client, PAGE, kind="new_employer", to_org="青川电机工会", reason="换工作")
    refused = desk(house.two_admin).post(f"/desk/members/transfers/{rows(MemberTransfer)[0].id}/refuse", answer="还没有签劳动合同")
    assert refused.status_code == 303
    assert "还没有签劳动合同" in client.get(STATE).text
    with work() as session:
        told = [row.values for row in session.scalars(select(Notice).where(Notice.kind == "members.move_refused"))]
    assert len(told) == 1 and "林晓棠" not in str(told)


def test_who_has_nothing_to_transfer_is_told_why(app, login, work, make, post, client):
    assert "/login" in client.get(PAGE).location
    with work() as session:
        waiting, nobody = make.member(account=True), make.account()
        session.scalars(unscoped(select(Membership).where(Membership.member_id == waiting.id), why="test")).one().status = "pending"
        accounts = waiting.account_id, nobody.id
    for account, target in zip(accounts, (200, 303), strict=True):
        own = app.test_client()
        login(own, account)
        assert own.get(STATE).status_code == target
    own = app.test_client()
    login(own, accounts[0])
    assert "没有能转接的主要会籍" in own.get(STATE).text
    assert post(own, PAGE, kind="new_employer", to_org="全国总工会", reason="x").status_code == 422
