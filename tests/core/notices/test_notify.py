"""Saying that something happened: once for each person, in the caller's unit of work, to very many at a time."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import func, insert, select, update

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.notices import kinds, planning
from unionhall.notices.models import Delivery, Notice
from unionhall.notices.services import notify
from unionhall.platform.access import unscoped

MANY = 5000


@pytest.mark.both
def test_the_same_occurrence_reaches_a_person_once(tell, person, notices):
    for _ in range(3):
        tell(person, person, key="a")
    tell(person, key="b")
    tell(person, key="a", kind="test.alarm")
    assert notices() == [(person, "test.news", "a", False), (person, "test.news", "b", False), (person, "test.alarm", "a", False)]


def test_an_unknown_kind_is_a_programming_error(work, person):
    with pytest.raises(LookupError), work():
        notify("nobody.knows", [person], {}, key="1", now=clock.now())


def test_what_is_rolled_back_was_never_said(work, person, notices):
    with pytest.raises(RuntimeError), work():
        notify("test.news", [person], {}, key="1", now=clock.now())
        raise RuntimeError
    assert notices() == []


@pytest.mark.both
def test_nobody_and_the_disabled_are_left_out(work, make, tell, notices):
    with work():
        gone = make.account()
        gone.disabled_at = clock.now()
        left = gone.id
    tell(left, 999999)
    tell()
    assert notices() == []


@pytest.mark.both
def test_huge_and_hostile_values(app, work, person, tell):
    huge = "很长" * 50_000
    tell(person, key="k" * 5000, what="标题\r\nBcc: all@example.org", name=huge, secret="不是占位符", url="//evil.example/")
    tell(person, key="k" * 4999 + "l", url="/my/" + "x" * 900)
    with work() as session:
        first, second = session.scalars(select(Notice).order_by(Notice.id))
        assert (len(first.key) <= 120, first.key != second.key, first.url, second.url) == (True, True, "", "")
        assert set(first.values) == {"what", "name"}
        assert (len(first.values["name"]), "\n" in first.subject, len(first.subject) <= 200) == (2000, False, True)


@pytest.mark.both
def test_threads_that_say_the_same_at_once_say_it_once(app, person, notices):
    problems = []
    start = threading.Barrier(4)

    def say():
        with app.app_context():
            try:
                start.wait()
                with db.unit_of_work():
                    notify("test.news", [person], {"what": "报名", "name": "甲"}, key="same", now=clock.now())
            except Exception as error:
                problems.append(error)
            finally:
                db.session().remove()

    threads = [threading.Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (problems, len(notices())) == ([], 1)


@pytest.mark.both
def test_five_thousand_people_in_a_few_seconds(app, work, make, sent):
    """Said and planned; two hundred thousand are forty times as many."""
    with work() as session:
        org = make.org().id
        now = clock.now()
        rows = [{"org_id": org, "login": f"m{n}", "login_key": f"m{n}", "name": f"会员{n}", "email": f"m{n}@qinghe.example", "created_at": now,
                 "phone_sealed": "", "password_hash": "", "totp_sealed": "", "totp_last_step": 0} for n in range(MANY)]  # fmt: skip
        session.execute(insert(Account), rows)
        ids = list(session.scalars(unscoped(select(Account.id).where(Account.login.like("m%")), why="test")))
    started = time.process_time()
    with work():
        notify("test.news", ids, {"what": "健康月", "name": "会员"}, key="health", now=clock.now())
    with app.app_context():
        while planning.plan(clock.now()):
            pass
    spent = time.process_time() - started
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == MANY
        assert session.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "waiting")) == MANY
    assert spent < 20


@pytest.mark.both
def test_planning_twice_changes_nothing(app, work, person, tell, sent, log):
    tell(person)
    with app.app_context():
        planning.plan(clock.now())
    with work() as session:
        session.execute(update(Notice).values(planned_at=None))
    with app.app_context():
        planning.plan(clock.now())
    assert log() == [("mail", "waiting", "")]


def test_placeholders_are_names_and_nothing_more(app):
    text = "{what} {what.__class__} {what!r} {0} {} {{what}} {other}"
    with app.app_context():
        kind = kinds.every()["test.news"]
        assert kinds.fill(text, {"what": "{name}", "name": "甲"}) == "{name} {what.__class__} {what!r} {0} {} {{name}} {other}"
        assert kinds.unknown_places(kind, text) == ["what.__class__", "what!r", "0", "", "other"]


@pytest.mark.parametrize(("length", "parts"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_how_many_text_messages_a_text_is(length, parts):
    assert kinds.sms_parts("字" * length) == parts
