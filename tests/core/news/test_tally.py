"""What was sent in and used: counted once, within one's org, and safe in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.spreadsheet import neutral
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import publishing, review
from unionhall.news.models import State
from unionhall.orgs.models import Org, OrgKind
from unionhall.platform.access import unscoped


@pytest.fixture
def room(work, make, at):
    """A district with two enterprises, their contributions from April to May, and a district elsewhere."""
    at("2026-01-01 09:00")
    with work():
        org, other = make.org(name="东津区总工会"), make.org(name="柳浦区总工会")
        shipyard, hospital = (make.org(org, OrgKind.ENTERPRISE, name) for name in ("=石桥船厂工会", "第二医院工会"))
        people = {"writer": make.account(Role.CORRESPONDENT, shipyard, name="罗工宣"), "nurse": make.account(Role.CORRESPONDENT, hospital, name="@白兰芝")}
        found = {
            "editor": make.account(Role.EDITOR, org).id, "auditor": make.account(Role.AUDITOR, org).id,
            "writer": people["writer"].id, "stranger": make.account(Role.EDITOR, other).id,
        }
        ids = {name: person.id for name, person in people.items()}
        places = {"writer": shipyard.id, "nurse": hospital.id, "other": other.id}
    for when, who, states in (
        ("2025-12-31 23:59", "writer", [State.PUBLISHED]), ("2026-04-30 23:59", "writer", [State.PUBLISHED]),
        ("2026-05-01 00:00", "writer", [State.SUBMITTED, State.PUBLISHED, State.DRAFT]),
        ("2026-05-02 09:00", "nurse", [State.PUBLISHED, State.RETURNED]),
    ):
        at(when)
        with work():
            author = db.session().scalar(unscoped(select(Account).where(Account.id == ids[who]), why="test"))
            for state in states:
                made = make.article(_org(places[who]), author=None if when < "2026" else author, state=state)
                made.author_id = author.id
                if who == "nurse" and state is State.PUBLISHED:
                    publishing.feature(made, lead=True, pinned_until=None, actor=SYSTEM, now=clock.now())
                if state is State.RETURNED:
                    review.submit(made, actor=SYSTEM, now=clock.now())
    with work():
        make.article(_org(places["other"]), state=State.PUBLISHED)
    at("2026-05-14 09:30")
    return found


def _org(org_id):
    return db.session().get(Org, org_id)


def table(browser, query):
    asked = browser.post(f"/desk/exports/new?source=news.tally&{query}", purpose="月度通报", format="csv")
    answer = browser.post(f"{asked.location}file")
    assert answer.status_code == 200
    lines = [tuple(row) for row in csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))]
    answer.close()
    return lines[: lines.index(("",))]


def test_by_org_and_month(desk, room):
    assert table(desk(room["editor"]), "year=2026&month=5") == [
        ("来稿单位", "来稿", "采用", "头条"), ("'=石桥船厂工会", "2", "1", "0"), ("第二医院工会", "2", "1", "1"),
    ]
    assert table(desk(room["editor"]), "year=2026&month=4")[1:] == [("'=石桥船厂工会", "1", "1", "0")]
    assert table(desk(room["editor"]), "year=2025")[1:] == [("'=石桥船厂工会", "1", "1", "0")]


def test_by_correspondent_and_year(desk, room):
    assert table(desk(room["editor"]), "by=author&year=2026") == [
        ("通讯员", "单位", "来稿", "采用", "头条"), ("罗工宣", "'=石桥船厂工会", "3", "2", "0"), ("'@白兰芝", "第二医院工会", "2", "1", "1"),
    ]


def test_the_page_has_totals_and_choices(desk, room):
    page = desk(room["editor"]).get("/desk/news/tally?by=author&year=2026").text
    total = page[page.index("合计"):]
    assert "<strong>5</strong>" in total
    assert "60%" in total
    assert '<option value="2026" selected>' in page
    assert "/desk/exports/new?source=news.tally&amp;by=author&amp;year=2026" in page
    assert "这段时间没有来稿" in desk(room["editor"]).get("/desk/news/tally?year=2024").text


def test_doors(desk, room):
    for path in ("/desk/news/tally", "/desk/exports/new?source=news.tally"):
        assert desk(room["auditor"]).get(path).status_code == 200
        assert desk(room["writer"]).get(path).status_code == 403
    assert [row[0] for row in table(desk(room["stranger"]), "year=2026")[1:]] == ["柳浦区总工会"]


@pytest.mark.parametrize("query", ["by=path", "year=1999", "year=2028", "year=x", "month=13", "month=-1", "year=%C2%B2"])
def test_a_period_that_nobody_offers_is_a_bad_request(desk, room, query):
    assert desk(room["editor"]).get(f"/desk/news/tally?{query}").status_code == 400


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", " =1", "\u3000＝1"])
def test_a_formula_is_made_harmless(cell):
    assert neutral(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "东津", "12-3", 5, -5])
def test_what_is_no_formula_stays(cell):
    assert neutral(cell) == cell
