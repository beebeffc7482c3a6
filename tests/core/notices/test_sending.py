"""When and by what people are reached: quiet hours, the daily mail, failures, a worker that dies, several workers."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from unionhall.accounts.models import Account
from unionhall.accounts.phones import seal_mobile
from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.notices import sending, services
from unionhall.notices.models import Delivery, Route
from unionhall.platform.access import unscoped
from unionhall.settings import services as settings


@pytest.fixture
def habit(work, person):
    """Return `habit(digest=…, locale=…)`, with everything switched on."""

    def choose(*, digest=False, locale="", **off):
        with work():
            wanted = {("test.news", "mail"): off.get("mail", True)}
            services.choose(person, wanted, digest=digest, locale=locale, now=clock.now())

    return choose


def give_phone(work, account_id, number="13857122617"):
    with work() as session:
        account = session.scalar(unscoped(select(Account).where(Account.id == account_id), why="test"))
        account.phone_sealed = seal_mobile(number)


@pytest.mark.both
def test_a_notice_leaves_by_mail_once(tell, person, round_, sent, log):
    tell(person, url="/campaigns/health/")
    round_()
    round_()
    (channel, message, key), = sent
    assert (channel, message.to, message.subject, key[:7]) == ("mail", "he@qinghe.example", "报名有了结果", "notice:")
    assert "/campaigns/health/" in message.text and "/notices/unsubscribe/" in message.text
    assert log() == [("mail", "sent", "")]


@pytest.mark.parametrize(
    ("said", "leaves"),
    [("2026-05-14 21:59", "2026-05-14 21:59"), ("2026-05-14 22:00", "2026-05-15 07:00"), ("2026-05-15 06:59", "2026-05-15 07:00"),
     ("2026-05-15 07:00", "2026-05-15 07:00"), ("2026-05-15 00:00", "2026-05-15 07:00")],
)  # fmt: skip
@pytest.mark.both
def test_quiet_hours(at, tell, person, round_, sent, log, said, leaves):
    at(said)
    tell(person)
    round_()
    assert len(sent) == (said == leaves)
    if said != leaves:
        assert log() == [("mail", "waiting", "quiet")]
        at(leaves[:-2] + "59" if leaves.endswith(":59") else "2026-05-15 06:59")
        round_()
        assert sent == []
        at(leaves)
        round_()
    assert len(sent) == 1


def test_what_was_due_by_day_waits_when_the_worker_comes_at_night(at, tell, person, round_, sent, app):
    at("2026-05-14 21:50")
    tell(person)
    with app.app_context():
        sending.planning.plan(clock.now())
    at("2026-05-14 23:00")
    round_()
    assert sent == []


def test_safety_knows_no_night_no_choice_and_no_daily_mail(at, work, tell, person, round_, sent, habit):
    give_phone(work, person)
    habit(digest=True)
    with work():
        services.unsubscribe(person, "*", "mail", now=clock.now())
        services.unsubscribe(person, "test.alarm", "sms", now=clock.now())
    at("2026-05-14 23:30")
    tell(person, kind="test.alarm", what="台风")
    round_()
    assert sorted((name, message.to) for name, message, _key in sent) == [("mail", "he@qinghe.example"), ("sms", "13857122617")]
    assert all("/notices/unsubscribe/" not in message.text for _name, message, _key in sent)


def test_a_site_without_quiet_hours(at, work, tell, person, round_, sent):
    with work():
        settings.change({"quiet_from": "00:00", "quiet_until": "00:00"}, actor=SYSTEM, now=clock.now())
    at("2026-05-14 23:30")
    tell(person)
    round_()
    assert len(sent) == 1


@pytest.mark.both
def test_one_mail_a_day(at, tell, person, round_, sent, log, habit):
    at("2026-05-14 09:00")
    habit(digest=True)
    for key in ("a", "b"):
        tell(person, key=key, what=f"事{key}")
    round_()
    assert (sent, log()) == ([], [("mail", "waiting", "digest")] * 2)
    at("2026-05-15 07:59")
    round_()
    assert sent == []
    at("2026-05-15 08:00")
    round_()
    tell(person, key="c")
    round_()
    at("2026-05-15 20:00")
    tell(person, key="d")
    round_()
    (_channel, message, key), = sent
    assert (message.subject, key) == ("2 条通知", f"digest:{person}:2026-05-15")
    assert "事a" in message.text and "事b" in message.text and message.text.count("/notices/unsubscribe/") == 1
    at("2026-05-16 08:00")
    round_()
    assert [message.subject for _c, message, _k in sent] == ["2 条通知", "2 条通知"]


def test_a_daily_mail_that_failed_is_the_same_mail_again(at, tell, person, round_, sent, habit):
    at("2026-05-14 09:00")
    habit(digest=True)
    tell(person)
    round_()
    at("2026-05-15 08:00")
    sent.fail = OSError("no route")
    round_()
    sent.fail = None
    at("2026-05-15 08:01")
    round_()
    assert [key for _c, _m, key in sent] == [f"digest:{person}:2026-05-15"]


def test_people_read_their_own_language(tell, person, round_, sent, habit):
    habit(locale="en")
    tell(person)
    round_()
    assert (sent[0][1].subject, "no need to log in" in sent[0][1].text) == ("News of 报名", True)


@pytest.mark.parametrize("why", ["address", "unsubscribed", "account"])
def test_who_is_not_reached_and_why(work, tell, person, round_, sent, log, habit, why):
    with work() as session:
        account = session.scalar(unscoped(select(Account).where(Account.id == person), why="test"))
        if why == "address":
            account.email = ""
    if why == "unsubscribed":
        habit(mail=False)
    tell(person)
    if why == "account":
        with work() as session:
            session.execute(update(Account).values(disabled_at=clock.now()))
    round_()
    assert (sent, log()) == ([], [("mail", "skipped", why)])


def test_who_unsubscribes_overnight_is_left_alone_in_the_morning(at, work, tell, person, round_, sent, log):
    at("2026-05-14 23:00")
    tell(person)
    round_()
    with work():
        services.unsubscribe(person, "test.news", "mail", now=clock.now())
    at("2026-05-15 07:00")
    round_()
    assert (sent, log()) == ([], [("mail", "skipped", "unsubscribed")])


@pytest.mark.both
def test_failures_are_tried_again_then_parked(at, tell, person, round_, sent, log):
    now = at("2026-05-14 09:00")
    tell(person)
    sent.fail = OSError("no route to he@qinghe.example or 13857122617")
    for minutes in (0, 1, 3, 14, 80):
        at(f"{clock.local(now + timedelta(minutes=minutes)):%Y-%m-%d %H:%M}")
        round_()
    assert log() == [("mail", "parked", "error")]
    sent.fail = None
    at("2026-05-14 20:00")
    round_()
    assert sent == []


def test_the_log_holds_no_address(app, tell, person, round_, sent):
    sent.fail = OSError("no route to he@qinghe.example or 13857122617")
    tell(person)
    round_()
    with app.app_context():
        row = db.session().scalars(select(Delivery)).one()
        assert (row.address, row.error) == ("h***@qinghe.example", "OSError: no route to …@qinghe.example or …")


def test_a_refusal_is_not_tried_again(tell, person, round_, sent, log):
    sent.fail = RuleBroken("空号")
    tell(person)
    round_()
    assert log() == [("mail", "parked", "refused")]


@pytest.mark.both
def test_a_worker_killed_while_sending_leaves_it_to_the_next_with_the_same_key(at, app, tell, person, round_, sent, log):
    at("2026-05-14 09:00")
    tell(person)
    sent.fail = SystemExit()  # nothing is noted: as after kill -9
    with pytest.raises(SystemExit):
        round_()
    with app.app_context():
        db.session().remove()
        held = db.session().scalars(select(Delivery)).one()
        assert (held.state, bool(held.lease)) == ("waiting", True)
        key = f"notice:{held.id}"
        db.session().remove()
    sent.fail = None
    round_()
    assert sent == []
    at("2026-05-14 09:10")
    round_()
    assert ([key_ for _c, _m, key_ in sent], log()) == ([key], [("mail", "sent", "")])


@pytest.mark.both
def test_several_workers_send_each_once(app, work, make, tell, sent):
    with work():
        people = [make.account(email=f"p{n}@qinghe.example").id for n in range(60)]
    tell(*people)
    problems = []

    def worker():
        with app.app_context():
            try:
                sending.work(clock.now())
            except Exception as error:
                problems.append(error)
            finally:
                db.session().remove()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (problems, len(sent), len({message.to for _c, message, _k in sent})) == ([], 60, 60)


def test_a_channel_that_the_site_added(work, tell, person, round_, sent, log):
    give_phone(work, person)
    with work() as session:
        session.add_all([Route(kind="test.news", channel="sms", enabled=True), Route(kind="test.news", channel="mail", enabled=False)])
        services.note_address(person, "wechat", "oAbCdEfGh123", now=clock.now())
        session.add(Route(kind="test.news", channel="wechat", enabled=True))
    tell(person)
    round_()
    assert [(name, message.to) for name, message, _key in sent] == [("sms", "13857122617"), ("wechat", "oAbCdEfGh123")]
    assert [line[:2] for line in log()] == [("sms", "sent"), ("wechat", "sent")]
