"""Visits: once a day, people and times, forgotten after a year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.people import Person
from unionhall_stations.models import Clerk, Station, Turn
from unionhall_stations.tills import keeping, visits
from unionhall_stations.tills.models import Visit

from .conftest import PIN


def _number(work, *conditions):
    with work() as session:
        return session.scalar(select(func.count()).select_from(Visit).where(*conditions))


def test_a_member_checks_in_once_a_day(client, person, post, place, work, at):
    path = f"/stations/{place['slug']}/visit"
    assert "/login" in client.get(path).location
    at("2026-05-14 23:50")
    member = person()
    page = member.get(path)
    assert "我在这里歇脚" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert _number(work) == 0
    assert post(member, path).status_code == 303
    assert "欢迎来歇脚" in member.get(path).text
    assert post(member, path).status_code == 303
    assert "已经记过了" in member.get(path).text
    assert _number(work) == 1
    at("2026-05-15 00:05")
    assert post(member, path).status_code == 303
    assert "来过 2 天" in member.get(path).text
    assert _number(work, Visit.day == date(2026, 5, 15), Visit.hour == 0) == 1


def test_who_is_no_member_is_told_and_nothing_is_counted(app, login, post, place, work, make):
    with work():
        account = make.account().id
    browser = app.test_client()
    login(browser, account)
    path = f"/stations/{place['slug']}/visit"
    assert "去激活会员" in browser.get(path).text
    assert post(browser, path).status_code == 200
    assert _number(work) == 0


@pytest.mark.parametrize(("state", "status"), [("paused", 409), ("closed", 409), ("proposed", 404), ("fitting", 404)])
def test_a_station_that_is_not_open_counts_nobody(person, post, place, work, state, status):
    with work() as session:
        found = session.get(Station, place["station"], execution_options={"unionhall_scope": "test"})
        found.state, found.opened_on = state, clock.local_day(clock.now())
    member = person()
    assert post(member, f"/stations/{place['slug']}/visit").status_code == status
    assert post(member, "/stations/nowhere/visit").status_code == 404
    assert _number(work) == 0


@pytest.mark.both
def test_four_taps_at_once_count_once(at_once, place, work, make):
    with work():
        member = make.member(account=True).id
    now = clock.now()

    def tap():
        return visits.check_in(db.session().get(Station, place["station"], execution_options={"unionhall_scope": "test"}), member, now=now)

    found = at_once([tap] * 4)
    assert sorted(found) == [False, False, False, True]
    assert _number(work) == 1


def test_after_a_year_nobody_knows_who_it_was(app, place, work, make):
    today = clock.local_day(clock.now())
    with work() as session:
        member = make.member().id
        for back in (10, 365, 366, 800):
            session.add(Visit(station_id=place["station"], member_id=member, day=today - timedelta(days=back), hour=12))
    with app.app_context():
        assert visits.forget(clock.now()) == 2
        assert visits.forget(clock.now()) == 0
        db.session().remove()
    assert _number(work) == 4
    assert _number(work, Visit.member_id == member) == 2


def test_people_see_and_erase_what_is_kept_about_them(device, post, place, work, make):
    with work() as session:
        member = make.member().id
        session.get(Clerk, place["clerk"]).member_id = member
        session.add(Visit(station_id=place["station"], member_id=member, day=date(2026, 5, 1), hour=12))
    assert post(device, "/stations/till", clerk_id=place["clerk"], pin=PIN).status_code == 303
    with work() as session:
        person = Person(None, member)
        told = keeping.export(person)
        assert told["clerk"][0]["name"] == "孟白"
        assert told["visits"] == [{"station": "测试驿站2", "day": "2026-05-01", "hour": 12}]
        assert keeping.export(Person(7, None)) == {}
        assert len(list(keeping.erase(person, clock.now()))) == 1
        assert list(keeping.erase(person, clock.now())) == []
        assert keeping.export(person) == {"clerk": [], "visits": []}
        clerk = session.get(Clerk, place["clerk"])
        assert (clerk.name, clerk.pin_hash, clerk.member_id) == ("（已删除）", "", None)
        assert clerk.left_on is not None
        assert session.scalars(select(Turn.ended_at).execution_options(unionhall_scope="test")).one() is not None
        assert session.scalar(select(func.count()).select_from(Visit)) == 1
    assert "店员 孟白" not in device.get("/stations/till").text


def test_stores_of_a_merged_org_go_with_it(work, shop, make):
    with work() as session:
        source, target = make.org(), make.org()
        store = shop.store(source)
        keeping.hand_over(source.id, target.id)
        session.refresh(store)
        assert store.org_id == target.id
