"""Unions by the share of their members that take part, stars of the month, and how members are named to others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.people import Person
from unionhall.hooks.types import Role
from unionhall.members.ages import count_ages
from unionhall.platform.access import unscoped
from unionhall_quiz.play.models import Attempt, Paper, Round
from unionhall_quiz.team import counting, exports, keeping, queries
from unionhall_quiz.team.models import AgeLine, Month, NamingChoice, Star

DAY = date(2026, 5, 14)


def answer(member, org, found, back, right=2):
    now, day = clock.now(), DAY - timedelta(days=back)
    paper = db.session().scalar(unscoped(select(Paper).where(Paper.round_id == found.id, Paper.day == day), why="test"))
    if paper is None:
        paper = Paper(round_id=found.id, day=day, created_at=now)
        db.session().add(paper)
        db.session().flush()
    db.session().add(Attempt(
        round_id=found.id, paper_id=paper.id, member_id=member.id, org_path=org.path, day=day, state="scored", nonce="n", total=3, score=right,
        passed=True, began_at=now, due_at=now, scored_at=now,
    ))  # fmt: skip
    db.session().flush()


@pytest.fixture
def played(at, work, make):
    """A daily round since 1 May: 6 of 8 of a small union answer every day, 10 of 40 of a large one on five days, nobody of an idle one."""
    at("2026-04-20 09:30")
    with work() as session:
        now = clock.now()
        small, large, idle = (make.org(make.root, name=name) for name in ("小工会", "大工会", "闲工会"))
        people = {
            org: [make.member(org, account=True, name=f"{family}星{place:02d}") for place in range(number)]
            for org, number, family in ((small, 8, "赵"), (large, 40, "钱"), (idle, 20, "孙"))
        }
        found = Round(
            org_id=make.root.id, slug="daily", title="每日一答", calendar="daily", since=date(2026, 5, 1), state="running", quota={},
            created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(found)
        session.flush()
        for org, number, days in ((small, 6, range(1, 14)), (large, 10, range(1, 6))):
            for member in people[org][:number]:
                for back in days:
                    answer(member, org, found, back, 3 if member is people[small][0] else 2)
        first, lazy = people[small][0], people[idle]
        made = {
            "round": found.id, "orgs": [small.id, large.id, idle.id], "first": first.id, "account": first.account_id, "name": first.name,
            "names": [member.name for member in people[small]], "idle": [member.id for member in lazy], "second": people[small][1].account_id,
        }  # fmt: skip
    at("2026-05-14 09:30")
    return made


@pytest.fixture
def count(app):
    """Return `count()`, which runs the job as the worker does."""

    def once():
        with app.app_context():
            try:
                return counting.run(clock.now())
            finally:
                db.session().remove()

    return once


def the_round():
    return db.session().scalar(unscoped(select(Round), why="test"))


def lines(month="2026-05"):
    found = the_round()
    rows = queries.teams(found, month, queries.base(found))
    return [(row.org.name, row.place, row.people, row.members) for row in rows]


@pytest.mark.both
def test_unions_are_ranked_by_share_and_counted_once_a_day(count, at, work, played):
    assert count() == 1
    assert count() == 0
    with work() as session:
        kept = session.get(Month, (played["round"], "2026-05"))
        assert (kept.until, kept.days, kept.people, kept.three, kept.two, kept.one) == (DAY, 13, 16, 6, 0, 10)
        assert lines() == [("小工会", 1, 6, 8), ("大工会", 2, 10, 40), ("闲工会", 3, 0, 20)]
    at("2026-05-15 01:00")
    assert count() == 1
    with work() as session:
        assert session.get(Month, (played["round"], "2026-05")).until == date(2026, 5, 15)


@pytest.mark.both
def test_few_people_are_not_told_nor_by_what_is_left(count, work, played):
    with work():
        found = the_round()
        org = queries.orgs_by_ids([played["orgs"][2]])[played["orgs"][2]]
        for number in played["idle"][:3]:
            answer(_member(number), org, found, 1)
    count()
    with work():
        assert lines() == [("大工会", 1, 10, 40), ("小工会", None, None, 8), ("闲工会", None, None, 20)]


def _member(number):
    from unionhall.members.queries import by_id

    return by_id(number)


def test_a_month_that_is_over_is_counted_to_its_end_and_then_left_alone(count, at, work, played):
    at("2026-06-02 03:00")
    assert count() == 2
    with work() as session:
        assert session.get(Month, (played["round"], "2026-05")).until == date(2026, 6, 1)
        assert session.get(Month, (played["round"], "2026-05")).days == 31
    assert count() == 0


def test_somebody_who_moved_is_counted_once_where_they_answered_last(count, work, played):
    with work():
        found, orgs = the_round(), queries.orgs_by_ids(played["orgs"])
        attempts = db.session().scalars(unscoped(
            select(Attempt).where(Attempt.member_id == played["first"]).order_by(Attempt.id), why="test"
        )).unique().all()  # fmt: skip
        for row in attempts[:4]:
            row.org_path = orgs[played["orgs"][1]].path
        assert found
    count()
    with work():
        assert lines()[:2] == [("小工会", 1, 6, 8), ("大工会", 2, 10, 40)]


def test_the_list_masks_names_until_their_members_choose(client, app, login, send, count, work, played):
    count()
    page = client.get("/quiz/daily/ranking").text
    assert "小工会" in page and "75.0%" in page and "月度之星" in page
    assert not [name for name in played["names"] if name in page]
    assert page.count("赵**") == 6 and "75.0%" in client.get("/quiz/daily/ranking?month=2026-05&org=1").text
    own = app.test_client()
    login(own, played["account"])
    mine = own.get("/quiz/together").text
    assert "本月 3 星" in mine and "13 个答题日" in mine and "排第 1" in mine
    assert send(own, "/quiz/together", choice="named").status_code == 303
    page = client.get("/quiz/daily/ranking").text
    assert played["name"] in page and "小工会" in page.split(played["name"])[1][:80]
    other = app.test_client()
    login(other, played["second"])
    send(other, "/quiz/together", choice="hidden")
    page = client.get("/quiz/daily/ranking").text
    stars = page.split('class="p-quiz-stars"')[1].split("</ol>")[0]
    assert stars.count("<li>") == 15 and played["name"] in stars
    send(own, "/quiz/together", choice="hidden")
    assert played["name"] not in client.get("/quiz/daily/ranking").text


def test_who_is_alike_stands_in_an_order_that_nobody_chose(count, work, played):
    count()
    with work() as session:
        rows = session.scalars(select(Star).order_by(Star.place)).all()
        assert rows[0].member_id == played["first"] and [row.days for row in rows] == [13] * 6 + [5] * 10
        assert sorted(row.member_id for row in rows) != [row.member_id for row in rows]


def test_too_few_people_make_no_list(client, count, work, played):
    with work() as session:
        session.query(Attempt).filter(Attempt.org_path.like("%")).filter(Attempt.member_id != played["first"]).delete()
    count()
    page = client.get("/quiz/daily/ranking").text
    assert "先不列名单" in page and "p-quiz-stars\"" not in page


def test_pages_before_there_is_a_count_and_odd_addresses(client, count, work, played, make):
    assert "还没有榜" in client.get("/quiz/daily/ranking").text
    count()
    for query in ("month=2026-13", "month=2025-01", "org=999999", "org=x", "month=../"):
        assert client.get(f"/quiz/daily/ranking?{query}").status_code == 404
    assert client.get("/quiz/none/ranking").status_code == 404
    assert client.get("/quiz/daily/ranking?month=2026-05").status_code == 200


def test_ones_own_page_is_ones_own(client, person, app, login, send, count, work, played):
    assert client.get("/quiz/together").status_code == 302
    staff = person(Role.EDITOR)
    assert "先激活会员身份" in staff.get("/quiz/together").text
    assert send(staff, "/forgot", to="/quiz/together", choice="named").status_code in (403, 404)
    own = app.test_client()
    login(own, played["account"])
    wrong = send(own, "/quiz/together", choice="loud")
    assert (wrong.status_code, "请选一种" in wrong.text) == (422, True)
    with work() as session:
        assert session.get(NamingChoice, played["first"]) is None
    new = person()
    assert "还没有答过" in new.get("/quiz/together").text


def test_personal_data_is_told_and_erased(count, work, played):
    count()
    who = Person(played["account"], played["first"])
    with work() as session:
        told = keeping.export(who)
        assert told["月度之星"][0]["答题天数"] == 13 and told["榜上的写法"] == "不写全名"
        session.add(NamingChoice(member_id=played["first"], choice="named", chosen_at=clock.now()))
        session.flush()
        for _again in range(2):
            assert list(keeping.erase(who, clock.now())) == []
        assert keeping.export(who) == {}
        assert session.scalar(select(func.count()).select_from(Star)) == 15


def test_ages_are_counted_in_bands_without_people(count, work, make, played):
    with work() as session:
        known = count_ages([played["first"], *played["idle"]], DAY)
        assert sum(known.values()) == 21
        assert count_ages([played["first"]] * 2, DAY) == count_ages([played["first"]], DAY)
    count()
    with work() as session:
        rows = session.scalars(select(AgeLine)).all()
        assert sum(row.people for row in rows) == 16
        bands = queries.ages(played["round"], "2026-05")
        assert all(people is None or people >= queries.SMALL for _band, people in bands)


def test_the_export_of_unions_is_scoped(count, work, make, played):
    count()
    with work():
        rows = list(exports.rows(make.actor(Role.ORG_ADMIN), "/", {"round": str(played["round"])}))
        assert [row[2:5] for row in rows] == [["小工会", 6, 8], ["大工会", 10, 40], ["闲工会", 0, 20]]
        stranger = make.actor(Role.ORG_ADMIN, make.org(make.root))
        assert list(exports.rows(stranger, "/", {"round": str(played["round"])})) == []
        assert list(exports.rows(stranger, "/", {"round": "x"})) == []
