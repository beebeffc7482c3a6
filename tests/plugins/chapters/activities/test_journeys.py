"""Activities as people meet them: made in the desk, signed up for, called off, moved, changed from a day on, every week."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM
from unionhall.members import queries as members
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall.signups import checkin, entries, people
from unionhall.signups import queries as sheets
from unionhall.signups.entries import Wish
from unionhall.signups.models import Entry, State
from unionhall_chapters import queries as chapters
from unionhall_chapters.activities import days, exports, figures, findable, keeping, making, services, weekly
from unionhall_chapters.activities.models import Day, Series, Weekly


def every(series_id):
    return list(db.session().scalars(unscoped(select(Day).where(Day.series_id == series_id).order_by(Day.day), why="test")))


def series_of(park):
    return db.session().scalar(unscoped(select(Series).where(Series.id == park["series"]), why="test"))


def sign_up(day, member_id, **wish):
    who = people.of_member(members.by_id(member_id))
    return entries.sign_up(day.sheet, who, Wish(**wish), actor=SYSTEM, now=clock.now())


def told(account_id, kind):
    wanted = select(func.count()).select_from(Notice).where(Notice.account_id == account_id, Notice.kind == kind)
    return db.session().scalar(wanted)


def test_an_officer_makes_a_weekly_activity_and_a_leader_only_looks(client, login, post, park):
    login(client, park["officer"])
    path = f"/desk/chapters/{park['chapter']}/activities/"
    sent = {"title": "周四八段锦", "begins": "18:30", "minutes": "60", "first_day": "2026-05-21", "venue": "文化宫", "weekdays": ["4"],
            "ahead_weeks": "3", "level": "beginner", "reach": "members", "partner_id": "0", "places": "20", "cost": "15.5"}  # fmt: skip
    wrong = post(client, path + "new", **(sent | {"cost": "十五", "skipped": "五月"}))
    assert wrong.status_code == 422
    assert "请填金额" in wrong.text
    assert "“五月”不是日期" in wrong.text
    assert "周四八段锦" in wrong.text
    made = post(client, path + "new", **(sent | {"skipped": "2026-05-28"}))
    assert made.status_code == 303, made.text
    page = client.get(made.location).text
    assert "5 月 21 日" in page
    assert "5 月 28 日" not in page
    assert "分摊 15.50 元" in page
    public = client.get("/chapters/taiji/calendar/?month=2026-05").text
    assert "周四八段锦" in public
    assert "公园晨练太极" in public
    login(client, park["leader"])
    looked = client.get(made.location).text
    assert "现场码" in looked
    assert "取消这天" not in looked
    assert client.get(path + "new").status_code == 403
    assert client.get(made.location + "edit").status_code == 403


def test_a_single_activity_has_its_day_at_once_and_not_in_the_past(client, login, post, park):
    login(client, park["officer"])
    path = f"/desk/chapters/{park['chapter']}/activities/new"
    sent = {"title": "登山", "begins": "08:00", "minutes": "240", "first_day": "2026-08-20", "venue": "大涤山", "ahead_weeks": "4",
            "level": "all", "reach": "chapter", "partner_id": "0"}  # fmt: skip
    late = post(client, path, **(sent | {"first_day": "2026-05-13"}))
    assert late.status_code == 422
    assert "已经过去" in late.text
    page = client.get(post(client, path, **sent).location).text
    assert "8 月 20 日" in page
    assert "SUMMARY:登山" in client.get("/chapters/taiji/calendar.ics").text


def test_one_tap_calls_a_day_off_tells_who_signed_up_and_marks_the_calendar(client, login, post, work, park):
    with work():
        first, second = every(park["series"])[:2]
        entry = sign_up(first, park["members"][0])
        sign_up(second, park["members"][0])
        day_id, entry_id, sheet_id = first.id, entry.id, first.sheet_id
    login(client, park["officer"])
    path = f"/desk/chapters/{park['chapter']}/activities/{park['series']}/days/{day_id}/cancel"
    assert "有 1 份报名" in client.get(path).text
    assert post(client, path, quick="天气原因").status_code == 303
    assert "已经取消" in client.get(path).text
    with work():
        assert sheets.entry(entry_id).state == State.CANCELLED
        assert told(park["accounts"][0], "chapters.day_cancelled") == 1
        assert told(park["accounts"][0], "signups.cancelled_by_org") == 0
        assert days.cancel(every(park["series"])[0], "又一次", actor=SYSTEM, now=clock.now()) is False
        with pytest.raises(RuleBroken):
            sign_up(every(park["series"])[0], park["members"][1])
    feed = client.get("/chapters/taiji/calendar.ics").text
    assert feed.count("STATUS:CANCELLED") == 1
    assert feed.count("STATUS:CONFIRMED") == 3
    assert "取消：天气原因" in client.get(f"/chapters/taiji/activities/{park['series']}/").text
    login(client, park["accounts"][0])
    assert "天气原因" in client.get("/my/notices").text or "已取消" in client.get(f"/my/signups/{entry_id}").text
    assert client.get(f"/signups/{sheet_id}/").status_code == 200


def test_a_moved_day_keeps_its_people_and_its_place_in_calendars(client, login, post, work, park):
    with work():
        first = every(park["series"])[0]
        sign_up(first, park["members"][0])
        day_id = first.id
    uid = re.search(rf"UID:chapters-occurrence-{day_id}@\S+", client.get("/chapters/taiji/calendar.ics").text).group()
    login(client, park["officer"])
    path = f"/desk/chapters/{park['chapter']}/activities/{park['series']}/days/{day_id}/move"
    wrong = post(client, path, starts_at="2026-05-10T07:00", minutes="60", venue="体育馆")
    assert wrong.status_code == 422
    assert "已经过去" in wrong.text
    assert post(client, path, starts_at="2026-05-20T07:00", minutes="60", venue="体育馆").status_code == 303
    feed = client.get("/chapters/taiji/calendar.ics").text
    assert uid in feed
    assert "DTSTART:20260519T230000Z" in feed
    assert "LOCATION:体育馆" in feed
    with work():
        assert told(park["accounts"][0], "signups.changed") == 1
        assert making.make_days(making.lock(park["series"]), date(2026, 6, 11), now=clock.now()) == []


def test_a_series_changes_from_a_day_on_and_never_silently(client, login, post, work, park):
    with work():
        second = every(park["series"])[1]
        sign_up(second, park["members"][0])
    login(client, park["officer"])
    path = f"/desk/chapters/{park['chapter']}/activities/{park['series']}/edit"
    sent = {"title": "公园晨练太极", "begins": "07:00", "minutes": "60", "first_day": "2026-05-19", "venue": "锦城公园南门",
            "weekdays": ["2", "5"], "ahead_weeks": "4", "level": "all", "reach": "chapter", "partner_id": "0", "places": "3",
            "risk": "晨练前请量力而行。", "since": "2026-05-26", "version": "1"}  # fmt: skip
    asked = post(client, path, **sent)
    assert asked.status_code == 422
    assert "05-26（1 人）" in asked.text
    with work():
        assert {clock.local(day.starts_at).hour for day in every(park["series"])} == {6}
    assert post(client, path, **(sent | {"sure": "y"})).status_code == 303
    assert post(client, path, **sent).status_code == 409
    with work():
        found = every(park["series"])
        assert [(day.day.isoweekday(), clock.local(day.starts_at).hour) for day in found[:3]] == [(2, 6), (5, 7), (2, 7)] or [
            (day.day.isoformat(), clock.local(day.starts_at).hour) for day in found[:2]
        ] == [("2026-05-19", 6), ("2026-05-22", 7)]
        assert told(park["accounts"][0], "signups.changed") == 1
        untouched = next(day for day in found if day.day == date(2026, 5, 19))
        assert clock.local(untouched.starts_at).hour == 6
    ended = f"/desk/chapters/{park['chapter']}/activities/{park['series']}/end"
    assert post(client, ended, last="2026-05-20").status_code == 422
    assert post(client, ended, last="2026-05-20", sure="y").status_code == 303
    with work():
        left = [day for day in every(park["series"]) if day.cancelled_at is None]
        assert [day.day for day in left] == [date(2026, 5, 19)]
        assert told(park["accounts"][0], "chapters.day_cancelled") == 1
        assert findable.ids(0, 10) == []


def test_coming_every_week_enters_each_new_day_while_places_last(app, client, login, post, work, park, at):
    path = f"/chapters/taiji/activities/{park['series']}/weekly"
    assert client.get(path).status_code == 302
    login(client, park["accounts"][0])
    refused = post(client, path, act="start")
    assert refused.status_code == 422
    assert "风险提示" in refused.text
    assert post(client, path, act="start", agreed="y").status_code == 303
    post(client, path, act="start", agreed="y")
    with work():
        assert db.session().scalar(unscoped(select(func.count()).select_from(Weekly), why="test")) == 1
        assert [day.sheet.taken for day in every(park["series"])] == [1, 1, 1, 1]
        entries.cancel(sheets.live(every(park["series"])[1].sheet_id, people.of_member(members.by_id(park["members"][0]))),
                       actor=SYSTEM, now=clock.now())  # fmt: skip
    assert "太极" in client.get("/my/").text
    at("2026-05-21 09:30")
    with app.app_context():
        assert making.make_due(clock.now()) == 1
        assert making.make_due(clock.now()) == 0
        db.session().remove()
    with work():
        assert [day.sheet.taken for day in every(park["series"])] == [1, 0, 1, 1, 1]
        series = series_of(park)
        plan = replace(park["plan"], risk="新的风险提示。")
        services.change(series, plan, since=date(2026, 5, 21), sure=False, version=1, actor=SYSTEM, now=clock.now())
    at("2026-05-28 09:30")
    with app.app_context():
        making.make_due(clock.now())
        db.session().remove()
    with work():
        assert every(park["series"])[-1].sheet.taken == 0
        assert told(park["accounts"][0], "chapters.agree_again") == 1
    login(client, park["accounts"][0])
    assert "改过了" in client.get(path).text
    post(client, path, act="stop")
    with work():
        assert weekly.of_member(park["series"], park["members"][0]) is None
        person = Person(park["accounts"][0], park["members"][0])
        assert [row["activity"] for row in keeping.export(person)["weekly"]] == ["公园晨练太极"]
        keeping.erase(person, clock.now())
        assert keeping.export(person)["weekly"] == []


def test_two_chapters_hold_one_activity_and_it_counts_once(client, login, post, work, make, chapter, park, at):
    from unionhall.accounts.administration import grant
    from unionhall.orgs.models import Org

    with work() as session:
        other = chapter(name="健步协会工会", slug="walk")
        officer = make.account()
        grant(officer, "chapters.officer", session.get(Org, other.org_id), actor=SYSTEM, now=clock.now())
        other_id, officer_id = other.id, officer.id
        with pytest.raises(RuleBroken):
            services.create(chapters.by_ids([park["chapter"]])[park["chapter"]], replace(park["plan"], partner_id=other_id), actor=SYSTEM, now=clock.now())
    with work():
        plan = replace(park["plan"], title="联合健步", reach="members", partner_id=other_id, weekdays="", risk="")
        made = services.create(chapters.by_ids([park["chapter"]])[park["chapter"]], plan, actor=SYSTEM, now=clock.now())
        series_id = made.id
        checkin.check_in(sign_up(every(series_id)[0], park["members"][0]), actor=SYSTEM, now=clock.now())
    assert "联合健步" not in client.get("/chapters/walk/calendar/?month=2026-05").text
    login(client, officer_id)
    assert "想和你们合办" in client.get(f"/desk/chapters/{other_id}/activities/").text
    assert post(client, f"/desk/chapters/{other_id}/activities/{series_id}/partner", act="agree").status_code == 303
    assert "联合健步" in client.get("/chapters/walk/calendar/?month=2026-05").text
    assert "联合健步" in client.get("/chapters/taiji/calendar/?month=2026-05").text
    assert client.get(f"/desk/chapters/{other_id}/activities/{series_id}/").status_code == 404
    at("2026-05-20 09:30")
    with work():
        span = (date(2026, 5, 1), date(2026, 6, 1))
        assert (figures.held("/1/", *span), figures.people("/1/", *span), figures.times("/1/", *span)) == (2, 1, 1)
        rows = list(exports.rows(SYSTEM, "/1/", {"activity": str(series_id)}))
        assert [(row[0], bool(row[4])) for row in rows] == [("联合健步", True)]
        assert [result.title for result in findable.results(findable.look(["健步"], 5))] == ["联合健步"]


def crowd(app, *tasks):
    """Do all of it at once, each in a unit of work of its own; a busy database is tried again. Returns what came of each."""
    gate, found = threading.Barrier(len(tasks)), []

    def run(task):
        with app.app_context():
            gate.wait()
            for _again in range(60):
                try:
                    with db.unit_of_work():
                        result = task()
                except OperationalError:
                    continue
                except RuleBroken:
                    result = "refused"
                found.append(result)
                break
            db.session().remove()

    crew = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return found


@pytest.mark.both
def test_two_workers_make_each_day_once_and_enter_everybody_once(app, work, park, at):
    with work():
        for member_id in park["members"]:
            weekly.start(series_of(park), member_id, agreed=True, actor=SYSTEM, now=clock.now())
        assert [day.sheet.taken for day in every(park["series"])] == [3, 3, 3, 3]
    now = at("2026-05-28 09:30")

    def make_them():
        series = making.lock(park["series"])
        made = making.make_days(series, making.horizon(series, clock.local_day(now)), now=now)
        weekly.enter(series, made, now=now)
        return len(made)

    assert sorted(crowd(app, make_them, make_them, make_them)) == [0, 0, 2]
    with work():
        found = every(park["series"])
        assert [day.sheet.taken for day in found] == [3] * 6
        wanted = select(func.count()).select_from(Entry).where(Entry.sheet_id == found[-1].sheet_id)
        assert db.session().scalar(unscoped(wanted, why="test")) == 3


@pytest.mark.both
def test_nobody_is_left_on_a_day_that_is_called_off_meanwhile(app, work, park):
    with work():
        day_id, sheet_id = every(park["series"])[0].id, every(park["series"])[0].sheet_id
        who = [people.of_member(members.by_id(member_id)) for member_id in park["members"][:3]]
    now = clock.now()

    def join(person):
        return lambda: entries.sign_up(sheets.sheet(sheet_id), person, Wish(), actor=SYSTEM, now=now).state

    def off():
        found = db.session().scalar(unscoped(select(Day).where(Day.id == day_id), why="test"))
        return days.cancel(found, "大雨", actor=SYSTEM, now=now)

    crowd(app, *(join(person) for person in who), off, off)
    with work():
        sheet = sheets.sheet(sheet_id)
        alive = select(func.count()).select_from(Entry).where(Entry.sheet_id == sheet_id, Entry.state == State.ACCEPTED)
        assert (sheet.taken, db.session().scalar(unscoped(alive, why="test"))) == (0, 0)
        gone = select(Entry.account_id).where(Entry.sheet_id == sheet_id)
        signed = list(db.session().scalars(unscoped(gone, why="test")))
        assert [told(account_id, "chapters.day_cancelled") for account_id in signed] == [1] * len(signed)
