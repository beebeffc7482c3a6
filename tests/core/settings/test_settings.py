"""The settings screen at the HTTP seam, and the rules behind it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from unionhall.base import clock
from unionhall.base.errors import Conflict, NotAllowed
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.audit import AuditEntry
from unionhall.settings import queries, services
from unionhall.settings.schema import SiteSettings

PATH = "/desk/settings/"
FILLED = {
    "site_name": "青禾职工之家", "organiser": "青禾市总工会", "hotline": "12351", "contact_email": "bianji@qinghe.example",
    "icp_number": "青ICP备12345678号-1", "police_number": "青公网安备 12345678901234 号", "site_code": "1234567890",
    "credit_required": "y", "review_hours": "48", "preview_days": "7", "terminal_idle_seconds": "60", "quiet_from": "22:00", "quiet_until": "07:00",
}


@pytest.fixture
def people(work, make):
    """One account for each role at the root, and a system administrator and an auditor of a city only."""
    with work():
        found = {role: make.account(role).id for role in Role}
        city = make.org()
        return found | {"city": make.account(Role.SYSTEM_ADMIN, city).id, "city auditor": make.account(Role.AUDITOR, city).id}


@pytest.fixture
def enter(app, login, people):
    def browser(who):
        client = app.test_client()
        login(client, people[who])
        return client

    return browser


@pytest.fixture
def save(post):
    """Return `save(client, name=value)`: the form as it was opened, with some fields filled in otherwise."""

    def send(client, seen=None, **fields):
        seen = seen or stamp(client)
        return post(client, PATH, **FILLED | fields, seen=seen)

    return send


def stamp(client):
    return re.search(r'name="seen" type="hidden" value="(\w+)"', client.get(PATH).text).group(1)


@pytest.fixture
def now_stored(app):
    def read():
        with app.app_context():
            return queries.stored()

    return read


def test_who_may_see_and_who_may_change(app, enter, post, people):
    stranger = app.test_client().get(PATH)
    assert (stranger.status_code, "/login" in stranger.location) == (302, True)
    for who in people:
        client, reads = enter(who), who in {Role.SYSTEM_ADMIN, Role.AUDITOR}
        assert client.get(PATH).status_code == (200 if reads else 403), who
        assert post(client, PATH, **FILLED).status_code == {Role.SYSTEM_ADMIN: 409}.get(who, 403), who
        assert ('href="/desk/settings/"' in client.get("/desk/").text) is reads, who
    page = enter(Role.AUDITOR).get(PATH).text
    assert ("不能改" in page, "保存设置" in page, "<fieldset" in page and " disabled>" in page) == (True, False, True)


@pytest.mark.both
def test_saving_takes_effect_at_once_and_is_noted(enter, save, now_stored, work, people):
    client = enter(Role.SYSTEM_ADMIN)
    answer = save(client)
    assert answer.status_code == 303
    assert "设置已保存" in client.get(PATH).text
    stored = now_stored()
    assert (stored.site_name, stored.icp_number, stored.review_hours, stored.maintenance) == (
        "青禾职工之家", "青ICP备12345678号-1", 48, False,
    )  # fmt: skip
    assert "青ICP备12345678号-1" in client.get("/").text
    with work() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "settings.changed")).one()
        assert entry.actor_id == people[Role.SYSTEM_ADMIN]
        assert '"x_keys":["contact_email","icp_number","organiser","police_number","review_hours","site_code","site_name"' in entry.event
        assert "青禾" not in entry.event
    assert save(client).status_code == 303
    assert "没有改动。" in client.get(PATH).text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("site_name", "", "还没有填站名。"), ("site_name", "长" * 31, "最多 30 个字。"),
        ("icp_number", "ICP备12345678号", "应当像 青ICP备12345678号-1"), ("icp_number", "青ICP备号-1", "应当像"),
        ("police_number", "1234567890123", "应当是 14 位数字"), ("police_number", "青公网安备 123456789012345 号", "应当是 14 位数字"),
        ("site_code", "12345", "10 位"), ("contact_email", "bianji@qinghe", "这不像一个邮箱地址"),
        ("hotline", "打 12351", "热线只写数字和 -"), ("privacy_url", "//evil.example", "要以 / 或 https:// 开头"),
        ("privacy_url", "/\\evil.example", "要以 / 或 https:// 开头"), ("privacy_url", "javascript:alert(1)", "要以 / 或 https:// 开头"),
        ("review_hours", "0", "1 到 720"), ("review_hours", "很快", 'href="#review_hours"'), ("preview_days", "61", "1 到 60"),
        ("quiet_from", "24:00", "22:00 的样子"), ("quiet_until", "7点", "22:00 的样子"),
        ("organiser", "甲\n乙", "这里不能换行"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_next_to_its_field(enter, save, now_stored, field, value, message):
    answer = save(enter(Role.SYSTEM_ADMIN), **{field: value})
    assert answer.status_code == 422
    assert "<title>错误：设置" in answer.text
    assert message in answer.text
    assert f'id="{field}-error"' in answer.text
    assert 'value="青禾职工之家"' in answer.text or field == "site_name"
    assert now_stored() == SiteSettings()


def test_figures_may_be_typed_full_width(enter, save, now_stored):
    assert save(enter(Role.SYSTEM_ADMIN), hotline=" １２３５１ ", police_number="１２３４５６７８９０１２３４").status_code == 303
    assert (now_stored().hotline, now_stored().police_number) == ("12351", "12345678901234")


@pytest.mark.both
def test_who_saves_second_sees_both_and_loses_nothing(enter, save, now_stored):
    first, second = enter(Role.SYSTEM_ADMIN), enter(Role.SYSTEM_ADMIN)
    seen = stamp(second)
    assert save(first, organiser="甲总工会").status_code == 303
    late = save(second, seen, organiser="乙总工会")
    assert late.status_code == 409
    assert "有人改过设置" in late.text
    differing = late.text.partition("不一样的地方")[2].partition("<fieldset")[0]
    assert ("甲总工会" in differing, "乙总工会" in differing, "12351" in differing) == (True, True, False)
    assert 'value="乙总工会"' in late.text
    assert now_stored().organiser == "甲总工会"
    fresh = re.search(r'name="seen" type="hidden" value="(\w+)"', late.text).group(1)
    assert save(second, fresh, organiser="乙总工会").status_code == 303
    assert now_stored().organiser == "乙总工会"


def test_words_with_markup_stay_text(enter, save, client):
    browser = enter(Role.SYSTEM_ADMIN)
    save(browser, site_name="<script>alert(1)</script>", organiser='"><img src=x>')
    for page in (browser.get(PATH).text, client.get("/").text):
        assert ("<script>alert(1)" in page, "<img src=x>" in page) == (False, False)


def test_services_refuse_what_is_no_setting(work, make):
    with work():
        now = clock.now()
        for values in ({"colour": "red"}, {"review_hours": "48"}, {"review_hours": True}, {"maintenance": 1}, {"site_name": 3}):
            with pytest.raises(LookupError):
                services.change(values, actor=SYSTEM, now=now)
        with pytest.raises(NotAllowed):
            services.change({"site_name": "x"}, actor=make.actor(Role.SYSTEM_ADMIN, make.org()), now=now)
        with pytest.raises(Conflict):
            services.change({"site_name": "x"}, seen="", actor=SYSTEM, now=now)
        assert services.change({"site_name": " 青禾\u202e 之家 "}, actor=SYSTEM, now=now) == ["site_name"]
        assert queries.stored().site_name == "青禾 之家"


def test_maintenance_closes_the_site_for_readers_only(app, enter, save, client):
    browser = enter(Role.SYSTEM_ADMIN)
    assert save(browser, maintenance="y", maintenance_note="下午三点恢复。").status_code == 303
    closed = client.get("/")
    assert (closed.status_code, "下午三点恢复。" in closed.text, closed.headers["Retry-After"]) == (503, True, "1800")
    assert [client.get(path).status_code for path in ("/login", "/healthz", "/readyz")] == [200, 200, 200]
    assert [browser.get(path).status_code for path in ("/", PATH)] == [200, 200]
    assert save(browser).status_code == 303
    assert client.get("/").status_code == 200
