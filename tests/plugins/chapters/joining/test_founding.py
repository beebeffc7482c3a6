"""A chapter's life: asked for, approved by somebody else, founded by a congress, led for a term, suspended, merged, dissolved."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.plugins.chapters.joining.conftest import chapter_of

from unionhall.accounts.models import AccountGrant
from unionhall.base import clock, db
from unionhall.members.models import Membership
from unionhall.notices.models import Notice
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall_chapters import seams
from unionhall_chapters.joining import terms
from unionhall_chapters.joining.models import Founding
from unionhall_chapters.models import Chapter

ASKED = {
    "name": "青石快递小哥联合工会", "kind": "region", "aims": "把站点联合起来。", "prepared_by": "程远桥", "founders": "18",
    "congress_planned": "2026-06-01",
}
CONGRESS = {
    "held_on": "2026-05-10", "term_until": "2029-05-10", "eligible": "30", "present": "24", "yes": "22", "nays": "1", "abstained": "1",
    "candidates": "会员lead　22 票　当选",
}


def newest():
    """Return the newest chapter."""
    return db.session().scalars(unscoped(select(Chapter).order_by(Chapter.id.desc()).limit(1), why="test")).one()


def grants(account_id):
    """Return {role: is it held} of an account at present."""
    rows = db.session().scalars(select(AccountGrant).where(AccountGrant.account_id == account_id, AccountGrant.role.like("chapters.%")))
    return [(row.role, row.revoked_at is None, row.ends_at) for row in rows]


def test_a_chapter_is_asked_for_by_one_approved_by_another_and_founded_by_its_congress(town, work):
    new = town.post("admin", "/desk/chapters/founding/new", parent_id=str(town.city), **ASKED)
    address = new.headers["Location"]
    assert town.post("lead", "/desk/chapters/founding/new", parent_id=str(town.city), **ASKED).status_code == 422
    assert town.browser("other").get(address).status_code == 404
    short = town.post("admin", f"{address}/apply")
    assert short.status_code == 422
    assert "不到 25 人" in short.text
    town.post("admin", f"{address}/edit", version="1", **ASKED, joint="1")
    assert town.post("admin", f"{address}/edit", version="1", **ASKED, joint="1").status_code == 409
    assert town.post("admin", f"{address}/apply").status_code == 303
    assert town.post("admin", f"{address}/approve").status_code == 403
    assert town.post("second", f"{address}/return").status_code == 422
    assert town.post("second", f"{address}/return", reason="请补上筹备组。").status_code == 303
    assert "请补上筹备组。" in town.browser("admin").get(address).text
    town.post("admin", f"{address}/apply")
    approved = town.post("second", f"{address}/approve")
    assert approved.status_code == 303
    assert town.post("second", f"{address}/approve").status_code == 409
    with work() as session:
        made = newest()
        org, number, slug = session.get(Org, made.org_id), made.id, made.slug
        assert (org.kind, org.parent_id, made.state) == ("association", town.city, "approved")
        told = session.scalars(select(Notice.kind).where(Notice.account_id == town.accounts["admin"]).order_by(Notice.id)).all()
        assert {"chapters.founding_back", "chapters.founding_approved"} <= set(told)
    desk = f"/desk/chapters/{number}"
    assert town.browser("").get(f"/chapters/{slug}/").status_code == 404
    assert "还没有登记成立大会" in town.post("admin", f"{desk}/steps/found").text
    few = CONGRESS | {"present": "12", "yes": "12", "nays": "0", "abstained": "0"}
    town.post("admin", f"{desk}/congress", **few)
    assert "没有通过" in town.post("admin", f"{desk}/steps/found").text
    assert town.post("admin", f"{desk}/congress", **(CONGRESS | {"yes": "24"})).status_code == 422
    town.post("admin", f"{desk}/congress", **(CONGRESS | {"held_on": "2026-05-11"}))
    assert town.post("admin", f"{desk}/steps/found").status_code == 303
    assert town.browser("").get(f"/chapters/{slug}/").status_code == 200
    assert town.post("admin", f"{desk}/steps/found").status_code == 409
    assert "没有在任的负责人" in town.post("admin", f"{desk}/steps/activate").text
    assert town.post("other", f"{desk}/steps/activate").status_code == 404
    assert town.post("lead", f"{desk}/steps/activate").status_code == 403


def appoint(town, who="ann", **changed):
    """Appoint somebody at the town's chapter."""
    post = {
        "member_id": str(town.members[who]), "title": "会长", "role": "chapters.officer", "heads": "1", "since": "2026-05-14",
        "until": "2026-08-10", "position": "1",
    }
    return town.post("admin", f"/desk/chapters/{town.chapter}/officers/new", **(post | changed))


def test_an_office_brings_its_role_for_its_term_and_the_chapter_without_a_head_expires(town, work, at):
    with work():
        chapter_of(town.chapter).join_rule = "open"
    town.post("ann", f"/chapters/{town.slug}/join", agreed="1")
    desk = f"/desk/chapters/{town.chapter}"
    assert town.browser("ann").get(f"{desk}/members/").status_code == 403
    assert appoint(town).status_code == 422
    assert town.post("admin", f"{desk}/congress", **(CONGRESS | {"term_until": "2026-08-10"})).status_code == 303
    assert appoint(town, until="2027-01-01").status_code == 422
    assert appoint(town).status_code == 303
    assert appoint(town).status_code == 409
    assert town.post("lead", f"{desk}/officers/new", member_id="1").status_code == 403
    assert town.browser("ann").get(f"{desk}/members/").status_code == 200
    assert "会员ann" in town.browser("").get(f"/chapters/{town.slug}/").text
    with work():
        assert [role for role, held, _until in grants(town.accounts["ann"]) if held] == ["chapters.officer"]
    for day, number in (("2026-05-20 03:00", 1), ("2026-05-21 03:00", 1), ("2026-07-20 03:00", 2)):
        at(day)
        with town.app.app_context():
            terms.look_after(clock.now())
        with work() as session:
            mine = (Notice.kind == "chapters.term_ends") & (Notice.account_id == town.accounts["ann"])
            assert len(session.scalars(select(Notice.id).where(mine)).all()) == number
    at("2026-08-11 03:00")
    with town.app.app_context():
        terms.look_after(clock.now())
    town.browsers.clear()
    assert town.browser("ann").get(f"{desk}/members/").status_code == 403
    page = town.browser("admin").get(f"{desk}/").text
    assert "任期届满" in page
    assert "现在没有在任的负责人" in page
    with work() as session:
        told = session.scalars(select(Notice.account_id).where(Notice.kind == "chapters.expired")).all()
        assert town.accounts["admin"] in told
    town.post("admin", f"{desk}/congress", **(CONGRESS | {"held_on": "2026-08-10", "term_until": "2029-08-10"}))
    appoint(town, since="2026-08-11", until="2029-08-10")
    assert town.post("admin", f"{desk}/steps/renew").status_code == 303
    with work() as session:
        office = session.scalars(select(terms.offices.Office).where(terms.offices.Office.ended_on.is_(None))).one().id
    assert town.post("admin", f"{desk}/officers/{office}/end").status_code == 303
    assert town.browser("ann").get(f"{desk}/members/").status_code == 403


@pytest.mark.both
def test_a_chapter_is_suspended_blocked_and_dissolved_with_its_memberships(town, work, monkeypatch):
    desk = f"/desk/chapters/{town.chapter}"
    assert town.post("admin", f"{desk}/steps/suspend").status_code == 422
    assert town.post("admin", f"{desk}/steps/suspend", reason="整改。").status_code == 303
    assert "暂时停办" in town.browser("").get(f"/chapters/{town.slug}/").text
    assert town.post("ann", f"/chapters/{town.slug}/join", agreed="1").status_code == 422
    monkeypatch.setattr(seams, "BLOCKERS", [lambda chapter: f"“{chapter.name}”还有没付清的福利。"])
    blocked = town.post("admin", f"{desk}/steps/dissolve", reason="会员大会决定。")
    assert "还有没付清的福利" in blocked.text
    monkeypatch.setattr(seams, "BLOCKERS", [])
    assert town.post("admin", f"{desk}/steps/dissolve", reason="会员大会决定。").status_code == 303
    assert town.post("admin", f"{desk}/steps/dissolve", reason="再一次。").status_code == 409
    with work() as session:
        wanted = select(Membership).where(Membership.member_id == town.members["lead"]).order_by(Membership.id)
        rows = session.scalars(unscoped(wanted, why="test")).all()
        assert [row.ended_on is None for row in rows] == [True, False]
        assert session.get(Org, town.org).status == "closed"
    assert "已经注销" in town.browser("").get(f"/chapters/{town.slug}/").text
    assert "青石太极协会工会" not in town.browser("").get("/chapters/").text


@pytest.mark.both
def test_a_merged_chapter_hands_over_its_people_once_and_leads_to_the_other(town, work, chapter, make):
    with work() as session:
        other = chapter(session.get(Org, town.city), name="青石健身协会工会", slug="jianshen", join_rule="open")
        number = other.id
        chapter_of(town.chapter).join_rule = "open"
    for who, slug in (("ann", "taiji"), ("ann", "jianshen"), ("ben", "taiji")):
        assert town.post(who, f"/chapters/{slug}/join", agreed="1").status_code == 303
    assert town.post("lead", f"/desk/chapters/{town.chapter}/merge", target=str(number), reason="合并").status_code == 403
    assert town.post("admin", f"/desk/chapters/{town.chapter}/merge", target=str(number), reason="").status_code == 422
    assert town.post("admin", f"/desk/chapters/{town.chapter}/merge", target=str(number), reason="人少。").status_code == 303
    gone = town.browser("").get(f"/chapters/{town.slug}/")
    assert gone.status_code == 301
    assert gone.headers["Location"].endswith("/chapters/jianshen/")
    roster = town.browser("admin").get(f"/desk/chapters/{number}/members/").text
    assert "共 3 人" in roster
    assert roster.count("会员ann") == 2  # the name, and the way to let her go
    with work():
        assert newest().state == "active"
        assert chapter_of(town.chapter).state == "dissolved"


def test_the_list_and_the_page_say_what_there_is_and_officers_write_it(town, work, make):
    desk = f"/desk/chapters/{town.chapter}"
    with work() as session:
        picture = make.picture(session.get(Org, town.org), alt="晨练", caption="湖滨公园的早晨").id
        version = chapter_of(town.chapter).version
    said = {
        "version": str(version), "seal": "拳", "motto": "一起慢下来", "summary": "公园里练拳", "intro": "<h2>教什么</h2><p>八段锦<script>x</script></p>",
        "meets": "周六 06:30", "contact": "0000-1", "join_rule": "approval", "probation_months": "0", "cover_id": str(picture),
        "photos": str(picture), "name_en": "Tai Chi Chapter",
    }
    assert town.post("lead", f"{desk}/page", **said).status_code == 303
    again = town.post("lead", f"{desk}/page", **said)
    assert again.status_code == 409
    assert "一起慢下来" in again.text
    page = town.browser("").get(f"/chapters/{town.slug}/").text
    for words in ("一起慢下来", "<h2>教什么</h2>", "周六 06:30", "湖滨公园的早晨", "青石市总工会"):
        assert words in page
    assert "<script>x" not in page
    assert "这是预览" in town.browser("lead").get(f"{desk}/preview").text
    assert "Tai Chi Chapter" in town.browser("").get(f"/chapters/{town.slug}/?lang=en").text
    assert "Members: 1" in town.browser("").get("/chapters/?lang=en").text
    assert town.post("lead", f"{desk}/rules/", adopted_on="2026-05-01", text="第一条").status_code == 303
    assert town.post("lead", f"{desk}/rules/", adopted_on="2026-05-02", text="第一条　改过").status_code == 303
    rules = town.browser("").get(f"/chapters/{town.slug}/rules/").text
    assert "第 2 版" in rules
    assert "第 1 版" in rules
    assert town.browser("stranger").get(f"{desk}/page").status_code == 403
    assert town.browser("other").get(f"{desk}/page").status_code == 404
    listed = town.browser("admin").get("/desk/chapters/").text
    assert "青石太极协会工会" in listed
    assert "青石太极协会工会" not in town.browser("other").get("/desk/chapters/").text
    assert "没有符合的协会" in town.browser("admin").get("/desk/chapters/?q=书法").text
    with work() as session:
        org, city = session.get(Org, town.org).slug, session.get(Org, town.city).slug
        assert not session.scalars(unscoped(select(Founding), why="test")).all()
    assert "协会主页" in town.browser("").get(f"/orgs/{org}/").text
    assert "所属协会" in town.browser("").get(f"/orgs/{city}/").text
    assert "青石太极协会工会" in town.browser("").get("/").text
    assert "/chapters/taiji/" in town.browser("").get("/search?q=太极").text
