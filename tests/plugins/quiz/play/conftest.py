"""Topics with approved questions, rounds, people, and draws in which everybody wins or nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall_quiz.bank.models import Question, Topic
from unionhall_quiz.play import attempts, queries, rounds
from unionhall_quiz.play.models import Round
from unionhall_quiz.play.rounds import Plan
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.draws import drafting, drawing, entering, publishing
from unionhall_rewards.draws.drafting import PrizeTerms, Terms
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Budget, Fund, Kind

KEYS = "abcd"
FEN = 5_000_000


@dataclass
class Draws:
    """Published instant draws that give a coupon of 10 yuan; each is called inside the open unit of work and returns the draw's id."""

    make: object

    def sure(self, *, to=None, number=100, known=True, ppm=1_000_000):
        """One in which everybody wins who was activated before, below org `to` (an id; the root org); without its public value when not `known`."""
        now, root = clock.now(), self.make.root
        fund = self._fund(now)
        kind = CouponKind(
            org_id=root.id, fund_id=fund.id, name="10 元消费券", face_fen=1000, form="cash_off", state="active", valid_days=7, created_at=now, updated_at=now
        )
        db.session().add(kind)
        db.session().flush()
        terms = Terms(
            "五月抽奖", "UHI1", now - timedelta(minutes=10), now + timedelta(days=30), "测试信标", now - timedelta(minutes=20),
            (PrizeTerms("10 元消费券", number, ppm=ppm, pack={kind.id: 1}),), fund.id, organiser="云麓省总工会", contact="权益保障部 0570-88001234",
            rules="中奖即到券包，7 天内在驿站使用。", audience=(to,) if to else (),
        )  # fmt: skip
        early, value = now - timedelta(hours=1), "beacon:0000000042"
        made = drafting.create(root, terms, actor=SYSTEM, now=early)
        publishing.publish(made.id, actor=SYSTEM, now=early)
        if known:
            drawing.say_public(made.id, value, "官网，王敏在场", actor=SYSTEM, now=terms.public_at)
            drawing.confirm_public(made.id, value, actor=SYSTEM, now=terms.public_at)
        return made.id

    def empty(self):
        """One in which nobody wins any more: its only prize is gone."""
        first = self.make.member(account=True)
        found, now = self.sure(number=1), clock.now()
        assert entering.enter(found, first.id, "quiz.attempt", 999_999, day=clock.local_day(now), now=now).state == "won"
        return found

    def _fund(self, now):
        made = Fund(org_id=self.make.root.id, name="会员日经费", created_at=now)
        db.session().add(made)
        db.session().flush()
        budget = Budget(fund_id=made.id, kind="grant", month="2026-05", fen=FEN, state="approved", asked_by=1, asked_at=now, decided_by=2, decided_at=now)
        db.session().add(budget)
        db.session().flush()
        ledger.move(Kind.GRANT, made.id, FEN, budget.id, now=now)
        made.granted_fen = FEN
        db.session().flush()
        db.session().refresh(made)
        return made


@pytest.fixture
def draws(make):
    return Draws(make)


@pytest.fixture
def with_draw(work, daily, draws):
    """Return `with_draw(sort="sure", **how)`: the daily round gives chances in such a draw; returns the draw's id."""

    def give(sort="sure", **how):
        with work() as session:
            found = getattr(draws, sort)(**how)
            session.execute(update(Round).where(Round.id == daily["round"]).values(draw_id=found))
            return found

    return give


@dataclass
class Bank:
    """Factories of the bank, inside an open unit of work."""

    make: object

    def topic(self, name="垃圾分类", org=None):
        made = Topic(org_id=(org or self.make.root).id, name=name)
        db.session().add(made)
        db.session().flush()
        return made

    def question(self, topic, text, *, kind="single", answer=("a",), options=None, **fields):
        now = clock.now()
        given = options or [{"key": key, "text": f"{text}之{key}", "media_id": None} for key in KEYS]
        filled = {"state": "approved", "author_id": 1, "reviewed_by": 2, "reviewed_at": now, "explanation": f"解释{text}", "article_url": "/news/1", "article_title": "相关"} | fields
        made = Question(org_id=topic.org_id, topic_id=topic.id, kind=kind, text=text, options=given, answer=list(answer), created_at=now, updated_at=now, **filled)
        db.session().add(made)
        db.session().flush()
        return made

    def round(self, quota, *, org=None, start=True, **fields):
        day = clock.local_day(clock.now())
        plan = Plan(**({"title": "每日一答", "calendar": "daily", "since": day - timedelta(days=30), "quota": quota} | fields))
        made = rounds.create(org or self.make.root, plan, actor=SYSTEM, now=clock.now())
        if start:
            rounds.start(made, actor=SYSTEM, now=clock.now())
        return made


@pytest.fixture
def bank(make):
    return Bank(make)


@pytest.fixture
def daily(beginning, work, bank, make):
    """A running daily round of three questions (single, multiple, order) and two activated members; returns their ids."""

    def fill():
        with work():
            topic = bank.topic()
            first = bank.question(topic, "单题", answer=["b"])
            second = bank.question(topic, "多题", kind="multiple", answer=["a", "c"])
            third = bank.question(topic, "序题", kind="order", answer=["a", "b", "c", "d"])
            found = bank.round({topic.id: 3})
            people = [make.member(make.root, account=True) for _n in range(2)]
            return {
                "round": found.id, "slug": found.slug, "topic": topic.id, "questions": [first.id, second.id, third.id],
                "members": [each.id for each in people], "accounts": [each.account_id for each in people],
                "right": {str(first.id): ["b"], str(second.id): ["a", "c"], str(third.id): ["a", "b", "c", "d"]},
            }  # fmt: skip

    return beginning("a daily round", fill)


@pytest.fixture
def player(app, login, daily):
    """Return `player(0)`, the browser of one of the round's members."""

    def build(place=0):
        browser = app.test_client()
        login(browser, daily["accounts"][place])
        return browser

    return build


def token(browser):
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/forgot").text).group(1)


@pytest.fixture
def post():
    """Return `post(browser, path, **fields)`, which brings the browser's token."""

    def send(browser, path, /, headers=None, **fields):
        return browser.post(path, data={"csrf_token": token(browser), **fields}, headers=headers)

    return send


@pytest.fixture
def answers(work):
    """Return `answers(round, member, {question id: [keys]})`: the fields of the form as that member sees it, with the nonce."""

    def fields_of(round_id, member_id, chosen, day=None):
        from unionhall_quiz.play import asking

        with work():
            attempt = queries.attempt_of(round_id, member_id, day or clock.local_day(clock.now()))
            return {"nonce": attempt.nonce} | asking.fields(attempt.order, attempt.paper.questions, chosen)

    return fields_of


@pytest.fixture
def begun(work, daily):
    """Return `begun(place)`, which begins an attempt inside an open unit of work."""

    def start(place=0):
        found = queries.by_slug(daily["slug"])
        from unionhall.members.queries import by_id

        member = by_id(daily["members"][place])
        return attempts.start(found, member.id, member.org_id, address="10.0.0.1", now=clock.now())

    return start


@pytest.fixture
def run(app):
    """Return `run(job)`, which runs a job as the worker does."""

    def once(job):
        with app.app_context():
            try:
                return job(clock.now())
            finally:
                db.session().remove()

    return once
