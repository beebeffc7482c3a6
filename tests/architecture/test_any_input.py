"""Whatever a program sends to the plugins' operations, the answer is one that the OpenAPI document announces, and never a 5xx."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rights_things import build as build_houses
from rights_things_rewards import build
from sqlalchemy import select

from unionhall.accounts import tokens
from unionhall.accounts.services import by_id
from unionhall.base import clock
from unionhall.members.queries import of_account
from unionhall.rest.table import scopes
from unionhall_quiz.bank.models import Question
from unionhall_quiz.play import attempts, papers
from unionhall_quiz.play.models import Paper, Round

SCOPE = {"unionhall_scope": "test"}


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("chapters", "stations", "rewards", "quiz")


@pytest.fixture
def town(beginning, work, make):
    """One of everything, and a member who is at today's questions: (account id, {address: what lies there})."""

    def fill():
        with work() as session:
            houses, streets, now = build_houses(make), build(make), clock.now()
            things = streets.things
            question = session.get(Question, things["question_id"], execution_options=SCOPE)
            found = session.get(Round, things["round_id"], execution_options=SCOPE)
            paper = session.scalars(select(Paper).where(Paper.round_id == found.id)).one()
            paper.questions = [papers.freeze(question)]
            question.state, question.reviewed_by, question.reviewed_at = "approved", 2, now
            found.quota, found.calendar = {str(things["topic_id"]): 1}, "daily"
            member = of_account(streets.other)
            nonce = attempts.start(found, member.id, member.org_id, address="10.0.0.1", now=now).nonce
            slug = {"slug": found.slug}
            return streets.owner, streets.other, {
                "/quiz/rounds/{slug}/attempt": slug, "/quiz/rounds/{slug}/answers": slug | {"body": {"nonce": nonce}},
                "/quiz/rounds/{slug}/days/{day}": slug | {"day": things["day"]}, "/rewards/coupons/{id}": {"id": things["coupon_id"]},
                "/stations/stations/{slug}": {"slug": things["slug"]}, "/chapters/chapters/{slug}": {"slug": houses.things["slug"]},
            }  # fmt: skip

    return beginning("a town with everything", fill)


@pytest.mark.both
@pytest.mark.parametrize("who", ["stranger", "owner", "player"])
def test_answers_are_the_announced_ones(ask_anything, town, work, who):
    owner, player, there = town
    headers = {}
    if who != "stranger":
        with work():
            known, account = [scope.name for scope in scopes()], owner if who == "owner" else player
            _row, secret = tokens.issue(
                by_id(account), kind=tokens.PERSONAL, name="测试", scopes=known, known=known, lasts=timedelta(days=30), now=clock.now()
            )
        headers = {"Authorization": f"Bearer {secret}"}
    asked = ask_anything(headers, there, ("/quiz/", "/rewards/", "/stations/", "/chapters/"))
    assert set(there) < {path.removeprefix("/api/v1") for path in asked}
