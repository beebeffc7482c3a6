"""Members, sign-ups, campaigns and notices in the leadership's report: numbers with links that open."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from unionhall.base import clock
from unionhall.campaigns import components, moving
from unionhall.campaigns.services import Basics
from unionhall.campaigns.services import create as create_campaign
from unionhall.hooks.types import SYSTEM, Role
from unionhall.notices.services import notify
from unionhall.signups import entries, people, sheets
from unionhall.signups.entries import Wish
from unionhall.signups.sheets import Setup


@pytest.fixture
def readers(work, make):
    """Somebody of each kind who reads the report of a city in which something of everything happened."""
    with work():
        city, now = make.org(name="青禾市总工会"), clock.now()
        member = make.member(city, account=True)
        for title in ("急救课", "茶艺课"):
            sheet = sheets.create_sheet("tests.thing", 1, Setup(title), org=city, actor=SYSTEM, now=now)
            entries.sign_up(sheet, people.of_member(member), Wish(), actor=SYSTEM, now=now)
        basics = Basics(title="职工健康月", summary="走", starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=9))
        campaign = create_campaign(city, basics, actor=SYSTEM, now=now)
        components.add(campaign, "campaigns.text", config={"body": "<p>规则</p>"}, actor=SYSTEM, now=now)
        for action in ("submit", "approve", "start"):
            moving.move(campaign, action, actor=SYSTEM, now=now, reason="")
        for key in "ab":
            notify("members.moved", [member.account_id], {"org": city.name, "day": "2026-05-14"}, key=key, now=now)
        return {role: make.account(role, city).id for role in (Role.ORG_ADMIN, Role.CHIEF_EDITOR, Role.AUDITOR)}


WANTED = {"报名人数": "1", "报名人次": "2", "签到人次": "0", "举办活动": "1", "通知触达（人数）": "1"}


def test_every_figure_is_there_and_its_link_opens(desk, readers):
    browser = desk(readers[Role.ORG_ADMIN])
    page = browser.get("/desk/reports/?period=2026-05").text
    found, links = {}, {}
    for line in re.findall(r'<tr><th scope="row" class="cell-title">.*?</tr>', page, re.DOTALL):
        label = re.search(r'<a href="[^"]+">([^<]+)</a>', line).group(1)
        number = re.search(r"<strong>(.*?)</strong>", line, re.DOTALL).group(1)
        found[label] = re.sub(r'<span class="visually-hidden">.*?</span>|<[^>]+>', "", number).strip()
        if link := re.search(r'href="([^"]+)"', number):
            links[label] = html.unescape(link.group(1))
    assert {name: found.get(name) for name in WANTED} == WANTED
    assert "通知送达（人次）" in found and any("会员" in name or "入会" in name for name in found)
    assert {"报名人数", "举办活动", "通知送达（人次）"} <= set(links)
    answers = {label: browser.get(url).status_code for label, url in links.items()}
    assert {label: status for label, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("role", [Role.CHIEF_EDITOR, Role.AUDITOR])
def test_whoever_reads_the_report_is_led_to_nothing_they_may_not_open(desk, readers, role):
    browser = desk(readers[role])
    page = browser.get("/desk/reports/?period=2026-05")
    assert page.status_code == 200
    links = {html.unescape(url) for url in re.findall(r'<strong><a href="([^"]+)"', page.text)}
    assert links
    assert {url: status for url in links if (status := browser.get(url).status_code) != 200} == {}
