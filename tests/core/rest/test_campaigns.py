"""Campaigns through the API: lists by state and org, one campaign with its components and results."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.base import clock
from unionhall.campaigns import moving, services
from unionhall.campaigns.models import Campaign
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped

API = "/api/v1"
RUNNING = ("submit", "approve", "start")


def titles(answer):
    return [item["title"] for item in answer.json["items"]]


@pytest.mark.both
def test_campaigns_come_by_state_page_by_page(client, work, union):
    with work():
        now = clock.now()
        for number in range(3):
            union.campaign(*RUNNING, title=f"进行{number}", ends_at=now + timedelta(days=30 + number))
        union.campaign("submit", "approve", title="未开始")
        union.campaign(*RUNNING, "end", title="结束")
        union.campaign("submit", title="待审")
    first = client.get(f"{API}/campaigns?state=running&limit=2")
    second = client.get(f"{API}/campaigns", query_string={"state": "running", "limit": 2, "after": first.json["next"]})
    assert titles(first) + titles(second) == ["进行0", "进行1", "进行2"] and second.json["next"] is None
    assert titles(client.get(f"{API}/campaigns?state=upcoming")) == ["未开始"]
    assert titles(client.get(f"{API}/campaigns?state=ended")) == ["结束"]
    whole = client.get(f"{API}/campaigns?limit=4")
    rest = client.get(f"{API}/campaigns", query_string={"limit": 4, "after": whole.json["next"]})
    assert sorted(titles(whole) + titles(rest)) == sorted(["进行0", "进行1", "进行2", "未开始", "结束"])
    assert whole.headers["Cache-Control"] == "public, max-age=60"
    assert client.get(f"{API}/campaigns?state=draft").status_code == 422
    assert client.get(f"{API}/campaigns?org=nowhere").status_code == 404


def test_a_campaign_comes_with_its_components_and_its_sheet(client, work, union):
    with work():
        made = union.campaign(*RUNNING, audience="members", goal_number=100)
        slug, url = made.slug, made.url
    answer = client.get(f"{API}/campaigns/{slug}")
    item = answer.json
    assert (item["title"], item["state"], item["goal_number"], item["audience"]) == ("2026 职工健康月", "running", 100, "members")
    assert item["url"].endswith(url) and item["audience_text"] == "限已激活会员"
    words, sheet = item["components"]
    assert (words["kind"], words["title"], words["data"]) == ("campaigns.text", "怎么参加", {})
    assert 'href="http://127.0.0.1:8000/orgs/"' in words["html"] and "<script" not in words["html"] and words["text"].startswith("规则见")
    assert sheet["kind"] == "signups.sheet"
    assert client.get(f"{API}/signups/{sheet['data']['sheet']}").json["title"] == "2026 职工健康月"
    assert (item["results_published"], item["results"], item["result_html"]) == (False, [], "")
    again = client.get(f"{API}/campaigns/{slug}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_changed_campaign_is_another_answer_and_published_results_are_there(client, work, union):
    with work():
        made = union.campaign(*RUNNING)
        slug, number = made.slug, made.id
    before = client.get(f"{API}/campaigns/{slug}").headers["ETag"]
    with work() as session:
        found = session.scalar(unscoped(select(Campaign).where(Campaign.id == number), why="test"))
        moving.move(found, "end", actor=SYSTEM, now=clock.now(), reason="")
        services.set_result(found, "<p>感谢参加。</p>", version=found.version, actor=SYSTEM, now=clock.now())
        moving.move(found, "publish", actor=SYSTEM, now=clock.now(), reason="")
    answer = client.get(f"{API}/campaigns/{slug}")
    assert answer.headers["ETag"] != before and answer.json["state"] == "published"
    assert answer.json["results_published"] and "感谢参加。" in answer.json["result_html"]
    assert {"component", "label", "people", "times", "of"} == set(answer.json["results"][0])


def test_drafts_are_not_there_and_cancelled_ones_say_why(client, work, union):
    with work():
        draft = union.campaign().slug
        cancelled = union.campaign(*RUNNING, "cancel", title="取消的").slug
        mended = union.campaign("submit", "approve", "return", title="退回的").slug
    assert client.get(f"{API}/campaigns/{draft}").status_code == 404
    gone = client.get(f"{API}/campaigns/{cancelled}")
    assert (gone.status_code, gone.json["error"]["code"]) == (410, "cancelled") and "因台风延期。" in gone.json["error"]["message"]
    assert client.get(f"{API}/campaigns/{mended}").status_code in {404, 410}
    assert titles(client.get(f"{API}/campaigns")) == []
