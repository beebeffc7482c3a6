"""Campaigns for readers: lists, pages in every state, old addresses, calendars, cached and renewed pages, search, feeds, home."""

from __future__ import annotations

import json
import re
from datetime import UTC, timedelta

import pytest
from icalendar import Calendar
from markupsafe import Markup
from sqlalchemy import event, text
from werkzeug.test import Client
from werkzeug.wrappers import Response

from unionhall.base import clock, db
from unionhall.campaigns import blocks, calendars, components, findable, moving, pages, services, shown
from unionhall.campaigns.services import Basics
from unionhall.hooks.components import Figure
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs import services as orgs
from unionhall.platform.pagecache import layer, purges, shelf
from unionhall.site import display


@pytest.mark.both
def test_lists_by_time_and_org(client, work, make, campaigns):
    with work():
        city = make.org(name="东津区总工会")
        for state, title in (("running", "正在办"), ("paused", "停一停"), ("scheduled", "快来了"), ("ended", "办完了"), ("published", "有结果"),
                             ("draft", "草稿"), ("review", "待审"), ("archived", "收起来"), ("cancelled", "不办了")):  # fmt: skip
            campaigns.create(state, title=title, org=city if state == "running" else None)
        slug = city.slug
    for when, titles in (("running", {"正在办", "停一停"}), ("upcoming", {"快来了"}), ("past", {"办完了", "有结果"})):
        page = client.get(f"/campaigns/?when={when}").text
        assert set(re.findall(r'campaign-card__title"><a href="[^"]+">([^<]+)', page)) == titles
    page = client.get(f"/campaigns/?org={slug}").text
    assert "正在办" in page
    assert "停一停" not in page
    for path in ("/campaigns/?when=x", "/campaigns/?page=2", "/campaigns/?page=x", "/campaigns/?org=nobody", "/campaigns/nothing/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("draft", 404, ""), ("review", 404, ""), ("scheduled", 200, "即将开始"), ("running", 200, "进行中"), ("paused", 200, "因台风延期。"),
        ("ended", 200, "不再接受参加"), ("published", 200, "不再接受参加"), ("archived", 200, "noindex"), ("cancelled", 410, "因台风延期。"),
        ("returned", 404, ""),
    ],
)  # fmt: skip
def test_a_page_in_every_state(client, work, campaigns, state, status, words):
    with work():
        url = campaigns.create(state).url
    answer = client.get(url)
    assert (answer.status_code, words in answer.text) == (status, True)
    if status == 200:
        data = json.loads(re.search(r'ld\+json">(.+?)</script>', answer.text).group(1))
        assert (data["@type"], data["name"]) == ("Event", "2026 职工健康月")


@pytest.mark.both
def test_a_component_whose_query_fails_takes_only_its_own_place(client, work, campaigns, offered):
    offered.add("test.sql", render=lambda view, now: db.session().execute(text("select * from no_such_table")).all())
    with work():
        campaign = campaigns.create()
        components.add(campaign, "test.sql", title="坏查询", actor=SYSTEM, now=clock.now())
        components.add(campaign, "campaigns.text", title="后面的", config={"body": "<p>照常显示</p>"}, actor=SYSTEM, now=clock.now())
        for action in ("submit", "approve"):
            campaigns.move(campaign, action)
        url = campaign.url
    answer = client.get(url)
    assert (answer.status_code, "照常显示" in answer.text, "坏查询" in answer.text) == (200, True, False)


def test_one_that_is_taken_back_says_so(client, work, campaigns):
    with work():
        campaign = campaigns.create("scheduled")
        campaigns.move(campaign, "return", reason="内部原因，不给读者看。")
        url = campaign.url
    answer = client.get(url)
    assert (answer.status_code, "正在修改" in answer.text, "内部原因" in answer.text) == (410, True, False)


def test_old_addresses_lead_on_and_none_is_given_twice(client, work, campaigns):
    with work():
        campaign = campaigns.create("running")
        old = campaign.url

        def rename(slug):
            basics = Basics(title=campaign.title, summary="x", starts_at=campaign.starts_at, ends_at=campaign.ends_at, slug=slug)
            services.save(campaign, basics, version=campaign.version, actor=SYSTEM, now=clock.now())

        rename("jian-kang-yue")
        other = campaigns.create(title=campaign.title)
        assert other.url != old
        with pytest.raises(services.RuleBroken, match="已经用过"):
            services.save(other, Basics(title="x", slug="jian-kang-yue"), version=other.version, actor=SYSTEM, now=clock.now())
    answer = client.get(old)
    assert (answer.status_code, answer.location) == (301, "/campaigns/jian-kang-yue/")
    assert client.get("/campaigns/jian-kang-yue/").status_code == 200


def test_the_calendar_is_read_back_and_its_uids_stay(client, work, campaigns):
    with work():
        running, coming = campaigns.create("running", title="第一，换行；和\\斜线"), campaigns.create("scheduled", title="第二")
        cancelled = campaigns.create("cancelled", title="第三")
        ids, days, slug = {running.id, coming.id}, (running.starts_at, running.ends_at), cancelled.slug
        running_slug = running.slug
    answer = client.get("/campaigns/calendar.ics")
    assert answer.mimetype == "text/calendar"
    with client.application.app_context():
        uids = {calendars.uid(item) for item in ids}
    found = {str(item["uid"]): item for item in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert set(found) == uids
    one = found[next(uid for uid in uids if f"-{min(ids)}@" in uid)]
    assert str(one["summary"]) == "第一，换行；和\\斜线"
    assert (one["dtstart"].dt.astimezone(UTC), one["dtend"].dt.astimezone(UTC)) == days
    told = next(iter(Calendar.from_ical(client.get(f"/campaigns/{slug}/calendar.ics").data).walk("VEVENT")))
    assert str(told["status"]) == "CANCELLED"
    alone = next(iter(Calendar.from_ical(client.get(f"/campaigns/{running_slug}/calendar.ics").data).walk("VEVENT")))
    assert str(alone["uid"]) == str(one["uid"])


def test_results_are_told_once_they_are_published(client, work, campaigns, offered):
    offered.add("test.quiz", figures=lambda view: [Figure("答题", people=1200, times=5600)], result=lambda view, now: Markup("<p>前十名在此</p>"))
    with work():
        campaign = campaigns.create()
        components.add(campaign, "test.quiz", title="每日一答", actor=SYSTEM, now=clock.now())
        for action in ("submit", "approve", "start", "end"):
            campaigns.move(campaign, action)
        services.set_result(campaign, "<p>共送出凉茶。</p><script>x</script>", version=campaign.version, actor=SYSTEM, now=clock.now())
        campaign_id, url = campaign.id, campaign.url
    before = client.get(url).text
    assert "前十名在此" in before
    assert "共送出凉茶" not in before
    with work():
        campaigns.move(campaigns.get(campaign_id), "publish")
    after = client.get(url).text
    assert "共送出凉茶" in after
    assert "1,200 人" in after
    assert "5,600 人次" in after
    assert "<script>x" not in after


@pytest.fixture
def cached(app, monkeypatch):
    """Return a browser in front of a page cache, as another process would have it."""
    monkeypatch.setitem(app.extensions, purges.EXTENSION, None)
    monkeypatch.delitem(app.extensions, purges.EXTENSION)
    found = layer.PageCache(app, variants=display.cookies(("zh_CN", "en")), most_bytes=4_000_000, shelf=shelf.NoShelf())
    return Client(found, Response, use_cookies=False)


@pytest.fixture
def asked(app):
    """Return what the database is asked, the page cache's own look at its log left out."""
    seen = []
    with app.app_context():
        engine = db.engine()

    def note(*args):
        if "pagecache_purge" not in args[2] and args[2] != "BEGIN":
            seen.append(args[2])

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_cached_pages_are_renewed_when_a_campaign_starts_and_ends(app, work, cached, campaigns, asked):
    with work():
        campaign = campaigns.create("scheduled")
        url, starts, ends = campaign.url, campaign.starts_at, campaign.ends_at
    kept = [url, "/campaigns/", "/", "/campaigns/calendar.ics", "/sitemap.xml"]
    for path in kept:
        cached.get(path)
        asked.clear()
        assert (cached.get(path).status_code, asked) == (200, []), path
    assert "即将开始" in cached.get(url).text
    with app.app_context():
        moving.run_due(starts)
    assert "进行中" in cached.get(url).text
    assert campaign_title(cached.get("/campaigns/").text)
    assert campaign_title(cached.get("/").text)
    with app.app_context():
        moving.run_due(ends)
    assert "不再接受参加" in cached.get(url).text
    assert not campaign_title(cached.get("/campaigns/").text)


def campaign_title(html):
    return "2026 职工健康月" in html


def test_the_page_is_the_same_for_everybody(app, client, login, work, make, campaigns):
    with work():
        url, chief = campaigns.create("running").url, make.account(Role.CHIEF_EDITOR, name="周总编").id
    login(client, chief)
    page = client.get(url)
    assert "周总编" not in page.text


@pytest.mark.both
def test_lists_and_the_home_page_cost_the_same_for_one_and_for_three(app, client, work, make, campaigns):
    seen = []
    with app.app_context():
        engine = db.engine()

    def note(_connection, _cursor, statement, *_rest):
        if "campaigns_" in statement or "media_asset" in statement or "orgs_org" in statement:
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    numbers = []
    try:
        for _round in range(2):
            with work():
                for _number in range(1 if not numbers else 2):
                    campaigns.create("running", cover_id=make.picture(alt="图").id)
            counts = []
            for path in ("/campaigns/", "/", "/campaigns/calendar.ics"):
                client.get(path)
                seen.clear()
                client.get(path)
                counts.append(len(seen))
            numbers.append(counts)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert numbers[0] == numbers[1]


def test_search_feed_sitemap_home_and_org_page(client, work, make, campaigns):
    with work():
        city = make.org()
        campaign = campaigns.create("running", org=city, text="<p>工间操比赛</p>")
        draft = campaigns.create(title="还没批的")
        campaign_id, url, slug = campaign.id, campaign.url, city.slug
        found = list(findable.documents([campaign.id, draft.id]))
        assert [(item.id, "工间操比赛" in item.body) for item in found] == [(campaign.id, True)]
        assert list(findable.ids(0, 10)) == [campaign_id]
        assert [item.url for item in findable.results([campaign_id, draft.id])] == [url]
        assert list(findable.look(["健康月"], 10)) == [campaign_id]
        assert list(findable.suggest("2026", 5)) == ["2026 职工健康月"]
        assert pages.SEARCH == findable.KIND
    for path in ("/", "/feed.xml", "/sitemap.xml", f"/orgs/{slug}/", "/campaigns/"):
        page = client.get(path).text
        assert url in page, path
        assert "还没批的" not in page
    assert 'href="/campaigns/"' in client.get("/").text


def test_a_merger_takes_campaigns_along(app, work, make, campaigns):
    with work():
        source, target = make.org(), make.org()
        campaign_id = campaigns.create("running", org=source).id
        with app.test_request_context():
            assert "1 个活动" in str(next(blocks.going_over(source.id)))
        orgs.merge_org(source, target, actor=SYSTEM, now=clock.now())
        target_id = target.id
    with work():
        assert campaigns.get(campaign_id).org_id == target_id


def test_words_for_days_and_periods(app, at):
    now = at("2026-05-14 09:30")
    with app.test_request_context():
        day = timedelta(days=1)
        midnight = clock.from_local(clock.local(now).replace(hour=0, minute=0, tzinfo=None))
        assert shown.days_left(midnight + day, now) == 0  # until 24:00 today is today
        assert shown.days_left(midnight + day + timedelta(seconds=2), now) == 1
        assert shown.period_words(midnight, midnight + 3 * day) == "5 月 14 日 – 5 月 16 日"
        assert shown.period_words(now, now + timedelta(hours=2)) == "5 月 14 日 09:30–11:30"
        assert "2027" in shown.period_words(now, now + 300 * day)
