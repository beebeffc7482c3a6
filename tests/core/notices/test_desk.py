"""Texts, ways and the delivery log in the desk."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.base import clock
from unionhall.hooks.people import Person
from unionhall.hooks.types import Role
from unionhall.notices import keeping, log, wording
from unionhall.notices.models import Delivery, Notice, Wording
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped
from unionhall.platform.audit import AuditEntry

KIND = "/desk/notices/test.news/"


@pytest.fixture
def chief(work, make, desk):
    with work():
        account = make.account(Role.CHIEF_EDITOR).id
    return desk(account)


def save(desk, path=KIND, **fields):
    version = re.search(r'name="version" type="hidden" value="(\d+)"', desk.get(path).text).group(1)
    return desk.post(path, **({"subject": "{what}好了", "body": "{name}，{what}好了。", "version": version} | fields))


@pytest.mark.both
def test_the_site_says_it_in_its_own_words(chief, tell, person, round_, sent, notices, work):
    assert save(chief, KIND + "?channel=mail&locale=zh_CN").status_code == 303
    tell(person)
    round_()
    assert sent[0][1].subject == "报名好了"
    with work() as session:
        assert session.scalar(select(Notice.subject)) == "报名有了结果"  # the inbox keeps its own words
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "notices.wording_changed")).one()
        assert entry.obj == "notice_kind:test.news" and "{what}好了" in entry.event
    page = chief.get(KIND + "?channel=mail&locale=zh_CN").text
    assert "本站改过" in page and page.count("{what}好了") >= 2
    assert save(chief, KIND + "?channel=mail&locale=zh_CN", reset="1").status_code == 303
    tell(person, key="2")
    round_()
    assert sent[1][1].subject == "报名有了结果"


@pytest.mark.parametrize(
    ("body", "named"),
    [("{phone}", "{phone}"), ("{what.__class__.__mro__}", "{what.__class__.__mro__}"), ("{what!r:>9999999}", "{what!r:&gt;9999999}"),
     ("{0}", "{0}"), ("{}", "{}")],
)  # fmt: skip
def test_an_unknown_placeholder_is_refused_by_its_name(chief, work, body, named):
    answer = save(chief, body=body)
    assert answer.status_code == 422 and named in answer.text and "{what}" in answer.text
    with work() as session:
        assert session.scalar(select(Wording)) is None


def test_hostile_and_huge_texts(chief):
    assert save(chief, subject="x" * 101).status_code == 422
    assert save(chief, body="字" * 1001).status_code == 422
    assert save(chief, subject="一行\r\nBcc: all@example.org").status_code == 422
    assert save(chief, subject=" ", body="\u200b").status_code == 422
    assert save(chief, body="<script>alert(1)</script>").status_code == 303
    assert "<script>alert" not in chief.get(KIND).text
    assert save(chief, version="99999999999999").status_code == 409


def test_a_preview_stores_nothing_and_counts_text_messages(chief, work):
    answer = save(chief, KIND + "?channel=sms&locale=zh_CN", body="字" * 71, preview="1")
    assert answer.status_code == 200 and "71 字，计 2 条短信" in answer.text
    with work() as session:
        assert session.scalar(select(Wording)) is None


@pytest.mark.both
def test_who_saves_second_sees_both(chief, work):
    save(chief, subject="先写的{what}")
    answer = chief.post(KIND, subject="后写的{what}", body="内容", version="0")
    assert answer.status_code == 409 and "先写的" in answer.text and "后写的" in answer.text
    with work() as session:
        assert session.scalars(select(Wording)).one().version == 1
    assert save(chief, subject="后写的{what}").status_code == 303


def test_places_that_are_none(chief):
    for path in ("/desk/notices/nobody.knows/", KIND + "?channel=pigeon", KIND + "?locale=xx", "/desk/notices/%00/"):
        assert chief.get(path).status_code in {400, 404}
    assert chief.post("/desk/notices/nobody.knows/channels").status_code == 404


def test_which_channels_carry_a_kind(chief, tell, person, round_, sent, log):
    assert chief.post("/desk/notices/test.news/channels", channel=["sms", "pigeon"]).status_code == 303
    tell(person)
    round_()
    assert (sent, log()) == ([], [("sms", "skipped", "address")])


def test_only_the_whole_sites_editors_write_texts(work, make, desk):
    with work():
        city = make.account(Role.CHIEF_EDITOR, make.org()).id
        editor = make.account(Role.EDITOR).id
    assert desk(city).get(KIND).status_code == 403
    assert desk(city).post(KIND, subject="x", body="x", version="0").status_code == 403
    assert desk(editor).get("/desk/notices/").status_code == 403


@pytest.fixture
def towns(work, make, tell, round_, sent):
    """Two districts with one person each, whose mail did not arrive; an administrator and an auditor of the first."""
    with work():
        city = make.org()
        here, there = make.org(city, OrgKind.DISTRICT), make.org(city, OrgKind.DISTRICT)
        first = make.account(org=here, name="何秀英", email="he@qinghe.example").id
        second = make.account(org=there, name="邻区张三", email="zhang@qinghe.example").id
        people = {"admin": make.account(Role.ORG_ADMIN, here).id, "auditor": make.account(Role.AUDITOR, here).id, "first": first}
    tell(first, second)
    sent.fail = OSError("no route")
    round_()
    sent.fail = None
    return people


@pytest.mark.both
def test_the_log_shows_ones_own_people_with_masked_addresses(towns, desk):
    for who in ("admin", "auditor"):
        page = desk(towns[who]).get("/desk/notices/log/?missed=1").text
        assert "何秀英" in page and "h***@qinghe.example" in page and "he@qinghe" not in page
        assert "张三" not in page and "source=notices.log" in page and "missed=1" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [("", True), ("kind=test.news", True), ("kind=test.alarm", False), ("state=sent", False), ("state=failed&channel=mail", True),
     ("since=2026-05-14&until=2026-05-14", True), ("since=2026-05-15", False), ("until=2026-05-13", False), ("since=99999-99-99&page=x", True),
     ("since=0001-01-01", True), ("state=%27--", True), ("channel=" + "x" * 5000, False)],
)  # fmt: skip
def test_the_log_is_narrowed(towns, desk, query, found):
    answer = desk(towns["admin"]).get(f"/desk/notices/log/?{query}")
    assert (answer.status_code, "h***@" in answer.text) == (200, found)


@pytest.mark.both
def test_trying_again(towns, desk, work, round_, sent):
    with work() as session:
        mine = session.scalar(select(Delivery.id).where(Delivery.account_id == towns["first"]))
        theirs = session.scalar(select(Delivery.id).where(Delivery.account_id != towns["first"]))
    admin = desk(towns["admin"])
    assert admin.post(f"/desk/notices/log/{theirs}/retry").status_code == 404
    assert desk(towns["auditor"]).post(f"/desk/notices/log/{mine}/retry").status_code == 403
    answer = admin.post(f"/desk/notices/log/{mine}/retry", missed="1", next="//evil.example")
    assert (answer.status_code, answer.location) == (303, "/desk/notices/log/?missed=1")
    assert admin.post(f"/desk/notices/log/{mine}/retry").status_code == 409
    round_()
    assert [message.to for _c, message, _k in sent] == ["he@qinghe.example"]
    assert admin.post(f"/desk/notices/log/{mine}/retry").status_code == 409


def test_the_exported_log(towns, work, make):
    with work() as session:
        account = session.scalar(unscoped(select(Account).where(Account.id == towns["admin"]), why="test"))
        actor = make.actor_of(account)
        rows = list(log.export_rows(actor, "/", {"missed": "1"}))
        assert [(row[2], row[5], row[6]) for row in rows] == [("何秀英", "h***@qinghe.example", "没发成，还会再试")]
        assert len(rows[0]) == len(log.export_header({}))


@pytest.mark.both
def test_what_is_old_goes(app, at, work, tell, person, round_, sent):
    at("2025-01-01 09:00")
    tell(person, key="read and old")
    tell(person, key="old")
    round_()
    with work() as session:
        session.scalars(select(Notice).order_by(Notice.id)).first().read_at = clock.now()
    now = at("2026-05-14 09:00")
    tell(person, key="new")
    round_()
    with app.app_context():
        keeping.sweep(now)
    with work() as session:
        assert list(session.scalars(select(Notice.key).order_by(Notice.id))) == ["old", "new"]
        assert len(list(session.scalars(select(Delivery)))) == 1


@pytest.mark.both
def test_a_persons_data(work, tell, person, round_, sent):
    tell(person)
    round_()
    someone = Person(account_id=person)
    with work() as session:
        held = keeping.export(someone)
        assert held["notices"][0]["values"]["what"] == "报名" and held["deliveries"][0]["address"] == "h***@qinghe.example"
        for _ in range(2):
            assert list(keeping.erase(someone, clock.now())) == []
        assert session.scalar(select(Notice)) is None and session.scalar(select(Delivery)) is None
        assert (keeping.export(Person(member_id=1)), list(keeping.erase(Person(member_id=1), clock.now()))) == ({}, [])


def test_the_report_says_times_and_people(work, make, tell):
    with work():
        org = make.org()
        ids, path, elsewhere = [make.account(org=org).id for _ in range(2)], org.path, make.org().path
    tell(*ids, key="a")
    tell(ids[0], key="b")
    with work():
        days = (clock.local_day(clock.now()), clock.local_day(clock.now()).replace(day=15))
        assert (keeping.times(path, *days), keeping.people(path, *days), keeping.times(elsewhere, *days)) == (3, 2, 0)
        assert wording.known("test.news").name == "test.news"
