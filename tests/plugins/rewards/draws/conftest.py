"""A draw among a few members, published; time goes on by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall_rewards.draws import drawing, publishing, queries
from unionhall_rewards.draws.models import Draw
from unionhall_rewards.fund.models import Fund

TEXTS = {"organiser": "云麓省总工会", "contact": "权益保障部 0570-88001234", "rules": "中奖即到券包，7 天内在驿站使用，过期作废。"}


@dataclass
class Round:
    """Makes published draws; called inside the open unit of work."""

    make: object
    mall: object

    def published(self, *prizes, people=3, value="beacon:0000000042", fen=5_000_000, algo="UHI1", fund=None, **fields):
        """A draw that is open now (UHI1 with its public value), for so many members; returns (draw id, member ids)."""
        now = clock.now()
        members = [self.make.member(account=True).id for _ in range(people)]
        fund = db.session().get(Fund, fund, execution_options={"unionhall_scope": "test"}) if fund else self.mall.fund(fen=fen)
        times = {"opens_at": now + timedelta(minutes=10), "closes_at": now + timedelta(days=10)}
        read = now + timedelta(minutes=5) if algo == "UHI1" else times["closes_at"] + timedelta(minutes=5)
        given = [dict(prize) for prize in prizes]
        for prize in given:
            if prize.get("kind") is True:
                prize["kind"] = self.mall.kind(fund)
        draw = self.mall.draw(fund, *given, algo=algo, **(TEXTS | times | {"public_at": read} | fields))
        self.shares = publishing.publish(draw.id, actor=SYSTEM, now=now)
        if algo == "UHI1" and value:
            self.public(draw.id, value, now=read)
        return draw.id, members

    def public(self, draw_id, value, *, now):
        """Two people note the public value."""
        drawing.say_public(draw_id, value, "官网，王敏在场", actor=SYSTEM, now=now)
        drawing.confirm_public(draw_id, value, actor=SYSTEM, now=now)

    def get(self, draw_id) -> Draw:
        found = queries.by_id(draw_id)
        db.session().refresh(found)
        return found

    def operators(self, number=2):
        """Actors who may do everything with draws."""
        return [self.make.actor(Role.ORG_ADMIN) for _ in range(number)]


@pytest.fixture
def rounds(make, mall):
    return Round(make, mall)
