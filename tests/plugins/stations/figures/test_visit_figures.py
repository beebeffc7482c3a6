"""Figures of stations."""

from __future__ import annotations

from datetime import date

import pytest

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import Org, OrgKind
from unionhall_stations.figures import showing, visit_exports, visits
from unionhall_stations.models import Service, Station, StationService
from unionhall_stations.tills.models import Visit

PATH = "/desk/stations/figures/visits/"
MAY = (date(2026, 5, 1), date(2026, 6, 1))


@pytest.fixture
def town(work, make):
    """Two districts with three stations and their visits; ids."""

    def station(org, number, **fields):
        now = clock.now()
        filled = {"name": f"驿站{number}", "slug": f"s-{number}", "state": "open"} | fields
        made = Station(org_id=org.id, number=number, created_at=now, updated_at=now, **filled)
        db.session().add(made)
        db.session().flush()
        return made

    with work() as session:
        east, west = make.org(name="东津区"), make.org(name="柳浦区")
        below = make.org(east, OrgKind.DISTRICT, name="东津街道")
        one, two, three = station(east, 1), station(below, 2, state="fitting"), station(west, 3)
        station(west, 4, state="closed")
        people = [make.member().id for _n in range(3)]
        for place, who, day, hour in (
            (one, 0, 4, 12), (one, 0, 5, 12), (one, 1, 4, 12), (two, 0, 4, 9), (three, 2, 10, 23), (three, None, 10, 3),
        ):  # fmt: skip
            session.add(Visit(station_id=place.id, member_id=None if who is None else people[who], day=date(2026, 5, day), hour=hour))
        session.add(Visit(station_id=one.id, member_id=people[2], day=date(2026, 4, 30), hour=12))
        water = Service(key="test-water", name="试验饮水", position=1)
        session.add(water)
        session.flush()
        session.add_all([
            StationService(station_id=one.id, service_id=water.id), StationService(station_id=three.id, service_id=water.id, works=False)
        ])
        return {"east": east.id, "east_path": east.path, "one": one.id}


def test_districts_count_people_once_and_closed_stations_not_at_all(work, town):
    with work():
        found = visits.stations(SYSTEM, "/1/")
        rows = {row.name: (row.stations, row.open, row.times, row.people) for row in visits.districts(found, "/1/", *MAY)}
        assert rows == {"东津区": (2, 1, 4, 2), "柳浦区": (1, 1, 2, 1)}
        assert visits.totals(found, *MAY) == (6, 3)
        inside = visits.districts(visits.stations(SYSTEM, town["east_path"]), town["east_path"], *MAY)
        assert {row.name: (row.stations, row.times) for row in inside} == {"东津区": (1, 3), "东津街道": (1, 1)}
        lines = [(row.station.number, row.times, row.people) for row in visits.lines(found, *MAY)]
        assert lines == [(1, 3, 2), (2, 1, 1), (3, 2, 1)]
        (service,) = [row for row in visits.services(found, *MAY) if row.name == "试验饮水"]
        assert (service.stations, service.broken, service.times) == (2, 1, 5)


def test_the_heat_table_shows_every_hour_with_a_visit(app, work, town):
    with work(), app.test_request_context():
        grid = visits.by_hour(visits.stations(SYSTEM, "/1/"), *MAY)
        assert grid[0][12] == 2
        assert grid[1][12] == 1
        assert (showing.hours(grid).start, showing.hours(grid).stop) == (3, 24)
        monday = showing.heat(grid)[0]
        assert monday.cells[12 - 3] == (2, 4)
        assert monday.cells[9 - 3] == (1, 2)
        empty = [[0] * 24 for _day in range(7)]
        assert showing.hours(empty) == range(6, 22)
        assert showing.heat(empty)[0].cells[0] == (0, 0)


def test_the_report_counts_times_people_and_stores(work, town):
    with work():
        assert visits.visits_below("/1/", *MAY) == 6
        assert visits.visitors_below("/1/", *MAY) == 3
        assert visits.visits_below(town["east_path"], *MAY) == 4
        assert visits.stores_below("/1/", *MAY) == 0


def test_the_page_shows_the_scope_and_the_period(app, client, login, person, work, town, make):
    boss, other = person(Role.ORG_ADMIN), app.test_client()
    with work() as session:
        account = make.account(Role.ORG_ADMIN, session.get(Org, town["east"])).id
    login(other, account)
    page = boss.get(PATH).text
    assert "东津区" in page
    assert "目标 100 个，完成 2%" in page
    assert "什么时候人多" in page
    assert "试验饮水" in page
    assert "柳浦区" not in other.get(PATH).text
    assert "还没有歇脚记录" in boss.get(PATH, query_string={"period": "2026-01"}).text
    assert boss.get(PATH, query_string={"period": "nonsense"}).status_code == 422
    assert "/login" in client.get(PATH).location
    assert person().get(PATH).status_code == 403


def test_exports_have_what_the_page_has(app, work, town):
    with work(), app.test_request_context():
        districts = [list(row) for row in visit_exports.SOURCES[1].rows(SYSTEM, "/1/", {"period": "2026-05"})]
        lines = [list(row) for row in visit_exports.SOURCES[0].rows(SYSTEM, "/1/", {"period": "2026-05"})]
        headers = [source.header({}) for source in visit_exports.SOURCES]
    assert [(row[0], row[5]) for row in districts] == [("东津区", 4), ("柳浦区", 2)]
    assert [(row[0], row[5], row[6]) for row in lines] == [(1, 3, 2), (2, 1, 1), (3, 2, 1)]
    assert [len(headers[0]), len(headers[1])] == [len(lines[0]), len(districts[0])]


def test_the_page_asks_no_more_for_more_stations(person, work, town, queries):
    boss = person(Role.ORG_ADMIN)
    boss.get(PATH)
    with queries() as before:
        boss.get(PATH)
    with work() as session:
        now = clock.now()
        for number in range(10, 16):
            session.add(Station(org_id=town["east"], number=number, slug=f"m-{number}", name="多", state="open", created_at=now, updated_at=now))
    with queries() as after:
        boss.get(PATH)
    ours = [[statement for statement in asked if "stations_" in statement] for asked in (before, after)]
    assert len(ours[1]) <= len(ours[0])
