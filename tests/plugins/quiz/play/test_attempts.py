"""Attempts: once a day, scored once, kept across midnight; the chance in a draw given, owed, or refused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped
from unionhall_quiz.bank.models import Question
from unionhall_quiz.play import attempts, chances, jobs, keeping, looking, queries, reminding, rounds
from unionhall_quiz.play.models import Attempt, Round, Tally
from unionhall_rewards.draws import pausing
from unionhall_rewards.draws.models import Entry

DAY = date(2026, 5, 14)


def rows(model=Attempt):
    return db.session().scalar(unscoped(select(func.count()).select_from(model), why="test"))


@pytest.mark.both
def test_two_phones_that_begin_at_once_are_one_attempt(at_once, work, daily, begun):
    found = at_once([lambda: begun(0).id] * 6)
    assert len(found) == 6 and len(set(found)) == 1
    with work():
        assert rows() == 1


@pytest.mark.both
def test_handing_in_many_times_at_once_scores_draws_and_counts_once(at_once, work, daily, begun, with_draw):
    with_draw()
    with work():
        attempt_id = begun(0).id
    right = daily["right"]

    def hand_in(chosen):
        def task():
            attempt = queries.attempt_of(daily["round"], daily["members"][0], DAY)
            return attempts.submit(attempt, chosen, now=clock.now()).score

        return task

    wrong = {number: ["d"] for number in right}
    found = at_once([hand_in(right)] * 3 + [hand_in(wrong)] * 3)
    assert len(found) == 6 and len(set(found)) == 1
    with work() as session:
        attempt = queries.attempt_of(daily["round"], daily["members"][0], DAY)
        assert attempt.id == attempt_id
        assert rows(Entry) == (1 if attempt.passed else 0)
        assert set(session.scalars(select(Tally.shown))) == {1}
        assert session.scalar(select(func.sum(Tally.right))) == attempt.score


@pytest.mark.both
def test_everybody_at_noon_adds_up(at_once, work, daily, make, with_draw):
    with work():
        people = [make.member(make.root, account=True) for _n in range(8)]
        ids = [(each.id, each.org_id) for each in people]
    with_draw()

    def play(member_id, org_id):
        def task():
            found = queries.by_slug(daily["slug"])
            attempt = attempts.start(found, member_id, org_id, address="10.0.0.1", now=clock.now())
            return attempts.submit(attempt, daily["right"], now=clock.now()).score

        return task

    assert at_once([play(*each) for each in ids]) == [3] * 8
    with work() as session:
        assert (rows(), rows(Entry)) == (8, 8)
        assert set(session.execute(select(func.sum(Tally.shown), func.sum(Tally.right)).group_by(Tally.question_id))) == {(8, 8)}


def test_an_attempt_begun_before_closing_counts_for_its_day(app, work, daily, begun, at):
    with work() as session:
        found = session.scalar(unscoped(select(Round), why="test"))
        found.opens, found.closes, found.minutes = 0, 1440, 15
    at("2026-05-14 23:59:59")
    with work():
        assert begun(0).day == DAY
    at("2026-05-15 00:00:00")
    with work():
        assert begun(0).day == DAY
        assert begun(1).day == date(2026, 5, 15)
        attempt = attempts.submit(queries.present(daily["round"], daily["members"][0], clock.now()), daily["right"], now=clock.now())
        assert (attempt.day, attempt.passed) == (DAY, True)
    at("2026-05-15 00:10:00")
    with work():
        assert begun(0).day == date(2026, 5, 15)


def test_too_late_is_late_and_the_job_closes_it(run, work, daily, begun, at):
    with work() as session:
        session.scalar(unscoped(select(Round), why="test")).minutes = 10
    with work():
        begun(0)
        begun(1)
    at("2026-05-14 09:40:15")
    with work():
        assert attempts.submit(queries.attempt_of(daily["round"], daily["members"][0], DAY), {}, now=clock.now()).score == 0
    at("2026-05-14 09:40:21")
    with work():
        late = queries.attempt_of(daily["round"], daily["members"][1], DAY)
        with pytest.raises(RuleBroken) as refused:
            attempts.submit(late, daily["right"], now=clock.now())
        assert refused.value.code == attempts.LATE
        assert attempts.keep(late, daily["right"], now=clock.now()) is False
    run(jobs.tidy_up)
    with work():
        assert queries.attempt_of(daily["round"], daily["members"][1], DAY).state == "late"
        assert queries.attempt_of(daily["round"], daily["members"][0], DAY).state == "scored"


@pytest.mark.parametrize("hour", ["05:59:59", "22:00:00"])
def test_nobody_begins_outside_the_window(work, daily, begun, at, hour):
    at(f"2026-05-14 {hour}")
    with work():
        with pytest.raises(RuleBroken) as refused:
            begun(0)
        assert refused.value.code == attempts.NOT_OPEN
        assert rows() == 0


def test_only_those_whom_the_round_is_for(work, bank, make):
    with work():
        city, other = make.org(), make.org()
        topic = bank.topic()
        bank.question(topic, "题")
        found = bank.round({topic.id: 1}, audience_path=city.path)
        inside, outside, second = make.member(city, account=True), make.member(other, account=True), make.member(other, also=(city,), account=True)
        for member in (inside, second):
            assert attempts.start(found, member.id, member.org_id, address="10.0.0.1", now=clock.now()).total == 1
        with pytest.raises(RuleBroken) as refused:
            attempts.start(found, outside.id, outside.org_id, address="10.0.0.1", now=clock.now())
        assert refused.value.code == attempts.AUDIENCE


def test_a_draw_that_is_paused_keeps_the_quiz_and_owes_the_chance(app, work, daily, begun, with_draw):
    draw_id = with_draw()
    with work():
        pausing.pause(draw_id, "系统检查", actor=SYSTEM, now=clock.now())
    with work():
        attempt = attempts.submit(begun(0), daily["right"], now=clock.now())
        assert (attempt.state, attempt.score, attempt.chance, attempt.chance_why) == ("scored", 3, "owed", "draw-paused")
        assert rows(Entry) == 0
    with app.app_context():
        assert chances.grant_missing(clock.now()) == 0
    with work():
        pausing.resume(draw_id, actor=SYSTEM, now=clock.now())
    with app.app_context():
        assert chances.grant_missing(clock.now()) == 1
        assert chances.grant_missing(clock.now()) == 0
        db.session().remove()
    with work():
        assert rows(Entry) == 1
        assert queries.attempt_of(daily["round"], daily["members"][0], DAY).chance == "given"


def test_a_draw_that_does_not_take_somebody_refuses_the_chance_and_one_not_open_owes_it(work, daily, begun, make, with_draw):
    with work():
        elsewhere = make.org()
        make.member(elsewhere, account=True)
        elsewhere = elsewhere.id
    for place, (how, kept, code) in enumerate([({"to": elsewhere}, "refused", "draw-not-eligible"), ({"known": False}, "owed", "draw-not-open")]):
        with_draw(**how)
        with work():
            attempt = attempts.submit(begun(place), daily["right"], now=clock.now())
            assert (attempt.passed, attempt.chance, attempt.chance_why) == (True, kept, code)
            assert chances.why(attempt)


def test_what_is_refused_for_a_reason_that_the_quiz_does_not_know_is_owed(work, daily, begun, with_draw, monkeypatch):
    def refuse(*_args, **_more):
        raise RuleBroken("抽奖没有收。", code="something-else")

    with_draw()
    monkeypatch.setattr(chances, "enter", refuse)
    with work():
        attempt = attempts.submit(begun(0), daily["right"], now=clock.now())
        assert (attempt.passed, attempt.chance) == (True, "owed")
        assert chances.why(attempt)


def test_whoever_does_not_pass_has_no_chance(work, daily, begun, with_draw):
    with_draw()
    with work():
        attempt = attempts.submit(begun(0), {str(daily["questions"][0]): ["b"]}, now=clock.now())
        assert (attempt.score, attempt.passed, attempt.chance) == (1, False, "none")
        assert rows(Entry) == 0


def test_counters_of_questions_follow_their_tallies(run, app, work, daily, begun):
    with work():
        attempts.submit(begun(0), daily["right"], now=clock.now())
        attempts.submit(begun(1), {str(daily["questions"][0]): ["b"]}, now=clock.now())
    for _again in range(2):
        run(jobs.count_questions)
    with work() as session:
        found = {row.id: (row.shown, row.right) for row in session.scalars(unscoped(select(Question), why="test"))}
        assert [found[number] for number in daily["questions"]] == [(2, 2), (2, 1), (2, 1)]


def test_faster_than_anybody_reads_is_marked_and_nothing_else_happens(work, daily, begun, at):
    with work():
        begun(0)
        begun(1)
    at("2026-05-14 09:30:05")
    with work():
        fast = attempts.submit(queries.attempt_of(daily["round"], daily["members"][0], DAY), daily["right"], now=clock.now())
        assert (fast.flag, fast.passed) == ("fast", True)
    at("2026-05-14 09:30:06")
    with work():
        slow = attempts.submit(queries.attempt_of(daily["round"], daily["members"][1], DAY), daily["right"], now=clock.now())
        assert slow.flag == ""


def test_a_crowd_from_one_source_is_marked_without_keeping_its_address(run, app, work, daily, make, monkeypatch):
    monkeypatch.setattr(looking, "CROWD", 3)
    with work():
        found = queries.by_slug(daily["slug"])
        for number in range(4):
            member = make.member(make.root, account=True)
            attempts.start(found, member.id, member.org_id, address="10.0.0.1" if number else "10.9.9.9", now=clock.now())
    run(jobs.tidy_up)
    with work() as session:
        found = list(session.scalars(unscoped(select(Attempt).order_by(Attempt.id), why="test")))
        assert [row.flag for row in found] == ["", "source", "source", "source"]
        assert not any("10.0" in row.source for row in found)
        assert attempts.source("10.0.0.1", DAY) == found[1].source != attempts.source("10.0.0.1", date(2026, 5, 15))


def test_a_reminder_reaches_who_asked_for_it_once_and_not_who_has_begun(app, work, daily, begun, at):
    from unionhall.notices.models import Notice

    with work():
        found = queries.by_slug(daily["slug"])
        for member_id in (*daily["members"], daily["members"][0]):
            reminding.choose(found, member_id, True, now=clock.now())
    at("2026-05-15 06:02")
    with work():
        begun(1)
    with app.app_context():
        for _again in range(2):
            reminding.run(clock.now())
        db.session().remove()
    with work() as session:
        told = list(session.scalars(select(Notice.account_id).where(Notice.kind == "quiz.opens")))
        assert told == [daily["accounts"][0]]
    at("2026-05-15 12:00")
    with app.app_context():
        assert reminding.run(clock.now()) == 0


def test_a_person_reads_and_forgets_their_attempts(app, work, daily, begun):
    with work():
        attempts.submit(begun(0), daily["right"], now=clock.now())
        begun(1)
        reminding.choose(queries.by_slug(daily["slug"]), daily["members"][0], True, now=clock.now())
    person = Person(daily["accounts"][0], daily["members"][0])
    with app.test_request_context(), work():
        said = keeping.export(person)
        assert said["答题"][0]["得分"] == 3
        assert said["开始提醒"] == ["每日一答"]
        for _again in range(2):
            assert list(keeping.erase(person, clock.now())) == []
        assert keeping.export(person) == {}
        assert rows() == 2
        assert keeping.export(Person(None, None)) == {}


def test_rounds_go_with_their_org(work, bank, make):
    with work() as session:
        source, target = make.org(), make.org()
        topic = bank.topic()
        bank.question(topic, "题")
        found = bank.round({topic.id: 1}, org=source, audience_path=source.path)
        keeping.hand_over(source.id, target.id)
        session.expire_all()
        assert (found.org_id, found.audience_path) == (target.id, target.path)


def test_a_round_that_has_started_keeps_its_rules(work, daily, bank):
    with work():
        found = queries.by_slug(daily["slug"])
        plan = rounds.Plan("新名字", "daily", date(2026, 1, 1), {daily["topic"]: 1}, pass_percent=100, opens=0)
        rounds.change(found, plan, version=found.version, actor=SYSTEM, now=clock.now())
        assert (found.title, found.pass_percent, found.quota, found.opens) == ("新名字", 60, {str(daily["topic"]): 3}, 360)
        rounds.end(found, actor=SYSTEM, now=clock.now())
        rounds.end(found, actor=SYSTEM, now=clock.now())
        with pytest.raises(RuleBroken):
            rounds.remove(found, actor=SYSTEM, now=clock.now())


def test_a_dated_round_ends_by_itself_once_the_last_attempt_is_due(run, app, work, bank, at):
    with work():
        topic = bank.topic()
        bank.question(topic, "题")
        slug = bank.round({topic.id: 1}, calendar="dated", since=DAY, until=DAY).slug
    at("2026-05-14 22:20")
    run(jobs.tidy_up)
    with work():
        assert queries.by_slug(slug).state == "running"
    at("2026-05-14 22:31")
    run(jobs.tidy_up)
    with work():
        assert queries.by_slug(slug).state == "ended"
