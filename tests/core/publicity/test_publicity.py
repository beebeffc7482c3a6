"""A notice from its opening to its end: readers, objections, answers, the second publication, and who may do what."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db, workdays
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.hooks.people import Person
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped
from unionhall.publicity import keeping, queries, services
from unionhall.publicity.models import Objection, Outcome, PublicNotice


def said(name="王芳", key="k1"):
    return services.Said(name, "13900000001", "他家不困难。", key)


@pytest.mark.parametrize(
    ("day", "number", "end"),
    [
        (date(2026, 5, 11), 5, date(2026, 5, 18)),
        (date(2026, 4, 30), 3, date(2026, 5, 8)),  # 1 to 5 May are off
        (date(2026, 5, 8), 1, date(2026, 5, 9)),  # a Saturday on which people work
        (date(2031, 5, 1), 1, date(2031, 5, 2)),  # nobody has arranged that year: weekends only
    ],
)
def test_working_days_know_holidays_and_make_up_days(app, day, number, end):
    with app.app_context():
        assert workdays.after(day, number) == end


def test_a_missing_year_is_said_in_time(app):
    with app.app_context():
        assert workdays.missing(date(2026, 5, 14)) is None
        assert workdays.missing(date(2026, 12, 1)) == 2027
        assert workdays.missing(date(2031, 1, 1)) == 2031


def test_from_the_opening_over_an_objection_to_the_end(app, work, make, login, desk, post, put_up, told, at):
    with work():
        org = make.org()
        other = make.org()
        notice_id = put_up(org).id
        handler, neighbour = make.account(Role.ORG_ADMIN, org).id, make.account(Role.ORG_ADMIN, other).id
        member = make.member(org, account=True, name="王芳").account_id
    client = app.test_client()
    assert "困难帮扶名单" in client.get("/publicity/").text
    page = client.get(f"/publicity/{notice_id}/").text
    assert "何*英" in page
    assert "2026-05-14 至 2026-05-19" in page
    assert f"/publicity/{notice_id}/" in client.get("/sitemap.xml").text + client.get("/sitemap-1.xml").text
    path = f"/publicity/{notice_id}/object"
    empty = post(client, path, name="李明", contact="", text="", key="a" * 32)
    assert empty.status_code == 422
    assert "李明" in empty.text
    login(client, member)
    assert 'value="王芳"' in client.get(path).text
    for _twice in range(2):
        assert post(client, path, name="王芳", contact="13900000001", text="他家不困难。", key="b" * 32).status_code == 303
    page = client.get(f"/publicity/{notice_id}/").text
    assert "核查中" in page
    assert "他家不困难" not in page
    assert "王芳" not in app.test_client().get(f"/publicity/{notice_id}/").text
    at("2026-05-20 08:00")
    with app.app_context():
        assert services.end_due(clock.now()) == 0
    assert desk(neighbour).get(f"/desk/publicity/{notice_id}/").status_code == 404
    browser = desk(handler)
    assert "困难帮扶名单" in browser.get("/desk/publicity/").text
    page = browser.get(f"/desk/publicity/{notice_id}/").text
    assert "他家不困难" in page
    assert "13900000001" not in page
    with work():
        objection = db.session().scalar(unscoped(select(Objection), why="test"))
        objection_id, sealed = objection.id, objection.contact_sealed
    assert "13900000001" not in sealed
    base = f"/desk/publicity/{notice_id}/objections/{objection_id}"
    assert "13900000001" in browser.post(f"{base}/contact").text
    assert browser.post(f"{base}/answer", outcome="", answer="核查过").status_code == 422
    assert browser.post(f"{base}/answer", outcome="rejected", answer="已入户核实，情况属实。").status_code == 303
    assert browser.post(f"{base}/answer", outcome="held", answer="再答一次").status_code == 409
    with app.app_context():
        assert services.end_due(clock.now()) == 1
        assert services.end_due(clock.now()) == 0
    assert told == [(1, "clear")]
    page = app.test_client().get(f"/publicity/{notice_id}/").text
    assert "已入户核实" in page
    assert "公示期已过" in page
    assert post(app.test_client(), path, name="李明", contact="1", text="晚了", key="c" * 32).status_code == 422
    at("2026-07-01 08:00")
    with app.app_context():
        assert keeping.erase_old(clock.now()) == 1
    page = app.test_client().get(f"/publicity/{notice_id}/").text
    assert "何*英" not in page
    assert "名单按规定隐去了" in page


@pytest.mark.both
def test_an_objection_that_holds_ends_it_and_the_second_publication_follows(work, make, put_up, told):
    with work():
        first = put_up()
        with pytest.raises(Conflict):
            put_up()
        row = services.object_to(first.id, said(), actor=SYSTEM, now=clock.now())
        with pytest.raises(RuleBroken, match="核查结果"):
            services.answer(row, Outcome.HELD, " ", actor=SYSTEM, now=clock.now())
        services.answer(row, Outcome.HELD, "金额写错了。", actor=SYSTEM, now=clock.now())
        assert told == [(1, "upheld")]
        second = put_up(follows=first, change="金额改为 800 元。")
        assert queries.second(first.id).id == second.id
        with pytest.raises(RuleBroken, match="为什么撤回"):
            services.withdraw(second, "", actor=SYSTEM, now=clock.now())
        services.withdraw(second, "名单有误", actor=SYSTEM, now=clock.now())
        with pytest.raises(Conflict):
            services.withdraw(second, "再来", actor=SYSTEM, now=clock.now())
        assert told == [(1, "upheld"), (1, "withdrawn")]
        assert [item.id for item in queries.of_owner("tests.list", 1)] == [second.id, first.id]


@pytest.mark.both
def test_two_workers_end_it_once_and_an_objection_at_that_second_is_in_or_out(app, work, make, put_up, told, at):
    with work():
        notice_id = put_up().id
    now = at("2026-05-20 00:05")
    gate, ended, refused = threading.Barrier(3), [], []

    def again(act):
        with app.app_context():
            gate.wait()
            for _try in range(50):
                try:
                    act()
                    break
                except OperationalError:
                    continue
            db.session().remove()

    def end():
        ended.append(services.end_due(now))

    def late():
        with db.unit_of_work():
            try:
                services.object_to(notice_id, said(), actor=SYSTEM, now=now)
            except RuleBroken as error:
                refused.append(error.code)

    crew = [threading.Thread(target=again, args=(act,)) for act in (end, end, late)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert sum(ended) == 1
    assert told == [(1, "clear")]
    assert refused == ["over"]
    with work():
        assert db.session().scalar(unscoped(select(PublicNotice.waiting), why="test")) == 0


def test_what_one_objected_to_is_shown_and_erased_on_their_word(work, make, put_up):
    with work():
        account = make.account(name="王芳")
        services.object_to(put_up().id, said(), actor=make.actor_of(account), now=clock.now())
        person = Person(account_id=account.id)
        assert keeping.export(person)["异议"][0]["内容"] == "他家不困难。"
        assert len(list(keeping.erase(person, clock.now()))) == 1
        assert keeping.export(person) == {}
        row = db.session().scalar(unscoped(select(Objection), why="test"))
        assert (row.name, row.text, row.contact_sealed) == ("", "", "")
