"""The break-time exercise: courses, teams that log their breaks, rates, reminders, a coach for a firm."""

from __future__ import annotations

import re
import threading
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM, Role
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall_chapters.exercise import keeping, queries, reminding, services
from unionhall_chapters.exercise.models import CoachVisit, Practice, Slot


@pytest.fixture
def post():
    """Return `post(client, path, **fields)`, which brings the token that a page of the same browser carries."""

    def send(client, path, /, **fields):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1)
        return client.post(path, data={"csrf_token": token, **fields})

    return send


@pytest.fixture
def office(work, make):
    with work():
        org = make.org(name="天目机电工会")
        member, officer = make.member(org, account=True), make.account(Role.ORG_ADMIN, org)
        return {"org": org.id, "member": member.id, "account": member.account_id, "officer": officer.id}


def test_a_team_logs_each_break_once_and_its_org_has_a_rate(client, login, post, work, office):
    path = "/chapters/exercise/mine"
    assert client.get(path).status_code == 302
    login(client, office["account"])
    assert post(client, path, act="team", name="", size="12").status_code == 422
    assert post(client, path, act="team", name="三楼财务科", size="12").status_code == 303
    taken = post(client, path, act="team", name="三楼财务科", size="3")
    assert taken.status_code == 422
    assert "已经有叫" in taken.text
    with work():
        team = queries.led_by(office["member"])[0].id
    sent = {"act": "log", "team": str(team), "day": "2026-05-14", "slot": "am", "people": "10"}
    assert post(client, path, **sent).status_code == 303
    assert "之前已经记过" in (post(client, path, **sent) and client.get(path).text)
    for change, words in (({"people": "13"}, "请填 1 到 12"), ({"day": "2026-05-12"}, "只能记今天和昨天"), ({"slot": "pm"}, "做完再记")):
        wrong = post(client, path, **(sent | change))
        assert wrong.status_code == 422
        assert words in wrong.text
    assert post(client, path, **(sent | {"team": "999"})).status_code in (404, 422)
    page = client.get("/chapters/exercise/").text
    assert "天目机电工会" in page
    assert "1 / 1" in page
    with work():
        span = (date(2026, 5, 1), date(2026, 6, 1))
        assert (keeping.practised("/1/", *span), keeping.teams("/1/", *span)) == (1, 1)
        person = Person(office["account"], office["member"])
        assert keeping.export(person)["teams"] == [{"name": "三楼财务科", "people": 12}]
        keeping.erase(person, clock.now())
        assert keeping.export(person) == {"reminder": None, "teams": [], "visits": []}
        assert queries.rates(*span)[0].practised == 1


def test_reminders_come_at_ten_and_three_on_working_days_to_who_asked(app, client, login, post, work, office, at):
    login(client, office["account"])
    assert post(client, "/chapters/exercise/mine", act="remind", am="y").status_code == 303
    sent = []
    for moment in ("2026-05-14 09:59", "2026-05-14 10:00", "2026-05-14 10:02", "2026-05-14 15:00", "2026-05-16 10:00", "2026-05-15 10:05"):
        now = at(moment)
        with app.app_context():
            reminding.run(now)
            db.session().remove()
        with work():
            sent.append(db.session().scalar(select(func.count()).select_from(Notice).where(Notice.kind == "chapters.break")))
    assert sent == [0, 1, 1, 1, 1, 2]


def test_a_course_is_shown_and_a_firm_gets_a_coach(client, login, post, work, office):
    login(client, office["officer"])
    path = "/desk/chapters/exercise/courses/new"
    early = post(client, path, title="办公室八段锦", minutes="8", shown="y")
    assert early.status_code == 422
    assert "要先有视频或分步动作" in early.text
    assert post(client, path, title="外站", minutes="8", film="https://example.org/a.mp4").status_code == 422
    assert post(client, path, title="办公室八段锦", minutes="8", steps="两手托天\n左右开弓", shown="y").status_code == 303
    assert "左右开弓" in client.get("/chapters/exercise/").text
    assert "两手托天" in client.get("/chapters/exercise/poster").text
    assert client.get("/chapters/exercise/qr.svg").mimetype == "image/svg+xml"
    login(client, office["account"])
    asked = "/chapters/exercise/coach"
    assert "11 位" in post(client, asked, contact="钱会员", mobile="123", people="30").text
    assert post(client, asked, contact="钱会员", mobile="138 0000 2617", people="30", wish="周三下午").status_code == 303
    with work():
        visit = db.session().scalar(unscoped(select(CoachVisit.id), why="test"))
    assert client.get("/desk/chapters/exercise/").status_code == 403
    login(client, office["officer"])
    listed = client.get("/desk/chapters/exercise/").text
    assert "天目机电工会" in listed
    assert "13800002617" not in listed
    answer = f"/desk/chapters/exercise/visits/{visit}"
    assert "13800002617" in post(client, answer, act="call").text
    assert "写原因" in post(client, answer, act="declined").text
    assert post(client, answer, act="agreed", answer="5 月 20 日下午到").status_code == 303
    assert post(client, answer, act="agreed", answer="又一次").status_code == 422
    with work():
        assert db.session().scalar(select(func.count()).select_from(Notice).where(Notice.kind == "chapters.coach")) == 1
    login(client, office["account"])
    assert "5 月 20 日下午到" in client.get(asked).text


@pytest.mark.both
def test_a_break_logged_twice_at_once_counts_once(app, work, office):
    now = clock.now()
    with work():
        team = services.add_team("二楼", 8, member_id=office["member"], org_id=office["org"], actor=SYSTEM, now=now).id
    gate, found = threading.Barrier(4), []

    def log():
        with app.app_context():
            gate.wait()
            for _again in range(50):
                try:
                    with db.unit_of_work():
                        found.append(
                            services.log(team, clock.local_day(now), Slot.MORNING, 8, member_id=office["member"], actor=SYSTEM, now=now)
                        )
                except OperationalError:
                    continue
                break
            db.session().remove()

    crew = [threading.Thread(target=log) for _n in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert sorted(found) == [False, False, False, True]
    with work():
        assert db.session().scalar(unscoped(select(func.count()).select_from(Practice), why="test")) == 1
