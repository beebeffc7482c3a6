"""The outbox delivers at least once, in order, after the commit, and parks what keeps failing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from unionhall.base import clock
from unionhall.platform import mail, outbox


@pytest.fixture(autouse=True)
def empty(work):
    """What founding the site left for the search index is not what these tests are about."""
    with work() as session:
        session.execute(delete(outbox.OutboxMessage))


@pytest.fixture
def delivered(app):
    seen = []
    with app.app_context():
        outbox.handle("probe", lambda payload: seen.append(payload["n"]))
    return seen


@pytest.mark.both
def test_messages_leave_in_order_and_once(app, work, delivered):
    with work():
        for n in range(3):
            outbox.put("probe", {"n": n}, now=clock.now())
    with app.app_context():
        assert (outbox.deliver(clock.now()), outbox.deliver(clock.now())) == (3, 0)
    assert delivered == [0, 1, 2]


def test_what_is_rolled_back_never_leaves(app, work, delivered):
    with pytest.raises(RuntimeError), work():
        outbox.put("probe", {"n": 1}, now=clock.now())
        raise RuntimeError
    with app.app_context():
        assert outbox.deliver(clock.now()) == 0


def test_a_key_is_used_once(app, work, delivered):
    for _ in range(2):
        with work():
            outbox.put("probe", {"n": 1}, now=clock.now(), key="once")
    with app.app_context():
        outbox.deliver(clock.now())
    assert delivered == [1]


def test_a_poisoned_message_is_parked_after_five_tries(app, work, at):
    now = at("2026-05-14 09:00")
    tried = []

    def poison(payload):
        tried.append(1)
        raise ValueError("bad")

    with app.app_context():
        outbox.handle("poison", poison)
    with work():
        outbox.put("poison", {}, now=now)
    with app.app_context():
        for hour in range(8):
            outbox.deliver(now + timedelta(hours=hour))
    with work() as session:
        message = session.scalars(select(outbox.OutboxMessage)).one()
        assert (len(tried), message.tries, message.done_at, message.error) == (5, 5, None, "ValueError: bad")


def test_a_mail_is_written_after_the_commit(app, work, tmp_path):
    with work():
        mail.send("wen@example.org", "退回修改：标题", "理由：请补充。", now=clock.now())
    with app.app_context():
        outbox.deliver(clock.now())
        (file,) = (app.config["UNIONHALL"].instance / "mail").glob("*.eml")
    text = file.read_bytes()
    file.unlink()
    assert b"To: wen@example.org" in text


@pytest.mark.parametrize(("to", "subject"), [("a@b.c\r\nBcc: x@y.z", "s"), ("a@b.c", "s\nX: y")])
def test_line_breaks_in_headers_are_refused(work, to, subject):
    with pytest.raises(ValueError, match="line break"), work():
        mail.send(to, subject, "body", now=clock.now())
