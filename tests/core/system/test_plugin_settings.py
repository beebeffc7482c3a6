"""Settings of plugins: at the desk, and as a plugin reads them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from wtforms import BooleanField, DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed
from unionhall.hooks.types import READER, SYSTEM, Role
from unionhall.media.models import Use
from unionhall.platform.audit import AuditEntry
from unionhall.platform.pagecache import memory
from unionhall.plugin import DayField, MediaField, MomentField, SettingsForm, plugin_settings
from unionhall.system import plugin_settings as settings
from unionhall.system.models import PluginChoice

PATH = "/desk/system/plugins/chapters/settings"
FILLED = {"founders_min": "25", "publicity_days": "5", "benefit_months": "6", "claim_days": "180", "self_reported_hours": "y", "small_number": "5"}


@pytest.fixture
def enter(app, work, make, login):
    def browser(role):
        with work():
            number = make.account(role).id
        client = app.test_client()
        login(client, number)
        return client

    return browser


def seen(client):
    return re.search(r'name="seen" type="hidden" value="(\d+)"', client.get(PATH).text).group(1)


def test_who_may_see_and_who_may_change(app, enter, post):
    assert "/login" in app.test_client().get(PATH).location
    reads, writes = {Role.SYSTEM_ADMIN, Role.AUDITOR}, {Role.SYSTEM_ADMIN}
    for role in Role:
        client = enter(role)
        assert client.get(PATH).status_code == (200 if role in reads else 403), role
        assert post(client, PATH, **FILLED, seen="0").status_code == (303 if role in writes else 403), role
    page = enter(Role.AUDITOR).get(PATH).text
    assert ("不能改" in page, "保存设置" in page) == (True, False)
    assert enter(Role.SYSTEM_ADMIN).get("/desk/system/plugins/nothing/settings").status_code == 404


@pytest.mark.both
def test_what_is_chosen_holds_at_once_and_who_saves_second_loses_nothing(app, enter, post, work):
    first, second = enter(Role.SYSTEM_ADMIN), enter(Role.SYSTEM_ADMIN)
    with app.app_context():
        assert dict(plugin_settings("chapters")) == {
            "founders_min": 25, "publicity_days": 5, "benefit_months": 6, "claim_days": 180, "self_reported_hours": True, "small_number": 5,
        }  # fmt: skip
    old = seen(second)
    without = {name: value for name, value in FILLED.items() if name != "self_reported_hours"}
    assert post(first, PATH, **without | {"founders_min": "15"}, seen=seen(first)).status_code == 303
    assert "设置已保存" in first.get(PATH).text
    with app.app_context():
        memory.forget()
        found = plugin_settings("chapters")
        assert (found.founders_min, found.self_reported_hours, found["small_number"]) == (15, False, 5)
    late = post(second, PATH, **FILLED | {"founders_min": "30"}, seen=old)
    assert late.status_code == 409
    differing = late.text.partition("不一样的地方")[2].partition("<fieldset")[0]
    assert ("15" in differing, "30" in differing, "180" in differing, 'value="30"' in late.text) == (True, True, False, True)
    fresh = re.search(r'name="seen" type="hidden" value="(\d+)"', late.text).group(1)
    assert post(second, PATH, **FILLED | {"founders_min": "30"}, seen=fresh).status_code == 303
    assert post(second, PATH, **FILLED | {"founders_min": "30"}, seen=fresh).status_code == 409
    with work() as session:
        lines = session.scalars(select(AuditEntry).where(AuditEntry.act == "system.plugin_settings_changed")).all()
        assert ['"x_keys":["founders_min","self_reported_hours"]' in line.event for line in lines] == [True, True]
        assert session.scalars(select(PluginChoice.version)).one() == 2


def test_what_cannot_be_is_said_next_to_its_field(enter, post):
    answer = post(enter(Role.SYSTEM_ADMIN), PATH, **FILLED | {"founders_min": "1"}, seen="0")
    assert answer.status_code == 422
    assert ("请填 3 到 200 之间的整数。" in answer.text, 'id="founders_min-error"' in answer.text) == (True, True)


class EveryKind(SettingsForm):
    """A field of each kind."""

    title = StringField(_l("标题"), default="集市")
    text = TextAreaField(_l("说明"))
    most = IntegerField(_l("最多"), [NumberRange(1, 9)], default=3)
    price = DecimalField(_l("价格"))
    shape = SelectField(_l("样式"), choices=["round", "square"], default="round")
    on = BooleanField(_l("开"))
    day = DayField(_l("日子"))
    moment = MomentField(_l("时间"))
    picture = MediaField(_l("图"))


@pytest.mark.both
def test_every_kind_of_field_comes_back_as_it_was(work, make, monkeypatch):
    monkeypatch.setattr(settings, "form_of", lambda name: EveryKind)
    when = datetime(2026, 5, 14, 1, 30, tzinfo=UTC)
    with work():
        assert dict(plugin_settings("market")) == {
            "title": "集市", "text": "", "most": 3, "price": None, "shape": "round", "on": False, "day": None, "moment": None, "picture": None,
        }  # fmt: skip
        chosen = {"text": "甲\n乙", "on": True, "day": date(2026, 5, 1), "moment": when, "picture": make.picture(make.root).id}
        settings.change("market", chosen, actor=SYSTEM, now=clock.now())
    with work() as session:
        found = plugin_settings("market")
        assert {name: found[name] for name in chosen} == chosen
        assert session.scalars(select(Use.asset_id)).one() == chosen["picture"]
        session.execute(update(PluginChoice).values(choices={"most": "viele", "gone": 1, "day": 7, "on": "x", "title": "山货"}))
        found = plugin_settings("market")
        assert (found.title, found.most, found.day, found.on, "gone" in found) == ("山货", 3, None, False, False)
        with pytest.raises(AttributeError):
            found.most = 4
        with pytest.raises(LookupError):
            settings.change("market", {"gone": 1}, actor=SYSTEM, now=clock.now())
        with pytest.raises(NotAllowed):
            settings.change("market", {"most": 4}, actor=READER, now=clock.now())


@pytest.mark.both
@pytest.mark.parametrize("saved_before", [False, True])
def test_of_two_at_once_one_is_told(app, work, saved_before):
    if saved_before:
        with work():
            settings.change("chapters", {"founders_min": 20}, actor=SYSTEM, now=clock.now())
    ready, ended = Barrier(2), []

    def save(number):
        with app.app_context():
            version = settings.stored("chapters")[1]
            ready.wait()
            try:
                with db.unit_of_work():
                    settings.change("chapters", {"founders_min": number}, seen=version, actor=SYSTEM, now=clock.now())
                ended.append("saved")
            except Conflict:
                ended.append("told")
            finally:
                db.session().remove()

    threads = [Thread(target=save, args=(number,)) for number in (30, 40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["saved", "told"]
