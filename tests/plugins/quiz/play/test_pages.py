"""The quiz as a member meets it: no answer before handing in, one result however one comes back, and without scripts."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped
from unionhall_quiz.play import queries
from unionhall_quiz.play.models import Attempt, Round, Tally
from unionhall_rewards.draws import pausing
from unionhall_rewards.draws.models import Entry

DAY = date(2026, 5, 14)
QUIZ = "/quiz/mei-ri-yi-da"


def begin(post, browser):
    answer = post(browser, f"{QUIZ}/start")
    assert (answer.status_code, answer.location) == (303, f"{QUIZ}/today")


def test_everybody_sees_the_round_and_none_of_its_questions(client, daily):
    listed = client.get("/quiz/")
    assert "每日一答" in listed.text and "今天 22:00 截止" in listed.text
    page = client.get(f"{QUIZ}/")
    assert page.status_code == 200
    assert "不限时" in page.text
    assert "单题" not in page.text and "解释" not in page.text.replace("正确答案、解释", "")
    assert f'href="{QUIZ}/today"' in page.text


@pytest.mark.parametrize("path", ["today", "days/2026-05-14", "study"])
def test_strangers_are_sent_to_log_in(client, daily, path):
    answer = client.get(f"{QUIZ}/{path}")
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=%2Fquiz%2F") or answer.location.startswith("/login?next=/quiz/")


@pytest.mark.parametrize("path", ["start", "today", "remind"])
def test_strangers_send_nothing(client, post, daily, path):
    answer = post(client, f"{QUIZ}/{path}")
    assert answer.status_code in (302, 303) and answer.location.startswith("/login")
    assert client.get("/quiz/mistakes").location.startswith("/login")


def test_staff_without_a_member_are_told_why(person, post, daily):
    clerk = person(Role.CLERK)
    page = clerk.get(f"{QUIZ}/today")
    assert page.status_code == 200 and "只给激活了的会员" in page.text
    assert post(clerk, f"{QUIZ}/start").status_code == 403
    assert post(clerk, f"{QUIZ}/remind").status_code == 404
    assert "错题本要激活了的会员才有" in clerk.get("/quiz/mistakes").text


def test_no_answer_reaches_the_browser_before_handing_in(player, post, daily, work):
    browser = player()
    begin(post, browser)
    page = browser.get(f"{QUIZ}/today").text
    assert page.count("<fieldset") == 3
    for secret in ("解释", "/news/1", "相关", "answer", "correct"):
        assert secret not in re.sub(r"<(header|nav|footer).*?</\1>", "", page, flags=re.DOTALL), secret
    values = set(re.findall(r'name="q\d[^"]*" value="([^"]*)"', page)) | set(re.findall(r'<option value="([^"]*)"', page))
    assert values <= {"", "1", "2", "3", "4"}
    with work():
        attempt = queries.attempt_of(daily["round"], daily["members"][0], DAY)
        shown = next(keys for number, keys in attempt.order if number == daily["questions"][2])
        texts = re.findall(r"序题之(\w)", page)
        assert texts == shown != ["a", "b", "c", "d"]


def test_a_member_answers_comes_back_and_always_finds_the_one_result(player, post, daily, answers):
    browser = player()
    begin(post, browser)
    begin(post, browser)
    sent = answers(daily["round"], daily["members"][0], daily["right"])
    done = post(browser, f"{QUIZ}/today", **sent)
    assert (done.status_code, done.location) == (303, f"{QUIZ}/days/2026-05-14")
    page = browser.get(done.location).text
    assert "全答对了" in page and "解释单题" in page and 'href="/news/1"' in page
    wrong = sent | {"q1": ["3"], "q2": ["3"]}
    assert post(browser, f"{QUIZ}/today", **wrong).location == done.location
    other = player()
    assert other.get(f"{QUIZ}/today").location == done.location
    assert "全答对了" in other.get(done.location).text
    assert post(other, f"{QUIZ}/start").status_code == 303
    assert "3 题对了 3 题" in other.get(done.location).text


def test_two_phones_are_one_attempt_and_the_first_hand_in_counts(player, post, daily, answers, work):
    phone, other = player(), player()
    begin(post, phone)
    begin(post, other)
    assert re.findall(r"<legend.*?</legend>", phone.get(f"{QUIZ}/today").text, re.DOTALL) == re.findall(
        r"<legend.*?</legend>", other.get(f"{QUIZ}/today").text, re.DOTALL
    )
    right = answers(daily["round"], daily["members"][0], daily["right"])
    wrong = answers(daily["round"], daily["members"][0], {str(daily["questions"][0]): ["a"]})
    first = post(phone, f"{QUIZ}/today", **right)
    for _tap in range(2):
        late = post(other, f"{QUIZ}/today", act="anyway", **wrong)
        assert (late.status_code, late.location) == (303, first.location)
    kept = post(other, f"{QUIZ}/today", headers={"Accept": "application/json"}, act="keep", **wrong)
    assert kept.location == first.location, "what a script still keeps changes nothing"
    assert all("全答对了" in each.get(first.location).text for each in (phone, other))
    with work() as session:
        attempt = session.scalars(unscoped(select(Attempt), why="test")).one()
        assert (attempt.score, {number: set(keys) for number, keys in attempt.chosen.items()}) == (
            3, {number: set(keys) for number, keys in daily["right"].items()}
        )  # fmt: skip
        assert session.scalars(select(Tally.shown)).all() == [1, 1, 1]


def test_a_login_that_runs_out_between_opening_and_handing_in(player, post, daily, answers, at, login, work):
    """The form that was open all the time is sent with its old token: its answers are there after the login, and count for the day."""
    at("2026-05-14 09:45")
    browser = player()
    begin(post, browser)
    form = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(f"{QUIZ}/today").text).group(1)
    sent = {"csrf_token": form} | answers(daily["round"], daily["members"][0], daily["right"])
    at("2026-05-14 21:50")
    out = browser.post(f"{QUIZ}/today", data=sent)
    assert (out.status_code, out.location) == (303, f"/login?next={QUIZ}/today")
    assert "答案已经存好" in browser.get(out.location).text
    with work() as session:
        assert session.scalars(unscoped(select(Attempt.state), why="test")).all() == ["open"], "nobody knows yet who it was"
    login(browser, daily["accounts"][0])
    page = browser.get(f"{QUIZ}/today").text
    assert page.count(" checked") == 3 and page.count(" selected") == 4
    at("2026-05-14 21:59:59")
    done = post(browser, f"{QUIZ}/today", **answers(daily["round"], daily["members"][0], daily["right"]))
    assert done.location == f"{QUIZ}/days/2026-05-14"
    assert "全答对了" in browser.get(done.location).text
    assert browser.post(f"{QUIZ}/today", data=sent).location == done.location
    with work() as session:
        assert session.scalars(unscoped(select(Attempt.score), why="test")).all() == [3]


def test_what_is_missing_is_named_and_nothing_is_lost(player, post, daily, answers):
    browser = player()
    begin(post, browser)
    half = {number: keys for number, keys in daily["right"].items() if number != str(daily["questions"][1])}
    sent = answers(daily["round"], daily["members"][0], half)
    asked = post(browser, f"{QUIZ}/today", **sent)
    assert asked.status_code == 422
    assert "有 1 题没答" in asked.text and "<title>错误：" in asked.text
    assert asked.text.count(" checked") == 1 and asked.text.count(" selected") == 4
    assert browser.get(f"{QUIZ}/today").text.count(" selected") == 4
    anyway = post(browser, f"{QUIZ}/today", act="anyway", **sent)
    assert "3 题对了 2 题" in browser.get(anyway.location).text


def test_an_order_with_a_rank_given_twice_is_asked_again_as_typed(player, post, daily, answers):
    browser = player()
    begin(post, browser)
    sent = answers(daily["round"], daily["members"][0], daily["right"])
    twice = {name: (["1"] if "-" in name else value) for name, value in sent.items()}
    asked = post(browser, f"{QUIZ}/today", **twice)
    assert asked.status_code == 422 and "名次不能重复" in asked.text
    assert asked.text.count('<option value="1" selected>') == 4


def test_answers_are_kept_by_the_button_by_the_script_and_after_the_login_ran_out(player, client, post, daily, answers, login):
    browser = player()
    begin(post, browser)
    single = {str(daily["questions"][0]): ["b"]}
    sent = answers(daily["round"], daily["members"][0], single)
    kept = post(browser, f"{QUIZ}/today", act="keep", **sent)
    assert kept.location == f"{QUIZ}/today"
    assert browser.get(f"{QUIZ}/today").text.count(" checked") == 1
    multiple = answers(daily["round"], daily["members"][0], single | {str(daily["questions"][1]): ["a", "d"]})
    said = post(browser, f"{QUIZ}/today", headers={"Accept": "application/json"}, act="keep", **multiple)
    assert said.json == {"message": "已存好 09:30"}
    assert browser.get(f"{QUIZ}/today").text.count(" checked") == 3
    everything = answers(daily["round"], daily["members"][0], daily["right"])
    out = post(client, f"{QUIZ}/today", **everything)
    assert out.location == f"/login?next={QUIZ}/today"
    login(client, daily["accounts"][0])
    back = client.get(f"{QUIZ}/today").text
    assert back.count(" checked") == 3 and back.count(" selected") == 4
    assert "登录后接着答" in back


def test_a_form_of_somebody_else_is_not_taken(player, post, daily, answers):
    first, second = player(0), player(1)
    begin(post, first)
    sent = answers(daily["round"], daily["members"][0], daily["right"])
    assert post(second, f"{QUIZ}/today", **sent).status_code == 404
    assert post(second, f"{QUIZ}/today", nonce="x" * 32).status_code == 404
    assert second.get(f"{QUIZ}/days/2026-05-14").status_code == 404
    assert second.get(f"{QUIZ}/days/yesterday").status_code == 404


def test_trash_in_the_form_is_no_answer(player, post, daily, answers):
    browser = player()
    begin(post, browser)
    sent = answers(daily["round"], daily["members"][0], {})
    trash = sent | {"q1": ["99", "-1", "b", "١"], "q2": ["1", "1", "9999999"], "q3": "<script>", "q3-1": "one", "q77": "1"}
    done = post(browser, f"{QUIZ}/today", act="anyway", **trash)
    assert "3 题对了 0 题" in browser.get(done.location).text or "3 题对了 1 题" in browser.get(done.location).text


def test_the_prize_is_shown_with_the_way_to_it(player, post, daily, answers, with_draw, work):
    with_draw()
    browser = player()
    begin(post, browser)
    done = post(browser, f"{QUIZ}/today", **answers(daily["round"], daily["members"][0], daily["right"]))
    with work() as session:
        entry = session.scalars(select(Entry)).one()
        code = entry.code
        assert (entry.source, entry.source_id) == ("quiz.attempt", queries.attempt_of(daily["round"], daily["members"][0], DAY).id)
    for _again in range(2):
        page = browser.get(done.location).text
        assert "抽中：10 元消费券" in page and code in page
        assert 'href="/rewards/"' in page and "公平性证明" in page
    assert "10 元消费券" in browser.get("/rewards/").text


@pytest.mark.parametrize(("sort", "how", "words", "others"), [("sure", {"ppm": 1}, "这次没抽中", "已经发完了"), ("empty", {}, "它已经发完了", "这次没抽中")])
def test_no_luck_and_a_prize_that_had_run_out_are_told_apart(player, post, daily, answers, with_draw, sort, how, words, others):
    with_draw(sort, **how)
    browser = player()
    begin(post, browser)
    done = post(browser, f"{QUIZ}/today", **answers(daily["round"], daily["members"][0], daily["right"]))
    page = browser.get(done.location).text
    assert "全答对了" in page and words in page and "抽中：" not in page and others not in page


def test_a_draw_that_is_paused_or_not_for_somebody_takes_nothing_from_the_quiz(player, post, daily, answers, with_draw, work, make):
    with work():
        elsewhere = make.org()
        make.member(elsewhere, account=True)
        elsewhere = elsewhere.id
    for place, (how, words) in enumerate([({}, "抽奖临时暂停"), ({"to": elsewhere}, "你的会籍不在里面")]):
        draw_id = with_draw(**how)
        if not how:
            with work():
                pausing.pause(draw_id, "系统检查", actor=SYSTEM, now=clock.now())
        browser = player(place)
        begin(post, browser)
        done = post(browser, f"{QUIZ}/today", **answers(daily["round"], daily["members"][place], daily["right"]))
        page = browser.get(done.location).text
        assert "全答对了" in page and words in page


def test_studying_comes_after_and_stores_nothing(player, post, daily, answers, work):
    browser = player()
    assert browser.get(f"{QUIZ}/study").status_code == 404
    begin(post, browser)
    closed = browser.get(f"{QUIZ}/study")
    assert closed.status_code == 403 and "解释" not in closed.text.replace("正确答案、解释", "")
    assert player(1).get(f"{QUIZ}/study").status_code == 403
    post(browser, f"{QUIZ}/today", act="anyway", **answers(daily["round"], daily["members"][0], {}))
    page = browser.get(f"{QUIZ}/study?day=2026-05-14")
    assert page.status_code == 200 and "解释单题" not in page.text
    sent = answers(daily["round"], daily["members"][0], daily["right"])
    assert "3 题对了 3 题" in post(browser, f"{QUIZ}/study?day=2026-05-14", **sent).text
    with work() as session:
        attempt = session.scalar(unscoped(select(Attempt), why="test"))
        assert (attempt.score, attempt.chosen) == (0, {})
    assert browser.get(f"{QUIZ}/study?day=nonsense").status_code == 404


def test_wrong_answers_stay_in_the_book_until_they_are_right(player, post, daily, answers, at, login):
    browser = player()
    begin(post, browser)
    post(browser, f"{QUIZ}/today", act="anyway", **answers(daily["round"], daily["members"][0], {str(daily["questions"][0]): ["a"]}))
    page = browser.get("/quiz/mistakes").text
    assert "3 道题" in page and "你选的 · 不正确" in page and "解释单题" in page
    at("2026-05-15 09:30")
    login(browser, daily["accounts"][0])
    begin(post, browser)
    sent = answers(daily["round"], daily["members"][0], daily["right"], day=date(2026, 5, 15))
    post(browser, f"{QUIZ}/today", **sent)
    assert "没有错题" in browser.get("/quiz/mistakes").text


def test_the_own_page_says_what_is_still_to_be_answered(player, post, daily, answers):
    browser = player()
    assert "今天的题还没答" in browser.get("/my/").text
    begin(post, browser)
    post(browser, f"{QUIZ}/today", **answers(daily["round"], daily["members"][0], daily["right"]))
    assert "答过了" in browser.get("/my/").text
    assert "不再提醒我" not in browser.get(f"{QUIZ}/days/2026-05-14").text
    assert post(browser, f"{QUIZ}/remind", act="start").status_code == 303
    assert "不再提醒我" in browser.get(f"{QUIZ}/days/2026-05-14").text
    assert post(browser, f"{QUIZ}/remind", act="stop").status_code == 303


def test_late_is_told_kindly(player, post, daily, answers, at, work, login):
    with work() as session:
        session.scalar(unscoped(select(Round), why="test")).minutes = 10
    browser = player()
    begin(post, browser)
    assert "还有 10 分钟" in browser.get(f"{QUIZ}/today").text
    sent = answers(daily["round"], daily["members"][0], daily["right"])
    at("2026-05-14 09:45")
    login(browser, daily["accounts"][0])
    done = post(browser, f"{QUIZ}/today", **sent)
    page = browser.get(done.location).text
    assert "没有在时间里交" in page and "09:40" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_questions_asks_the_same_however_many_there_are(app, work, bank, make, login, post, queries, number):
    with work():
        topic = bank.topic()
        for each in range(number):
            bank.question(topic, f"题{each}", kind="order" if each == 1 else "single")
        bank.round({topic.id: number})
        account = make.member(make.root, account=True).account_id
    browser = app.test_client()
    login(browser, account)
    begin(post, browser)
    browser.get(f"{QUIZ}/today")
    with queries() as asked:
        assert browser.get(f"{QUIZ}/today").status_code == 200
    STATEMENTS.add(len(asked))
    assert len(STATEMENTS) == 1


STATEMENTS: set[int] = set()


def test_handing_in_takes_few_statements(player, post, daily, answers, with_draw, queries):
    with_draw()
    browser = player()
    begin(post, browser)
    sent = answers(daily["round"], daily["members"][0], daily["right"])
    browser.get("/forgot")
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/forgot").text).group(1)
    with queries() as asked:
        assert browser.post(f"{QUIZ}/today", data={"csrf_token": token, **sent}).status_code == 303
    own = [statement for statement in asked if "quiz_" in statement]
    assert len(own) <= 4, own
    those = [statement for statement in asked if "host_plugin" not in statement and "sqlite_master" not in statement and "alembic" not in statement]
    assert len([statement for statement in those if "rewards_" not in statement]) <= 8, those
    assert len(those) <= 19, those
    assert clock.local_day(clock.now()) == DAY
