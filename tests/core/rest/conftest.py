"""A member with an account, and tokens of theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from unionhall.accounts import tokens
from unionhall.accounts.services import by_id
from unionhall.base import clock
from unionhall.campaigns import components, moving
from unionhall.campaigns import services as campaigns
from unionhall.campaigns.services import Basics
from unionhall.hooks.types import SYSTEM
from unionhall.rest.table import scopes
from unionhall.signups import questions, sheets
from unionhall.signups.models import Audience
from unionhall.signups.questions import Option, Question
from unionhall.signups.sheets import Setup


@pytest.fixture
def member(work, make):
    """Return the account id of an activated member."""
    with work():
        return make.member(make.org(name="云麓市总工会"), account=make.account(login="linxiaotang", name="林晓棠")).account_id


@pytest.fixture
def issue(work):
    """Return `issue(account_id, *scopes)`: the headers that a program sends."""

    def give(account_id, *wanted, lasts=timedelta(days=30)):
        with work():
            known = [scope.name for scope in scopes()]
            _row, secret = tokens.issue(
                by_id(account_id), kind=tokens.PERSONAL, name="测试", scopes=wanted or ("me.read", "me.write"), known=known, lasts=lasts,
                now=clock.now(),
            )  # fmt: skip
        return {"Authorization": f"Bearer {secret}"}

    return give


class Union:
    """Makes sheets, and a campaign with one, the ordinary way inside the unit of work that is open."""

    def __init__(self, make):
        self.make = make

    def sheet(self, **setup):
        given = {"title": "工间操比赛", "audience": Audience.MEMBERS} | setup
        return sheets.create_sheet("tests.thing", 1, Setup(**given), org=self.make.root, actor=SYSTEM, now=clock.now())

    def ask(self, sheet, kind, label, *, options=(), **more):
        chosen = tuple(Option(*item) for item in options)
        return questions.add(sheet, Question(kind, label, options=chosen, **more), actor=SYSTEM, now=clock.now())

    def campaign(self, *ways, title="2026 职工健康月", **more):
        now = clock.now()
        basics = Basics(title=title, summary="走出工位，动一动。", **({"starts_at": now + timedelta(days=3), "ends_at": now + timedelta(days=33)} | more))
        made = campaigns.create(self.make.root, basics, actor=SYSTEM, now=now)
        body = '<p>规则见<a href="/orgs/">这里</a>。</p><script>alert(1)</script>'
        components.add(made, "campaigns.text", title="怎么参加", config={"body": body}, actor=SYSTEM, now=now)
        components.add(made, "signups.sheet", title="报名", actor=SYSTEM, now=now)
        for action in ways:
            moving.move(made, action, actor=SYSTEM, now=now, reason="因台风延期。")
        return made


@pytest.fixture
def union(make):
    """Return the factory of campaigns and sheets."""
    return Union(make)
