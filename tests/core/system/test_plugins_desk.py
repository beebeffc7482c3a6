"""One plugin's pages at the desk: what it is made of, switching, order, the data, purging."""

from __future__ import annotations

import io
import os
import secrets
import zipfile
from datetime import timedelta
from types import ModuleType

import pytest
from flask import Blueprint
from sqlalchemy import select

from unionhall.app import create_app
from unionhall.base import clock, db
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Job, Permission, Plugin, Role
from unionhall.host.discovery import Found
from unionhall.host.models import HookTime, PluginSwitch
from unionhall.host.registry import host
from unionhall.platform.access import needs
from unionhall.platform.audit import AuditEntry
from unionhall.platform.pagecache import memory
from unionhall.setup import set_up
from unionhall.testing.databases import PostgresSite, SQLiteSite
from unionhall.testing.factories import Make, log_in
from unionhall.testing.pytest_plugin import SETTINGS

LIST, ONE = "/desk/system/plugins/", "/desk/system/plugins/chapters/"


@pytest.fixture
def site(database, request, grown_tables, tmp_path, at):
    """A site of its own: tables come and go."""
    if database == "sqlite":
        found = SQLiteSite(tmp_path, SETTINGS, tables=grown_tables)
    else:
        server = request.getfixturevalue("postgres_server")
        found = PostgresSite(tmp_path, SETTINGS, server, f"unionhall_desk_{os.getpid()}_{secrets.token_hex(3)}", tables=grown_tables)
    yield found
    found.end()


def browser(app, role):
    """Return a browser with somebody logged in."""
    with app.app_context():
        with db.unit_of_work():
            number = Make().account(role).id
        db.session().remove()
    client = app.test_client()
    log_in(client, number)
    return client


LEFT = {"stations", "rewards", "quiz"}  # bundled, too: not what these tests are about


def states(app):
    with app.app_context():
        memory.forget()
        found = {status.found.name: status.state for status in host().statuses() if status.found.name not in LEFT}
        db.session().remove()
    return found


@pytest.mark.both
def test_from_enabling_to_purging(site, post):
    app = site.app
    client = browser(app, Role.SYSTEM_ADMIN)
    assert states(app) == {"chapters": "installed"}
    page = client.get(f"{ONE}switch/enable").text
    assert ("启用“协会工会”？" in page, "看协会和会员名单" in page, "协会负责人" in page) == (True, True, True)
    assert states(app) == {"chapters": "installed"}

    assert post(client, f"{ONE}switch/enable").status_code == 303
    assert (states(app), "“协会工会”已启用。" in client.get(ONE).text) == ({"chapters": "enabled"}, True)
    assert post(client, f"{ONE}switch/enable").status_code == 303
    assert post(client, f"{ONE}purge", typed="chapters", without="y").status_code == 409
    assert "正在用。先停用它，再清除。" in client.get(f"{ONE}purge").text

    page = client.get(f"{ONE}switch/disable").text
    assert ("停用“协会工会”？" in page, "chapters_chapter" in page) == (True, True)
    assert post(client, f"{ONE}switch/disable").status_code == 303
    assert states(app) == {"chapters": "disabled"}
    page = client.get(ONE).text
    log = page.partition("谁动过它")[2]
    assert (log.index("停用插件") < log.index("启用插件"), "导出数据后卸载" in page) == (True, True)

    assert "会删除的" in client.get(f"{ONE}purge").text
    refused = post(client, f"{ONE}purge", typed="chapters")
    assert (refused.status_code, "还没有导出数据" in refused.text) == (422, True)
    export = post(client, f"{ONE}export")
    assert (export.mimetype, "chapters-20260514-0930.zip" in export.headers["Content-Disposition"]) == ("application/zip", True)
    with zipfile.ZipFile(io.BytesIO(export.data)) as archive:
        assert {"manifest.json", "README.txt", "tables/chapters_chapter.jsonl"} <= set(archive.namelist())
    export.close()
    wrong = post(client, f"{ONE}purge", typed="chapter")
    assert (wrong.status_code, "和插件的名称不一样" in wrong.text, 'value="chapter"' in wrong.text) == (422, True, True)
    assert post(client, f"{ONE}purge", typed="chapters").status_code == 303
    assert (states(app), "的数据已清除" in client.get(LIST).text) == ({"chapters": "installed"}, True)
    again = post(client, f"{ONE}purge", typed="chapters")
    assert (again.status_code, "不用清除" in again.text) == (409, True)
    page = client.get(ONE).text
    assert ("chapters_chapter" in page, "还没有建表" in page, "清除插件的数据" in page) == (False, True, True)

    page = client.get(f"{ONE}switch/enable").text
    assert ("先执行" in page, "chapters_0001" in page) == (True, True)
    assert post(client, f"{ONE}switch/enable").status_code == 303
    assert (states(app), "chapters_chapter" in client.get(ONE).text) == ({"chapters": "enabled"}, True)


def test_who_may_look_and_who_may_switch(app, work, make, login, post):
    reads, writes = {Role.SYSTEM_ADMIN, Role.AUDITOR}, {Role.SYSTEM_ADMIN}
    pages = [f"{ONE}switch/enable", f"{ONE}switch/disable", f"{ONE}purge"]
    posts = [*(f"{ONE}switch/{step}" for step in ("up", "release", "nothing")), f"{ONE}export", f"{ONE}purge"]
    for path in [ONE, *pages]:
        assert "/login" in app.test_client().get(path).location
    for role in Role:
        with work():
            number = make.account(role).id
        client = app.test_client()
        login(client, number)
        assert client.get(ONE).status_code == (200 if role in reads else 403), role
        assert {client.get(path).status_code for path in pages} == ({200} if role in writes else {403}), role
        answers = [post(client, path) for path in posts]
        assert ({answer.status_code for answer in answers} == {403}) is (role not in writes), role
        assert (403 in {answer.status_code for answer in answers}) is (role not in writes), role
        answers[-2].close()
        if role == Role.AUDITOR:
            assert ("启用…" in client.get(ONE).text, "导出数据" in client.get(ONE).text) == (False, False)
        if role in writes:
            assert {client.get(f"{LIST}nothing/").status_code, post(client, f"{LIST}nothing/switch/enable").status_code} == {404}
            refused = post(client, f"{ONE}switch/release")
            assert (refused.status_code, "没有被隔离" in refused.text) == (409, True)


def made(name, needs=(), **members):
    """Return a plugin made on the spot, as if it were installed."""
    module = ModuleType(f"unionhall_{name}_made.plugin")
    for key, value in members.items():
        setattr(module, key, value)
    return Found(name, "1.0", f"unionhall-{name}", module, plugin=Plugin(name, name, "made for a test", needs))


@pytest.fixture
def three(monkeypatch, tmp_path, at, ends):
    """A site with three plugins: `ground` brings everything, `top` needs it, `sick` fails when it is asked."""
    desk = Blueprint("ground_desk", __name__)
    desk.add_url_rule("/things/", "things", needs("ground.read")(lambda: "things"))

    @hookimpl
    def unionhall_desk_blueprints():
        return [desk]

    @hookimpl
    def unionhall_permissions():
        return [Permission("ground.read", "看物件", (Role.EDITOR,))]

    @hookimpl
    def unionhall_jobs():
        return [Job("ground.tick", "滴答", timedelta(hours=1), lambda now: None)]

    @hookimpl
    def unionhall_notice_kinds():
        raise ValueError("no")

    ground = {"unionhall_desk_blueprints": unionhall_desk_blueprints, "unionhall_permissions": unionhall_permissions}
    found = [made("ground", unionhall_jobs=unionhall_jobs, **ground), made("sick", unionhall_notice_kinds=unionhall_notice_kinds)]
    monkeypatch.setattr("unionhall.host.discovery.find_plugins", lambda: [*found, made("top", ("ground",))])
    app = ends(create_app(SETTINGS | {"instance": tmp_path}))
    with app.app_context():
        set_up("云麓省总工会")
    return app


def test_a_page_shows_what_a_plugin_adds_and_takes(three, post):
    client = browser(three, Role.SYSTEM_ADMIN)
    for name in ("ground", "top"):
        assert post(client, f"{LIST}{name}/switch/enable").status_code == 303
    with three.app_context(), db.unit_of_work() as session:
        session.add(HookTime(plugin="ground", hook="unionhall_slot", hour=clock.now(), calls=4, micros=8000, slowest=5000, failures=1))
        session.add(HookTime(plugin="ground", hook="unionhall_feed", hour=clock.now() - timedelta(days=3), calls=1, micros=2000, slowest=2000, failures=0))
    page = client.get(f"{LIST}ground/").text
    for part in ("/desk/ground/things/", "看物件", "ground.read", "编辑", "滴答", "ground.tick", "每小时", "被谁需要", "desk_blueprints jobs permissions".replace(" ", "  ")):
        assert part in page, part
    times = page.partition('id="h-times"')[2].partition("</table>")[0]
    slot, feed = times.partition("feed")[0], times.partition("feed")[2]
    assert ("8.0 毫秒" in slot, "4 次" in slot, 'value="80"' in slot, "5.0 毫秒" in slot) == (True, True, True, True)
    assert ("—" in feed, "2.0 毫秒" in feed) == (True, True)
    assert "/desk/system/plugins/top/" in page.partition("被谁需要")[2].partition("</dd>")[0]
    assert "notice_kinds" in client.get(f"{LIST}sick/").text.partition("这些钩子出错")[2]

    assert "这些插件需要它，要先停用：top" in client.get(f"{LIST}ground/switch/disable").text
    refused = post(client, f"{LIST}ground/switch/disable")
    assert (refused.status_code, "请先停用：top" in refused.text, states(three)["ground"]) == (409, True, "enabled")
    assert post(client, f"{LIST}ground/purge", typed="ground", without="y").status_code == 409


def test_order_without_scripts(three, post):
    client = browser(three, Role.SYSTEM_ADMIN)

    def order():
        with three.app_context():
            memory.forget()
            return [status.found.name for status in host().statuses()]

    assert order() == ["ground", "sick", "top"]
    page = client.get(LIST).text
    assert ("上移：top" in page, "下移：top" in page, "上移：ground" in page) == (True, False, False)
    assert post(client, f"{LIST}top/switch/up").status_code == 303
    assert order() == ["ground", "top", "sick"]
    assert post(client, f"{LIST}ground/switch/up").status_code == 303
    assert post(client, f"{LIST}ground/switch/down").status_code == 303
    assert order() == ["top", "ground", "sick"]


def test_a_quarantine_is_said_and_ended(three, post):
    client = browser(three, Role.SYSTEM_ADMIN)
    post(client, f"{LIST}ground/switch/enable")
    with three.app_context(), db.unit_of_work() as session:
        row = session.get(PluginSwitch, "ground")
        row.quarantined_at, row.quarantined_for, row.quarantined_version = clock.now(), "连续 5 次出错", "1.0"
    with three.app_context():
        memory.forget()
    page = client.get(f"{LIST}?state=failed").text
    assert ("连续 5 次出错" in page, "放回再试" in page, "unionhall plugins release ground" in page) == (True, True, True)
    assert post(client, f"{LIST}ground/switch/release").status_code == 303
    assert states(three)["ground"] == "enabled"
    with three.app_context():
        assert "system.plugin_released" in db.session().scalars(select(AuditEntry.act)).all()


def test_a_site_that_was_started_without_plugins_says_so(tmp_path, at, ends):
    app = ends(create_app(SETTINGS | {"instance": tmp_path}, plugins=False))
    with app.app_context():
        set_up("云麓省总工会")
    page = browser(app, Role.SYSTEM_ADMIN).get(LIST).text
    assert ("这次是不带插件启动的" in page, "还没有安装插件" in page) == (True, False)


def test_a_plugin_whose_package_is_gone_can_be_purged_at_the_desk(site, post, monkeypatch):
    client = browser(site.app, Role.SYSTEM_ADMIN)
    post(client, f"{ONE}switch/enable")
    monkeypatch.setattr(site.app.extensions["unionhall.host"], "plugins", [])
    site.app.extensions["unionhall.host"].refresh()
    assert states(site.app) == {"chapters": "missing"}
    assert ("程序包不见了" in client.get(LIST).text, "chapters_chapter" in client.get(ONE).text) == (True, True)
    assert post(client, f"{ONE}purge", typed="chapters", without="y").status_code == 303
    assert (states(site.app), client.get(ONE).status_code) == ({}, 404)
