"""A member joins a team, signs up for a shift, hands it on; a leader plans, answers and calls off."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from unionhall.base import clock
from unionhall.base.errors import Conflict, UnionHallError
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall.signups import people
from unionhall.signups import queries as signups
from unionhall.signups.models import HOLDING, Entry
from unionhall_chapters import queries as chapters
from unionhall_chapters.volunteers import hours, queries, shifts, swaps
from unionhall_chapters.volunteers.models import NoShow, Shift, Swap
from unionhall_chapters.volunteers.teams import TeamFields


def test_from_an_empty_chapter_to_a_member_on_a_shift(app, client, work, make, login, chapter, volunteers, send):
    with work() as session:
        here = chapter(name="太极协会工会", slug="taiji")
        base, org = f"/desk/chapters/{here.id}/volunteers/", session.get(Org, here.org_id)
        officer, leader = volunteers.officer(here).id, volunteers.officer(here, "chapters.leader").id
        member, stranger = make.member(account=True, also=(org,)), make.member(account=True)
        outsider, far = make.account(Role.EDITOR).id, volunteers.officer(chapter(name="别的协会")).id
        number, account, away = member.id, member.account_id, stranger.account_id
    login(client, officer)
    assert "还没有志愿队" in client.get(base).text
    wrong = send(client, base + "teams/new", name="", purpose="civility")
    assert wrong.status_code == 422 and "还没有填队名" in wrong.text
    made = send(client, base + "teams/new", name="文明引导队", purpose="civility", summary="地铁口引导。", agreement="守时。", active="y")
    team_url = made.location
    assert send(client, base + "teams/new", name="文明引导队", purpose="civility").status_code == 422
    public = app.test_client()
    assert "文明引导队" in public.get("/chapters/taiji/volunteers/").text
    assert "文明引导队" in public.get("/chapters/taiji/").text
    address = re.search(r'href="(/chapters/taiji/volunteers/[^"]+/)"', public.get("/chapters/taiji/volunteers/").text).group(1)
    plan = {"title": "东津站引导", "day": "2026-05-16", "begins": "07:30", "ends": "09:30", "place": "东津站 B 口", "places": "1", "least": "1", "duty_id": "0"}
    weekly = send(client, team_url + "shifts/new", **plan, until="2026-05-30", weekdays=["5"])
    assert weekly.status_code == 303
    assert client.get(team_url).text.count("东津站引导") == 3
    send(client, team_url + "shifts/new", **plan, until="2026-05-30", weekdays=["5"])
    assert client.get(team_url).text.count("东津站引导") == 3
    page = public.get(address).text
    sheets = re.findall(r"/signups/(\d+)/", page)
    assert "东津站 B 口" in page and len(set(sheets)) == 3

    login(client, away)
    assert send(client, address + "join", agreed="y").status_code == 403
    login(client, account)
    assert "只对“文明引导队”的队员开放" in client.get(f"/signups/{sheets[0]}/").text
    assert send(client, address + "join", note="周末有空").status_code == 422
    assert send(client, address + "join", note="周末有空", agreed="y").status_code == 303
    login(client, leader)
    assert "周末有空" in client.get(team_url).text
    assert send(client, team_url, do="no", member=number).status_code == 422
    assert send(client, team_url, do="yes", member=number).status_code == 303
    assert send(client, team_url, do="yes", member=number, page=base + "teams/new").status_code == 422
    assert send(client, team_url, do="lead", member=number, page=base + "teams/new").status_code == 422  # naming leaders is the officers'
    login(client, account)
    assert "欢迎加入文明引导队" in client.get("/my/inbox/").text
    key = re.search(r'name="key"[^>]*value="([^"]+)"', client.get(f"/signups/{sheets[0]}/").text).group(1)
    assert send(client, f"/signups/{sheets[0]}/", key=key).status_code == 303
    mine = client.get("/chapters/my/volunteer/").text
    assert "东津站引导" in mine and "已报上" in mine
    assert "东津站引导" in client.get("/my/").text

    for account_id, status in ((outsider, 403), (far, 404)):
        login(client, account_id)
        assert {client.get(url).status_code for url in (base, team_url, base + "hours/", base + "teams/new")} == {status}
    login(client, away)
    assert "还没有加入志愿队" in client.get("/chapters/my/volunteer/").text
    assert "/login" in app.test_client().get("/chapters/my/volunteer/").location


def test_a_shift_is_handed_on_and_the_leader_sees_it(app, client, work, login, volunteers, send, at):
    with work():
        here, team, (leader, giver, taker) = volunteers.team(3)
        shift = volunteers.shift(here, team, duty_id=leader.id)
        other = volunteers.member(here, team, leader=True, name="第二领队")
        outside = volunteers.team(1, chapter=here, fields=TeamFields("敬老助老队", "elder"))[2][0]
        volunteers.join(shift, giver)
        officer = volunteers.officer(here).id
        chapter_id, shift_id, team_page = here.id, shift.id, f"/chapters/taiji/volunteers/{team.slug}/"
        accounts = {name: row.account_id for name, row in (("leader", leader), ("giver", giver), ("taker", taker), ("other", other), ("out", outside))}
        giver_name, taker_name = giver.name, taker.name
    mine = "/chapters/my/volunteer/"
    login(client, accounts["taker"])
    assert send(client, mine, page="/chapters/my/volunteer/profile", do="offer", id=shift_id).status_code == 409
    login(client, accounts["giver"])
    send(client, mine, do="offer", id=shift_id)
    send(client, mine, do="offer", id=shift_id, page="/chapters/my/volunteer/profile")
    assert "等人接" in client.get(mine).text
    login(client, accounts["taker"])
    assert f"{giver_name}让出" in client.get(mine).text
    with work() as session:
        (offer,) = session.scalars(unscoped(select(Swap), why="test"))
        number = offer.id
    login(client, accounts["out"])
    assert send(client, mine, page="/chapters/my/volunteer/profile", do="take", id=number).status_code == 403
    login(client, accounts["taker"])
    assert send(client, mine, do="take", id=number).status_code == 303
    assert "已报上" in client.get(mine).text
    login(client, accounts["giver"])
    assert "已报上" not in client.get(mine).text
    assert send(client, mine, page="/chapters/my/volunteer/profile", do="withdraw", id=number).status_code == 409

    login(client, accounts["leader"])
    send(client, mine, do="offer-duty", id=shift_id)
    login(client, accounts["taker"])
    assert send(client, mine, page="/chapters/my/volunteer/profile", do="take", id=number + 1).status_code == 403
    login(client, accounts["other"])
    assert send(client, mine, do="take", id=number + 1).status_code == 303
    login(client, officer)
    desk = client.get(f"/desk/chapters/{chapter_id}/volunteers/").text
    assert giver_name in desk and taker_name in desk and "第二领队" in desk
    cancel = send(client, f"/desk/chapters/{chapter_id}/volunteers/shifts/{shift_id}/", do="cancel", reason="暴雨")
    assert cancel.status_code == 303
    login(client, accounts["taker"])
    inbox = client.get("/my/inbox/").text
    assert "取消：东津站引导" in inbox and "有人接了：东津站引导" not in inbox
    assert "暴雨" in client.get(team_page).text and "已取消" in client.get("/chapters/taiji/volunteers/").text


@pytest.mark.both
def test_of_two_who_take_the_same_shift_one_gets_it(at_once, work, volunteers):
    with work():
        here, team, (giver, *takers) = volunteers.team(4)
        shift = volunteers.shift(here, team)
        volunteers.join(shift, giver)
        offer = swaps.offer(shift, giver.id, actor=SYSTEM, now=clock.now()).id
        ids, sheet_id = [taker.id for taker in takers], queries.sheet(shift).id
    raised = at_once([lambda who=who: swaps.take(queries.swap(offer), who, actor=SYSTEM, now=clock.now()) for who in ids])
    assert sorted(isinstance(error, Conflict) for error in raised) == [False, True, True]
    with work() as session:
        taken = queries.swap(offer).taken_by
        assert ids[raised.index(None)] == taken
        holding = select(Entry.member_id).where(Entry.sheet_id == sheet_id, Entry.state.in_(HOLDING))
        assert session.scalars(unscoped(holding, why="test")).all() == [taken]


@pytest.mark.both
def test_who_misses_three_shifts_pauses_until_a_leader_excuses_one(work, volunteers, at):
    with work() as session:
        here, team, (_leader, late) = volunteers.team(2)
        made = [volunteers.shift(here, team, day=date(2026, 5, 16 + n)) for n in range(4)]
        for shift in made[:3]:
            volunteers.join(shift, late)
        for n, shift in enumerate(made[:3]):
            assert shifts.refusal(made[3].id, late.id, clock.now()) is None
            assert hours.settle(shift, now=at(f"2026-05-{16 + n} 12:00")) is True
            assert hours.settle(shift, now=clock.now()) is False
        assert "3 次" in shifts.refusal(made[3].id, late.id, clock.now())
        with pytest.raises(UnionHallError):
            volunteers.join(made[3], late)
        assert session.scalar(unscoped(select(func.count()).select_from(NoShow), why="test")) == 3
        hours.excuse(here, queries.missed(made[1].id)[0], "家人住院", actor=SYSTEM, now=clock.now())
        with pytest.raises(Conflict):
            hours.excuse(here, queries.missed(made[1].id)[0], "家人住院", actor=SYSTEM, now=clock.now())
        volunteers.join(made[3], late)
        assert signups.live(queries.sheet(made[3]).id, people.of_member(late)).state == "accepted"


@pytest.mark.both
def test_planning_the_same_week_twice_at_once_makes_each_shift_once(at_once, work, volunteers):
    with work():
        here, team, _people = volunteers.team(1)
        chapter_id, team_id = here.id, team.id
    def plan():
        chapter = chapters.by_ids([chapter_id])[chapter_id]
        volunteers.shift(chapter, queries.team_of(chapter, team_id), until=date(2026, 6, 20))

    try:
        at_once([plan, plan])
    finally:
        with work() as session:
            assert session.scalar(unscoped(select(func.count()).select_from(Shift), why="test")) == 6
