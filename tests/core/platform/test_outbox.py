"""The outbox delivers at least once, in order, after the commit, and parks what keeps failing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from unionhall.base import clock, db
from unionhall.base.errors import NotFound
from unionhall.hooks.types import Event
from unionhall.platform import mail, outbox, outbox_care


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
        assert message.parked_at == now + timedelta(hours=4)


@pytest.fixture
def fragile(app):
    """Return what was delivered; a payload whose `n` is in `bad` fails."""
    seen, bad = [], set()

    def deliver(payload):
        if payload["n"] in bad:
            raise ValueError(f"no way to lu@example.org for {payload['n']}")
        seen.append(payload["n"])

    with app.app_context():
        outbox.handle("probe", deliver)
    return seen, bad


def fill(work, *numbers, stream=None):
    with work():
        for n in numbers:
            outbox.put("probe", {"n": n}, now=clock.now(), stream=stream)


def test_between_tries_it_waits_longer_and_longer(app, work, at, fragile):
    _seen, bad = fragile
    now, tried = at("2026-05-14 09:00"), []
    bad.add(1)
    fill(work, 1)
    with app.app_context():
        for seconds in (0, 9, 10, 69, 70, 669, 670, 4269, 4270, 99999):
            before = one(work).tries
            outbox.deliver(now + timedelta(seconds=seconds))
            if one(work).tries > before:
                tried.append(seconds)
    assert tried == [0, 10, 70, 670, 4270]
    assert one(work).error == "ValueError: no way to …@example.org for 1"


def one(work):
    with work() as session:
        message = session.scalars(select(outbox.OutboxMessage)).one()
        session.expunge(message)
    return message


@pytest.mark.both
def test_a_poisoned_message_stops_no_other_and_a_retry_delivers_it_once(app, work, at, fragile):
    seen, bad = fragile
    now = at("2026-05-14 09:00")
    bad.add(1)
    fill(work, 1, 2)
    with app.app_context():
        for hour in range(6):
            outbox.deliver(now + timedelta(hours=hour))
        assert seen == [2]
        assert [line.tries for line in outbox_care.parked(9)] == [5]
        assert outbox_care.standing() == outbox_care.Standing(0, None, 0, 1)
        bad.clear()
        later = now + timedelta(days=1)
        with work():
            assert (outbox_care.retry(None, now=later), outbox_care.retry(None, now=later)) == (1, 0)
        db.session().rollback()  # what this thread read before is over
        assert [outbox.deliver(later), outbox.deliver(later)] == [1, 0]
        assert seen == [2, 1]
        assert outbox_care.parked(9) == []


@pytest.mark.both
def test_one_objects_messages_keep_their_order_whatever_fails(app, work, at, fragile):
    seen, bad = fragile
    now = at("2026-05-14 09:00")
    bad.add(1)
    fill(work, 1, 2, 3, stream="news:17")
    fill(work, 4, stream="news:18")
    with app.app_context():
        outbox.deliver(now)
        assert seen == [4]
        bad.clear()
        outbox.deliver(now + timedelta(seconds=10))
    assert seen == [4, 1, 2, 3]


def test_when_the_first_is_parked_the_others_go_on(app, work, at, fragile):
    seen, bad = fragile
    now = at("2026-05-14 09:00")
    bad.add(1)
    fill(work, 1, 2, stream="news:17")
    with app.app_context():
        for hour in range(6):
            outbox.deliver(now + timedelta(hours=hour))
    assert seen == [2]


def test_events_of_one_object_are_one_stream(work):
    with work() as session:
        for name, number in (("news.published", 17), ("news.withdrawn", 17), ("news.published", 18), ("courses.opened", 17)):
            outbox.publish(Event(name, number), now=clock.now())
        session.flush()
        found = list(session.scalars(select(outbox.OutboxMessage.stream).order_by(outbox.OutboxMessage.id)))
    assert found == ["news:17", "news:17", "news:18", "courses:17"]


@pytest.mark.both
def test_a_message_that_kills_its_worker_five_times_is_parked(app, work, at, fragile, monkeypatch):
    now = at("2026-05-14 09:00")
    fill(work, 1)
    monkeypatch.setattr(outbox, "_deliver_one", lambda item, moment: False)  # as if nobody came back
    with app.app_context():
        for minutes in range(0, 40, 2):
            outbox.deliver(now + timedelta(minutes=minutes))
        (line,) = outbox_care.parked(9)
    assert (line.tries, line.error, line.parked_at) == (5, outbox.DIED, now + timedelta(minutes=10))


@pytest.mark.both
def test_what_is_given_up_is_gone_and_cannot_be_retried(app, work, at, fragile):
    seen, bad = fragile
    bad.add(1)
    fill(work, 1)
    with app.app_context():
        for hour in range(6):
            outbox.deliver(clock.now() + timedelta(hours=hour))
        (line,) = outbox_care.parked(9)
    bad.clear()
    with work():
        outbox_care.give_up(line.id, now=clock.now())
        assert outbox_care.retry([line.id], now=clock.now()) == 0
        with pytest.raises(NotFound):
            outbox_care.give_up(line.id, now=clock.now())
    with app.app_context():
        outbox.deliver(clock.now() + timedelta(days=1))
        assert [(found.id, found.given_up) for found in outbox_care.delivered(9)] == [(line.id, True)]
    assert (seen, one(work).payload) == ([], {})


@pytest.mark.both
def test_what_was_delivered_two_weeks_ago_is_removed_but_its_key_stays_used(app, work, at, delivered, monkeypatch):
    monkeypatch.setattr(outbox_care, "AT_ONCE", 2)
    now = at("2026-05-14 09:00")
    fill(work, 1, 2, 3, 4, 5)
    with work():
        outbox.put("probe", {"n": 6}, now=now, key="once")
    with app.app_context():
        outbox.deliver(now)
        fill(work, 7)
        assert outbox_care.forget_old(now + timedelta(days=14)) == 0
        assert outbox_care.forget_old(now + timedelta(days=14, seconds=1)) == 5
    with work() as session:
        outbox.put("probe", {"n": 8}, now=now, key="once")
        session.flush()
        assert [(row.payload, row.done_at is None) for row in session.scalars(select(outbox.OutboxMessage).order_by(outbox.OutboxMessage.id))] == [
            ({}, False), ({"n": 7}, True),
        ]
    with app.app_context():
        assert outbox_care.forget_old(now + timedelta(days=366)) == 1


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
