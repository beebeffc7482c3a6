"""What readers find: the list, narrowed and near; one station's page; home, an org's page, search, the API."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped
from unionhall_stations import api
from unionhall_stations.directory import drawing, finding, standing
from unionhall_stations.directory.finding import Wanted
from unionhall_stations.models import Station

NIGHT = [[[960, 1590]]] * 7


@pytest.fixture
def town(work, make, station):
    """Four stations in two districts; the second is open in the evening only."""
    with work():
        east, west = make.org(name="东津区总工会", slug="dongjin"), make.org(name="柳浦区总工会", slug="liupu")
        station(east, name="同心路驿站", slug="tongxin", services=("water", "wifi"), latitude=30_245_000, longitude=120_158_000, wheelchair=True)
        station(west, name="夜市驿站", slug="yeshi", week=NIGHT, services=("water", "!toilet"), latitude=30_300_000, longitude=120_200_000)
        station(west, name="湖滨驿站", slug="hubin", state="paused", paused_reason="水管在修", latitude=30_246_000, longitude=120_159_000)
        station(west, name="待建驿站", slug="daijian", state="fitting", opened_on=None)
        return {"east": east.id, "west": west.id}


def names(page):
    return [name for name in ("同心路驿站", "夜市驿站", "湖滨驿站", "待建驿站") if f"　{name}</a>" in page.text]


def test_the_list_says_who_is_open(client, town):
    page = client.get("/stations/")
    assert names(page) == ["同心路驿站", "夜市驿站", "湖滨驿站"]
    assert "现在开着 1 个" in page.text and "开着，22:00 关门" in page.text and "已关门，16:00 开" in page.text and "水管在修" in page.text
    assert 'href="#st-' in page.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("open=1", ["同心路驿站"]),
        ("service=water", ["同心路驿站", "夜市驿站"]),
        ("service=water&service=wifi", ["同心路驿站"]),
        ("service=toilet", []),
        ("service=nonsense", ["同心路驿站", "夜市驿站", "湖滨驿站"]),
        ("wheelchair=1", ["同心路驿站"]),
        ("org=liupu", ["夜市驿站", "湖滨驿站"]),
        ("q=夜市", ["夜市驿站"]),
        ("q=100%25", []),
        ("lat=abc&lon=1", ["同心路驿站", "夜市驿站", "湖滨驿站"]),
        ("lat=nan&lon=nan", ["同心路驿站", "夜市驿站", "湖滨驿站"]),
    ],
)
def test_the_list_is_narrowed(client, town, query, expected):
    page = client.get(f"/stations/?{query}")
    assert page.status_code == 200 and names(page) == expected


def test_the_nearest_come_first_with_their_distance(client, town):
    page = client.get("/stations/?lat=30.3&lon=120.2").text
    assert page.index("夜市驿站") < page.index("湖滨驿站") < page.index("同心路驿站")
    assert "约 10 米" in page and "公里" in page and "由近到远" in page


def test_distance_is_along_the_earth():
    assert finding.metres((30.0, 120.0), (30.0, 120.0)) == 0
    assert abs(finding.metres((30.0, 120.0), (31.0, 120.0)) - 111_195) < 50


def test_pages_end_and_pins_stay_inside_the_drawing(client, town, app, work):
    assert client.get("/stations/?page=2").status_code == 404
    with work():
        found = drawing.draw(finding.find(Wanted(), 1, clock.now()).rows, (30.24, 120.1))
    assert len(found.pins) == 3 and all(0 < pin.x < found.width and 40 < pin.y < found.height for pin in found.pins)
    assert found.here and drawing.draw([]) is None


def test_many_stations_cost_as_many_queries_as_one(client, work, make, station, queries):
    with work():
        station(services=("water",))
    client.get("/stations/?q=x")
    with queries() as one:
        client.get("/stations/?q=站")
    with work():
        for number in range(20):
            station(make.org(name=f"街道{number}"), services=("water", "wifi"))
    client.get("/stations/?q=x")
    with queries() as many:
        page = client.get("/stations/?q=站")
    assert page.text.count("p-stations-card") == 21 and len(many) == len(one)


def test_a_station_has_a_page(client, town, work, station, special):
    with work():
        special(api_row("tongxin"), date(2026, 5, 16), date(2026, 5, 17), [], "停电检修")
    page = client.get("/stations/tongxin/").text
    for words in ("同心路驿站", "1 号", "每天", "6:30–22:00", "饮用水", "停电检修", "轮椅可以进", "uri.amap.com/marker?position=120.158000,30.245000"):
        assert words in page, words
    assert "暂不能用" in client.get("/stations/yeshi/").text
    assert client.get("/stations/daijian/").status_code == 404 and client.get("/stations/nowhere/").status_code == 404


def api_row(slug):
    return db.session().scalar(unscoped(select(Station).where(Station.slug == slug), why="test"))


def test_a_pause_and_a_closing_are_shown_at_once(client, town, work):
    assert "开着" in client.get("/stations/tongxin/").text
    with work():
        standing.take_step(api_row("tongxin"), "pause", reason="停水", actor=SYSTEM, now=clock.now())
    page = client.get("/stations/tongxin/").text
    assert "暂停开放" in page and "停水" in page and "停水" in client.get("/stations/").text
    with work():
        standing.take_step(api_row("tongxin"), "close", reason="合同到期", actor=SYSTEM, now=clock.now())
    page = client.get("/stations/tongxin/")
    assert page.status_code == 200 and "这个驿站已经撤了" in page.text
    assert names(client.get("/stations/")) == ["夜市驿站", "湖滨驿站"]


def test_a_page_that_is_kept_knows_when_the_door_closes(client, town, at):
    assert "开着，22:00 关门" in client.get("/stations/tongxin/").text
    at("2026-05-14 22:00")
    assert "已关门，明天 6:30 开" in client.get("/stations/tongxin/").text


def test_home_and_the_orgs_page_show_stations(client, town):
    assert "1 个驿站现在开着" in client.get("/").text
    page = client.get("/orgs/liupu/").text
    assert "夜市驿站" in page and "湖滨驿站" in page and "同心路驿站" not in page


def test_search_and_sitemap_know_stations(client, town):
    assert "夜市驿站" in client.get("/search?q=夜市驿站").text
    sitemap = client.get("/sitemap.xml").text
    assert "/stations/tongxin/" in sitemap and "daijian" not in sitemap


def test_programs_read_stations(client, town):
    listed = client.get("/api/v1/stations/stations").json
    rows = listed["items"]
    assert [row["slug"] for row in rows] == ["tongxin", "yeshi", "hubin"]
    assert [row["open"] for row in rows] == [True, False, False] and rows[0]["latitude"] == 30.245
    only = client.get("/api/v1/stations/stations?service=wifi").json
    assert [row["slug"] for row in only["items"]] == ["tongxin"]
    one = client.get("/api/v1/stations/stations/yeshi").json
    assert one["week"][0] == [[960, 1590]] and {"key": "toilet", "name": "厕所", "note": "", "works": False} in one["services"]
    assert client.get("/api/v1/stations/stations/daijian").status_code == 404


def test_others_ask_whether_stations_are_open(app, work, town, at):
    with work():
        ids = {slug: api_row(slug).id for slug in ("tongxin", "yeshi", "hubin", "daijian")}
    now = at("2026-05-14 17:00")
    with work(), app.test_request_context("/"):
        assert api.open_now(ids.values(), now) == {ids["tongxin"], ids["yeshi"]}
        assert api.open_now([], now) == set() and set(api.stations_by_ids(ids.values())) == set(ids.values())


def test_english_readers_get_english_names(client, work, make, station):
    with work():
        station(name="同心路驿站", name_en="Tongxin Road Station", services=("water",))
    page = client.get("/stations/?lang=en").text
    assert "Tongxin Road Station" in page and "Drinking water" in page
