"""Transfers of membership: asked, answered by the other side, once, with history; nobody learns more than they may."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))
from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.errors import Conflict
from unionhall.hooks.types import SYSTEM
from unionhall.members import transfers
from unionhall.members.models import Member, Membership, MembershipChange, MemberTransfer, Status
from unionhall.notices.models import Notice
from unionhall.orgs.models import Org
from unionhall.orgs.services import merge_org
from unionhall.platform.access import unscoped
from unionhall.testing.rosters import person_number


@pytest.fixture
def person(work, make, house):
    """Return `person(org id, **fields)`: a member's id."""

    def make_one(org_id, also=(), **fields):
        with work() as session:
            return make.member(session.get(Org, org_id), also=tuple(session.get(Org, each) for each in also), **fields).id

    return make_one


@pytest.fixture
def held(work):
    """Return `held(member id)`: [(org id, primary, status)], oldest first."""

    def read(member_id):
        with work() as session:
            rows = session.scalars(unscoped(select(Membership).where(Membership.member_id == member_id).order_by(Membership.id), why="test"))
            return [(row.org_id, row.is_primary, row.status) for row in rows]

    return read


def notices(work, kind):
    with work() as session:
        return [(row.account_id, row.values) for row in session.scalars(select(Notice).where(Notice.kind == kind))]


@pytest.mark.both
def test_a_member_is_sent_on_and_taken_in(desk, house, person, held, work):
    member_id = person(house.one, name="林晓棠", account=True)
    sender, taker = desk(house.one_admin), desk(house.two_admin)
    assert sender.post(f"/desk/members/{member_id}/transfer", kind="new_employer", to_org="没有的工会", reason="换工作").status_code == 422
    assert sender.post(f"/desk/members/{member_id}/transfer", kind="new_employer", to_org="青川制药工会", reason="换工作").status_code == 422
    answer = sender.post(f"/desk/members/{member_id}/transfer", kind="new_employer", to_org="青川电机工会", reason="换工作")
    assert answer.status_code == 303
    address = answer.location
    assert sender.post(f"/desk/members/{member_id}/transfer", kind="new_employer", to_org="青川电机工会", reason="又来").status_code == 409
    assert sender.post(f"{address}/accept").status_code == 403, "the other side decides"
    assert taker.get(address).status_code == 200
    assert taker.post(f"{address}/refuse", answer="").status_code == 422
    assert taker.post(f"{address}/accept", effective_on="2099-01-01").status_code == 422
    assert taker.post(f"{address}/accept", effective_on="", answer="欢迎").status_code == 303
    assert held(member_id) == [(house.one, True, "transferred"), (house.two, True, "active")]
    assert taker.post(f"{address}/refuse", answer="晚了").status_code == 409
    assert desk(house.neighbour).get(address).status_code == 404
    with work() as session:
        assert session.scalars(unscoped(select(Member.org_id).where(Member.id == member_id), why="test")).one() == house.two
        steps = [(row.act, row.reason) for row in session.scalars(select(MembershipChange).order_by(MembershipChange.id))]
        assert steps == [("out", "换工作"), ("in", "换工作")]
    [asked] = notices(work, "members.transfer_asked")
    assert asked[0] == house.two_admin
    assert "林晓棠" not in str(asked)
    assert notices(work, "members.transfer_accepted")[0][0] == house.one_admin
    assert len(notices(work, "members.moved")) == 1
    assert "退会和转出" not in sender.get("/desk/members/?tab=active").get_data(as_text=True).partition("tabs")[0]
    assert ">林晓棠</a>" in sender.get("/desk/members/?tab=over").get_data(as_text=True)


def test_the_three_cases_lead_where_they_should(desk, house, person, held, work):
    browser = desk(house.admin)
    first, second, third = (person(house.one) for _each in range(3))
    assert browser.post(f"/desk/members/{first}/transfer", kind="home_area", to_org="青川电机工会", reason="x").status_code == 422
    home = browser.post(f"/desk/members/{first}/transfer", kind="home_area", to_org="青川区总工会", reason="新单位没有工会").location
    assert browser.post(f"{home}/accept").status_code == 303
    assert held(first)[1] == (house.district, True, "kept")
    gone = browser.post(f"/desk/members/{second}/transfer", kind="bankrupt", reason="破产").location
    assert browser.post(f"{gone}/accept").status_code == 303
    assert held(second)[1] == (house.district, True, "kept")
    refused = browser.post(f"/desk/members/{third}/transfer", kind="new_employer", to_org="青川电机工会", reason="x").location
    assert browser.post(f"{refused}/refuse", answer="查无此人").status_code == 303
    assert held(third) == [(house.one, True, "active")]
    assert "查无此人" in browser.get(refused).get_data(as_text=True)
    assert len(notices(work, "members.transfer_refused")) == 1
    again = browser.post(f"/desk/members/{third}/transfer", kind="new_employer", to_org="青川电机工会", reason="x").location
    assert browser.post(f"{again}/withdraw").status_code == 303
    assert browser.post(f"{again}/accept").status_code == 409
    pending = person(house.one, status=Status.PENDING)
    assert browser.post(f"/desk/members/{pending}/transfer", kind="bankrupt", reason="x").status_code == 422


def test_a_second_union_becomes_the_primary_one(desk, house, person, held):
    member_id = person(house.one, also=(house.two,))
    browser = desk(house.admin)
    address = browser.post(f"/desk/members/{member_id}/transfer", kind="new_employer", to_org="青川电机工会", reason="x").location
    assert browser.post(f"{address}/accept").status_code == 303
    assert held(member_id) == [(house.one, True, "transferred"), (house.two, True, "active")]


@pytest.mark.both
def test_two_accepts_at_once_move_once(app, house, person, held, work, make):
    member_id = person(house.one)
    with work() as session:
        member = session.scalars(unscoped(select(Member).where(Member.id == member_id), why="test")).one()
        asked = transfers.ask_to_send(
            member, session.get(Org, house.two), transfers.Handover.NEW_EMPLOYER, reason="x", actor=SYSTEM, now=clock.now()
        ).id
        actor = make.actor_of(session.scalars(unscoped(select(Account).where(Account.id == house.two_admin), why="test")).one())
    barrier, outcomes = threading.Barrier(2), []

    def accept():
        with app.app_context():
            barrier.wait()
            try:
                with db.unit_of_work() as session:
                    found = session.scalars(unscoped(select(MemberTransfer).where(MemberTransfer.id == asked), why="test")).one()
                    transfers.accept(found, actor=actor, now=clock.now())
                outcomes.append("moved")
            except Conflict:
                outcomes.append("conflict")
            finally:
                db.session().remove()

    threads = [threading.Thread(target=accept) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "moved"]
    assert held(member_id) == [(house.one, True, "transferred"), (house.two, True, "active")]


@pytest.mark.both
def test_merged_orgs_hand_over_members_and_transfers_nobody_twice(house, person, held, work, make):
    both, other_way = person(house.one, also=(house.two,)), person(house.two, also=(house.one,))
    alone, moving = person(house.one), person(house.one)
    with work() as session:
        member = session.scalars(unscoped(select(Member).where(Member.id == moving), why="test")).one()
        transfers.ask_to_send(member, session.get(Org, house.two), transfers.Handover.NEW_EMPLOYER, reason="x", actor=SYSTEM, now=clock.now())
    with work() as session:
        merge_org(session.get(Org, house.one), session.get(Org, house.two), actor=SYSTEM, now=clock.now())
    assert held(both) == [(house.two, True, "transferred"), (house.two, True, "active")]
    assert held(other_way) == [(house.two, True, "active"), (house.two, False, "transferred")]
    assert held(alone) == held(moving) == [(house.two, True, "active")]
    with work() as session:
        assert set(session.scalars(unscoped(select(Member.org_id), why="test"))) == {house.two}
        assert session.scalars(unscoped(select(MemberTransfer.state), why="test")).one() == "withdrawn"


def test_what_a_stranger_asked_is_answered_by_the_union_that_has_them(desk, house, person, held):
    person(house.other, name="林晓棠", id_number=person_number(1))
    asker, holder = desk(house.one_admin), desk(house.neighbour)
    sent = {"name": "林晓棠", "id_kind": "resident", "id_number": person_number(1), "org_id": str(house.one), "reason": "来上班"}
    address = asker.post("/desk/members/new", **sent, then="transfer", kind="new_employer").location
    assert asker.post("/desk/members/new", **sent, then="transfer", kind="bankrupt").status_code in {409, 422}
    assert asker.post(f"{address}/accept").status_code == 403
    assert "1" in holder.get("/desk/members/transfers/").get_data(as_text=True)
    assert holder.post(f"{address}/accept").status_code == 303
    assert "青川制药工会" in asker.get(address).get_data(as_text=True)
