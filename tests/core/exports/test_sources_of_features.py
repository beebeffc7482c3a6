"""The lists of members, sign-ups, campaigns and notices leave by the links on their pages: as narrowed there, masked or full."""

from __future__ import annotations

import html
import re
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))
from conftest import opened

from unionhall.base import clock
from unionhall.campaigns.services import Basics
from unionhall.campaigns.services import create as create_campaign
from unionhall.hooks.types import SYSTEM, Role
from unionhall.members.models import Look
from unionhall.notices.models import Delivery, Notice
from unionhall.orgs.models import Org
from unionhall.signups import entries, people, sheets
from unionhall.signups.entries import Wish
from unionhall.signups.sheets import Setup

MOBILE = "13800002617"


@pytest.fixture
def filled(work, make, house):
    """What the lists hold, beside something that the filters leave out; the sheet's id, the first member's id, an id number."""
    with work() as session:
        city, now = session.get(Org, house["city"]), clock.now()
        number = make.id_number(907)
        first = make.member(city, name="何秀英", id_number=number, mobile=MOBILE, account=True)
        second = make.member(city, name="没激活")
        sheet = sheets.create_sheet("tests.thing", 1, Setup("急救课", approval=False), org=city, actor=SYSTEM, now=now)
        entries.sign_up(sheet, people.of_member(first), Wish(), actor=SYSTEM, now=now)
        left = entries.sign_up(sheet, people.of_member(second), Wish(), actor=SYSTEM, now=now)
        entries.cancel(left, actor=SYSTEM, now=now)
        create_campaign(city, Basics(title="职工健康月", summary="走"), actor=SYSTEM, now=now)
        notice = Notice(account_id=first.account_id, kind="signups.accepted", key="k", values={}, subject="报上了", created_at=now, org_id=city.id)
        session.add(notice)
        session.flush()
        for channel, state in (("mail", "sent"), ("sms", "parked")):
            session.add(Delivery(
                notice_id=notice.id, account_id=first.account_id, kind=notice.kind, channel=channel, address="138****2617", state=state,
                created_at=now, due_at=now,
            ))  # fmt: skip
        return {"sheet": sheet.id, "member": first.id, "number": number, "chief": make.account(Role.CHIEF_EDITOR, city).id}


def link(browser, page, source):
    """Return the address of a page's own export link."""
    text = browser.get(page).text
    return html.unescape(re.search(rf'href="(/desk/exports/new\?source={re.escape(source)}[^"]*)"', text).group(1))


def taken(browser, address, **values):
    """Ask for the list at an address and return what the file holds."""
    answer = browser.post(address, **({"purpose": "制作现场名单", "format": "xlsx"} | values))
    assert answer.status_code == 303, answer.text
    return opened(browser.post(f"{answer.location}file"))


CASES = [
    ("members.roster", "/desk/members/?activated=yes", "activated=yes", "何秀英", "没激活"),
    ("signups.people", "/desk/signups/{sheet}/?state=accepted", "state=accepted", "何秀英", "没激活"),
]


@pytest.mark.parametrize(("source", "page", "kept", "there", "gone"), CASES)
def test_lists_of_people_leave_masked_and_narrowed_and_full_with_a_look_noted(desk, house, filled, work, source, page, kept, there, gone):
    browser = desk(house["admin"])
    address = link(browser, page.format(**filled), source)
    assert kept in address
    assert browser.get(address).status_code == 200
    masked = str(taken(browser, address))
    assert there in masked and gone not in masked and MOBILE not in masked and filled["number"] not in masked and "138****2617" in masked
    with work() as session:
        assert session.scalars(select(Look)).all() == []
    full = str(taken(browser, address, full="y", agreed="y"))
    assert MOBILE in full and gone not in full
    with work() as session:
        looks = [(look.member_id, look.actor_id, look.what) for look in session.scalars(select(Look))]
    assert looks == [(filled["member"], house["admin"], "export")]
    assert "name=\"full\"" not in desk(house["auditor"]).get(address).text


def test_campaigns_and_their_figures_leave_as_they_are_listed(desk, filled, house):
    browser = desk(filled["chief"])
    address = link(browser, "/desk/campaigns/?q=健康", "campaigns.list")
    assert "q=" in address
    assert "职工健康月" in str(taken(browser, address))
    nothing = link(browser, "/desk/campaigns/?q=健康", "campaigns.list").replace("q=%E5%81%A5%E5%BA%B7", "q=zzz")
    assert "职工健康月" not in str(taken(browser, nothing))
    figures = browser.get("/desk/exports/new?source=campaigns.figures&campaign=1")
    assert figures.status_code == 200
    assert browser.get("/desk/exports/new?source=campaigns.figures&campaign=999999999").status_code == 404


def test_the_log_of_notices_leaves_as_it_is_narrowed(desk, filled, house):
    browser = desk(house["admin"])
    address = link(browser, "/desk/notices/log/?state=parked", "notices.log")
    assert "state=parked" in address
    rows = taken(browser, address)
    assert len([row for row in rows if "138****2617" in row]) == 1
