"""The code on the organiser's screen: who may use it, for how long, late marks, checking out, places at the door."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.members.models import Member
from unionhall.platform.access import unscoped
from unionhall.signups import attendance, here, people, queries


@pytest.fixture
def morning(work, signups, make, at):
    """Return the ids of a sheet that begins at 10:00 with three places, and of the accounts of two who have one."""
    with work():
        begins = clock.from_local(clock.local(clock.now()).replace(hour=10, minute=0, tzinfo=None))
        sheet = signups.sheet(starts_at=begins, ends_at=begins + timedelta(hours=1), places=3, late_minutes=10, out_minutes=30, walk_in=True)
        members = [make.member(account=True) for _n in range(2)]
        for member in members:
            signups.join(sheet, member)
        found = sheet.id, [member.account_id for member in members]
    at("2026-05-14 09:55")
    return found


def shown(browser, sheet_id):
    page = browser.get(f"/desk/signups/{sheet_id}/screen")
    assert page.status_code == 200
    return re.search(r'onsite__code">(\w{3}) (\w{3})<', page.text)


def tap(app, login, post, account, sheet_id, code, **fields):
    browser = app.test_client()
    login(browser, account)
    return post(browser, f"/signups/{sheet_id}/here", code=code, **({"act": "here"} | fields))


def test_a_member_scans_the_screen_on_arrival_and_again_when_leaving(app, client, login, post, work, make, morning, at):
    sheet_id, (first, second) = morning
    with work():
        leader, stranger = make.account(Role.CLERK), make.account()
        leader_id, stranger_id = leader.id, stranger.id
    login(client, leader_id)
    code = "".join(shown(client, sheet_id).groups())
    anonymous = app.test_client().get(f"/signups/{sheet_id}/here?c={code}")
    assert anonymous.status_code == 302 and "/login" in anonymous.location
    page = tap(app, login, post, first, sheet_id, code.lower())
    assert "签到好了" in page.text and "迟到" not in page.text
    assert "之前已经签到" in tap(app, login, post, first, sheet_id, code).text
    at("2026-05-14 10:12")
    stale = tap(app, login, post, second, sheet_id, code)
    assert stale.status_code == 422 and "已经换了" in stale.text
    late = tap(app, login, post, second, sheet_id, "".join(shown(client, sheet_id).groups()))
    assert "迟到" in late.text
    assert "这项报名只对已激活的会员开放" in tap(
        app, login, post, stranger_id, sheet_id, "".join(shown(client, sheet_id).groups()), act="walk-in"
    ).text
    at("2026-05-14 11:20")
    login(client, leader_id)
    assert "签退好了" in tap(app, login, post, first, sheet_id, "".join(shown(client, sheet_id).groups())).text
    listed = client.get(f"/desk/signups/{sheet_id}/check-in?q=会员").text
    assert "签退" in listed and "迟到" in listed
    with work():
        rows = attendance.of_sheet(queries.sheet(sheet_id))
        assert [(row.late, bool(row.checked_out_at)) for row in rows] == [(False, True), (True, False)]
        entry_id = rows[1].entry_id
    out = post(client, f"/desk/signups/{sheet_id}/check-in", out=str(entry_id))
    assert "11:20 签退" in out.text
    post(client, f"/desk/signups/{sheet_id}/check-in/{entry_id}/undo")
    with work():
        last = attendance.of_sheet(queries.sheet(sheet_id))[1]
        assert (last.checked_in_at, last.checked_out_at) == (None, None)
    at("2026-05-14 12:31")
    login(client, leader_id)
    assert shown(client, sheet_id) is None


def test_a_code_lives_ninety_seconds_and_only_at_its_own_sheet_and_time(app, login, post, work, signups, morning, at):
    sheet_id, (first, _second) = morning
    now = at("2026-05-14 09:59")
    with work():
        code = here.code_at(sheet_id, now)
        other = signups.sheet(title="另一项", starts_at=now)
        assert not here.is_good(other.id, code, now)
        assert here.is_good(sheet_id, code, now + timedelta(seconds=89))
        assert not here.is_good(sheet_id, code, now + timedelta(seconds=90))
        assert not here.is_good(sheet_id, code, now - timedelta(seconds=1))
    early = at("2026-05-14 08:59")
    with work():
        early, over = here.code_at(sheet_id, early), here.code_at(sheet_id, early + timedelta(minutes=122))
    assert "现在不是签到时间" in tap(app, login, post, first, sheet_id, early).text
    at("2026-05-14 11:01")
    assert "补签" in tap(app, login, post, first, sheet_id, over).text
    assert app.test_client().get(f"/signups/{sheet_id + 99}/here").status_code == 404


def test_guessing_ends_soon(app, login, post, morning):
    sheet_id, (first, _second) = morning
    answers = [tap(app, login, post, first, sheet_id, "AAAAAA").status_code for _n in range(11)]
    assert (answers[0], answers[9], answers[10]) == (422, 422, 429)


def test_a_free_place_at_the_door_is_given_until_there_is_none(app, login, post, work, make, morning):
    sheet_id, _accounts = morning
    with work():
        late_comers = [make.member(account=True).account_id for _n in range(2)]
        code = here.code_at(sheet_id, clock.now())
    offered = tap(app, login, post, late_comers[0], sheet_id, code)
    assert "补报并签到" in offered.text
    with work():
        assert len(attendance.of_sheet(queries.sheet(sheet_id))) == 2
    assert "签到好了" in tap(app, login, post, late_comers[0], sheet_id, code, act="walk-in").text
    full = tap(app, login, post, late_comers[1], sheet_id, code, act="walk-in")
    assert full.status_code == 409 and "报满" in full.text
    with work():
        assert queries.sheet(sheet_id).taken == 3


@pytest.mark.both
def test_two_taps_at_once_check_in_once(app, work, morning):
    sheet_id, (first, _second) = morning
    with work():
        who = people.of_member(db.session().scalar(unscoped(select(Member).where(Member.account_id == first), why="test")))
        now = clock.now()
        code = here.code_at(sheet_id, now)
    gate, found = threading.Barrier(4), []

    def scan():
        with app.app_context():
            gate.wait()
            for _again in range(50):
                try:
                    with db.unit_of_work():
                        found.append(here.arrive(queries.sheet(sheet_id), who, code, actor=SYSTEM, now=now).what)
                except OperationalError:
                    continue
                break
            db.session().remove()

    crew = [threading.Thread(target=scan) for _n in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert sorted(found) == ["again", "again", "again", "in"]
    with work():
        assert queries.live(sheet_id, who).checked_in_at == now
