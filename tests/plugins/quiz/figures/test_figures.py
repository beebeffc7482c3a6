"""Figures of a round: shares instead of head-counts, topics before and after, an idea for the editors once a month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import Org
from unionhall_quiz.bank import services as bank
from unionhall_quiz.bank.judging import Draft, Option
from unionhall_quiz.figures import queries
from unionhall_quiz.play.models import Attempt, Paper, Round, Tally

DAY = date(2026, 5, 14)


@pytest.fixture
def week(work, make):
    """A round of ten days: a small union in which most take part, a large one in which few do; one topic got better, one did not."""
    with work() as session:
        now = clock.now()
        small, large = make.org(make.root, name="小工会"), make.org(make.root, name="大工会")
        people = {small.id: [make.member(small).id for _ in range(6)], large.id: [make.member(large).id for _ in range(20)]}
        found = Round(
            org_id=make.root.id, slug="daily", title="每日一答", calendar="daily", since=DAY - timedelta(days=9), state="running",
            quota={}, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(found)
        topics = [
            bank.keep_topic(None, make.root, name=name, name_en="", summary="", position=1, active=True, actor=SYSTEM, now=now)
            for name in ("垃圾分类", "工会政策")
        ]
        questions = [
            bank.add(
                make.root, Draft(topic.id, "single", f"{topic.name}的题？", (Option("甲"), Option("乙")), (0,)), actor=SYSTEM, now=now
            ).id
            for topic in topics
        ]
        session.flush()
        paper = Paper(round_id=found.id, day=DAY, created_at=now)
        session.add(paper)
        session.flush()
        for org, taking in ((small, 5), (large, 7)):
            for member_id in people[org.id][:taking]:
                session.add(
                    Attempt(
                        round_id=found.id, paper_id=paper.id, member_id=member_id, org_path=org.path, day=DAY, state="scored", nonce="n",
                        total=2, score=1, passed=True, began_at=now, due_at=now, scored_at=now,
                    )
                )  # fmt: skip
        for back, rights in ((9, (8, 10)), (1, (16, 4))):
            for topic, question, right in zip(topics, questions, rights, strict=True):
                session.add(
                    Tally(round_id=found.id, day=DAY - timedelta(days=back), question_id=question, topic_id=topic.id, shown=20, right=right)
                )
        session.flush()
        return found.id, topics[1].id


def test_a_small_union_leads_by_its_share(work, week):
    with work() as session:
        found = session.get(Round, week[0], execution_options={"unionhall_scope": "test"})
        root = session.get(Org, found.org_id)
        shares = queries.shares(found, root, DAY - timedelta(days=9), DAY + timedelta(days=1))
        assert [(row.org, row.people, row.members, round(row.percent)) for row in shares] == [("小工会", 5, 6, 83), ("大工会", 7, 20, 35)]
        assert queries.totals(found.id, DAY, DAY + timedelta(days=1)) == queries.Totals(12, 12, 12)
        assert (queries.people_at(root.path, DAY, DAY + timedelta(days=1)), queries.attempts_at(root.path, DAY, DAY)) == (12, 0)


@pytest.mark.both
def test_topics_before_and_after(work, week):
    with work():
        lines = queries.topics(week[0], DAY - timedelta(days=9), DAY + timedelta(days=1))
        assert [(line.name, line.answers, line.before, line.after) for line in lines] == [
            ("工会政策", 40, 50.0, 20.0), ("垃圾分类", 40, 40.0, 80.0),
        ]  # fmt: skip
        worst = queries.wrong(week[0], DAY - timedelta(days=9), DAY + timedelta(days=1))
        assert [(row.topic, round(row.percent)) for row in worst] == [("工会政策", 35), ("垃圾分类", 60)]


def test_small_numbers_are_hidden(work, make, week):
    with work() as session:
        found = session.get(Round, week[0], execution_options={"unionhall_scope": "test"})
        row = session.query(Attempt).filter(Attempt.org_path.like("%")).first()
        session.delete(row)
        session.flush()
        shares = queries.shares(found, session.get(Org, found.org_id), DAY, DAY + timedelta(days=1))
        assert None in [item.people for item in shares]


def test_the_page_and_an_idea_for_the_editors(client, person, send, week, runner):
    round_id, topic_id = week
    chief, auditor = person(Role.CHIEF_EDITOR), person(Role.AUDITOR)
    page = auditor.get("/desk/quiz/figures/").text
    assert ["小工会" in page, "工会政策" in page, "答错最多的题" in page] == [True] * 3
    to = f"/desk/quiz/figures/{round_id}/ideas/{topic_id}"
    assert send(auditor, "/desk/quiz/figures/", to=to).status_code == 303
    assert "选题建议：工会政策" in chief.get("/my/inbox/").text
    again = send(auditor, "/desk/quiz/figures/", to=to)
    assert (again.status_code, "已经告诉过编辑部" in again.text) == (409, True)
    assert send(auditor, "/desk/quiz/figures/", to=to.replace(f"ideas/{topic_id}", "ideas/999")).status_code == 422


def test_others_do_not_get_in(client, person, send, work, make, week):
    assert client.get("/desk/quiz/figures/").status_code == 302
    assert person().get("/desk/quiz/figures/").status_code == 403
    with work():
        there = make.org(make.root)
    neighbour = person(Role.AUDITOR, there)
    assert "小工会" not in neighbour.get("/desk/quiz/figures/").text
    assert neighbour.get(f"/desk/quiz/figures/?round={week[0]}").status_code == 404
    assert send(neighbour, "/desk/quiz/figures/", to=f"/desk/quiz/figures/{week[0]}/ideas/{week[1]}").status_code in (403, 404)
