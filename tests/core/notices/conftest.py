"""Two kinds of notices, one of them for safety; channels that remember what they were given; a worker's round."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.people import Channel, NoticeKind
from unionhall.notices import kinds, sending
from unionhall.notices.models import Delivery, Notice
from unionhall.notices.services import notify

NEWS = NoticeKind(
    "test.news", "测试通知",
    {"zh_CN": ("{what}有了结果", "{name}：\n\n{what}有了结果。"), "en": ("News of {what}", "{name}: there is news of {what}.")},
    {"what": "报名", "name": "何秀英"},
)  # fmt: skip
ALARM = NoticeKind("test.alarm", "紧急通知", {"zh_CN": ("{what}", "请马上撤离：{what}")}, {"what": "台风"}, channels=("mail", "sms"), safety=True)


@pytest.fixture(autouse=True)
def brought(monkeypatch):
    """The kinds of these tests stand beside those that the features bring."""
    collected = kinds._collected
    monkeypatch.setattr(kinds, "_collected", lambda: collected() | {NEWS.name: NEWS, ALARM.name: ALARM})


@pytest.fixture
def sent(app, monkeypatch):
    """What the channels "mail", "sms" and "wechat" were given: (channel, message, key); `sent.fail` makes them raise it."""

    class Sent(list):
        fail = None

    given = Sent()

    def channel(name):
        def send(message, key):
            if given.fail:
                raise given.fail
            given.append((name, message, key))
            return f"id-{len(given)}"

        return Channel(name, name, send)

    every = {name: channel(name) for name in ("mail", "sms", "wechat")}
    monkeypatch.setitem(app.extensions, "unionhall.channels", lambda: every)
    return given


@pytest.fixture
def tell(work):
    """Return `tell(account_ids, key=…)`, which says that something happened, in a unit of work of its own."""

    def say(*ids, kind="test.news", key="1", url="", **values):
        with work():
            notify(kind, ids, {"what": "报名", "name": "何秀英"} | values, key=key, now=clock.now(), url=url)

    return say


@pytest.fixture
def round_(app):
    """Return a function that does what the worker's job does."""

    def once():
        with app.app_context():
            sending.work(clock.now())
            db.session().remove()

    return once


@pytest.fixture
def log(app):
    """Return a function that gives [(channel, state, reason)] of all deliveries."""

    def lines():
        with app.app_context():
            rows = db.session().execute(select(Delivery.channel, Delivery.state, Delivery.reason).order_by(Delivery.id)).all()
            db.session().remove()
            return [tuple(row) for row in rows]

    return lines


@pytest.fixture
def notices(app):
    """Return a function that gives [(account id, kind, key, read)]."""

    def rows():
        with app.app_context():
            found = [(n.account_id, n.kind, n.key, n.read_at is not None) for n in db.session().scalars(select(Notice).order_by(Notice.id))]
            db.session().remove()
            return found

    return rows


@pytest.fixture
def person(work, make):
    """A member of an org with a mail address."""
    with work():
        return make.account(org=make.org(), email="he@qinghe.example", login="hexiuying").id
