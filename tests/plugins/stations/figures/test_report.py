"""The report of stations: uptime, cost, redemptions, and that every figure opens its rows."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall_stations.directory.models import StationStep
from unionhall_stations.figures import costs, labels, report, rows, uptime, visit_exports, visits
from unionhall_stations.figures.models import StationCost
from unionhall_stations.models import SpecialDay
from unionhall_stations.tills import uses
from unionhall_stations.tills.models import Visit

PATH = "/desk/stations/figures/visits/"
APRIL, MAY = (date(2026, 4, 1), date(2026, 5, 1)), (date(2026, 5, 1), date(2026, 5, 15))


def step(found, name, at, reason="", until=None):
    db.session().add(StationStep(station_id=found.id, step=name, state="open", reason=reason, until=until, at=at))
    db.session().flush()


def moment(day, hour, minute=0):
    return clock.first_moment(day) + timedelta(hours=hour, minutes=minute)


def test_uptime_is_the_share_of_promised_hours_without_a_pause(work, station):
    with work():
        here = station(holidays="closed")
        step(here, "pause", moment(date(2026, 4, 7), 12), "设备检修")
        step(here, "resume", moment(date(2026, 4, 8), 10))
        db.session().add(SpecialDay(station_id=here.id, since=date(2026, 4, 20), until=date(2026, 4, 21), hours=[], reason="盘点"))
        db.session().flush()
        (found,) = uptime.counted([here], *APRIL, clock.now()).values()
        holidays = sum(not uptime.hours.of_day(here, (), date(2026, 4, day)) for day in range(1, 31))
        assert holidays >= 1
        assert found.promised == (30 - holidays - 2) * 600
        assert found.down == 6 * 60 + 2 * 60


def test_a_pause_that_goes_on_and_hours_to_come_count_up_to_now_and_no_further(work, station, at):
    now = at("2026-05-14 12:00")
    with work():
        here = station()
        step(here, "pause", moment(date(2026, 5, 14), 9), "停水")
        (found,) = uptime.counted([here], date(2026, 5, 14), date(2026, 5, 15), now).values()
        assert (found.promised, found.down) == (240, 180)
        step(here, "resume", now)
        step(here, "pause", now, "停电", until=moment(date(2026, 5, 14), 13))
        later = at("2026-05-14 17:00")
        (found,) = uptime.counted([here], date(2026, 5, 14), date(2026, 5, 15), later).values()
        assert (found.promised, found.down) == (540, 240)


def test_nothing_is_promised_before_it_opened_nor_while_it_was_given_up(work, station):
    with work():
        here = station(opened_on=date(2026, 4, 29))
        step(here, "close", moment(date(2026, 4, 30), 8))
        step(here, "reopen", moment(date(2026, 5, 2), 8))
        april, may = (uptime.counted([here], *span, clock.now())[here.id] for span in (APRIL, (date(2026, 5, 1), date(2026, 5, 4))))
        assert (april.promised, april.down, may.promised, may.down) == (600, 0, 1200, 0)
        assert uptime.counted([station(opened_on=None)], *APRIL, clock.now()).popitem()[1] == uptime.Uptime()


def test_cost_is_counted_by_the_day_and_changes_with_the_month(work, station):
    with work():
        here, silent = station(), station()
        costs.note(here, date(2026, 4, 1), 3_000_00, actor=SYSTEM, now=clock.now())
        costs.note(here, date(2026, 5, 9), 3_100_00, actor=SYSTEM, now=clock.now())
        assert costs.counted([here, silent], *APRIL) == {here.id: 3_000_00}
        assert costs.counted([here], date(2026, 5, 1), date(2026, 5, 11)) == {here.id: 1_000_00}
        assert costs.counted([here], date(2026, 3, 1), date(2026, 6, 1)) == {here.id: 6_100_00}
        costs.note(here, date(2026, 5, 1), 0, actor=SYSTEM, now=clock.now())
        assert costs.counted([here], *MAY) == {here.id: 0}
        for month, fen in ((date(1999, 12, 1), 1), (date(2026, 7, 1), 1), (date(2026, 5, 1), -1), (date(2026, 5, 1), 1_000_000_01)):
            with pytest.raises(RuleBroken):
                costs.note(here, month, fen, actor=SYSTEM, now=clock.now())


@pytest.mark.both
def test_two_who_note_the_same_month_at_once_leave_one_row(app, work, station):
    with work():
        number = station().id
    now, gate, failed = clock.now(), threading.Barrier(2), []

    def tell(fen):
        with app.app_context():
            gate.wait()
            try:
                with db.unit_of_work() as session:
                    found = session.get(uptime.Station, number, execution_options={"unionhall_scope": "test"})
                    costs.note(found, date(2026, 5, 1), fen, actor=SYSTEM, now=now)
            except Exception as error:
                failed.append(error)
            db.session().remove()

    crew = [threading.Thread(target=tell, args=(fen,)) for fen in (100, 200)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert failed == []
    with work() as session:
        assert session.scalars(select(StationCost.fen)).one() in {100, 200}


def test_the_report_adds_up_and_leaves_stations_without_a_cost_out_of_the_cost_of_a_visit(work, make, station, monkeypatch):
    source = uses.UseSource("stations", lambda ids, _since, _until: {min(ids): uses.Used(3, 1250)}, lambda *_asked: set(), lambda *_asked: "/x", "stations.read")
    monkeypatch.setattr(uses, "_SOURCES", {"stations": source})
    with work() as session:
        east = make.org(name="东津区")
        one, two = station(east), station()
        people = [make.member().id for _n in range(2)]
        for place, who, day in ((one, 0, 4), (one, 1, 4), (two, 0, 4), (two, 1, 5)):
            session.add(Visit(station_id=place.id, member_id=people[who], day=date(2026, 4, day), hour=12))
        session.flush()
        costs.note(one, date(2026, 4, 1), 100_00, actor=SYSTEM, now=clock.now())
        found = report.lines(visits.stations(SYSTEM, "/1/"), *APRIL, clock.now())
        assert [(line.station.id, line.sums.times, line.people, line.sums.each_fen) for line in report.ordered(found, "cost")] == [
            (one.id, 2, 2, 50_00), (two.id, 2, 2, None),
        ]  # fmt: skip
        whole = report.whole(found)
        assert (whole.times, whole.redeemed, whole.fen, whole.cost_fen, whole.each_fen, whole.uptime) == (4, 3, 1250, 100_00, 50_00, 100.0)
        places = {row.district.name: row.sums for row in report.places(found, "/1/", *APRIL)}
        assert places["东津区"].redeemed == 3
        assert sum((row for row in places.values()), report.Tally()) == whole
        header, lines = visit_exports.SOURCES[0].header({}), list(visit_exports.SOURCES[0].rows(SYSTEM, "/1/", {"period": "2026-04"}))
        assert dict(zip(header, lines[0], strict=True))["每次歇脚的费用（元）"] == 50.0
        assert [list(row)[:2] for row in visit_exports.SOURCES[2].rows(SYSTEM, "/1/", {"period": "2026-04"})] == [["周六", 12], ["周日", 12]]


def test_a_plugin_that_is_off_tells_nothing(work, station, monkeypatch):
    source = uses.UseSource("rewards", lambda *_asked: 1 / 0, lambda *_asked: 1 / 0, lambda *_asked: "/x", "rewards.read")
    monkeypatch.setattr(uses, "_SOURCES", {"rewards": source})
    with work():
        assert uses.counted([station().id], *APRIL) == {}
        assert uses.days_of(1, 1, *APRIL) == set()


def test_shares_are_never_rounded_up_to_all():
    assert [labels.share(value) for value in (None, 100, 99.99, 50.0, 33.333)] == ["—", "100%", "99.9%", "50%", "33.3%"]


def test_every_figure_opens_its_rows(app, login, person, work, make, station):
    boss = person(Role.ORG_ADMIN)
    with work() as session:
        east, west = make.org(name="东津区"), make.org(name="柳浦区")
        one, two = station(east), station(west)
        session.add(Visit(station_id=one.id, member_id=make.member().id, day=date(2026, 5, 4), hour=12))
        other = make.account(Role.ORG_ADMIN, west).id
        east_id, two_number = east.id, two.number
    page = boss.get(PATH).text
    links = set(re.findall(r'href="(/desk/stations/[^"]*(?:rows|state=open|use)[^"]*)"', page))
    kinds = {match.group(1) for link in links if (match := re.search(r"[?&;](by|district|weekday)=", link))}
    assert kinds == {"by", "district", "weekday"}
    for link in links:
        answer = boss.get(link.replace("&amp;", "&"))
        assert answer.status_code == 200, link
        assert "驿站1" in answer.text or "district" in link, link
    inside = boss.get("/desk/stations/figures/rows/", query_string={"period": "2026-05", "district": east_id}).text
    assert "驿站1" in inside
    assert f"驿站{two_number}" not in inside
    browser = app.test_client()
    login(browser, other)
    assert "驿站1" not in browser.get("/desk/stations/figures/rows/").text
    assert browser.get("/desk/stations/figures/rows/", query_string={"district": east_id}).status_code == 404
    assert boss.get("/desk/stations/figures/rows/", query_string={"period": "x"}).status_code == 422
    with app.test_request_context():
        wanted = rows.by("times")("/1/", date(2026, 5, 1), date(2026, 5, 15))
    assert "驿站1" in boss.get(wanted).text


def test_the_keeper_notes_what_a_station_costs(app, login, person, send, work, make, station):
    keeper, auditor = person("stations.keeper"), person(Role.AUDITOR)
    with work() as session:
        here = station()
        path = f"/desk/stations/{here.id}/use/"
        step(here, "pause", moment(date(2026, 5, 4), 9), "停水")
        step(here, "resume", moment(date(2026, 5, 4), 11))
        for hour in (9, 10):
            session.add(Visit(station_id=here.id, member_id=make.member().id, day=date(2026, 5, 4), hour=hour))
    assert "停水" in keeper.get(path).text
    wrong = send(keeper, path, month="2026-13", yuan="1,000")
    assert wrong.status_code == 422
    assert "1,000" in wrong.text
    assert send(keeper, path, month="2031-01", yuan="1").status_code == 422
    assert send(keeper, path, month="2026-05", yuan="3100").status_code == 303
    page = keeper.get(path).text
    assert "¥3,100.00" in page
    assert "¥700.00" in page
    auditors = auditor.get(path)
    assert auditors.status_code == 200
    assert "记下费用" not in auditors.text
    with work() as session:
        number = session.scalars(select(StationCost.id)).one()
    assert send(keeper, path, f"{path}{number}/drop").status_code == 303
    assert send(keeper, path, f"{path}{number}/drop").status_code == 303
    with work() as session:
        assert session.scalar(select(func.count()).select_from(StationCost)) == 0


def test_only_who_keeps_a_station_notes_its_cost(work, make, station):
    with work():
        east, west = make.org(name="东津区"), make.org(name="柳浦区")
        here = station(east)
        with pytest.raises(NotAllowed):
            costs.note(here, date(2026, 5, 1), 1, actor=make.actor("stations.keeper", west), now=clock.now())
        costs.note(here, date(2026, 5, 1), 1, actor=make.actor("stations.keeper", east), now=clock.now())
