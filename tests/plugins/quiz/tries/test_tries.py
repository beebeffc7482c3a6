"""Several tries a day as configuration: other questions each time, a chance for each that is passed, no more wins than the draw allows."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.db import unit_of_work
from unionhall.base.errors import RuleBroken
from unionhall.platform.access import unscoped
from unionhall_quiz.play import asking, attempts, calendar, chances, looking, papers, queries, rounds
from unionhall_quiz.play.models import Attempt
from unionhall_rewards.draws.models import Entry

DAY = date(2026, 5, 14)


def begin(slug, who, **fields):
    """Begin an attempt inside an open unit of work."""
    return attempts.start(queries.by_slug(slug), who[0], who[2], address="10.0.0.1", now=clock.now(), **fields)


def right(attempt, *, wrong=False):
    """Return the answers of an attempt, all of them right, or none."""
    return {str(number): ["b" if wrong else "a"] for number, _keys in attempt.order}


@pytest.fixture
def answer(app, login):
    """Return `answer(slug, who, act)`: begins a try in a browser and hands it in, right; returns the page of its result."""
    browsers = {}

    def token(browser):
        return re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/forgot").text).group(1)

    def once(slug, who, *, act="", wrong=False):
        if who[0] not in browsers:
            browsers[who[0]] = app.test_client()
            login(browsers[who[0]], who[1])
        browser = browsers[who[0]]
        browser.post(f"/quiz/{slug}/start", data={"csrf_token": token(browser), "act": act})
        with app.app_context():
            attempt = queries.present(queries.by_slug(slug).id, who[0], clock.now())
            given = asking.fields(attempt.order, attempt.paper.questions, right(attempt, wrong=wrong)) | {"nonce": attempt.nonce}
            db.session().remove()
        done = browser.post(f"/quiz/{slug}/today", data={"csrf_token": token(browser), **given})
        return browser, done

    return once


@pytest.fixture
def three(at, work, hall, member):
    """A round of two questions with three tries a day, and a draw with three chances a day and one win; returns its address."""
    at("2026-05-14 09:30")
    with work():
        slug = hall.round({hall.topic(8): 2}, draw_id=hall.draw()).slug
    at("2026-05-14 10:00")
    return slug


@pytest.mark.both
def test_three_tries_have_other_questions_and_win_once(work, three, member):
    asked, states = [], []
    for number in (1, 2, 3):
        with work():
            attempt = begin(three, member)
            assert (attempt.number, attempts.unanswered(attempt, right(attempt))) == (number, [])
            assert begin(three, member).id == attempt.id
            asked += [question for question, _keys in attempt.order]
            done = attempts.submit(attempt, right(attempt), now=clock.now())
            states.append((done.chance, chances.outcome(done).state))
    assert len(set(asked)) == 6
    assert states == [("given", "won"), ("given", "none"), ("given", "none")]
    with work():
        assert begin(three, member).number == 3
        assert db.session().scalar(select(func.count(Attempt.id))) == 3
        assert sorted(db.session().scalars(select(Entry.number))) == [1, 2, 3]


def test_who_fails_may_try_again_without_a_chance_for_it(work, three, member):
    with work():
        first = begin(three, member)
        assert attempts.submit(first, right(first, wrong=True), now=clock.now()).chance == "none"
        second = begin(three, member)
        assert attempts.submit(second, right(second), now=clock.now()).chance == "given"
        assert db.session().scalars(select(Entry.number)).all() == [1]


@pytest.mark.both
def test_the_same_second_from_two_phones_begins_one_try(app, work, three, member):
    with work():
        first = begin(three, member)
        attempts.submit(first, right(first), now=clock.now())
    made, gate = [], threading.Barrier(4)

    def press():
        with app.app_context():
            gate.wait()
            with unit_of_work():
                made.append(begin(three, member).number)
            db.session().remove()

    threads = [threading.Thread(target=press) for _n in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert made == [2, 2, 2, 2]


def test_a_draw_with_fewer_chances_refuses_the_rest_for_good(at, work, member, hall):
    at("2026-05-14 09:30")
    with work():
        slug = hall.round({hall.topic(4): 1}, draw_id=hall.draw(tries_a_day=1)).slug
    at("2026-05-14 10:00")
    told = []
    for _n in (1, 2):
        with work():
            attempt = begin(slug, member)
            attempts.submit(attempt, right(attempt), now=clock.now())
            told.append((attempt.chance, chances.why(attempt)))
    assert told == [("given", ""), ("refused", "今天的抽奖机会已经用完了，这次答题成绩照样有效。")]


def test_two_rounds_share_a_draw_and_each_pass_takes_a_chance_of_its_own(at, work, hall, member):
    at("2026-05-14 09:30")
    with work():
        draw_id, topic = hall.draw(), hall.topic(8)
        slugs = [hall.round({topic: 1}, draw_id=draw_id, tries=1, title=title).slug for title in ("甲轮", "乙轮")]
    at("2026-05-14 10:00")
    with work():
        done = [attempts.submit(attempt, right(attempt), now=clock.now()) for attempt in (begin(slug, member) for slug in slugs)]
        assert [chances.outcome(each).state for each in done] == ["won", "none"]


def test_a_bank_that_runs_short_repeats_and_is_told(work, hall, member, at):
    at("2026-05-14 10:00")
    with work():
        topic = hall.topic(3)
        found = hall.round({topic: 2})
        paper = papers.paper_of(found, DAY, now=clock.now())
        assert papers.missing(found, paper) == {topic: 3}
        sizes = [len({question["id"] for question in papers.own(found, paper, 1, number)}) for number in (1, 2, 3)]
        assert sizes == [2, 2, 2]
        with pytest.raises(RuleBroken, match="太多了"):
            rounds.checked(rounds.Plan("多", "daily", DAY, {topic: 10}, tries=9), found.org)


def test_the_pages_lead_from_try_to_try(answer, three, member, client):
    assert "每人每天 3 次" in client.get(f"/quiz/{three}/").text
    browser, done = answer(three, member)
    page = browser.get(done.location).text
    assert "抽中：毛巾" in page and "今天还能再答 2 次" in page and "再答一次" in page
    browser, done = answer(three, member)
    assert done.location.endswith("?try=2")
    page = browser.get(done.location).text
    assert "中奖次数到了上限" in page and "今天还有机会，再答一次" in page
    browser, done = answer(three, member, wrong=True)
    page = browser.get(done.location).text
    assert "这次没通过" in page and "再答一次" not in page
    assert "抽中：毛巾" in browser.get(f"/quiz/{three}/days/2026-05-14?try=1").text
    assert browser.get(f"/quiz/{three}/days/2026-05-14?try=4").status_code == 404
    assert "try=3" in browser.get(f"/quiz/{three}/today").location


def test_after_closing_no_further_try_is_offered(at, answer, three, member, work):
    browser, done = answer(three, member)
    at("2026-05-14 22:00")
    assert "再答一次" not in browser.get(done.location).text
    with work():
        assert begin(three, member).number == 1


def test_who_is_not_in_the_draw_is_told_before_they_answer(at, work, make, hall, login, app, answer):
    at("2026-05-14 09:30")
    with work():
        there = make.org(make.root, name="东市总工会")
        make.member(there, account=True)
        slug = hall.round({hall.topic(6): 2}, draw_id=hall.draw(audience=(there.id,))).slug
        outside = make.member(make.org(make.root), account=True)
        who = (outside.id, outside.account_id, outside.org_id)
    at("2026-05-14 10:00")
    browser = app.test_client()
    login(browser, who[1])
    assert "这次抽奖给东市总工会和下级的会员，你的会籍不在里面" in browser.get(f"/quiz/{slug}/today").text
    browser, done = answer(slug, who)
    page = browser.get(done.location).text
    assert "全答对了" in page and "这次抽奖给东市总工会和下级的会员" in page


def test_without_hurry_the_day_is_the_limit_and_the_chance_the_same(at, answer, work, hall, member):
    at("2026-05-14 09:30")
    with work():
        slug = hall.round({hall.topic(6): 2}, draw_id=hall.draw(), minutes=5).slug
    at("2026-05-14 10:00")
    with work():
        calm, found = begin(slug, member, calm=True), queries.by_slug(slug)
        assert calm.due_at == calendar.window(found, DAY).closes_at + timedelta(minutes=calendar.FREE_MINUTES)
        assert not calendar.limited(found, calm)
    at("2026-05-14 21:50")
    browser, done = answer(slug, member)
    assert "抽中：毛巾" in browser.get(done.location).text
    with work():
        hurried, found = begin(slug, member), queries.by_slug(slug)
        assert (hurried.number, calendar.limited(found, hurried)) == (2, True)
        assert hurried.due_at == clock.now() + timedelta(minutes=5)


def test_the_page_offers_to_take_ones_time(app, login, at, work, hall, member):
    at("2026-05-14 10:00")
    with work():
        slug = hall.round({hall.topic(6): 2}, minutes=5).slug
    browser = app.test_client()
    login(browser, member[1])
    assert "不限时，慢慢答" in browser.get(f"/quiz/{slug}/today").text


def test_one_device_for_many_is_marked_and_decides_nothing(at, work, make, hall):
    at("2026-05-14 10:00")
    with work():
        slug = hall.round({hall.topic(6): 1}).slug
        people = [(one.id, one.account_id, one.org_id) for one in (make.member(account=True) for _n in range(looking.SHARED + 1))]
        for place, who in enumerate(people):
            attempt = attempts.start(
                queries.by_slug(slug), who[0], who[2], address="10.0.0.1", agent="Phone A" if place else "Phone B", now=clock.now()
            )
            attempts.submit(attempt, right(attempt), now=clock.now() + timedelta(seconds=1 if place == 1 else 60))
        assert looking.mark_devices(clock.now()) == looking.SHARED
        assert looking.mark_devices(clock.now()) == 0
        flags = db.session().scalars(unscoped(select(Attempt.flag).order_by(Attempt.id), why="test")).all()
        assert flags == ["", "fast device", *["device"] * (looking.SHARED - 1)]
        assert db.session().scalar(select(func.count(Attempt.id)).where(Attempt.passed.is_(True))) == looking.SHARED + 1
    at("2026-06-20 10:00")
    with work():
        looking.forget_sources(clock.now())
        assert db.session().scalar(select(func.count(Attempt.id)).where(Attempt.device != "")) == 0
