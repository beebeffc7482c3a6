"""The report over HTTP: figures, last year, breakdown, small numbers, rights, the file."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from unionhall.base import clock
from unionhall.hooks.reporting import ReportFigure
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news.models import State
from unionhall.orgs.models import Org, OrgKind
from unionhall.orgs.services import close_org
from unionhall.reports import queries


@pytest.fixture
def house(work, make):
    """A city with three districts, people who read at different heights, and a neighbour."""
    with work():
        city, other = make.org(name="青禾市总工会"), make.org(name="邻市总工会")
        east, west, north = (make.org(city, OrgKind.DISTRICT, name=f"{name}区总工会") for name in "东西北")
        return {
            "city": city.id, "east": east.id, "west": west.id, "north": north.id, "other": other.id,
            "admin": make.account(Role.ORG_ADMIN, city).id, "district": make.account(Role.ORG_ADMIN, east).id,
            "chief": make.account(Role.CHIEF_EDITOR, city).id, "auditor": make.account(Role.AUDITOR, make.root).id,
            "editor": make.account(Role.EDITOR, city).id, "clerk": make.account(Role.CLERK, city).id,
        }  # fmt: skip


class Numbers:
    """A figure of our own: {(org id, day): number}, summed over the orgs below."""

    def __init__(self):
        self.found, self.asked, self.unit, self.small, self.fails = {}, [], "items", 5, False

    def count(self, path, since, until):
        self.asked.append((path, since, until))
        if self.fails:
            raise ZeroDivisionError
        paths = {org: queries.db.session().get(Org, org).path for org, _day in self.found}
        return sum(number for (org, day), number in self.found.items() if since <= day < until and paths[org].startswith(path))


@pytest.fixture
def numbers(monkeypatch):
    """Add a figure "test.signups" to the report."""
    found = Numbers()
    collect = queries.collect

    def figures(hook):
        mine = ReportFigure("test.signups", "测试报名", "测试", found.unit, found.count, lambda *_a: "/desk/accounts/", small=found.small, order=1)
        return [*collect(hook), mine]

    monkeypatch.setattr(queries, "collect", figures)
    return found


@pytest.fixture
def fill(numbers):
    """Return a function that says how many each org has on a day."""

    def put(**by_day):
        for day, orgs in by_day.items():
            when = date.fromisoformat(day.lstrip("d").replace("_", "-"))
            for org, number in orgs.items():
                numbers.found[org, when] = number

    return put


def report(browser, query=""):
    """Return the page's tables as {row heading: cells}."""
    answer = browser.get(f"/desk/reports/?{query}")
    assert answer.status_code == 200, answer.status_code
    found = {}
    for line in re.findall(r"<tr>(.*?)</tr>", answer.text, re.S):
        cells = [re.sub(r"\s+", " ", re.sub(r"<span class=\"visually-hidden\">.*?</span>|<[^>]+>", "", cell)).strip()
                 for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.S)]  # fmt: skip
        found[cells[0]] = cells[1:]
    return found


@pytest.mark.both
def test_figures_compared_with_last_year(desk, house, numbers, fill):
    fill(d2026_04_01={house["east"]: 30, house["west"]: 12}, d2025_04_30={house["east"]: 21}, d2025_05_01={house["east"]: 500})
    found = report(desk(house["admin"]), "period=2026-04")
    assert found["测试报名"] == ["42", "个", "21", "+21", "+100%"]
    found = report(desk(house["admin"]), "period=2025-04")
    assert found["测试报名"] == ["21", "个", "去年没有数字", "—", "—"]
    found = report(desk(house["admin"]), "period=2026-04&figure=test.signups")
    assert found["东区总工会"][0] == "30"
    assert found["西区总工会"][0] == "12"
    assert found["北区总工会"][0] == "0"
    assert found["本级"][0] == "0"
    assert found["2026-04"] == ["42"]


@pytest.mark.both
def test_news_assets_accounts_and_orgs(desk, house, make, work, at):
    at("2026-04-30 23:59")
    with work() as session:
        city, east, other = (session.get(Org, house[name]) for name in ("city", "east", "other"))
        for org in (city, east, other):
            make.article(org, state=State.PUBLISHED)
        make.article(city, state=State.WITHDRAWN)
        make.picture(city)
    at("2026-05-01 00:00")
    with work() as session:
        make.article(session.get(Org, house["east"]), state=State.PUBLISHED)
        close_org(session.get(Org, house["north"]), actor=SYSTEM, now=clock.now())
    at("2026-05-14 09:30")
    browser = desk(house["chief"])
    april, may = report(browser, "period=2026-04"), report(browser, "period=2026-05")
    assert [april[name][0] for name in ("发布的稿件", "采用下级的稿件", "新上传的素材")] == ["2", "1", "1"]
    assert [may[name][0] for name in ("发布的稿件", "采用下级的稿件", "新上传的素材")] == ["1", "1", "0"]
    assert (april["素材库里的素材期末的数"][0], may["素材库里的素材期末的数"][0]) == ("1", "1")
    assert may["在运转的组织期末的数"][0] == "3"
    assert may["有工作权限的人员期末的数"][0] == "5"
    assert may["有工作权限的人员期末的数"][1] == "人数（每人只算一次）"
    page = browser.get("/desk/reports/?period=2026-04").text
    assert "/desk/news/?tab=published&amp;published_since=2026-04-01&amp;published_until=2026-04-30" in page
    rows = browser.get("/desk/news/?tab=published&published_since=2026-04-01&published_until=2026-04-30").text
    assert rows.count('name="ids"') == 2
    assert "/desk/accounts/" not in re.findall(r"有工作权限的人员.*?</tr>", page, re.S)[0], "a chief editor reads no accounts"


@pytest.mark.both
def test_small_numbers_do_not_leave_their_org(desk, house, numbers, fill):
    fill(d2026_04_10={house["east"]: 3, house["west"]: 7, house["north"]: 20, house["city"]: 9})
    found = report(desk(house["admin"]), "period=2026-04&figure=test.signups")
    assert found["测试报名"][0] == "39"
    assert [found[name][0] for name in ("东区总工会", "西区总工会", "北区总工会", "本级")] == ["少于 5", "少于 5", "20", "9"]
    for org in ("east", "west"):
        found = report(desk(house["admin"]), f"org={house[org]}&period=2026-04")
        assert found["测试报名"][0] == "少于 5", "what is hidden above is not told by the org's own page"
        assert desk(house["admin"]).get(f"/desk/reports/?org={house[org]}&period=2026-04&figure=test.signups").text.count("<svg class=\"chart\"") == 0
    assert report(desk(house["admin"]), f"org={house['north']}&period=2026-04")["测试报名"][0] == "20"
    assert report(desk(house["district"]), "period=2026-04")["测试报名"][0] == "3", "at home it is told"
    for query in ("since=2026-04-01&until=2026-04-30", "period=2026", "period=2026-05"):
        found = report(desk(house["admin"]), f"{query}&figure=test.signups")
        assert [found[name][0] for name in ("西区总工会", "北区总工会")] == ["少于 5", "少于 5"], "or it could be told day by day"


def test_people_have_no_part_of_the_org_alone(desk, house, numbers, fill):
    numbers.unit, numbers.small = "people", 0
    fill(d2026_04_10={house["east"]: 3, house["west"]: 7, house["city"]: 9})
    found = report(desk(house["admin"]), "period=2026-04&figure=test.signups")
    assert found["测试报名"][:2] == ["19", "人数（每人只算一次）"]
    assert "本级" not in found


def test_fen_are_told_in_yuan(desk, house, numbers, fill):
    numbers.unit, numbers.small = "fen", 0
    fill(d2026_04_10={house["east"]: 123456})
    assert report(desk(house["admin"]), "period=2026-04")["测试报名"][:2] == ["1,234.56", "元"]


def test_a_figure_that_fails_spoils_nothing_else(desk, house, numbers, fill):
    fill(d2026_04_10={house["east"]: 3})
    numbers.fails = True
    found = report(desk(house["admin"]), "period=2026-04")
    assert found["测试报名"][0] == "—"
    assert "发布的稿件" in found


def test_numbers_are_remembered_for_a_while(desk, house, numbers, fill):
    fill(d2026_04_10={house["east"]: 30})
    browser = desk(house["admin"])
    report(browser, "period=2026-04")
    first = len(numbers.asked)
    assert "的数字" in browser.get("/desk/reports/?period=2026-04").text
    assert len(numbers.asked) == first


def test_doors(desk, house, numbers):
    for who in ("admin", "chief", "auditor", "district"):
        assert desk(house[who]).get("/desk/reports/").status_code == 200
        assert 'href="/desk/reports/"' in desk(house[who]).get("/desk/").text
    for who in ("editor", "clerk"):
        assert desk(house[who]).get("/desk/reports/").status_code == 403
    for org in (house["other"], house["city"], 999999, "9" * 10, "9" * 30, "x", "-1"):
        assert desk(house["district"]).get(f"/desk/reports/?org={org}").status_code == 404
    browser = desk(house["admin"])
    assert "邻市" not in browser.get("/desk/reports/").text
    assert browser.get("/desk/reports/?figure=nothing&period=2026-04").status_code == 200
    for query in ("period=2026-13", "period=2027", "since=x", "since=2026-05-02&until=2026-05-01"):
        answer = browser.get(f"/desk/reports/?{query}")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


def test_the_report_as_a_file(desk, house, numbers, fill):
    fill(d2026_04_10={house["east"]: 3, house["west"]: 30}, d2025_04_10={house["west"]: 11})
    browser = desk(house["admin"])
    page = browser.get(f"/desk/reports/?org={house['city']}&period=2026-04").text
    address = re.search(r'href="(/desk/exports/new\?source=reports.figures[^"]*)"', page).group(1).replace("&amp;", "&")
    asked = browser.post(address, purpose="向市总汇报", format="xlsx")
    answer = browser.post(f"{asked.location}file")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.get_data())).get_sheet_by_index(0).to_python()
    answer.close()
    assert rows[0][4:9] == ["指标", "单位", "本期", "去年同期", "增减"]
    line = next(row for row in rows if row[4:5] == ["测试报名"])
    assert line[:3] == ["青禾市总工会", date(2026, 4, 1), date(2026, 4, 30)]
    assert line[5:10] == ["个", 33, 11, 22, 200]
    hidden = browser.post(f"/desk/exports/new?source=reports.figures&org={house['east']}&period=2026-04", purpose="向市总汇报", format="csv")
    answer = browser.post(f"{hidden.location}file")
    assert "测试报名,个,少于 5" in answer.get_data().decode("utf-8-sig")
    answer.close()
    assert browser.get(f"/desk/exports/new?source=reports.figures&org={house['other']}").status_code == 404
    assert browser.get("/desk/exports/new?source=reports.figures&period=x").status_code == 422
