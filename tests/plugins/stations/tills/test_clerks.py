"""Clerks in the desk, and their PINs."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped
from unionhall_stations.api import staff_member_ids
from unionhall_stations.models import Clerk
from unionhall_stations.tills import clerks, queries
from unionhall_stations.tills.clerks import ClerkFields


def _pin(page):
    return re.search(r"p-stations-code mono\">(\d{6})<", page.text).group(1)


def test_a_clerk_gets_a_pin_that_is_shown_once(person, post, place, row, work):
    boss, path = person(Role.ORG_ADMIN), f"/desk/stations/stores/{place['store']}/"
    made = post(boss, path + "clerks/new", name="石一诺", manager="y")
    assert made.status_code == 200
    pin = _pin(made)
    assert pin not in boss.get(path).text
    with work() as session:
        clerk = session.scalars(unscoped(select(Clerk).where(Clerk.name == "石一诺"), why="test")).one()
        assert (clerk.manager, clerk.member_id) == (True, None)
        assert pin not in clerk.pin_hash
        number = clerk.id
    again = post(boss, path + "clerks/new", name="石一诺")
    assert again.status_code == 422
    assert "已经有一位“石一诺”" in again.text
    reset = post(boss, f"{path}clerks/{number}", do="pin")
    assert _pin(reset) != pin
    assert post(boss, f"{path}clerks/{number}", do="save", name="石一诺（晚班）").status_code == 303
    assert row(Clerk, number, "name", "manager") == ("石一诺（晚班）", False)
    assert post(boss, f"{path}clerks/{number}", do="leave").status_code == 303
    assert post(boss, f"{path}clerks/{number}", do="leave").status_code == 303
    assert row(Clerk, number, "left_on") == clock.local_day(clock.now())
    assert post(boss, f"{path}clerks/{number}", do="pin").status_code == 409
    assert post(boss, f"{path}clerks/{number}", do="save", name="还在").status_code == 409
    assert post(boss, f"{path}clerks/{number}", do="nonsense").status_code == 400
    assert "回来上班" in boss.get(f"{path}clerks/{number}").text


def test_a_clerk_who_is_a_member_is_linked_by_name_and_number_alone(person, post, place, row, work, make):
    with work():
        number = make.id_number()
        member = make.member(name="韦小满", id_number=number).id
    boss, path = person(Role.ORG_ADMIN), f"/desk/stations/stores/{place['store']}/clerks/"
    for wrong in ({"name": "韦大满", "identity": number}, {"name": "韦小满", "identity": number[:-4] + "0000"}):
        refused = post(boss, path + "new", **wrong)
        assert refused.status_code == 422
        assert "没有这个姓名和证件号码的会员" in refused.text
    assert post(boss, path + "new", name="韦小满", identity=number).status_code == 200
    with work() as session:
        clerk = session.scalars(unscoped(select(Clerk).where(Clerk.name == "韦小满"), why="test")).one().id
        assert staff_member_ids() == {member}
    page = boss.get(f"{path}{clerk}").text
    assert "韦小满" in page
    assert number not in page
    assert post(boss, f"{path}{clerk}", do="save", name="韦小满").status_code == 303
    assert row(Clerk, clerk, "member_id") == member
    assert post(boss, f"{path}{clerk}", do="save", name="韦小满", unlink="y").status_code == 303
    assert row(Clerk, clerk, "member_id") is None
    with work():
        assert staff_member_ids() == set()


def test_nobody_tries_out_identity_numbers(person, post, place):
    boss, path = person(Role.ORG_ADMIN), f"/desk/stations/stores/{place['store']}/clerks/new"
    answers = [post(boss, path, name="某人", identity="330199198805010000").status_code for _n in range(21)]
    assert answers == [422] * 20 + [429]


def test_somebody_who_left_does_not_count_as_staff(work, shop, make):
    with work():
        member, store = make.member(), shop.store()
        clerk = shop.clerk(store)
        clerk.member_id = member.id
        assert staff_member_ids() == {member.id}
        clerks.leave(store, clerk, actor=SYSTEM, now=clock.now())
        assert staff_member_ids() == set()


def test_a_clerk_of_another_store_is_not_found(person, post, place, work, shop):
    with work():
        other = shop.store().id
    boss = person(Role.ORG_ADMIN)
    for path in (f"/desk/stations/stores/{other}/clerks/{place['clerk']}", f"/desk/stations/stores/{other}/tills/{place['till']}"):
        assert boss.get(path).status_code == 404
        assert post(boss, path, do="pin").status_code == 404


@pytest.mark.both
def test_of_four_who_add_the_same_name_at_once_one_does(at_once, work, shop):
    with work():
        number = shop.store().id

    def add():
        clerks.add(queries.locked(number), ClerkFields("孟白"), actor=SYSTEM, now=clock.now())
        return "made"

    found = ["refused" if isinstance(answer, UnionHallError) else answer for answer in at_once([add] * 4)]
    assert sorted(found) == ["made", "refused", "refused", "refused"]
    with work():
        assert db.session().scalar(select(func.count()).select_from(Clerk)) == 1
