"""Figures of chapters: people once at each level, rates side by side, small numbers hidden, as many queries for three as for one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.members import figures as roster
from unionhall.members.models import Membership
from unionhall.orgs.models import Org, OrgKind
from unionhall.plugin import report_period
from unionhall_chapters.figures import counting, queries
from unionhall_chapters.figures.queries import Place
from unionhall_chapters.volunteers.models import Hours, Team

MAY = (date(2026, 5, 1), date(2026, 6, 1))
APRIL = date(2026, 4, 1)


def belong(org, members, *, primary, since=APRIL):
    """Put people on an org's roster."""
    now = clock.now()
    rows = [
        {"member_id": each, "org_id": org, "is_primary": primary, "status": "active", "joined_on": since, "created_at": now, "updated_at": now}
        for each in members
    ]
    db.session().execute(insert(Membership), rows)


def serve(chapter, members, day=date(2026, 4, 18), minutes=120):
    """Give each of some people service in a chapter's team."""
    now = clock.now()
    common = {"org_id": chapter.org_id, "chapter_id": chapter.id}
    team = Team(**common, slug="elder", name="敬老队", purpose="elder", created_at=now, updated_at=now)
    db.session().add(team)
    db.session().flush()
    for place, member in enumerate(members):
        begins = clock.first_moment(day) + timedelta(hours=9, minutes=place)
        db.session().add(Hours(
            **common, team_id=team.id, member_id=member, day=day, begins_at=begins, minutes=minutes, source="list", state="approved",
            created_at=now,
        ))  # fmt: skip
    db.session().flush()


@pytest.fixture
def district(work, make, chapter):
    """A district with 80 people in an enterprise: 120 belong to the tai chi chapter, 40 of them to nothing else, 10 to two chapters."""
    with work():
        town = make.org(kind=OrgKind.DISTRICT, name="东津区总工会")
        firm = make.org(town, OrgKind.ENTERPRISE, "恒渡机电工会")
        first = [make.member(firm, name=f"工人{number}").id for number in range(80)]
        before = {path: roster._standing(None)(path, *MAY) for path in ("/1/", town.path)}
        taiji, books = chapter(town, name="太极协会工会", founded_on=APRIL), chapter(town, name="读书协会工会", kind="region", founded_on=APRIL)
        alone = [make.member(db.session().get(Org, taiji.org_id), name=f"练拳{number}").id for number in range(40)]
        db.session().execute(update(Membership).where(Membership.org_id == taiji.org_id).values(joined_on=APRIL))
        belong(taiji.org_id, first, primary=False)
        belong(books.org_id, first[:10], primary=False)
        serve(taiji, first[:6])
        serve(books, first[:2])
        return {"town": town.path, "org": town.id, "before": before, "taiji": taiji.org_id, "books": books.org_id, "alone": alone}


@pytest.mark.both
def test_each_level_counts_a_person_once(work, district):
    with work():
        town = district["town"]
        for path in ("/1/", town):
            assert roster._standing(None)(path, *MAY) - district["before"][path] == 40
            members = counting.members(path, MAY[1])
            assert (members.people, members.second) == (120, 80)
            assert counting.by_kind(path, MAY[1]) == {"association": 1, "region": 1}
        own = {name: counting.members(db.session().get(Org, district[name]).path, MAY[1]) for name in ("taiji", "books")}
        assert [(each.people, each.second) for each in own.values()] == [(120, 80), (10, 10)]
        assert counting.members(town, APRIL) == (earlier := counting.members("/1/", APRIL))
        assert earlier.people == 0
        figures = {figure.name: figure.count(town, *MAY) for figure in counting.REPORT}
        assert figures == {
            "chapters.chapters": 2, "chapters.kind_association": 1, "chapters.kind_industry": 0, "chapters.kind_region": 1,
            "chapters.kind_project": 0, "chapters.members": 120, "chapters.second": 80,
        }  # fmt: skip


@pytest.mark.both
def test_what_few_did_is_not_told_above_their_chapter(work, district, at):
    now = at("2026-05-14 09:30")
    with work():
        april = report_period({"period": "2026-04"}, clock.local_day(now))
        there = Place(district["town"], district["town"])
        rows, totals = queries.compare(there, april)
        assert [(row.name, row.people, row.second, row.minutes) for row in rows] == [
            ("太极协会工会", 120, 80, None), ("读书协会工会", 10, 10, None),
        ]  # fmt: skip
        assert (totals.members.people, totals.hours, totals.volunteers) == (120, 16, 6)
        inside = db.session().get(Org, district["taiji"]).path
        below, hidden = queries.compare(Place(inside, district["town"]), april)
        assert (below[0].minutes, hidden.hours, hidden.volunteers) == (None, None, None)
        own, shown = queries.compare(Place(inside, inside), april)
        assert (own[0].minutes, own[0].hours, shown.hours) == (720, 0.1, 12)
        running, _totals = queries.compare(there, report_period({"period": "2026-05"}, clock.local_day(now)))
        assert all(row.minutes is None and row.came is None for row in running)
        assert [row.name for row in queries.ordered(rows, "-people")] == ["太极协会工会", "读书协会工会"]
        assert [row.name for row in queries.ordered(rows, "share")] == ["太极协会工会", "读书协会工会"]


def test_the_page_compares_by_rate_and_asks_as_often_for_three_as_for_one(client, login, work, make, chapter, district, queries):
    with work():
        admin = make.account(Role.ORG_ADMIN, db.session().get(Org, district["org"])).id
        leader = make.account(Role.CORRESPONDENT, db.session().get(Org, district["org"])).id
        quiet = make.org(kind=OrgKind.DISTRICT, name="柳浦区总工会")
        only = make.account(Role.ORG_ADMIN, quiet).id
        chapter(quiet, name="摄影协会工会", founded_on=APRIL)
    login(client, admin)
    page = client.get("/desk/chapters/figures/?period=2026-04&sort=-share")
    assert page.status_code == 200
    table = page.text.split("h-compare", 1)[1]
    assert table.index("读书协会工会") < table.index("太极协会工会")
    assert 'aria-sort="descending"' in table
    for words in ("二次覆盖 80 人，占 67%", "66.7%", "100.0%", "兴趣协会 1 个、区域联合 1 个", "摄影"):
        assert (words in page.text) is (words != "摄影")
    unread = client.get("/desk/chapters/figures/?period=nonsense")
    assert unread.status_code == 422
    assert "看不懂这个时间" in unread.text
    with work():
        chapter(db.session().get(Org, district["org"]), name="棋牌协会工会", founded_on=APRIL)
    client.get("/desk/chapters/figures/?period=2026-04")
    with queries() as three:
        client.get("/desk/chapters/figures/?period=2026-04")
    login(client, only)
    client.get("/desk/chapters/figures/?period=2026-04")
    with queries() as one:
        assert "摄影协会工会" in client.get("/desk/chapters/figures/?period=2026-04").text
    assert len(three) == len(one)
    login(client, leader)
    assert client.get("/desk/chapters/figures/").status_code == 403


def test_the_export_hides_what_the_page_hides(work, district):
    from unionhall_chapters.figures.exports import FIGURES

    with work():
        lines = list(FIGURES.rows(SYSTEM, district["town"], {"period": "2026-04"}))
        assert [line[0] for line in lines] == ["太极协会工会", "读书协会工会"]
        assert {len(line) for line in lines} == {len(FIGURES.header({}))}
        assert [line[-2:] for line in lines] == [[None, None], [None, None]]
