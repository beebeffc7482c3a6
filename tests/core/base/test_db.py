"""Units of work, moments, and a database that is busy."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import event, select

from unionhall.base import clock, db
from unionhall.settings.models import Setting


@pytest.mark.both
def test_returning_commits_and_raising_rolls_back(work):
    with work() as session:
        session.add(Setting(key="kept", value=1, updated_at=clock.now()))
    with pytest.raises(RuntimeError), work() as session:
        session.add(Setting(key="lost", value=1, updated_at=clock.now()))
        session.flush()
        raise RuntimeError
    with work() as session:
        assert session.scalars(select(Setting.key)).all() == ["kept"]


@pytest.mark.both
def test_moments_come_back_aware_and_equal(work):
    moment = datetime(2026, 5, 14, 7, 30, tzinfo=timezone(timedelta(hours=8)))
    with work() as session:
        session.add(Setting(key="when", value=1, updated_at=moment))
    with work() as session:
        found = session.scalars(select(Setting.updated_at)).one()
        assert (found, found.tzinfo) == (moment, UTC)


def test_a_naive_moment_is_refused(work):
    with pytest.raises(Exception, match="naive"), work() as session:
        session.add(Setting(key="when", value=1, updated_at=datetime(2026, 5, 14)))  # noqa: DTZ001 - the point


def test_what_waits_for_the_commit_runs_after_it(work):
    ran = []
    with pytest.raises(RuntimeError), work():
        db.after_commit(lambda: ran.append("lost"))
        raise RuntimeError
    with work() as session:
        db.after_commit(lambda: ran.append(session().in_transaction()))
    assert ran == [False]


def impatient(connection, _record):
    connection.execute("PRAGMA busy_timeout=100")


def test_a_locked_database_is_said_and_pages_are_still_served(app, client, monkeypatch):
    with app.app_context():
        file = db.engine().url.database
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with app.app_context():
        engine = db.engine()
    engine.dispose()
    event.listen(engine, "connect", impatient)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    try:
        assert client.get("/").status_code == 200
        answer = client.post("/login", data={"login": "someone", "password": "something"})
        lost = client.post("/desk/news/new?org=1", data={"headline": "写到\n一半", "byline_names": ["甲", "乙"]}).text
    finally:
        event.remove(engine, "connect", impatient)
        engine.dispose()
        other.execute("ROLLBACK")
        other.close()
    assert (answer.status_code, "没有保存" in answer.text, "something" in answer.text) == (503, True, False)
    assert 'action="/desk/news/new?org=1"' in lost
    assert [part in lost for part in ('name="headline" value="写到\n一半"', 'value="甲"', 'value="乙"', "再提交一次")] == [True] * 4


def test_outside_tests_a_commit_is_on_the_disk(nursery, tmp_path):
    code = """
import sys
from unionhall.app import create_app
from unionhall.base import db
with create_app({"instance": sys.argv[1], "testing": True}).app_context(), db.engine().connect() as connection:
    found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")]
assert found == [2, "wal"], found
"""
    assert nursery.start(code, str(tmp_path)).wait() == (0, "")
