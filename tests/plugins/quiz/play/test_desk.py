"""The desk's rounds, and the quiz for programs and campaigns."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from unionhall.accounts.administration import grant
from unionhall.base import clock
from unionhall.hooks.components import ComponentView
from unionhall.hooks.types import SYSTEM, Role
from unionhall.orgs.models import Org
from unionhall.platform.access import unscoped
from unionhall_quiz.play import attempts, component, exports, findable, queries
from unionhall_quiz.play.models import Attempt, Paper, Round
from unionhall_rewards.draws import pausing
from unionhall_rewards.draws.models import Entry

DAY = date(2026, 5, 14)


@pytest.fixture
def examiner(daily, person):
    return person("quiz.examiner")


@pytest.fixture
def sent(daily):
    return {
        "org_id": "1", "title": "会员日答题", "calendar": "member_day", "since": "2026-05-01", "month_day": "20", "opens": "08:00", "closes": "00:00",
        f"quota-{daily['topic']}": "2", "pass_percent": "50", "minutes": "20", "draw_id": "0", "audience_path": "/", "intro": "每月一场。",
    }  # fmt: skip


def newest(work):
    with work() as session:
        return session.scalar(unscoped(select(Round.id).order_by(Round.id.desc()), why="test"))


def test_a_round_is_made_looked_at_started_and_ended(examiner, client, post, work, sent, at):
    wrong = post(examiner, "/desk/quiz/rounds/new", **(sent | {"month_day": "", "pass_percent": "120"}))
    assert wrong.status_code == 422 and "0 到 100" in wrong.text and "每月一场。" in wrong.text
    missing = post(examiner, "/desk/quiz/rounds/new", **(sent | {"month_day": ""}))
    assert missing.status_code == 422 and "每月几号是会员日" in missing.text
    made = post(examiner, "/desk/quiz/rounds/new", **sent)
    assert made.status_code == 303, made.text
    page = examiner.get(made.location).text
    assert "每月 20 日 08:00–24:00" in page and "2026 年 5 月 20 日" in page and "没开始" in page
    assert "只够 1 天不重样" in page
    assert client.get("/quiz/hui-yuan-ri-da-ti/").status_code == 404
    assert post(examiner, made.location + "move", act="start").status_code == 303
    assert "5 月 20 日 08:00 开始" in client.get("/quiz/hui-yuan-ri-da-ti/").text
    assert "会员日答题" in examiner.get("/desk/quiz/rounds/?state=running").text
    assert "没有符合的" in examiner.get("/desk/quiz/rounds/?q=没有这样的").text
    assert post(examiner, made.location + "move", act="nonsense").status_code == 404
    post(examiner, made.location + "move", act="remove")
    assert "不能删除" in examiner.get(made.location).text
    post(examiner, made.location + "move", act="end")
    assert "已经结束" in client.get("/quiz/hui-yuan-ri-da-ti/").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes": "07:00"}, "截止时间要晚于开始时间"), ({"until": "2026-04-01"}, "最后一天早于第一天"),
        ({"calendar": "dated"}, "要有最后一天"), ({"since": "五月"}, "看不懂这个日期"), ({"title": ""}, "还没有填名称"),
        ({"quota": "none"}, "至少给一个主题"), ({"quota": "很多"}, "“很多”不是题数"), ({"draw_id": "77"}, "这个抽奖已经结束"),
        ({"audience_path": "/9/"}, "参加范围"), ({"minutes": "999"}, "1 到 240"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_work_is_refused_at_its_field(examiner, post, sent, daily, changes, words):
    given = dict(sent)
    for name, value in changes.items():
        given[f"quota-{daily['topic']}" if name == "quota" else name] = "0" if value == "none" else value
    answer = post(examiner, "/desk/quiz/rounds/new", **given)
    assert answer.status_code == 422
    assert words in answer.text
    assert "每月一场。" in answer.text


def test_who_saves_second_is_told_and_a_started_round_keeps_its_rules(examiner, post, work, sent, daily):
    made = post(examiner, "/desk/quiz/rounds/new", **sent).location
    edit = made + "edit"
    assert post(examiner, edit, version="1", **(sent | {"title": "改名"})).status_code == 303
    late = post(examiner, edit, version="1", **(sent | {"title": "又改"}))
    assert late.status_code == 409 and "有人先保存过" in late.text
    post(examiner, made + "move", act="start")
    assert "已经开始了：日子" in examiner.get(edit).text
    assert post(examiner, edit, version="3", title="新名", intro="新介绍", draw_id="0").status_code == 303
    number = newest(work)
    with work():
        found = queries.by_ids([number])[number]
        assert (found.title, found.intro, found.pass_percent, found.closes) == ("新名", "新介绍", 50, 1440)


def test_nothing_starts_without_a_question(examiner, post, work, sent, daily, bank):
    with work():
        empty = bank.topic("空主题").id
    given = {name: value for name, value in sent.items() if not name.startswith("quota")} | {f"quota-{empty}": "1"}
    made = post(examiner, "/desk/quiz/rounds/new", **given).location
    post(examiner, made + "move", act="start")
    page = examiner.get(made).text
    assert "一道能用的题也没有" in page and "没开始" in page


def test_the_wrong_people_see_and_change_nothing(app, person, client, login, post, work, make, daily):
    path = f"/desk/quiz/rounds/{daily['round']}/"
    assert client.get(path).location.startswith("/login")
    reader = person(Role.EDITOR)
    assert reader.get(path).status_code == 200
    member = person()
    with work() as session:
        away = make.account()
        grant(away, "quiz.examiner", make.org(session.get(Org, 1)), actor=SYSTEM, now=clock.now())
        away_id = away.id
    other = app.test_client()
    login(other, away_id)
    day = f"{path}days/2026-05-14/"
    for browser, code in ((reader, 403), (member, 403), (other, 404)):
        for url in (path + "edit", f"{path}papers/2026-05-15/"):
            assert browser.get(url).status_code == code, url
        for url in (path + "move", path + "edit", path + "chances", f"{path}papers/2026-05-15/", f"{path}papers/2026-05-15/again"):
            assert post(browser, url, act="end", day="2026-05-14").status_code == code, url
    assert (member.get(path).status_code, other.get(path).status_code) == (403, 404)
    assert (reader.get(day).status_code, other.get(day).status_code) == (200, 404)
    assert other.get("/desk/quiz/rounds/").status_code == 200
    assert "每日一答</a></th>" not in other.get("/desk/quiz/rounds/").text


def test_a_day_shows_how_it_went_and_who_to_look_at_only_to_managers(examiner, person, post, work, daily, begun, at):
    with work():
        begun(0)
        attempts.submit(begun(1), {str(daily["questions"][0]): ["b"]}, now=clock.now())
    path = f"/desk/quiz/rounds/{daily['round']}/days/2026-05-14/"
    page = examiner.get(path).text
    assert "快得来不及看题" in page and "用了 0 秒" in page and "33%" in page
    reader = person(Role.EDITOR).get(path).text
    assert "33%" in reader and "快得来不及看题" not in reader
    with work() as session:
        number = session.scalar(unscoped(select(Attempt.id).where(Attempt.flag != ""), why="test"))
    assert post(person(Role.EDITOR), f"/desk/quiz/attempts/{number}/look", note="正常").status_code == 403
    assert post(examiner, f"/desk/quiz/attempts/{number}/look", note="").status_code == 422
    assert post(examiner, f"/desk/quiz/attempts/{number}/look", note="家属一起答的，正常").status_code == 303
    assert "看过：家属一起答的，正常" in examiner.get(path).text
    with work() as session:
        assert session.get(Attempt, number, execution_options={"unionhall_scope": "test"}).score == 1
    assert "这一天还没有人答" in examiner.get(f"/desk/quiz/rounds/{daily['round']}/days/2026-05-01/").text
    assert examiner.get(f"/desk/quiz/rounds/{daily['round']}/days/never/").status_code == 404


def test_a_paper_is_shown_ahead_only_to_who_says_so_and_that_is_noted(examiner, post, work, daily):
    path = f"/desk/quiz/rounds/{daily['round']}/papers/2026-05-15/"
    assert "题还没有出" in examiner.get(path).text
    post(examiner, path + "again")
    closed = examiner.get(path).text
    assert "单题" not in closed and "会记下来" in closed
    opened = post(examiner, path).text
    assert "单题之b" in opened and "解释单题" in opened
    with work() as session:
        from unionhall.platform.audit import AuditEntry

        acts = [row.body if hasattr(row, "body") else str(row.__dict__) for row in session.scalars(select(AuditEntry))]
        assert any("quiz.paper_looked" in str(act) for act in acts)
        assert session.scalar(select(Paper.day)) == date(2026, 5, 15)


def test_chances_that_are_owed_are_given_from_the_desk(examiner, post, work, daily, begun, with_draw):
    draw_id = with_draw()
    with work():
        pausing.pause(draw_id, "系统检查", actor=SYSTEM, now=clock.now())
    with work():
        attempts.submit(begun(0), daily["right"], now=clock.now())
    day = f"/desk/quiz/rounds/{daily['round']}/days/2026-05-14/"
    assert "1 人通过了" in examiner.get(day).text
    post(examiner, f"/desk/quiz/rounds/{daily['round']}/chances", day="2026-05-14")
    assert "还有 1 次" in examiner.get(day).text
    with work():
        pausing.resume(draw_id, actor=SYSTEM, now=clock.now())
    post(examiner, f"/desk/quiz/rounds/{daily['round']}/chances", day="2026-05-14")
    assert "补发了 1 次" in examiner.get(day).text
    with work() as session:
        assert session.scalars(select(Entry.source)).all() == ["quiz.attempt"]


def test_a_campaign_shows_the_round_and_who_took_part(app, work, daily, begun):
    with work():
        attempts.submit(begun(0), daily["right"], now=clock.now())
    view = ComponentView(1, 1, "quiz.round", "答题", {"round": daily["round"]}, 1, "/1/", "open", None, None)
    with app.test_request_context(), work():
        page = str(component.ROUND.render(view, clock.now()))
        assert "今天 1 人答过" in page and "/quiz/mei-ri-yi-da/today" in page
        figure = next(iter(component.ROUND.figures(view)))
        assert (figure.people, figure.times, figure.by_day, figure.by_org) == (1, 1, {DAY: 1}, {1: 1})
        assert component.ROUND.data(view, clock.now())["open"] is True
        empty = ComponentView(1, 1, "quiz.round", "答题", {}, 1, "/1/", "open", None, None)
        assert component.ROUND.render(empty, clock.now()) == ""
        assert len(list(component.ROUND.lacks(empty))) == 1


def test_days_are_exported_by_who_may_see_them(app, work, daily, begun, make):
    with work():
        attempts.submit(begun(0), daily["right"], now=clock.now())
    with app.test_request_context(), work():
        assert list(exports.rows(SYSTEM, "/1/", {"round": str(daily["round"])})) == [["每日一答", DAY, 1, 1, 1, "100%"]]
        assert list(exports.rows(SYSTEM, "/1/", {"round": "99999999999"})) == []
        away = make.actor("quiz.examiner", make.org())
        assert list(exports.rows(away, "", {})) == []


def test_search_and_sitemap_know_rounds_that_were_started(app, work, daily, bank):
    with work():
        bank.round({daily["topic"]: 1}, title="还没开始的", start=False)
    with app.test_request_context(), work():
        assert [row.title for row in findable.results(findable.ids(0, 10))] == ["每日一答"]
        assert findable.look(["每日"], 5) == [daily["round"]]
        assert [entry.url for entry in findable.sitemap()] == ["/quiz/", "/quiz/mei-ri-yi-da/"]
