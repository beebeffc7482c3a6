"""Topics with approved questions, rounds, people; stand-ins for choosing questions and for entering a draw."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import insert, select

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped
from unionhall_quiz.bank import choosing
from unionhall_quiz.bank.models import Question, Topic
from unionhall_quiz.play import attempts, chances, desk, queries, rounds, shown, site
from unionhall_quiz.play import demo as play_demo
from unionhall_quiz.play.rounds import Plan
from unionhall_rewards.draws.entering import Outcome
from unionhall_rewards.draws.models import Draw, Entry
from unionhall_rewards.draws.shown import DrawView

KEYS = "abcd"


@pytest.fixture(autouse=True)
def chooses(monkeypatch):
    """Choose by what has not been used longest, as the bank does."""

    def pool(org_path, day):
        ids = [int(part) for part in org_path.split("/") if part]
        wanted = select(Question).join(Topic, Topic.id == Question.topic_id).where(Topic.org_id.in_(ids), Question.state == "approved")
        wanted = wanted.where((Question.valid_until.is_(None)) | (Question.valid_until >= day)).order_by(Question.id)
        return list(db.session().scalars(unscoped(wanted, why="test")))

    def usable(org_path, day):
        found = {}
        for question in pool(org_path, day):
            found[question.topic_id] = found.get(question.topic_id, 0) + 1
        return found

    def choose(quota, org_path, day, seed):
        chance, found = Random(seed), []
        for topic, number in quota.items():
            those = [question for question in pool(org_path, day) if question.topic_id == topic]
            chance.shuffle(those)
            those.sort(key=lambda question: question.used_on or date.min)
            found += those[:number]
        return found

    monkeypatch.setattr(choosing, "usable", usable)
    monkeypatch.setattr(choosing, "choose", choose)


@dataclass
class Draws:
    """A draw's stand-in: entries are real rows, so that the database judges them; `refuses` is the code of a refusal."""

    refuses: str = ""
    state: str = "none"
    missed: bool = False
    paused: bool = False
    taken: list = field(default_factory=list)

    def make(self, org):
        now = clock.now()
        made = Draw(
            org_id=org.id, key=f"test-{now.timestamp()}", algo="UHI1", title="五月抽奖", state="open", opens_at=now, spec_hash="x", commit_hash="x",
            closes_at=now + timedelta(days=30), created_at=now, updated_at=now,
        )  # fmt: skip
        db.session().add(made)
        db.session().flush()
        return made.id

    def enter(self, draw_id, member_id, source, source_id, *, day, now, number=1):
        if self.refuses:
            raise RuleBroken("抽奖没有收。", code=self.refuses)
        code = f"{member_id}-{day}"
        db.session().execute(insert(Entry).values(
            draw_id=draw_id, member_id=member_id, day=day, number=number or 1, holder=str(member_id), code=code, source=source, source_id=source_id, x=7, at=now, missed="",
        ))
        self.taken.append(source_id)
        return self._outcome(source_id)

    def _outcome(self, source_id):
        prize = "10 元消费券" if self.state == "won" else ""
        return Outcome(source_id, 1, f"CODE{source_id}", "HOLDER", self.state, prize, 1000 if prize else 0, missed=self.missed)

    def outcomes_of(self, source, ids):
        wanted = select(Entry.source_id).where(Entry.source == source, Entry.source_id.in_(ids))
        return {number: self._outcome(number) for number in db.session().scalars(wanted)}

    def view(self, draw_id, now):
        return DrawView(draw_id, "五月抽奖", "UHI1", "open", True, self.paused, "系统检查", now, now + timedelta(days=30), "/1/", f"/rewards/draws/{draw_id}/")


@pytest.fixture(autouse=True)
def draws(monkeypatch):
    """Replace the draw by a stand-in, everywhere where it is asked."""
    found = Draws()
    monkeypatch.setattr(chances, "enter", found.enter)
    monkeypatch.setattr(chances, "outcomes_of", found.outcomes_of)
    for module in (shown, site, desk, chances):
        monkeypatch.setattr(module, "draw_view", found.view)
    monkeypatch.setattr(site, "odds_panel", lambda draw_id: "赔率表")
    for module in (rounds, desk, play_demo):
        monkeypatch.setattr(module, "draw_choices", lambda actor, path, now: [
            (row, "五月抽奖") for row in db.session().scalars(unscoped(select(Draw.id), why="test"))
        ])
    return found


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
def daily(work, bank, make):
    """A running daily round of three questions (single, multiple, order) and two activated members; returns their ids."""
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
