"""Service hours: counted, proposed, reported, corrected; a statement that anybody checks; nobody's after erasure."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from unionhall.accounts.administration import grant
from unionhall.accounts.services import by_id
from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall_chapters import queries as chapters
from unionhall_chapters.volunteers import figures, hours, keeping, queries, statements, teams
from unionhall_chapters.volunteers.models import Hours


@pytest.mark.both
def test_hours_come_from_both_scans_and_never_twice(at_once, work, volunteers, at):
    with work() as session:
        here, team, (both, forgot, away, long) = volunteers.team(4)
        shift = volunteers.shift(here, team, places=4)
        for member in (both, forgot, away, long):
            volunteers.join(shift, member)
        volunteers.scan(shift, both, at("2026-05-16 07:28"), at("2026-05-16 09:21"))
        volunteers.scan(shift, forgot, at("2026-05-16 07:50"))
        volunteers.scan(shift, long, at("2026-05-16 07:00"), at("2026-05-16 11:00"))
        shift_id, org = shift.id, here.org_id
        on, off, gone, most, chapter_id = both.id, forgot.id, away.id, long.id, here.id
        path = session.get(Org, org).path
        at("2026-05-16 10:00")
        assert hours.settle_due(clock.now()) == 0
    at("2026-05-16 12:00")
    at_once([lambda: hours.settle(queries.shift(shift_id), now=clock.now())] * 4)
    with work() as session:
        rows = {row.member_id: row for row in session.scalars(unscoped(select(Hours), why="test"))}
        told = {number: (row.minutes, row.state, row.source) for number, row in rows.items()}
        assert told == {
            on: (110, "approved", "scan"), off: (100, "proposed", "list"), most: (150, "approved", "scan"),
        }  # fmt: skip
        assert [row.member_id for row in queries.missed(shift_id)] == [gone]
        year = (date(2026, 1, 1), date(2027, 1, 1))
        assert (figures.people(path, *year), figures.times(path, *year), figures.whole_hours(path, *year)) == (2, 2, 4)
        number = rows[off].id
        here = chapters.by_ids([chapter_id])[chapter_id]
        hours.add(here, queries.shift(shift_id), gone, 60, "在场，手机没电", actor=SYSTEM, now=clock.now())
        with pytest.raises(Conflict):
            hours.add(here, queries.shift(shift_id), gone, 60, "在场，手机没电", actor=SYSTEM, now=clock.now())

    def approve():
        chapter = chapters.by_ids([chapter_id])[chapter_id]
        hours.decide(chapter, queries.record(number), yes=True, actor=SYSTEM, now=clock.now())

    raised = at_once([approve, approve, approve])
    assert sorted(isinstance(error, Conflict) for error in raised) == [False, True, True]


def test_a_report_of_ones_own_needs_somebody_elses_yes_and_a_correction_leaves_its_trail(app, client, work, make, login, volunteers, send):
    with work():
        here, _team, (leader, member) = volunteers.team(2)
        base, number = f"/desk/chapters/{here.id}/volunteers/hours/", here.id
        officer = volunteers.officer(here).id
        account, leading = member.account_id, leader.account_id
        grant(by_id(account), "chapters.leader", db.session().get(Org, here.org_id), actor=SYSTEM, now=clock.now())
    url = "/chapters/my/volunteer/report"
    login(client, account)
    team_id = re.search(r'<option[^>]*value="(\d+)"', client.get(url).text).group(1)
    future = send(client, url, team_id=team_id, begins_at="2026-05-14T09:00", minutes="60", note="帮王奶奶搬家")
    assert future.status_code == 422 and "只能补报已经结束的" in future.text and "帮王奶奶搬家" in future.text
    for _twice in range(2):
        assert send(client, url, team_id=team_id, begins_at="2026-05-12T09:00", minutes="63", note="帮王奶奶搬家").status_code == 303
    with work() as session:
        (record,) = session.scalars(unscoped(select(Hours), why="test"))
        assert (record.minutes, record.state, record.source) == (60, "proposed", "self")
        one = record.id
        with pytest.raises(NotAllowed):
            chapter = chapters.by_ids([number])[number]
            hours.decide(chapter, record, yes=True, actor=make.actor_of(by_id(account)), now=clock.now())
    assert send(client, base, id=one, do="yes").status_code == 422  # one's own
    login(client, officer)
    assert "帮王奶奶搬家" in client.get(base).text
    assert send(client, base, id=one, do="no").status_code == 422
    assert send(client, base, id=one, do="yes").status_code == 303
    page = f"{base}{one}/"
    assert send(client, page, version="1", minutes="45", reason="只搬了一趟").status_code == 422  # a stale page
    assert send(client, page, version="2", minutes="47", reason="只搬了一趟").status_code == 422
    assert send(client, page, version="2", minutes="45", reason="").status_code == 422
    assert send(client, page, version="2", minutes="45", reason="只搬了一趟").status_code == 303
    shown = client.get(page).text
    assert "1 小时 → 45 分" in shown and "只搬了一趟" in shown
    login(client, account)
    mine = client.get("/chapters/my/volunteer/").text
    assert "由 1 小时 更正为 45 分：只搬了一趟" in mine
    assert "工时更正为 45 分" in client.get("/my/inbox/").text
    login(client, leading)
    assert client.get(base).status_code == 403


def test_the_yearly_statement_is_the_same_until_the_hours_change(app, client, work, login, volunteers, send, at):
    with work():
        here, team, (_leader, member) = volunteers.team(2)
        for day, left in ((12, "09:30"), (13, "08:30")):
            at(f"2026-05-{day - 1} 09:00")
            shift = volunteers.shift(here, team, day=date(2026, 5, day))
            volunteers.join(shift, member)
            volunteers.scan(shift, member, at(f"2026-05-{day} 07:30"), at(f"2026-05-{day} {left}"))
            hours.settle(shift, now=at(f"2026-05-{day} 12:00"))
        at("2026-05-14 09:30")
        chapter_id, account, one = here.id, member.account_id, queries.mine(member.id)[0].id
    login(client, account)
    url = "/chapters/my/volunteer/"
    first = send(client, url, do="statement", id=chapter_id, year=2026).location
    assert send(client, url, do="statement", id=chapter_id, year=2026).location == first
    client.set_cookie("uh_lang", "en")
    assert send(client, url, do="statement", id=chapter_id, year=2026).location == first  # it is in the site's language, whoever asks
    assert "Statement of the year" in client.get(url).text
    client.set_cookie("uh_lang", "zh_CN")
    page = client.get(first).text
    number = re.search(r'class="proof__number">([^<]+)<', page).group(1)
    assert all(words in page for words in ("3 小时", "2 次", "文明引导队", "2026-05-13", "太极协会工会"))
    assert client.get(first + "proof.pdf").mimetype == "application/pdf"
    checked = app.test_client().get(f"/verify/{number}/").text
    assert "3 小时" in checked and "有效" in checked
    with work():
        here = chapters.by_ids([chapter_id])[chapter_id]
        hours.correct(here, queries.record(one), 30, "登记有误", version=1, actor=SYSTEM, now=clock.now())
    second = send(client, url, do="statement", id=chapter_id, year=2026).location
    assert second != first and "2 小时 30 分" in client.get(second).text
    assert "已经换发" in app.test_client().get(f"/verify/{number}/").text
    assert send(client, url, do="statement", id=chapter_id, year=2020).status_code == 422


@pytest.mark.both
def test_an_erased_volunteer_leaves_hours_of_nobody(work, volunteers, at):
    with work() as session:
        here, team, (_leader, member) = volunteers.team(2)
        teams.tell_of_oneself(member.id, skills="急救证", free_when="周末", emergency="张敏 13900000000", now=clock.now())
        assert "13900000000" not in queries.volunteer(member.id).emergency_sealed
        shift = volunteers.shift(here, team)
        volunteers.join(shift, member)
        volunteers.scan(shift, member, at("2026-05-16 07:30"), at("2026-05-16 09:30"))
        hours.settle(shift, now=at("2026-05-16 12:00"))
        statements.issue(here, member.id, 2026, actor=SYSTEM, now=clock.now())
        person = Person(member.account_id, member.id)
        told = str(keeping.export(person))
        assert "张敏 13900000000" in told and "2 小时" in told
        assert len(list(keeping.erase(person, clock.now()))) == 1
        assert keeping.export(person) == {} and list(keeping.erase(person, clock.now())) == []
        assert session.scalar(unscoped(select(func.sum(Hours.minutes)), why="test")) == 120
