"""The whole demo: members, campaigns in every state and the people in them, as the demo's accounts see them."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from sqlalchemy import func, select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.campaigns import demo, queries
from unionhall.campaigns.models import Campaign, Component, Count, State
from unionhall.members import demo_people, figures, identity
from unionhall.members.models import Member, Membership, MemberTransfer, Status
from unionhall.members.own_models import Correction
from unionhall.notices.models import Delivery, Notice
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.setup import load_demo
from unionhall.signups import models as signups
from unionhall.signups import standing

ALIVE = {"jiankangyue": 612, "chunchaqinzi": 37, "yepao": 46, "anquankaoshi": 96, "hechangjie": 426, "jiankangyue-qunian": 531}


def rows(statement):
    return db.session().execute(unscoped(statement, why="test")).all()


def number(table, *where):
    return db.session().scalar(unscoped(select(func.count()).select_from(table).where(*where), why="test"))


@pytest.mark.both
def test_the_numbers_hold(loaded, app, work):
    with work():
        members(loaded)
        campaigns(loaded)
        told(loaded)
        assert audit.verify().bad is None
        before = [number(table) for table in (Member, signups.Entry, Campaign, Notice, Count)]
    with app.app_context():
        lines = load_demo()
    assert "苏晚晴" in lines[1]
    with work():
        assert [number(table) for table in (Member, signups.Entry, Campaign, Notice, Count)] == before


def members(now):
    assert number(Member) == 2000
    standing = Counter(row.status for row in rows(select(Membership.status).where(Membership.is_primary)))
    assert all(standing[status] >= 4 for status in Status)
    assert standing[Status.ACTIVE] > 1700
    assert number(Membership, Membership.is_primary.is_(False)) == 340
    assert 1100 < number(Member, Member.account_id.is_not(None)) < 1300
    assert {row.state for row in rows(select(MemberTransfer.state))} == {"asked", "accepted", "refused", "withdrawn"}
    assert Counter(row.asked_by_side for row in rows(select(MemberTransfer.asked_by_side).where(MemberTransfer.state == "asked"))) == {
        "from": 2, "to": 1,
    }  # fmt: skip
    assert number(Correction, Correction.state == "open") == 1
    people = list(demo_people.everybody(now))
    assert len({person.name for person in people}) == len({person.number for person in people}) == 2000
    assert not [person.number for person in people if identity.resident_problem(person.number)]
    assert all(identity.is_mobile(person.mobile) for person in people)
    month = clock.local_day(now).replace(day=1)
    assert figures.joined("/", month, clock.local_day(now)) > 0


def campaigns(now):
    made = {row.slug: row for row in db.session().scalars(unscoped(select(Campaign), why="test"))}
    assert {campaign.state for campaign in made.values()} == set(State)
    assert {slug: campaign.state for slug, campaign in made.items()} == {row["slug"]: row["state"] for row in demo.rows()}
    assert {slug: made[slug].reached for slug in ALIVE if made[slug].goal_number} == {
        slug: people for slug, people in ALIVE.items() if made[slug].goal_number
    }
    sheets = {
        row.slug: row.Sheet for row in rows(
            select(Campaign.slug, signups.Sheet).join(Component, Component.campaign_id == Campaign.id)
            .join(signups.Sheet, (signups.Sheet.owner_id == Component.id) & (signups.Sheet.owner_kind == "campaigns.component"))
        )
    }  # fmt: skip
    assert (sheets["chunchaqinzi"].taken, sheets["chunchaqinzi"].places) == (37, 40)
    full = sheets["jinenggongkaike"]
    assert (full.taken, full.waiting) == (60, 9)
    assert number(signups.Entry, signups.Entry.sheet_id == full.id, signups.Entry.state == "pending") == 12
    assert standing.of(sheets["hechangjie"], now) == sheets["hechangjie"].state == "closed"  # the results were published
    assert standing.of(sheets["hejiangbei"], now) == "not-yet"
    last = select(signups.Entry.state).where(signups.Entry.sheet_id == full.id).order_by(signups.Entry.number.desc()).limit(9)
    assert {row.state for row in rows(last)} == {"waiting"}
    for slug, campaign in made.items():
        if campaign.ran:
            steps = queries.steps(campaign)
            assert [step.at for step in steps] == sorted(step.at for step in steps), slug
            assert campaign.reviewed_by not in {None, campaign.created_by}
    once = select(signups.Entry.sheet_id, signups.Entry.person).group_by(signups.Entry.sheet_id, signups.Entry.person)
    assert not rows(once.having(func.count() > 1))
    counted = select(Count.day, Count.people).join(Campaign).where(Campaign.slug == "jiankangyue", Count.place == 0).order_by(Count.day)
    days = [row.people for row in rows(counted)]
    assert len(days) == 18
    assert days == sorted(days)
    assert days[-1] == 612


def told(now):
    assert number(Delivery) == 0
    assert number(Notice, Notice.planned_at.is_(None)) == 0
    mine = select(Notice.created_at, Notice.read_at).join(Account, Account.id == Notice.account_id).where(Account.login == "member")
    found = rows(mine.order_by(Notice.id))
    assert [row.created_at for row in found] == sorted(row.created_at for row in found)
    assert {row.read_at is None for row in found} == {True, False}
    assert all(row.created_at <= now for row in found)


def test_everybody_sees_something_alive(loaded, app, work, desk):
    with work():
        ids = {row.login: row.id for row in rows(select(Account.login, Account.id))}
        made = {row.slug: (row.id, row.state) for row in rows(select(Campaign.slug, Campaign.id, Campaign.state))}
        sheet_ids = [row.id for row in rows(select(signups.Sheet.id))]
        courses = db.session().scalar(unscoped(
            select(signups.Sheet.id).where(signups.Sheet.title.startswith("技能公开课")), why="test"
        ))  # fmt: skip
    reader = app.test_client()
    for slug, (_id, state) in made.items():
        assert reader.get(f"/campaigns/{slug}/").status_code == (404 if state in {"draft", "review", "returned"} else 200), slug
    assert re.search(r"还有\D*3\D*个名额", reader.get("/campaigns/chunchaqinzi/").text)
    assert "检修" in reader.get("/campaigns/yepao/").text
    assert "早班车" in reader.get("/campaigns/hechangjie/").text
    mine = desk(ids["member"])
    page = mine.get("/my/").text
    assert "第二纺织厂" in page
    assert "太极拳协会" in page
    for path in ("/my/signups/", "/my/memberships/", "/my/profile/", "/my/privacy/", "/my/privacy/looks", "/my/notices/", "/my/code"):
        assert mine.get(path).status_code == 200, path
    assert "职工健康月" in mine.get("/my/signups/").text
    assert "半日茶农" not in mine.get("/my/signups/").text
    for login in ("orgadmin", "editor", "chief"):
        staff = desk(ids[login])
        allowed = ["/desk/", "/desk/campaigns/", "/desk/signups/"]
        allowed += [] if login == "editor" else ["/desk/reports/"]
        allowed += ["/desk/members/", "/desk/members/transfers/"] if login == "orgadmin" else []
        for path in allowed:
            assert staff.get(path).status_code == 200, (login, path)
    chief = desk(ids["chief"])
    assert "职工书屋换书周" in chief.get("/desk/").text
    for campaign_id, _state in made.values():
        assert chief.get(f"/desk/campaigns/{campaign_id}/figures").status_code == 200
        assert chief.get(f"/desk/campaigns/{campaign_id}/history").status_code == 200
    admin = desk(ids["orgadmin"])
    assert re.search(r"\b1[,\d]{3,4}\b", admin.get("/desk/members/").text)
    assert "12" in admin.get(f"/desk/signups/{courses}/?state=pending").text
    editor = desk(ids["editor"])
    for path in ("", "check-in", "settings", "form"):
        assert editor.get(f"/desk/signups/{courses}/{path}").status_code == 200, path
    assert all(chief.get(f"/desk/signups/{sheet_id}/").status_code == 200 for sheet_id in sheet_ids)
