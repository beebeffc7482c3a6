"""The desk's plugins and jobs pages, and the dashboard's reminders about both."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

import pytest

from unionhall.base import clock
from unionhall.hooks.types import Job, Plugin, Role
from unionhall.host import migrations
from unionhall.host.discovery import Found
from unionhall.host.models import PluginSwitch
from unionhall.platform import jobs
from unionhall.platform.outbox import JOB as OUTBOX
from unionhall.platform.pagecache import memory

PLUGINS, JOBS = "/desk/system/plugins/", "/desk/system/jobs/"


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
def installed(app, work, monkeypatch):
    """Four plugins: one enabled, one switched off, one too new, one that failed to start."""
    on = Found("quiz", "2.3.1", "unionhall-quiz", ModuleType("quiz"), plugin=Plugin("quiz", "每日一答", "每日换题。", icon="quiz"))
    off = Found("market", "0.7.0", "unionhall-market", ModuleType("market"), plugin=Plugin("market", "助农集市", "山货。", ("stations",)))
    new = Found("care", "9.0", "unionhall-care", problem="incompatible", reason="unionhall>=9")
    bad = Found("live", "0.9.4", "unionhall-live").failed(ValueError("<stream> is empty"))
    bundled = [found for found in app.extensions["unionhall.host"].plugins if found.name != "quiz"]
    monkeypatch.setattr(app.extensions["unionhall.host"], "plugins", [*bundled, on, off, new, bad])
    with work() as session:
        session.add(PluginSwitch(name="quiz", enabled=True))
    with app.app_context():
        memory.forget()


@pytest.mark.parametrize("path", [PLUGINS, JOBS])
def test_doors(app, enter, people, path):
    stranger = app.test_client().get(path)
    assert (stranger.status_code, "/login" in stranger.location) == (302, True)
    opened = {who for who in people if enter(who).get(path).status_code == 200}
    assert opened == {"system_admin", "auditor"}
    assert {enter(who).get(path).status_code for who in set(people) - opened} == {403}
    assert {who for who in people if path in enter(who).get("/desk/").text} == opened


def test_without_plugins_the_page_says_how_to_get_some(app, enter, monkeypatch):
    monkeypatch.setattr(app.extensions["unionhall.host"], "statuses", list)
    page = enter().get(PLUGINS).text
    assert ("还没有安装插件" in page, "在服务器上用 pip 安装" in page) == (True, True)


def test_every_plugin_with_its_state_and_reason(enter, installed, monkeypatch):
    page = enter().get(PLUGINS).text
    for part in (
        "已装 7 个 · 启用 1 · 停用 4 · 失败 2", "每日一答", "quiz 2.3.1", "助农集市", "需要：stations", "版本不合", "unionhall&gt;=9",
        "pip install --upgrade unionhall-care", "启动失败", "ValueError: &lt;stream&gt; is empty", "pip install unionhall-NAME",
    ):  # fmt: skip
        assert part in page, part
    assert page.index("live 0.9.4") < page.index("quiz 2.3.1")
    assert "<stream>" not in page
    assert "核心有待执行的迁移" not in page
    monkeypatch.setattr(migrations, "status", lambda owner: [migrations.Pending(owner, "1", "2")])
    assert "核心有待执行的迁移" in enter().get(PLUGINS).text


@pytest.mark.parametrize(("state", "names"), [("enabled", {"quiz"}), ("off", {"market"}), ("failed", {"care", "live"}), ("odd", set())])
def test_plugins_by_state(enter, installed, state, names):
    page = enter().get(f"{PLUGINS}?state={state}").text
    versions = {"quiz": "quiz 2.3.1", "market": "market 0.7.0", "care": "care 9.0", "live": "live 0.9.4"}
    assert {name for name, version in versions.items() if version in page} == names
    assert ("没有这种状态的插件" in page) is (not names)


def test_failed_plugins_are_counted_in_the_menu_and_named_on_the_dashboard(enter, installed, run):
    run()
    page = enter().get("/desk/").text
    assert '<span class="count">2<' in page
    card = page.partition("插件提醒")[2].partition("</section>")[0]
    assert ("插件 live 没有启动成功" in card, "插件 care 版本不合" in card, "其他功能不受影响" in card) == (True, True, True)
    assert "插件提醒" not in enter("editor").get("/desk/").text
    assert "插件提醒" not in enter("city").get("/desk/").text


@pytest.fixture
def run(app):
    """Return `run()`: the outbox's job ran, and perhaps failed."""

    def once(error=None):
        def work(now):
            if error:
                raise error

        with app.app_context():
            jobs.run_now(Job(OUTBOX, "x", timedelta(seconds=1), work), clock.now())

    return once


def test_a_worker_that_rests_is_noticed_within_a_minute(enter, at, run):
    assert "定时任务没有在运行" in enter().get("/desk/").text
    at("2026-05-14 09:40")
    run()
    at("2026-05-14 09:41")
    page = enter().get("/desk/").text
    assert ("定时任务正常，上次运行 今天 09:40" in page, "没有在运行" in page) == (True, False)
    moment = at("2026-05-14 09:41") + timedelta(seconds=1)
    at(clock.local(moment).strftime("%Y-%m-%d %H:%M:%S"))
    page = enter().get("/desk/").text
    assert ("定时任务没有在运行，最后一次是 2026-05-14 09:40" in page, "请在服务器上启动 unionhall worker" in page) == (True, True)
    assert "没有在运行" not in enter("editor").get("/desk/").text


def test_jobs_say_when_they_ran_and_how_it_ended(enter, run):
    page = enter().get(JOBS).text
    assert ("投递通知和事件" in page, "news.due" in page, "还没运行过" in page) == (True, True, True)
    run(ValueError("no <paper>"))
    page = enter().get(JOBS).text
    row = page.partition(OUTBOX)[2].partition("</tr>")[0]
    for part in ("2026-05-14 09:30", "出错", "ValueError: no &lt;paper&gt;"):
        assert part in row, part
