"""The desk's list, its file and figures; patterns that wait for a look; what a person's data says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.crypto import sign
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM, Role
from unionhall_rewards.redeeming import exports, figures, flags, keeping, looking, services
from unionhall_rewards.redeeming.models import Flag
from unionhall_stations.api import (
    clerks_by_ids,
    clerks_of_store,
    lock_till,
    station_names,
    tills_locked,
    tills_of_store,
)
from unionhall_stations.models import Clerk

LIST = "/desk/rewards/redemptions/"


@pytest.fixture
def opened(monkeypatch):
    """Stations that are open; all but those in the set are."""
    closed = set()
    monkeypatch.setattr(flags, "open_now", lambda ids, _now: set(ids) - closed)
    return closed


@pytest.fixture
def redeem(work, coupon, turn_of):
    """Return `redeem(ids, kind=…, member=…, now=…)`, which uses a new coupon at a till; returns its receipt."""

    def use(ids, kind=None, member=None, now=None, bill=2000):
        moment = now or clock.now()
        with work():
            turn = turn_of(ids)
            made = coupon(kind, member, valid_from=moment - timedelta(days=1), valid_to=moment + timedelta(days=7))
            return services.redeem(sign(looking.PURPOSE, [made.id, turn.turn_id]), bill, f"key-of-{made.id:08d}", turn=turn, now=moment).receipt

    return use


@pytest.mark.parametrize("path", [LIST, LIST + "flags/"])
def test_who_may_see_it(client, person, path):
    assert client.get(path).headers["Location"].startswith("/login")
    assert person().get(path).status_code == 403
    assert person("editor").get(path).status_code == 403
    for role in (Role.ORG_ADMIN, Role.AUDITOR, "rewards.finance", "rewards.operator"):
        assert person(role).get(path).status_code == 200


def test_only_funds_in_reach(work, make, mall, at_till, redeem, client, login):
    _browser, ids = at_till()
    with work():
        here, there = make.org(), make.org()
        mine, other, account = mall.kind(mall.fund(here)).id, mall.kind(mall.fund(there)).id, make.account(Role.ORG_ADMIN, here).id
    shown, hidden = redeem(ids, mine), redeem(ids, other)
    login(client, account)
    page = client.get(LIST).text
    assert shown in page
    assert hidden not in page
    assert "王*梅" in page
    assert "王晓梅" not in page


def test_it_is_narrowed_and_counts(work, mall, at_till, redeem, person, at):
    ids, other = at_till()[1], at_till()[1]
    with work():
        fund = mall.fund()
        small, big = mall.kind(fund, face=500).id, mall.kind(fund, face=2000).id
    first = redeem(ids, small)
    at("2026-05-15 10:00")
    second = redeem(other, big)
    desk = person(Role.ORG_ADMIN)
    assert "¥25.00" in desk.get(LIST).text
    for query, one in (
        (f"store={ids['store']}", first), (f"station={other['station']}", second), (f"kind={big}", second), ("since=2026-05-15", second),
        ("until=2026-05-14", first), ("receipt=00001&until=2026-05-14", first), (f"receipt={second}", second),
    ):  # fmt: skip
        page = desk.get(f"{LIST}?{query}").text
        assert one in page, query
        assert ({first, second} - {one}).pop() not in page, query
    for query in ("store=x&since=gestern&page=0", "kind=99999999999999", "state=odd", "receipt=%25", "state=reversed"):
        assert desk.get(f"{LIST}?{query}").status_code == 200
    assert "没有符合的核销记录" in desk.get(f"{LIST}?receipt=nix").text


def test_more_rows_ask_no_more(work, mall, at_till, redeem, person, queries):
    _browser, ids = at_till()
    with work():
        kind = mall.kind(mall.fund()).id
    redeem(ids, kind)
    desk = person(Role.ORG_ADMIN)
    desk.get(LIST)
    with queries() as few:
        desk.get(LIST)
    for _number in range(4):
        redeem(ids, kind)
    with queries() as many:
        desk.get(LIST)
    assert len(lasting(many)) == len(lasting(few))


def lasting(asked):
    """Leave out what the host asks by the clock: which plugins and themes are on."""
    return [statement for statement in asked if "host_" not in statement]


def test_the_file_says_what_the_list_says(work, mall, counter, coupon, app):
    till = counter(name="孟白")
    mate = counter(till.ids["store"], name="江宁")
    with work():
        kind = mall.kind(mall.fund())
        coupon(kind, code="ONE"), coupon(kind, code="TWO")
    first, second = till.receipt(till.redeem("one", "16.5")), till.receipt(till.redeem("two", "8"))
    back = mate.receipt(mate.post(f"receipts/{second}/reverse", key="undo-0001", why="twice", reason=""))
    with app.test_request_context("/"):
        assert len(exports.header({})) == 13
        rows = list(exports.rows(SYSTEM, "/", {}))
        assert [row[0] for row in rows] == [first, second]
        assert rows[0][4:10] == ["孟白", "10 元消费券", "王*梅", 16.5, 10.0, ""]
        assert rows[1][9:] == [back, clock.now(), "江宁", "重复核销"]
        assert [row[0] for row in exports.rows(SYSTEM, "/", {"state": "live"})] == [first]


def test_who_served_where(work, at_till, app):
    _browser, ids = at_till(name="孟白")
    now = clock.now()
    with work():
        lock_till(ids["till"], now + timedelta(minutes=5))
        left = db.session().get(Clerk, ids["clerk"])
        left.left_on = clock.local_day(now)
    with work():
        assert clerks_by_ids([ids["clerk"], 999])[ids["clerk"]].name == "孟白"
        assert clerks_by_ids([ids["clerk"]])[ids["clerk"]].left
        assert clerks_of_store(ids["store"]) == []
        assert [till.id for till in tills_of_store(ids["store"])] == [ids["till"]]
        assert [till.id for till in tills_locked([ids["store"]], now)] == [ids["till"]]
        assert tills_locked([ids["store"]], now + timedelta(minutes=5)) == []
        assert set(station_names([ids["station"]])) == {ids["station"]}


def test_figures_count_what_stands(work, mall, at_till, redeem, make):
    _browser, ids = at_till()
    with work():
        here = make.org()
        path, kind = here.path, mall.kind(mall.fund(here)).id
    redeem(ids, kind)
    redeem(ids, kind, bill=600)
    day = date(2026, 5, 14)
    with work():
        assert (figures.number(path, day, day + timedelta(days=1)), figures.fen(path, day, day + timedelta(days=1))) == (2, 1600)
        assert figures.number(path, day + timedelta(days=1), day + timedelta(days=2)) == 0
        assert figures.number(make.org().path, day, day + timedelta(days=1)) == 0


def test_a_person_reads_where_and_the_books_stay(work, mall, at_till, redeem, make, app):
    _browser, ids = at_till()
    with work():
        number, other, kind = make.member(account=True).id, make.member().id, mall.kind(mall.fund()).id
    receipt = redeem(ids, kind, number)
    with app.test_request_context("/"):
        told = keeping.export(Person(None, number))["消费券核销"]
        assert (told[0]["单号"], told[0]["抵扣"]) == (receipt, "¥10.00")
        assert keeping.export(Person(None, other)) == {}
        assert keeping.export(Person(5, None)) == {}
    for _time in range(2):
        with work():
            (kept,) = keeping.erase(Person(None, number), clock.now())
            assert "10 年" in str(kept.why)
    with work():
        assert list(keeping.erase(Person(None, other), clock.now())) == []


@pytest.mark.both
def test_patterns_are_found_once(work, mall, at_till, redeem, make, opened, app):
    _browser, ids = at_till()
    quiet = at_till()[1]
    with work():
        kind, member = mall.kind(mall.fund()).id, make.member(name="何秀英").id
    for number in range(flags.PAIR):
        redeem(ids, kind, member, now=clock.now() - timedelta(hours=number))
    redeem(quiet, kind)
    opened.add(quiet["station"])
    with app.app_context():
        assert flags.search(clock.now()) == 2
        assert flags.search(clock.now()) == 0
        assert sorted(db.session().scalars(select(Flag.kind))) == ["hours", "pair"]
        db.session().remove()


def test_back_and_forth_is_a_pattern(work, mall, counter, coupon, opened, app):
    till = counter(name="孟白")
    mate = counter(till.ids["store"], name="江宁")
    with work():
        coupon(code="AGAIN")
    for number in range(2):
        receipt = till.receipt(till.redeem("again", "20"))
        mate.receipt(mate.post(f"receipts/{receipt}/reverse", key=f"undo-000{number}", why="coupon", reason=""))
    with app.app_context():
        assert flags.search(clock.now()) == 1
        assert db.session().scalar(select(Flag.kind)) == "round"
        db.session().remove()


def test_a_person_looks_and_says_what_it_was(work, mall, at_till, redeem, opened, app, person, send):
    _browser, ids = at_till()
    opened.add(ids["station"])
    redeem(ids)
    with app.app_context():
        flags.search(clock.now())
        number = db.session().scalar(select(Flag.id))
        db.session().remove()
    page, door = LIST + "flags/", f"{LIST}flags/{number}"
    reader, finance = person(Role.AUDITOR), person("rewards.finance")
    assert "不在开放时间" in reader.get(page).text
    assert "看过了" not in reader.get(page).text
    assert "待核实" in finance.get(LIST).text
    empty = send(finance, page, door, note="")
    assert empty.status_code == 422
    assert "请写一句核实的结果" in empty.text
    assert send(finance, page, f"{LIST}flags/9999", note="看过").status_code == 404
    assert send(reader, LIST + "flags/?tab=done", door, note="看过").status_code == 403
    assert send(finance, page, door, note="店里盘点，没有问题").status_code == 303
    assert "没有不寻常的核销" in finance.get(page).text
    assert "店里盘点，没有问题" in finance.get(page + "?tab=done").text
    assert send(finance, LIST + "flags/?tab=done", door, note="又看一遍").status_code == 303
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Flag).where(Flag.note == "店里盘点，没有问题")) == 1
