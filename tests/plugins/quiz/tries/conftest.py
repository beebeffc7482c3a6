"""A real draw, a bank of questions, and a round that allows three tries a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall_quiz.bank.models import Question, Topic
from unionhall_quiz.play import rounds
from unionhall_quiz.play.rounds import Plan
from unionhall_rewards.draws import drafting, drawing, publishing
from unionhall_rewards.draws.drafting import PrizeTerms, Terms

TEXTS = {"organiser": "云麓省总工会", "contact": "0570-88001234", "rules": "中奖即到券包。", "public_source": "测试信标"}


@dataclass
class Hall:
    """Factories; called inside the open unit of work."""

    make: object

    def draw(self, **fields):
        """A published instant draw that is open from 9:40 on, whose towel everybody hits."""
        now = clock.now()
        filled = {
            "title": "会员日抽奖", "algo": "UHI1", "opens_at": now + timedelta(minutes=10), "closes_at": now + timedelta(days=9),
            "public_at": now + timedelta(minutes=5), "prizes": (PrizeTerms("毛巾", 100, 1_000, 1_000_000),), "tries_a_day": 3,
            "most_wins": 1, **TEXTS,
        }  # fmt: skip
        made = drafting.create(self.make.root, Terms(**filled | fields), actor=SYSTEM, now=now)
        publishing.publish(made.id, actor=SYSTEM, now=now)
        read = now + timedelta(minutes=5)
        drawing.say_public(made.id, "417", "官网，王敏在场", actor=SYSTEM, now=read)
        drawing.confirm_public(made.id, "417", actor=SYSTEM, now=read)
        return made.id

    def topic(self, number, name="垃圾分类"):
        now = clock.now()
        topic = Topic(org_id=self.make.root.id, name=name)
        db.session().add(topic)
        db.session().flush()
        for place in range(number):
            options = [{"key": key, "text": f"{place}之{key}", "media_id": None} for key in "abc"]
            db.session().add(Question(
                org_id=topic.org_id, topic_id=topic.id, kind="single", text=f"{name}第{place}题", options=options, answer=["a"], state="approved",
                author_id=1, reviewed_by=2, reviewed_at=now, explanation="因为", article_url="", article_title="", created_at=now, updated_at=now,
            ))  # fmt: skip
        db.session().flush()
        return topic.id

    def round(self, quota, **fields):
        day = clock.local_day(clock.now())
        plan = Plan(**{"title": "三次一答", "calendar": "daily", "since": day, "quota": quota, "tries": 3} | fields)
        made = rounds.create(self.make.root, plan, actor=SYSTEM, now=clock.now())
        rounds.start(made, actor=SYSTEM, now=clock.now())
        return made


@pytest.fixture
def hall(make):
    return Hall(make)


@pytest.fixture
def member(work, make):
    with work():
        found = make.member(account=True)
        return found.id, found.account_id, found.org_id
