"""What the tests of campaigns share: a union with its people, campaigns in any state, a kind of component that a test offers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from markupsafe import Markup
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.campaigns import components, moving, services
from unionhall.campaigns.models import Campaign
from unionhall.campaigns.services import Basics
from unionhall.hooks.components import ComponentType
from unionhall.hooks.types import SYSTEM, Role
from unionhall.host.registry import host
from unionhall.platform.access import unscoped

WAYS = {
    "draft": (), "review": ("submit",), "returned": ("submit", "return"), "scheduled": ("submit", "approve"),
    "running": ("submit", "approve", "start"), "paused": ("submit", "approve", "start", "pause"),
    "ended": ("submit", "approve", "start", "end"), "published": ("submit", "approve", "start", "end", "publish"),
    "archived": ("submit", "approve", "start", "end", "publish", "archive"),
    "cancelled": ("submit", "approve", "cancel"),
}  # fmt: skip


class Campaigns:
    """Makes campaigns the ordinary way, as the system unless somebody is named."""

    def __init__(self, make):
        self.make = make

    def create(self, state="draft", *, org=None, title="2026 职工健康月", actor=SYSTEM, text="<p>健康月的规则很简单。</p>", now=None, **fields):
        now = now or clock.now()
        days = {"starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=33)}
        basics = Basics(title=title, **({"summary": "走出工位，动一动。"} | days | fields))
        campaign = services.create(org or self.make.root, basics, actor=actor, now=now)
        if text:
            components.add(campaign, "campaigns.text", title="怎么参加", config={"body": text}, actor=SYSTEM, now=now)
        for action in WAYS[state]:
            self.move(campaign, action, now=now)
        return campaign

    def move(self, campaign, action, *, actor=SYSTEM, now=None, reason="因台风延期。"):
        moving.move(campaign, action, actor=actor, now=now or clock.now(), reason=reason)

    def get(self, campaign_id):
        return db.session().scalar(unscoped(select(Campaign).where(Campaign.id == campaign_id), why="test"))


@pytest.fixture
def campaigns(make):
    return Campaigns(make)


@pytest.fixture
def staff(work, make):
    """Return {role: account id} in one district, and of a chief editor next door."""
    with work():
        ours, theirs = make.org(), make.org()
        people = {role: make.account(role, ours).id for role in Role}
        return {"org": ours.id, "next": make.account(Role.CHIEF_EDITOR, theirs).id, **people}


class Offered:
    """What a plugin of a test offers."""

    def __init__(self):
        self.types = []

    def add(self, kind, **given):
        given.setdefault("render", lambda view, now: Markup("<p>{}：{}</p>").format(view.title, view.config.get("text", "")))
        self.types.append(ComponentType(kind, given.pop("label", "测试块"), given.pop("summary", "测试用的一块"), **given))


@pytest.fixture
def offered(app, monkeypatch):
    """Return a plugin that offers the kinds that a test adds, beside the core's; what it does not offer is not there."""
    with app.app_context():
        plugins = host()
    plugin, collect = Offered(), plugins.collect

    def with_plugin(hook, **arguments):
        found = collect(hook, **arguments)
        return [*found, *plugin.types] if hook == "unionhall_block_types" else found

    monkeypatch.setattr(plugins, "collect", with_plugin)
    return plugin
