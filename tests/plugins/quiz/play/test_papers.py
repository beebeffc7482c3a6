"""Papers: frozen, made once, short ones said, the order of each member their own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from unionhall.base import clock
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped
from unionhall_quiz.bank.models import Question
from unionhall_quiz.play import cards, papers, queries
from unionhall_quiz.play.models import Paper

DAY = date(2026, 5, 14)


@pytest.mark.both
def test_a_paper_is_made_once_however_many_ask(at_once, work, daily):
    def ask():
        return papers.paper_of(queries.by_slug(daily["slug"]), DAY, now=clock.now()).id

    assert len(set(at_once([ask] * 6))) == 1
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Paper)) == 1
        used = select(Question.used_on)
        assert set(session.scalars(unscoped(used, why="test"))) == {DAY}


def test_a_paper_keeps_what_was_true_when_it_was_made(work, daily):
    with work() as session:
        made = papers.paper_of(queries.by_slug(daily["slug"]), DAY, now=clock.now())
        session.execute(update(Question).values(text="改过", answer=["d"], state="retired"))
        session.expire_all()
        kept = papers.paper_of(queries.by_slug(daily["slug"]), DAY, now=clock.now())
        assert kept.id == made.id
        assert {question["text"] for question in kept.questions} == {"单题", "多题", "序题"}
        assert next(q for q in kept.questions if q["text"] == "单题")["answer"] == ["b"]


def test_questions_that_expire_are_not_taken_and_the_editors_hear_of_it(run, work, bank, make):
    with work():
        topic, other = bank.topic("两山"), bank.topic("政策")
        bank.question(topic, "旧政策", valid_until=DAY)
        bank.question(topic, "还有效")
        bank.question(other, "政策题")
        found = bank.round({topic.id: 2, other.id: 1})
        round_id, topic_id = found.id, topic.id
        assert len(papers.paper_of(found, DAY, now=clock.now()).questions) == 3
    run(papers.make_ahead)
    with work():
        tomorrow = queries.paper(round_id, DAY + timedelta(days=1))
        assert len(tomorrow.questions) == 2
        short = papers.short([queries.by_ids([round_id])[round_id]], clock.now())
        assert [(each.day, each.missing) for each in short] == [(DAY + timedelta(days=1), {topic_id: 1})]


def test_a_short_paper_of_tomorrow_is_made_anew_when_the_bank_has_more(run, work, bank, app):
    with work():
        topic = bank.topic()
        bank.question(topic, "只有一道")
        found = bank.round({topic.id: 2})
        round_id, topic_id = found.id, topic.id
    run(papers.make_ahead)
    with work() as session:
        assert len(queries.paper(round_id, DAY + timedelta(days=1)).questions) == 1
        bank.question(session.get(type(topic), topic_id, execution_options={"unionhall_scope": "test"}), "第二道")
    assert run(papers.make_ahead) == 1
    with work():
        assert len(queries.paper(round_id, DAY + timedelta(days=1)).questions) == 2
        assert len(queries.paper(round_id, DAY).questions) == 1


def test_without_a_question_nobody_gets_an_empty_paper(work, bank, make):
    with work() as session:
        topic = bank.topic()
        question = bank.question(topic, "题")
        found = bank.round({topic.id: 1})
        question.state = "retired"
        session.flush()
        assert papers.paper_of(found, DAY, now=clock.now()) is None
        assert papers.missing(found, None) == {topic.id: 1}


def test_each_member_has_an_order_of_their_own_that_never_changes(work, daily):
    with work():
        found = queries.by_slug(daily["slug"])
        paper = papers.paper_of(found, DAY, now=clock.now())
        orders = [papers.order(found, paper, member) for member in range(1, 30)]
        assert orders == [papers.order(found, paper, member) for member in range(1, 30)]
        assert len({str(order) for order in orders}) > 20
        number = daily["questions"][2]
        assert all(keys != ["a", "b", "c", "d"] for order in orders for each, keys in order if each == number)


def test_own_papers_come_from_a_pool_and_keep_to_the_quota(work, bank):
    with work():
        topic = bank.topic()
        for number in range(12):
            bank.question(topic, f"题{number}")
        found = bank.round({topic.id: 2}, own_papers=True)
        paper = papers.paper_of(found, DAY, now=clock.now())
        assert len(paper.questions) == 8
        shares = [tuple(sorted(question["id"] for question in papers.own(found, paper, member))) for member in range(1, 40)]
        assert {len(share) for share in shares} == {2}
        assert len(set(shares)) > 10


@pytest.mark.parametrize(
    ("kind", "answer", "chosen", "right"),
    [
        ("single", ["b"], ["b"], True), ("single", ["b"], ["a"], False), ("single", ["b"], [], False),
        ("multiple", ["a", "c"], ["c", "a"], True), ("multiple", ["a", "c"], ["a"], False), ("multiple", ["a", "c"], ["a", "b", "c"], False),
        ("order", ["a", "b", "c"], ["a", "b", "c"], True), ("order", ["a", "b", "c"], ["b", "a", "c"], False),
        ("true_false", ["t"], ["t"], True), ("picture", ["x"], ["y"], False),
    ],
)  # fmt: skip
def test_what_counts_as_right(kind, answer, chosen, right):
    assert papers.right({"kind": kind, "answer": answer}, chosen) is right


def test_a_paper_of_a_day_that_has_begun_is_not_made_anew(work, daily, begun):
    with work():
        begun(0)
    with work():
        found = queries.by_slug(daily["slug"])
        with pytest.raises(RuleBroken):
            papers.remake(found, DAY, actor=SYSTEM, now=clock.now())
    with work():
        found = queries.by_slug(daily["slug"])
        assert papers.remake(found, DAY + timedelta(days=1), actor=SYSTEM, now=clock.now()) is not None


def test_the_dashboard_says_which_day_is_short(app, work, bank):
    with work():
        topic = bank.topic("安全")
        bank.question(topic, "一道")
        bank.round({topic.id: 3}, title="缺题的")
    with app.test_request_context(), work():
        found = "".join(str(card.body) for card in cards.dashboard(SYSTEM, "/1/", clock.now()))
        assert "缺题的" in found
        assert "“安全”少 2 道" in found
