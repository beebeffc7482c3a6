"""Activities seen from outside: a campaign's component, the API, rosters, the member's page, the demo."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.components import ComponentView
from unionhall.hooks.types import SYSTEM
from unionhall.members import queries as members
from unionhall.platform.access import unscoped
from unionhall.signups import checkin, entries, people
from unionhall.signups import queries as sheets
from unionhall.signups.entries import Wish
from unionhall_chapters import queries as chapters
from unionhall_chapters import seams
from unionhall_chapters.activities import demo, queries
from unionhall_chapters.activities.component import ACTIVITIES
from unionhall_chapters.activities.models import Day


def test_a_campaign_lists_next_days_and_counts_who_came(app, client, login, work, park, at):
    now = clock.now()
    with work():
        day = queries.of_series(park["series"], now, limit=1)[0]
        entry = entries.sign_up(day.sheet, people.of_member(members.by_id(park["members"][0])), Wish(), actor=SYSTEM, now=now)
        code, entry_id = entry.code, entry.id
    view = ComponentView(1, 1, "chapters.activities", "来打拳", {"chapters": [park["chapter"]], "limit": 3}, 1, "/1/", "running", now, None)
    with app.test_request_context(), work():
        assert "公园晨练太极" in ACTIVITIES.render(view, now)
        assert len(ACTIVITIES.data(view, now)["days"]) == 3
        assert list(ACTIVITIES.lacks(view)) == []
        assert len(list(ACTIVITIES.lacks(replace(view, config={})))) == 1
    assert client.get("/api/v1/chapters/activities?limit=2").json["items"][0]["title"] == "公园晨练太极"
    login(client, park["accounts"][0])
    assert code in client.get("/my/").text
    later = at("2026-05-19 06:20")
    with work():
        checkin.check_in(sheets.entry(entry_id), actor=SYSTEM, now=later)
        [figure] = ACTIVITIES.figures(view)
        assert (figure.people, figure.times) == (1, 1)
        here = chapters.by_ids([park["chapter"]])[park["chapter"]]
        assert seams.attendance(here, park["members"]) == {park["members"][0]: 1}


def test_the_demo_has_mornings_with_a_past_and_one_day_off(work, make, chapter):
    with work() as session:
        here = chapter(name="太极拳协会", slug=demo.CHAPTER)
        from unionhall.orgs.models import Org

        org = session.get(Org, here.org_id)
        make.account(login="member")
        for _n in range(30):
            make.member(make.root, account=True, also=(org,))
        now = clock.now()
        demo.load(now)
        past = select(func.count()).select_from(Day).where(Day.ends_at < now)
        assert db.session().scalar(unscoped(past, why="test")) >= demo.WEEKS
        assert len([day for day in queries.coming([here.id], now + timedelta(days=1), 50) if day.cancelled_at]) == 1
