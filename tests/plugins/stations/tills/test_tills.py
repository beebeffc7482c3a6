"""Tills: enrolled once, revoked at once; turns begin with a PIN."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.hooks.types import Role
from unionhall.platform.access import unscoped
from unionhall_stations import api
from unionhall_stations.models import Clerk, Station, Store, Till, Turn
from unionhall_stations.tills import beginning, enrolling, numbers
from unionhall_stations.tills.turns import DEVICE, TURN

from .conftest import PIN

TILL, ENROL = "/stations/till", "/stations/till/enrol"
NO_GOOD = "这个码现在不能用"


def _wrong(post, browser, place, pin="904172", **more):
    return post(browser, TILL, clerk_id=place["clerk"], pin=pin, **more)


def test_a_till_is_made_enrolled_and_its_cookie_is_out_of_reach(app, client, person, post, place):
    boss, path = person(Role.ORG_ADMIN), f"/desk/stations/stores/{place['store']}/tills/"
    made = post(boss, path + "new", station_id=place["station"], label="店长手机")
    assert made.status_code == 200
    code = re.search(r'p-stations-code mono">([0-9A-Z]{4}-[0-9A-Z]{4})<', made.text).group(1)
    assert "data:image/svg+xml" in made.text
    assert "已经有“店长手机”" in post(boss, path + "new", station_id=place["station"], label="店长手机").text
    assert post(boss, path + "new", station_id="999", label="别处").status_code == 422
    shown = client.get(ENROL, query_string={"code": code})
    assert code in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    answer = post(client, ENROL, code=code.lower().replace("-", " "))
    assert answer.status_code == 303
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(DEVICE))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=31536000" in cookie
    assert "孟白" in client.get(TILL).text
    twice = post(app.test_client(), ENROL, code=code)
    assert twice.status_code == 422
    assert NO_GOOD in twice.text


def test_a_code_is_good_for_thirty_minutes_and_wrong_ones_say_the_same(client, post, place, work, row, at):
    for bad in ("AAAA-BBBB", "1", "x" * 40, "'; drop table", numbers.DEMO_CODE):
        answer = post(client, ENROL, code=bad)
        assert answer.status_code == 422
        assert NO_GOOD in answer.text
    assert "还没有输登记码" in post(client, ENROL, code="").text
    at("2026-05-14 10:01")
    assert NO_GOOD in post(client, ENROL, code=place["code"]).text
    assert row(Till, place["till"], "token_hash") is None


def test_nobody_tries_out_codes(client, post, place):
    answers = [post(client, ENROL, code="AAAA-BBBB").status_code for _n in range(21)]
    assert answers == [422] * 20 + [429]
    assert post(client, ENROL, code=place["code"]).status_code == 429


def test_a_new_code_takes_the_till_from_the_old_device(app, device, person, post, place):
    boss, path = person(Role.ORG_ADMIN), f"/desk/stations/stores/{place['store']}/tills/{place['till']}"
    code = re.search(r'p-stations-code mono">([0-9A-Z-]{9})<', post(boss, path, do="code").text).group(1)
    assert "孟白" in device.get(TILL).text
    fresh = app.test_client()
    assert post(fresh, ENROL, code=code).status_code == 303
    assert device.get(TILL).location.endswith("/till/enrol")
    assert "孟白" in fresh.get(TILL).text


def test_a_revoked_till_stops_at_once(at_counter, person, post, place):
    boss, path = person(Role.ORG_ADMIN), f"/desk/stations/stores/{place['store']}/tills/{place['till']}"
    assert "店员 孟白" in at_counter.get(TILL).text
    assert "没有交班" in boss.get(path).text
    assert post(boss, path, do="revoke").status_code == 303
    assert at_counter.get(TILL).location.endswith("/till/enrol")
    assert post(at_counter, TILL + "/leave").status_code == 404
    assert post(at_counter, TILL + "/pin").status_code == 404
    assert post(boss, path, do="revoke").status_code == 303
    assert post(boss, path, do="code").status_code == 409
    assert post(boss, path, do="nonsense").status_code == 400


def test_a_turn_begins_with_the_right_pin_and_ends_by_handing_over(device, post, place, work, shop):
    page = device.get(TILL).text
    assert 'inputmode="numeric"' in page
    assert "请选择你的名字" in post(device, TILL, pin=PIN).text
    assert "还没有输 PIN" in post(device, TILL, clerk_id=place["clerk"], pin="").text
    begun = post(device, TILL, clerk_id=place["clerk"], pin="３５８０２１")
    assert begun.status_code == 303
    cookie = next(line for line in begun.headers.getlist("Set-Cookie") if line.startswith(TURN))
    assert "HttpOnly" in cookie
    assert "Max-Age" not in cookie
    assert "店员 孟白" in device.get(TILL).text
    assert post(device, TILL + "/leave").status_code == 303
    assert "请选择" not in device.get(TILL).text
    assert "接班" in device.get(TILL).text
    assert post(device, TILL + "/leave").status_code == 303
    with work() as session:
        assert session.scalars(unscoped(select(Turn.ended_at), why="test")).one() is not None


def test_a_clerk_of_another_store_cannot_begin_here(device, post, work, shop):
    with work():
        stranger = shop.clerk(shop.store(), "外人").id
    answer = post(device, TILL, clerk_id=stranger, pin=PIN)
    assert answer.status_code == 422
    assert TURN not in str(answer.headers.getlist("Set-Cookie"))


def test_five_wrong_pins_lock_for_fifteen_minutes(device, person, post, place, row, at):
    for left in (4, 3, 2, 1):
        answer = _wrong(post, device, place)
        assert answer.status_code == 422
        assert f"再错 {left} 次" in answer.text
    assert "09:45 以后再试" in _wrong(post, device, place).text
    assert "09:45 以后再试" in _wrong(post, device, place, PIN).text
    assert "锁到 09:45" in person(Role.ORG_ADMIN).get(f"/desk/stations/stores/{place['store']}/").text
    at("2026-05-14 09:46")
    assert _wrong(post, device, place, PIN).status_code == 303
    assert row(Clerk, place["clerk"], "wrong_pins", "locked_until") == (0, None)


def test_the_right_pin_forgives_the_wrong_ones_before(device, post, place, row):
    for _n in range(4):
        _wrong(post, device, place)
    assert row(Clerk, place["clerk"], "wrong_pins") == 4
    assert _wrong(post, device, place, PIN).status_code == 303
    assert row(Clerk, place["clerk"], "wrong_pins") == 0


def test_a_till_takes_thirty_tries_in_a_quarter_of_an_hour(device, post, place, work, shop):
    with work() as session:
        store = session.get(Till, place["till"], execution_options={"unionhall_scope": "test"}).store
        crew = [shop.clerk(store, f"店员{number}").id for number in range(8)]
    answers = [post(device, TILL, clerk_id=crew[number // 4], pin="904172").status_code for number in range(31)]
    assert answers[:30] == [422] * 30
    assert answers[30] == 429


def test_the_first_pin_must_be_changed_and_will_not_be_trivial(device, post, place, work, shop, row):
    with work() as session:
        store = session.get(Till, place["till"], execution_options={"unionhall_scope": "test"}).store
        clerk, start = shop.clerk(store, "新人", pin="")
        number = clerk.id
    asked = post(device, TILL, clerk_id=number, pin=start, next="/stations/till?x=1")
    assert asked.status_code == 200
    assert "设自己的 PIN" in asked.text
    assert TURN not in str(asked.headers.getlist("Set-Cookie"))
    first = re.search(r'name="first"[^>]*value="([^"]+)"', asked.text).group(1)
    for pin, again, words in (
        ("123456", "123456", "太容易被猜到"), ("88", "88", "现在是 2 个字符"), (start, start, "要和初始 PIN 不一样"),
        ("904172", "904173", "两次输的不一样"),
    ):  # fmt: skip
        answer = post(device, TILL + "/pin", first=first, pin=pin, again=again)
        assert answer.status_code == 422
        assert words in answer.text
    assert row(Clerk, number, "pin_until") is not None
    done = post(device, TILL + "/pin", first=first, pin="904172", again="904172", next="/stations/till?x=1")
    assert done.status_code == 303
    assert done.location.endswith("/stations/till?x=1")
    assert row(Clerk, number, "pin_until") is None
    assert "店员 新人" in device.get(TILL).text
    again = post(device, TILL + "/pin", first=first, pin="284613", again="284613")
    assert again.status_code == 404
    assert post(device, TILL, clerk_id=number, pin=start).status_code == 422
    assert post(device, TILL + "/pin", first="forged", pin="284613", again="284613").status_code == 404


def test_a_start_pin_is_good_for_a_week(device, post, place, work, shop, at):
    with work() as session:
        store = session.get(Till, place["till"], execution_options={"unionhall_scope": "test"}).store
        clerk, start = shop.clerk(store, "新人", pin="")
        number = clerk.id
    at("2026-05-21 09:31")
    assert "已经过期" in post(device, TILL, clerk_id=number, pin=start).text


def test_next_leads_nowhere_else(device, post, place):
    answer = post(device, TILL, clerk_id=place["clerk"], pin=PIN, next="//evil.example/")
    assert answer.location == TILL
    assert device.get(TILL, query_string={"next": "https://evil.example/"}).location == TILL
    assert device.get(TILL, query_string={"next": "/rewards/till/"}).location == "/rewards/till/"


def test_half_an_hour_of_nothing_ends_a_turn(at_counter, at):
    at("2026-05-14 09:55")
    assert "店员 孟白" in at_counter.get(TILL).text
    at("2026-05-14 10:20")
    assert "店员 孟白" in at_counter.get(TILL).text
    at("2026-05-14 10:51")
    assert "店员 孟白" not in at_counter.get(TILL).text


def test_the_next_clerk_takes_over_the_till(app, at_counter, post, place, work, shop):
    with work() as session:
        store = session.get(Till, place["till"], execution_options={"unionhall_scope": "test"}).store
        other = shop.clerk(store, "石一诺").id
    assert post(at_counter, TILL, clerk_id=other, pin=PIN).status_code == 303
    assert "店员 石一诺" in at_counter.get(TILL).text
    with work() as session:
        open_ = session.scalars(unscoped(select(Turn.clerk_id).where(Turn.ended_at.is_(None)), why="test")).all()
    assert open_ == [other]


def test_a_turn_of_another_device_is_worth_nothing(app, at_counter):
    thief = app.test_client()
    thief.set_cookie(TURN, at_counter.get_cookie(TURN).value)
    assert thief.get(TILL).location.endswith("/till/enrol")
    assert thief.get(TILL).status_code == 303


def test_a_clerk_who_left_or_a_station_that_moved_on_ends_the_turn(at_counter, post, place, work, shop):
    with work() as session:
        session.get(Station, place["station"], execution_options={"unionhall_scope": "test"}).store_id = shop.store().id
    page = at_counter.get(TILL)
    assert "已经不由" in page.text
    assert "已经不由" in post(at_counter, TILL, clerk_id=place["clerk"], pin=PIN).text


def test_after_the_last_day_of_the_agreement_nobody_works_although_no_job_has_run(device, post, place, work, at):
    with work() as session:
        session.get(Store, place["store"], execution_options={"unionhall_scope": "test"}).ends_on = clock.local_day(clock.now())
    at("2026-05-14 23:50")
    assert post(device, TILL, clerk_id=place["clerk"], pin=PIN).status_code == 303
    assert "店员 孟白" in device.get(TILL).text
    at("2026-05-15 00:01")
    assert "已经不由" in device.get(TILL).text
    assert post(device, TILL, clerk_id=place["clerk"], pin=PIN).status_code == 422


def test_a_locked_till_says_until_when_and_the_desk_lets_it_go_on(at_counter, person, post, place, work):
    with work():
        api.lock_till(place["till"], clock.now() + timedelta(minutes=15))
    assert "暂停核销到 09:45" in at_counter.get(TILL).text
    boss, path = person(Role.ORG_ADMIN), f"/desk/stations/stores/{place['store']}/tills/{place['till']}"
    assert "暂停到 09:45" in boss.get(path).text
    assert post(boss, path, do="unlock").status_code == 303
    assert "暂停核销到" not in at_counter.get(TILL).text


def test_needs_turn_sends_to_the_pin_and_back_and_hides_from_others(app, client, device, post, place):
    view = api.needs_turn(lambda: api.current_turn().clerk_name)
    with app.test_request_context("/rewards/till/?a=1", headers={"Cookie": f"{DEVICE}={device.get_cookie(DEVICE).value}"}):
        answer = view()
    assert answer.status_code == 303
    assert unquote(answer.location) == "/stations/till?next=/rewards/till/?a=1"
    with app.test_request_context("/rewards/till/"), pytest.raises(NotFound):
        view()
    assert post(device, TILL, clerk_id=place["clerk"], pin=PIN).status_code == 303
    cookies = "; ".join(f"{name}={device.get_cookie(name).value}" for name in (DEVICE, TURN))
    with app.test_request_context("/rewards/till/", headers={"Cookie": cookies}):
        assert view() == "孟白"


def test_strangers_cannot_post_to_a_till(client, post):
    assert client.get(TILL).location.endswith("/till/enrol")
    assert post(client, TILL, clerk_id=1, pin=PIN).status_code == 303
    assert post(client, TILL + "/leave").status_code == 404
    assert post(client, TILL + "/pin", first="x", pin="904172", again="904172").status_code == 404
    assert client.post(TILL, data={"pin": PIN}).status_code == 400


def test_the_demo_code_works_again_and_again_but_never_over_https_alone(app, client, post, place, work):
    with work() as session:
        found = session.get(Till, place["till"], execution_options={"unionhall_scope": "test"})
        found.code_hash, found.code_until = numbers.code_hash(numbers.DEMO_CODE), clock.now() + timedelta(days=1)
    assert "DEMO-TILL" in client.get(ENROL).text
    for _again in range(2):
        assert post(client, ENROL, code="demo-till").status_code == 303
    app.config["SESSION_COOKIE_SECURE"] = True
    try:
        assert "DEMO-TILL" not in client.get(ENROL).text
        with app.test_request_context(), db.unit_of_work(), pytest.raises(UnionHallError, match=NO_GOOD):
            enrolling.enrol("DEMO-TILL", "127.0.0.1", now=clock.now())
    finally:
        app.config["SESSION_COOKIE_SECURE"] = False


@pytest.mark.both
def test_of_four_devices_that_use_a_code_at_once_one_becomes_the_till(at_once, place, work, row):
    now = clock.now()
    found = at_once([lambda: enrolling.enrol(place["code"], "10.0.0.1", now=now).token] * 4)
    assert sum(not isinstance(answer, UnionHallError) for answer in found) == 1
    assert row(Till, place["till"], "code_hash") is None


@pytest.mark.both
def test_wrong_pins_at_once_are_all_counted(at_once, place, work, row):
    now = clock.now()

    def wrong():
        till = db.session().get(Till, place["till"], execution_options={"unionhall_scope": "test"})
        return beginning.begin(till, place["clerk"], "904172", now=now).problem

    at_once([wrong] * 4)
    assert row(Clerk, place["clerk"], "wrong_pins") == 4
    at_once([wrong] * 2)
    assert row(Clerk, place["clerk"], "locked_until") is not None


@pytest.mark.both
def test_of_turns_that_begin_at_once_one_stays_open(at_once, place, work):
    now = clock.now()

    def begin():
        till = db.session().get(Till, place["till"], execution_options={"unionhall_scope": "test"})
        return beginning.begin(till, place["clerk"], PIN, now=now).token

    assert all(isinstance(token, str) and token for token in at_once([begin] * 4))
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Turn).where(Turn.ended_at.is_(None))) == 1
