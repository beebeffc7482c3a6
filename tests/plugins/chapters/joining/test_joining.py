"""Joining a chapter: asked for on the phone, by a link, from a list; answered, left, undone. Nobody is a member twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from tests.plugins.chapters.joining.conftest import chapter_of

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotFound
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM
from unionhall.members.models import Look, Membership, Status
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall_chapters.joining import applying, exports, invitations, keeping, listed
from unionhall_chapters.joining.applying import Asked
from unionhall_chapters.joining.models import Application, Belonging, Unorganised


def unions(member_id):
    """Return [(org, primary)] of somebody's current memberships."""
    wanted = select(Membership).where(Membership.member_id == member_id, Membership.ended_on.is_(None)).order_by(Membership.id)
    return [(row.org_id, row.is_primary) for row in db.session().scalars(unscoped(wanted, why="test"))]


def test_a_member_asks_is_refused_waits_asks_again_and_is_taken_in_beside_their_own_union(town, work, at):
    join = f"/chapters/{town.slug}/join"
    assert town.browser("").get(join).text.count("激活会员") >= 1
    assert town.post("ann", join).status_code == 422
    assert town.post("ann", join, agreed="1", words="想学二十四式。").status_code == 303
    assert "申请在等协会答复" in town.browser("ann").get(join).text
    town.post("ann", join, agreed="1")
    with work() as session:
        (asked,) = session.scalars(select(Application)).all()
        told = session.scalars(select(Notice.account_id).where(Notice.kind == "chapters.asked")).all()
        number = asked.id
    assert told == [town.accounts["lead"]]
    desk = f"/desk/chapters/{town.chapter}/applications/"
    assert "想学二十四式。" in town.browser("lead").get(desk).text
    assert "139" not in town.browser("lead").get(desk).text
    for nobody in ("stranger", "ann"):
        assert town.post(nobody, f"{desk}{number}", verdict="accept").status_code == 403
    assert town.post("other", f"{desk}{number}", verdict="accept").status_code == 404
    refused = town.post("lead", f"{desk}{number}", verdict="refuse")
    assert refused.status_code == 422
    assert "请写明原因" in refused.text
    assert town.post("lead", f"{desk}{number}", verdict="refuse", reason="这一期满了。").status_code == 303
    assert town.post("lead", f"{desk}{number}", verdict="accept").status_code == 409
    page = town.browser("ann").get(join).text
    assert "这一期满了。" in page
    assert "申请加入" not in page
    assert town.post("ann", join, agreed="1").status_code == 422
    at("2026-06-20 09:30")
    town.browsers.clear()
    assert town.post("ann", join, agreed="1").status_code == 303
    with work() as session:
        number = session.scalars(select(Application.id).where(Application.state == "open")).one()
    assert town.post("lead", f"{desk}{number}", verdict="accept").status_code == 303
    with work():
        held = unions(town.members["ann"])
    assert [primary for _org, primary in held] == [True, False]
    assert held[1][0] == town.org
    assert "同时加入了青石太极协会工会" in town.browser("ann").get("/my/").text
    assert "会员 2 人，其中二次覆盖 2 人" in town.browser("").get("/chapters/").text


def test_leaving_is_one_tap_and_can_be_undone_for_a_day(town, work, at):
    with work():
        chapter_of(town.chapter).join_rule = "open"
        chapter_of(town.chapter).probation_months = 3
    join = f"/chapters/{town.slug}/join"
    town.post("ann", join, agreed="1")
    assert "见习到 2026-08-14" in town.browser("ann").get(join).text
    assert "见习到 2026-08-14" in town.browser("lead").get(f"/desk/chapters/{town.chapter}/members/").text
    town.post("ann", f"{join}/leave")
    assert "撤销退出" in town.browser("ann").get(join).text
    at("2026-05-14 20:00")
    town.browsers.clear()
    assert town.post("ann", f"{join}/back").status_code == 303
    with work() as session:
        assert len(unions(town.members["ann"])) == 2
        rows = session.scalars(select(Belonging).where(Belonging.member_id == town.members["ann"]).order_by(Belonging.id)).all()
        assert [row.left_at is None for row in rows] == [False, True]
        assert rows[1].probation_until == rows[0].probation_until
    town.post("ann", f"{join}/leave")
    at("2026-05-16 20:00")
    town.browsers.clear()
    assert "撤销退出" not in town.browser("ann").get(join).text
    assert town.post("ann", f"{join}/back").status_code == 422
    assert town.post("stranger", f"{join}/leave").status_code == 403


def test_an_invitation_lets_so_many_in_until_its_day_and_nobody_else(town, work, at):
    with work():
        chapter_of(town.chapter).join_rule = "invitation"
    join = f"/chapters/{town.slug}/join"
    assert "凭邀请加入" in town.browser("ann").get(join).text
    assert town.post("ann", join, agreed="1").status_code == 422
    assert town.post("lead", f"/desk/chapters/{town.chapter}/invites", label="训练班", uses="1", days="7").status_code == 303
    with work():
        (invite,) = invitations.of_chapter(chapter_of(town.chapter))
        token = invitations.token(invite)
    assert f"join?i={token}" in town.browser("lead").get(f"/desk/chapters/{town.chapter}/applications/").text
    assert town.post("ann", f"{join}?i={token}x", agreed="1").status_code == 422
    assert town.post("ann", f"{join}?i={token}", agreed="1").status_code == 303
    assert "你是这个协会的会员" in town.browser("ann").get(join).text
    assert "已经用完或过期" in town.browser("ben").get(f"{join}?i={token}").text
    assert town.post("ben", f"{join}?i={token}", agreed="1").status_code == 422
    assert town.post("lead", f"/desk/chapters/{town.chapter}/invites", uses="0", days="7").status_code == 422


def test_a_list_is_tried_first_and_the_exported_roster_can_be_read_again(town, work, make):
    with work():
        known = {name: make.id_number(900 + n) for n, name in enumerate(("周一", "周二"))}
        for name, number in known.items():
            make.member(name=name, id_number=number)
    address = f"/desk/chapters/{town.chapter}/import"
    table = "姓名,证件号码\n" + "\n".join(f"{name},{number}" for name, number in known.items()) + f"\n改名,{known['周一']}\n周一,{known['周一']}\n"
    tried = town.post("lead", address, data={"file": (BytesIO(table.encode()), "list.csv")})
    assert "有 2 人可以加入" in tried.text
    assert "对不上" in tried.text
    assert "名单里重复" in tried.text
    with work():
        assert not db.session().scalars(select(Belonging)).all()
    sealed = tried.text.split('name="sealed" value="')[1].split('"')[0]
    assert town.post("lead", address, sealed=sealed).status_code == 303
    town.post("lead", address, sealed=sealed)
    roster = town.browser("lead").get(f"/desk/chapters/{town.chapter}/members/?q=周").text
    assert "共 2 人" in roster
    assert known["周一"] not in roster
    code = roster.split("周一<small>")[1].split("<")[0]
    again = town.post("lead", address, pasted=f"会员编号\t姓名\n{code}\t周一\n1-00000000\t周二\n")
    assert "已经是会员" in again.text
    assert "对不上" in again.text
    assert town.post("lead", address, pasted="名字\n周一\n").status_code == 422
    assert town.post("other", address, pasted="姓名,会员编号\n").status_code == 404


def test_who_has_no_union_leaves_a_number_and_is_called_by_the_union_above(town, work, at):
    address = f"/chapters/{town.slug}/organise"
    assert town.post("", address, name="林小满", mobile="1390000", agreed="1").status_code == 422
    for _again in range(2):
        assert "登记好了" in town.post("", address, name="林小满", mobile="139 0000 1234", employer="外卖站点", agreed="1").text
    desk = "/desk/chapters/unorganised/"
    page = town.browser("admin").get(desk).text
    assert page.count("林小满") == 1
    assert "13900001234" in page
    assert town.browser("lead").get(desk).status_code == 403
    assert "林小满" not in town.browser("other").get(desk).text
    with work() as session:
        row = session.scalars(unscoped(select(Unorganised), why="test")).one()
        assert "13900001234" not in row.mobile_sealed
        number = row.id
    assert town.post("other", f"{desk}{number}", outcome="打过").status_code == 404
    assert town.post("admin", f"{desk}{number}", outcome="加入了街道联合工会").status_code == 303
    assert "林小满" not in town.browser("admin").get(desk).text


@pytest.mark.both
def test_two_answers_and_two_requests_at_once_give_one_membership(app, town, work):
    with work():
        asked = applying.ask(
            chapter_of(town.chapter), Asked(town.members["ben"], town.accounts["ben"]), actor=SYSTEM, now=clock.now()
        )
        number = asked.id

    def answer():
        here = chapter_of(town.chapter)
        applying.decide(applying.get(here, number), here, accept=True, actor=SYSTEM, now=clock.now())

    def ask():
        applying.ask(chapter_of(town.chapter), Asked(town.members["cat"], town.accounts["cat"]), actor=SYSTEM, now=clock.now())

    assert sorted(together(app, answer)) == ["conflict", "conflict", "conflict", "done"]
    together(app, ask)
    with work() as session:
        assert len(unions(town.members["ben"])) == 2
        assert len(session.scalars(select(Belonging).where(Belonging.member_id == town.members["ben"])).all()) == 1
        assert len(session.scalars(select(Application).where(Application.member_id == town.members["cat"])).all()) == 1


def together(app, act, threads=4):
    """Do the same thing from several threads at one moment; a busy database is tried again."""
    gate, found = threading.Barrier(threads), []

    def run():
        with app.app_context():
            gate.wait()
            for _again in range(50):
                try:
                    with db.unit_of_work():
                        act()
                    found.append("done")
                except OperationalError:
                    continue
                except Conflict:
                    found.append("conflict")
                break
            db.session().remove()

    crew = [threading.Thread(target=run) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return found


@pytest.mark.both
def test_somebody_without_a_union_belongs_first_of_all_here_and_a_suspended_one_is_told(town, work, make):
    with work() as session:
        chapter_of(town.chapter).join_rule = "open"
        (alone,), (paused,) = (
            session.scalars(unscoped(select(Membership).where(Membership.member_id == town.members[who]), why="test")).all()
            for who in ("ann", "ben")
        )
        alone.status, alone.ended_on = Status.LEFT.value, clock.local_day(clock.now()) - timedelta(days=3)
        paused.status = Status.SUSPENDED.value
    join = f"/chapters/{town.slug}/join"
    assert town.post("ann", join, agreed="1").status_code == 303
    assert town.post("ben", join, agreed="1").status_code == 303
    with work():
        assert unions(town.members["ann"]) == [(town.org, True)]
    assert "这里是你唯一的工会" in town.browser("ann").get(join).text
    assert "你在单位工会的会籍暂停着" in town.browser("ben").get(join).text
    assert "暂停" in town.browser("lead").get(f"/desk/chapters/{town.chapter}/members/").text


def test_a_person_sees_what_is_kept_of_them_and_has_their_words_erased(town, work):
    town.post("ann", f"/chapters/{town.slug}/join", agreed="1", words="悄悄话")
    person = Person(town.accounts["ann"], town.members["ann"])
    with work():
        assert "悄悄话" in str(keeping.export(person))
        keeping.erase(person, clock.now())
        keeping.erase(person, clock.now())
        assert "悄悄话" not in str(keeping.export(person))
    page = town.browser("lead").get(f"/desk/chapters/{town.chapter}/applications/").text
    assert "悄悄话" not in page


def test_the_exported_roster_holds_no_numbers_and_each_person_sees_who_took_it(town, work, make):
    with work() as session:
        source = next(each for each in exports.SOURCES if each.name == "chapters.roster")
        officer = make.actor_of(session.scalars(unscoped(select(Account).where(Account.id == town.accounts["lead"]), why="test")).one())
        rows = list(source.rows(officer, "/", {"chapter": str(town.chapter), "purpose": "训练分组"}))
        assert [(row[0], row[1], row[4]) for row in rows] == [(listed.code_of(town.members["lead"]), "会员lead", "二次覆盖")]
        assert all(str(cell).find("139") < 0 for row in rows for cell in row)
        (look,) = session.scalars(select(Look).where(Look.member_id == town.members["lead"])).all()
        assert (look.what, look.why) == ("export", "训练分组")
        stranger = make.actor_of(session.scalars(unscoped(select(Account).where(Account.id == town.accounts["other"]), why="test")).one())
        with pytest.raises(NotFound):
            list(source.rows(stranger, "/", {"chapter": str(town.chapter)}))
