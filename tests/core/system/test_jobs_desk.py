"""The jobs page: what runs, what waits, what could not be delivered, and the buttons of the system administrator."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from unionhall.base import clock, db
from unionhall.cli import cli
from unionhall.hooks.types import Job, Role
from unionhall.platform import jobs, outbox, outbox_care, workers
from unionhall.platform.audit import AuditEntry
from unionhall.system.cli import job_commands

PAGE, RUN, RETRY = "/desk/system/jobs/", "/desk/system/jobs/run", "/desk/system/outbox/retry"


@pytest.fixture
def people(work, make):
    with work():
        city = make.org()
        found = {role.value: make.account(role).id for role in Role}
        return found | {"city": make.account(Role.SYSTEM_ADMIN, city).id}


@pytest.fixture
def enter(app, login, people):
    def browser(who="system_admin"):
        client = app.test_client()
        login(client, people[who])
        return client

    return browser


@pytest.fixture
def parked(app, work, at):
    """Two messages that failed five times, one that failed once; return (their ids, what was delivered, the bad ones)."""
    seen, bad = [], {1, 2, 3}

    def deliver(payload):
        if payload["n"] in bad:
            raise ValueError(f"no <paper> for {payload['n']}")
        seen.append(payload["n"])

    start = at("2026-05-14 02:30")
    with app.app_context():
        outbox.handle("probe", deliver)
    with work() as session:
        session.execute(delete(outbox.OutboxMessage))
        for n in (1, 2):
            outbox.put("probe", {"n": n, "secret": "不给人看的内容"}, now=start)
    with app.app_context():
        for hour in range(6):
            outbox.deliver(start + timedelta(hours=hour))
    now = at("2026-05-14 09:30")
    with work():
        outbox.put("probe", {"n": 3}, now=now - timedelta(minutes=30))
    with app.app_context():
        outbox.deliver(now)
        return sorted(line.id for line in outbox_care.parked(9)), seen, bad


def acts(work):
    with work() as session:
        return [(row.act, row.obj) for row in session.scalars(select(AuditEntry).where(AuditEntry.act.like("system.%")).order_by(AuditEntry.n))]


def test_the_page_says_what_runs_what_waits_and_what_is_parked(app, enter, parked, work):
    now = clock.now()
    with work() as session:
        session.add(jobs.JobState(name="news.due", due_at=now, started_at=now - timedelta(minutes=3), leased_until=now + timedelta(seconds=50), lease="x"))
        session.add(jobs.JobState(name="accounts.sweep", due_at=now, last_run=now, last_ms=3400, last_error="OSError: <disk>", failures=4))
        session.add(workers.Worker(id="x", place="beech:1234", started_at=now - timedelta(days=1), seen_at=now))
    page = enter().get(PAGE).text
    for part in (
        "beech:1234", "正在运行", "运行中，3 分钟前开始", "连续出错 4 次", "OSError: &lt;disk&gt;", "3.4 秒", "每秒", "每小时", "每 10 分钟",
        "最早的等了 30 分钟", f"第 {parked[0][0]} 号", "ValueError: no &lt;paper&gt; for 1", "2026-05-14 06:30", "5 次", "全部重试", "2026-05-14 09:30",
    ):
        assert part in page, part
    assert "不给人看的内容" not in page
    assert page.index("清理过期的登录记录") < page.index("定时发布与下线")


def test_an_auditor_looks_and_has_no_buttons(enter, parked):
    page = enter("auditor").get(PAGE).text
    assert "ValueError: no &lt;paper&gt; for 1" in page
    for button in ("现在运行<", "全部重试", "丢弃…"):
        assert button not in page


@pytest.mark.parametrize("who", [*(role.value for role in Role if role is not Role.SYSTEM_ADMIN), "city"])
def test_only_the_sites_system_administrator_sets_things_going(app, enter, parked, post, work, who):
    browser = enter(who)
    discard = f"/desk/system/outbox/{parked[0][0]}/discard"
    assert [post(browser, path, name="news.due", id="all").status_code for path in (RUN, RETRY, discard)] == [403] * 3
    assert browser.get(discard).status_code == 403
    assert acts(work) == []
    with app.app_context():
        assert outbox_care.parked_count() == 2


def test_run_now_makes_it_due_for_the_worker_and_runs_nothing_here(app, enter, post, work, monkeypatch):
    ran = []
    with app.app_context():
        jobs.run_due([Job("accounts.sweep", "x", timedelta(hours=1), ran.append)], clock.now())
    answer = post(enter(), RUN, name="accounts.sweep", follow_redirects=True)
    assert ("已排上，后台进程马上运行它" in answer.text, "等后台进程接手" in answer.text) == (True, True)
    assert len(ran) == 1
    assert acts(work) == [("system.job_asked", "job:accounts.sweep")]
    with app.app_context():
        jobs.run_due([Job("accounts.sweep", "x", timedelta(hours=1), ran.append)], clock.now() + timedelta(seconds=1))
    assert len(ran) == 2
    assert "有人点了“现在运行”" in enter().get(PAGE).text
    assert [post(enter(), RUN, name=name).status_code for name in ("no.such", "")] == [404, 404]


def test_a_parked_message_is_retried_and_delivered_once(app, enter, parked, post, work):
    ids, seen, bad = parked
    bad.clear()
    for _ in range(2):
        answer = post(enter(), RETRY, id=ids[0], follow_redirects=True)
    assert "没有可以重试的消息，可能别人刚处理过" in answer.text
    with app.app_context():
        for second in range(3):
            outbox.deliver(clock.now() + timedelta(seconds=second))
    assert seen == [1]
    assert acts(work) == [("system.message_retried", f"message:{ids[0]}")]
    assert "没有可以重试的消息" in post(enter(), RETRY, id="²", follow_redirects=True).text
    assert "1 条消息会马上再投递" in post(enter(), RETRY, id="all", follow_redirects=True).text
    with app.app_context():
        outbox.deliver(clock.now() + timedelta(minutes=1))
    assert sorted(seen) == [1, 2, 3]


def test_a_message_is_given_up_after_a_question(app, enter, parked, post, work):
    (first, second), seen, bad = parked
    path = f"/desk/system/outbox/{first}/discard"
    asked = enter().get(path).text
    assert ("丢弃这条消息？" in asked, "不能找回" in asked, "ValueError: no &lt;paper&gt; for 1" in asked) == (True, True, True)
    assert "已丢弃，不会再投递" in post(enter(), path, follow_redirects=True).text
    assert (enter().get(path).status_code, post(enter(), path).status_code) == (404, 404)
    assert enter().get("/desk/system/outbox/99999999999/discard").status_code == 404
    assert acts(work) == [("system.message_given_up", f"message:{first}")]
    bad.clear()
    with app.app_context():
        outbox.deliver(clock.now() + timedelta(days=1))
        assert [line.id for line in outbox_care.parked(9)] == [second]
    assert 1 not in seen


def test_the_dashboard_and_the_menu_say_that_something_is_parked(enter, parked):
    page = enter().get("/desk/").text
    assert ("2 条消息没投递成" in page, '<span class="count">2<' in page, "系统提醒" in page) == (True, True, True)
    assert "没投递成" not in enter("editor").get("/desk/").text


def test_a_worker_at_a_long_job_is_not_taken_for_dead(app, enter, at):
    start = at("2026-05-14 09:30")
    with app.app_context():
        jobs.run_due([Job(outbox.JOB, "x", timedelta(seconds=1), lambda now: None)], start)
        with db.unit_of_work() as session:
            session.add(jobs.JobState(name="system.search", due_at=start, started_at=start, lease="x", leased_until=start + timedelta(minutes=6)))
    at("2026-05-14 09:35")
    assert "没有在运行" not in enter().get(PAGE).text
    with app.app_context(), db.unit_of_work() as session:
        session.execute(update(jobs.JobState).where(jobs.JobState.name == "system.search").values(leased_until=start))
    assert "后台进程没有在运行，最后一次见到它是 2026-05-14 09:30" in enter().get(PAGE).text


def test_on_the_command_line(app, parked, runner):
    ids, seen, bad = parked

    def say(*words):
        with app.app_context():
            return runner.invoke(job_commands, [*words, "--json"])

    listed = {row["name"]: row for row in json.loads(runner.invoke(cli, ["jobs", "list", "--json"], obj=app).stdout)}
    assert set(listed["news.due"]) == {"name", "every", "last_run", "next_run", "running", "ms", "failures", "error"}
    assert [row["id"] for row in json.loads(say("retry").stdout)] == ids[::-1]
    bad.clear()
    assert json.loads(say("retry", str(ids[1])).stdout) == {"retried": 1}
    again = say("retry", str(ids[1]))
    assert (again.exit_code, json.loads(again.stdout)) == (1, {"retried": 0})
    assert json.loads(say("retry", "--all").stdout) == {"retried": 1}
    with app.app_context():
        outbox.deliver(clock.now() + timedelta(minutes=1))
    assert sorted(seen) == [1, 2, 3]
