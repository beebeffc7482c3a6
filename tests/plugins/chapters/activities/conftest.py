"""What tests of activities share: a chapter with an officer, a leader and members, and a weekly activity."""

from __future__ import annotations

import re
from datetime import date

import pytest

from unionhall.accounts.administration import grant
from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.orgs.models import Org
from unionhall_chapters.activities import services
from unionhall_chapters.activities.rules import Plan

TUESDAYS = Plan(
    title="公园晨练太极", venue="锦城公园南门", starts_at=390, minutes=60, first_day=date(2026, 5, 19), weekdays="2", places=3,
    risk="晨练前请量力而行。", gear="软底鞋\n水杯", weather="下雨取消。",
)  # fmt: skip


@pytest.fixture
def park(work, make, chapter):
    """Return a chapter's ids: itself, its slug, its weekly activity, accounts of an officer and a leader, and of three members."""
    with work() as session:
        here = chapter(name="太极协会工会", slug="taiji")
        org = session.get(Org, here.org_id)
        officer, leader = make.account(), make.account()
        grant(officer, "chapters.officer", org, actor=SYSTEM, now=clock.now())
        grant(leader, "chapters.leader", org, actor=SYSTEM, now=clock.now())
        members = [make.member(make.root, account=True, also=(org,)) for _n in range(4)]
        series = services.create(here, TUESDAYS, actor=SYSTEM, now=clock.now())
        return {
            "chapter": here.id, "org": org.id, "series": series.id, "officer": officer.id, "leader": leader.id,
            "plan": TUESDAYS, "members": [member.id for member in members], "accounts": [member.account_id for member in members],
        }  # fmt: skip


@pytest.fixture
def post():
    """Return `post(client, path, **fields)`, which brings the token that a page of the same browser carries."""

    def send(client, path, /, **fields):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1)
        return client.post(path, data={"csrf_token": token, **fields})

    return send
