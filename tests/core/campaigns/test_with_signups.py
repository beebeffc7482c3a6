"""A campaign with its sign-up sheet, as people meet it: the cached page, the sheet, the figures, the copy."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.campaigns import components, copying, counting, moving, offered
from unionhall.campaigns.kinds import results
from unionhall.campaigns.models import Campaign
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped
from unionhall.signups import block, entries, people, places, queries, questions, sheets
from unionhall.signups.entries import Wish
from unionhall.signups.models import Kind, Sheet, SheetState
from unionhall.signups.questions import Option, Question

pytestmark = pytest.mark.both


class House:
    """A campaign with a sheet of two places, in any state; people who sign up."""

    def __init__(self, work, make, campaigns):
        self.work, self.make, self.campaigns = work, make, campaigns
        with work():
            campaign = campaigns.create(now=clock.now())
            component = components.add(campaign, "signups.sheet", actor=SYSTEM, now=clock.now())
            sheet = queries.of_owner(block.OWNER, component.id)
            setup = sheets.setup_of(sheet)
            sheets.update_sheet(sheet, sheets.replace(setup, places=2, waiting_on=False), version=1, actor=SYSTEM, now=clock.now())
            questions.add(sheet, Question(Kind.CHOICE, "工种", options=(Option("电工", 2), Option("茶艺"))), actor=SYSTEM, now=clock.now())
            self.id, self.url, self.sheet, self.component = campaign.id, campaign.url, sheet.id, component.id

    def move(self, *actions):
        with self.work():
            for action in actions:
                moving.move(self.campaigns.get(self.id), action, actor=SYSTEM, now=clock.now(), reason="因台风延期。")

    def join(self):
        with self.work():
            member = self.make.member(self.make.root, account=True)
            entry = entries.sign_up(queries.sheet(self.sheet), people.of_member(member), Wish(), actor=SYSTEM, now=clock.now())
            return member.account_id, entry.id

    def state(self):
        with self.work():
            return queries.sheet(self.sheet).state


@pytest.fixture
def house(work, make, campaigns):
    return House(work, make, campaigns)


def test_the_cached_page_leads_to_the_sheet_and_follows_its_places(client, house):
    house.move("submit", "approve", "start")
    page = client.get(house.url)
    assert f'href="/signups/{house.sheet}/"' in page.text and "我要报名" in page.text and "还有 2 个名额" in page.text
    assert re.search(rf'class="action-bar[^>]*>.*?href="#c{house.component}"', page.text, re.DOTALL), "the phone's bottom call to action"
    house.join()
    page = client.get(house.url).text
    assert "还有 1 个名额" in page
    _account, entry = house.join()
    page = client.get(house.url).text
    assert "已报满" in page and "我要报名" not in page
    with house.work():
        entries.cancel(queries.entry(entry), actor=SYSTEM, now=clock.now())
    assert "还有 1 个名额" in client.get(house.url).text


def test_nobody_finds_a_draft_by_the_number_of_its_sheet(client, house):
    assert house.state() == SheetState.HELD
    assert client.get(f"/signups/{house.sheet}/").status_code == client.get(f"/api/v1/signups/{house.sheet}").status_code == 404


def test_it_is_not_open_before_the_campaign_starts_and_says_when(client, house):
    house.move("submit", "approve")
    page = client.get(house.url).text
    assert "还没开始" in page and "开始报名" in page and "报名暂停" not in page
    assert house.state() == SheetState.PAUSED
    assert client.get(f"/signups/{house.sheet}/").status_code == 200
    house.move("start")
    assert "我要报名" in client.get(house.url).text


def test_pausing_and_ending_close_the_sheet_at_once_and_resuming_opens_it(app, client, login, post, house, work, make):
    house.move("submit", "approve", "start")
    with work():
        account = make.member(account=True).account_id
    own = app.test_client()
    login(own, account)
    assert "确认报名" in own.get(f"/signups/{house.sheet}/").text
    house.move("pause")
    assert "报名暂停" in client.get(house.url).text
    assert post(own, f"/signups/{house.sheet}/", key="a" * 32).status_code >= 400
    assert house.state() == SheetState.PAUSED
    house.move("resume")
    assert "我要报名" in client.get(house.url).text
    assert post(own, f"/signups/{house.sheet}/", key="b" * 32).status_code == 303
    house.move("end")
    assert house.state() == SheetState.CLOSED
    page = client.get(house.url).text
    assert "我要报名" not in page and "action-bar" not in page
    assert "报名已经截止" in app.test_client().get(f"/signups/{house.sheet}/").text


def test_an_opening_and_a_closing_hour_change_the_cached_page_by_themselves(client, house, work, at):
    house.move("submit", "approve", "start")
    with work():
        sheet, now = queries.sheet(house.sheet), clock.now()
        setup = sheets.replace(sheets.setup_of(sheet), opens_at=now + timedelta(hours=1), closes_at=now + timedelta(hours=3))
        sheets.update_sheet(sheet, setup, version=sheet.version, actor=SYSTEM, now=now)
    assert "还没开始" in client.get(house.url).text
    start = clock.local(clock.now())
    at(f"{start + timedelta(hours=2):%Y-%m-%d %H:%M}")
    assert "我要报名" in client.get(house.url).text
    at(f"{start + timedelta(hours=4):%Y-%m-%d %H:%M}")
    assert "报名已截止" in client.get(house.url).text


def test_the_live_figures_show_people_and_person_times_with_the_rows_behind_them(desk, house, work, make):
    house.move("submit", "approve", "start")
    with work():
        editor = make.account(Role.EDITOR, make.root).id
    _account, entry = house.join()
    browser = desk(editor)
    page = browser.get(f"/desk/campaigns/{house.id}/figures").text
    link = f"/desk/signups/{house.sheet}/?state=alive"
    assert link in page and "人次" in page
    row = re.search(rf'<a href="{re.escape(link)}">报名</a></th>.*?</tr>', page, re.DOTALL).group()
    assert re.findall(r'class="num">(\S+?)</td>', row) == ["1", "1", "2"]
    listed = browser.get(link)
    assert listed.status_code == 200 and f"/entries/{entry}" in listed.text
    with work():
        entries.cancel(queries.entry(entry), actor=SYSTEM, now=clock.now())
    assert f"/entries/{entry}" not in browser.get(link).text, "the list is what the figure counts"


def test_results_show_people_per_org_and_hide_small_numbers(app, house, work, make, campaigns):
    house.move("submit", "approve", "start")
    with work():
        sheet = places.lock(house.sheet)
        sheet.places = None
        big, small = make.org(make.root, OrgKind.CITY, "大市总工会"), make.org(make.root, OrgKind.CITY, "小市总工会")
        for number in range(6):
            member = make.member(big if number < 5 else small, account=True)
            entries.sign_up(sheet, people.of_member(member), Wish(), actor=SYSTEM, now=clock.now())
    with app.test_request_context(), db.unit_of_work():
        campaign = campaigns.get(house.id)
        components.add(campaign, "campaigns.results", config={"by": "org"}, actor=SYSTEM, now=clock.now())
        counting.count(campaign, clock.now())
        (kept, *_rest) = counting.kept(campaign.id)
        assert sorted(kept.by_org.values()) == [1, 5]
        assert (kept.people, kept.times) == (6, 6)
        cells = sorted((row[1][0] for row in results.MAKERS["org"](view_of(campaign)).rows), key=str)
        assert cells == [5, None]


def view_of(campaign):
    return offered.view(campaign, campaign.components[-1])


def test_a_copy_has_an_empty_sheet_with_the_same_form(house, work, make, campaigns):
    house.move("submit", "approve", "start")
    house.join()
    with work():
        source = campaigns.get(house.id)
        start = clock.now() + timedelta(days=365)
        copied = copying.copy(source, make.root, title="2027 职工健康月", starts_at=start, actor=SYSTEM, now=clock.now())
        copied_id = copied.id
    with work() as session:
        campaign = session.scalars(unscoped(select(Campaign).where(Campaign.id == copied_id), why="test")).one()
        component = next(item for item in campaign.components if item.kind == "signups.sheet")
        found = queries.of_owner(block.OWNER, component.id)
        assert component.config == {"sheet": found.id} and found.id != house.sheet
        assert ([field.label for field in found.fields], found.places, found.taken, found.last_number) == (["工种"], 2, 0, 0)
        assert [(choice.label, choice.quota, choice.taken) for choice in found.fields[0].choices] == [("电工", 2, 0), ("茶艺", None, 0)]
        assert (found.title, found.state, found.owner_url) == ("2027 职工健康月", SheetState.HELD, campaign.url)
        assert len(session.scalars(unscoped(select(Sheet), why="test")).all()) == 2
