"""The audit chain (security.md 3.4), and the trail as auditors read it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.cli import verify
from unionhall.hooks.types import SYSTEM, Role
from unionhall.notices.models import Notice
from unionhall.orgs.models import OrgKind
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.system import heads

PATH = "/desk/system/audit/"
VECTORS = [
    ('{"act":"draw.commit","at":"2026-11-23T03:00:00Z","obj":"daily-20261123"}', "ef724620ed2039dcfcaaf738b5c51593f9e2bf487e377ee7f1df35679fd46f48"),
    ('{"act":"draw.freeze","at":"2026-11-23T04:30:00Z","obj":"daily-20261123"}', "e6c511859464515b1fdf11b293eab35ea6fb21145bea91f6843b9b29ce53eb5d"),
    ('{"act":"draw.reveal","at":"2026-11-23T04:31:00Z","obj":"daily-20261123"}', "b826501e4a88275cd20e8f9901868316d12b84dda496aa433fe3f0d28dbf5334"),
]  # fmt: skip


def test_the_chain_equals_the_published_vectors():
    last = audit.ZERO
    for n, (line, wanted) in enumerate(VECTORS, 1):
        assert audit.canonical_json(json.loads(line)) == line
        last = audit.chain_hash(n, last, line)
        assert last.hex() == wanted


@pytest.fixture
def chain(work):
    """Ten more lines; returns the verdict on the whole chain."""
    for number in range(10):
        with work():
            audit.record("test.noted", f"thing:{number}", actor=SYSTEM, now=clock.now(), number=number)
    with work():
        verdict = audit.verify()
        assert (verdict.bad, verdict.reason) == (None, "")
        return verdict


@pytest.fixture
def tamper(app):
    """Return `tamper(sql)`, which changes rows as somebody would who owns the database."""

    def change(*statements):
        with app.app_context():
            postgres = db.engine().dialect.name == "postgresql"
            with db.engine().connect() as connection:
                if postgres:
                    connection.exec_driver_sql("SET session_replication_role = replica")
                else:
                    connection.exec_driver_sql("ROLLBACK")
                    kept = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
                    for name, _sql in kept:
                        connection.exec_driver_sql(f"DROP TRIGGER {name}")
                for statement in statements:
                    connection.exec_driver_sql(statement)
                if postgres:
                    connection.exec_driver_sql("SET session_replication_role = origin")
                else:
                    for _name, sql in kept:
                        connection.exec_driver_sql(sql)
                if postgres:
                    connection.exec_driver_sql("COMMIT")
            db.session().remove()

    return change


@pytest.mark.both
def test_lines_are_numbered_without_a_gap_and_hold_what_was_done(chain, work):
    with work() as session:
        numbers = session.scalars(text("SELECT n FROM audit_entry ORDER BY n")).all()
        assert numbers == list(range(1, len(numbers) + 1))
        event = json.loads(session.scalars(text("SELECT event FROM audit_entry ORDER BY n DESC LIMIT 1")).one())
        assert event == {"act": "test.noted", "at": "2026-05-14T01:30:00.000000Z", "by": None, "obj": "thing:9", "x_number": 9}


@pytest.mark.both
@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET act = 'x' WHERE n = 1", "DELETE FROM audit_entry WHERE n = 1"])
def test_a_line_cannot_be_changed_or_deleted(work, statement):
    with pytest.raises(DBAPIError, match="append-only"), work() as session:
        session.execute(text(statement))
    with work():
        assert audit.verify().bad is None


@pytest.mark.postgres
def test_the_trail_cannot_be_emptied(work):
    with pytest.raises(DBAPIError, match="append-only"), work() as session:
        session.execute(text("TRUNCATE audit_entry"))


@pytest.mark.both
@pytest.mark.parametrize(
    ("statement", "bad", "reason"),
    [
        ("UPDATE audit_entry SET event = replace(event, 'thing:4', 'thing:5') WHERE obj = 'thing:4'", 4, "altered"),
        ("UPDATE audit_entry SET hash = '{zero}' WHERE obj = 'thing:4'", 4, "altered"),
        ("DELETE FROM audit_entry WHERE obj = 'thing:4'", 4, "missing"),
        ("DELETE FROM audit_entry WHERE obj IN ('thing:8', 'thing:9')", 8, "cut"),
    ],
)
def test_what_was_tampered_with_is_named(chain, tamper, work, statement, bad, reason):
    first = chain.checked - 9
    tamper(statement.format(zero="0" * 64))
    with work():
        verdict = audit.verify()
    assert (verdict.bad, verdict.reason) == (first + bad, reason)


@pytest.mark.both
def test_a_tail_that_was_cut_together_with_its_head_shows_against_a_published_head(chain, tamper, work):
    with work() as session:
        last = session.execute(text("SELECT n, hash FROM audit_entry WHERE obj = 'thing:7'")).one()
    tamper("DELETE FROM audit_entry WHERE obj IN ('thing:8', 'thing:9')", f"UPDATE audit_head SET n = {last.n}, hash = '{last.hash}'")
    with work():
        assert audit.verify().bad is None
        verdict = audit.verify((chain.checked, chain.head))
        assert (verdict.bad, verdict.reason) == (last.n + 1, "cut")
        other = audit.verify((last.n, "0" * 64))
        assert (other.bad, other.reason) == (last.n, "rewritten")


def test_nothing_is_noted_of_what_was_rolled_back(work):
    with work():
        before = audit.verify().checked
    with pytest.raises(ZeroDivisionError), work():
        audit.record("test.noted", "thing:1", actor=SYSTEM, now=clock.now())
        raise ZeroDivisionError
    with work():
        assert audit.verify().checked == before


@pytest.fixture
def people(work, make):
    with work():
        east, west = make.org(name="东市总工会"), make.org(name="西市总工会")
        make.org(east, OrgKind.DISTRICT, name="东津区总工会")
        return {
            "auditor": make.account(Role.AUDITOR, name="席明鉴", login="xi").id, "east": make.account(Role.AUDITOR, east).id,
            "west": make.account(Role.AUDITOR, west).id, "system": make.account(Role.SYSTEM_ADMIN).id,
            "org_admin": make.account(Role.ORG_ADMIN, east).id, "east_id": east.id,
        }


@pytest.fixture
def enter(app, login, people):
    def browser(who):
        client = app.test_client()
        login(client, people[who])
        return client

    return browser


def lines(page):
    return page.count('<th scope="row"')


def test_doors(app, enter, post):
    stranger = app.test_client().get(PATH)
    assert (stranger.status_code, "/login" in stranger.location) == (302, True)
    assert [enter(who).get(PATH).status_code for who in ("auditor", "east", "system", "org_admin")] == [200, 200, 403, 403]
    assert [post(enter(who), PATH).status_code for who in ("auditor", "east", "system")] == [200, 403, 403]


def test_the_trail_says_who_did_what_where(enter, post, people):
    post(enter("org_admin"), f"/desk/orgs/{people['east_id']}/new", name="南湾区总工会", short_name="南湾区总", kind="district")
    page = enter("auditor").get(f"{PATH}?act=orgs.founded").text
    assert lines(page) == 5
    newest = page.partition("<tbody>")[2].partition("</tr>")[0]
    for part in ("新建组织", "人员", "南湾区总", "2026-05-14 09:30", 'class="mono small nowrap">e-', "组织 "):
        assert part in newest, part


def test_an_auditor_of_one_branch_sees_that_branch_only(enter):
    page = enter("east").get(PATH).text
    table = page.partition("<tbody>")[2]
    assert ("东市总工会" in table, "东津区总工会" in table, "西市总工会" in table, "核对完整性" in page) == (True, True, False, False)
    assert lines(enter("east").get(f"{PATH}?org=西市").text) == 0
    assert 0 < lines(page) < lines(enter("auditor").get(PATH).text)


@pytest.mark.both
def test_filters(enter, people):
    client = enter("auditor")
    found = {
        query: lines(client.get(f"{PATH}?{query}").text)
        for query in (
            f"obj=org:{people['east_id']}", "org=东市", "org=东", "org=%25", "since=2026-05-14", "until=2026-05-13", "since=nonsense",
            "who=nobody", "act=orgs.closed", "until=9999-12-31", "act=accounts.granted&org=西市", "page=99",
        )
    }
    everything = lines(client.get(PATH).text)
    assert found.pop("until=9999-12-31") in {everything, 0}
    assert found == {
        f"obj=org:{people['east_id']}": 1, "org=东市": 6, "org=东": 6, "org=%25": 0, "since=2026-05-14": everything,
        "until=2026-05-13": 0, "since=nonsense": everything, "who=nobody": 0, "act=orgs.closed": 0,
        "act=accounts.granted&org=西市": 1, "page=99": 0,
    }
    assert "没有符合条件的记录" in client.get(f"{PATH}?who=nobody").text


def test_people_are_found_by_name_or_login(enter, work, make, people):
    with work() as session:
        auditor = session.scalars(unscoped(select(Account).where(Account.id == people["auditor"]), why="test")).one()
        audit.record("test.noted", "thing:1", actor=make.actor_of(auditor), now=clock.now())
    client = enter("auditor")
    assert [lines(client.get(f"{PATH}?who={who}").text) for who in ("席明鉴", "xi", "XI", "席")] == [1, 1, 1, 0]
    page = client.get(f"{PATH}?who=xi").text
    assert ("test.noted" in page, "席明鉴" in page) == (True, True)


def test_pages(enter, work, make):
    with work():
        for number in range(120):
            audit.record("test.noted", f"thing:{number}", actor=SYSTEM, now=clock.now(), org_id=make.root.id)
    client = enter("auditor")
    assert [lines(client.get(f"{PATH}?act=test.noted&page={page}").text) for page in (1, 2, 3, 4)] == [50, 50, 20, 0]
    assert f"{PATH}?act=test.noted&amp;page=2" in client.get(f"{PATH}?act=test.noted").text


@pytest.mark.both
def test_checking_the_chain_in_the_desk(enter, post, chain, tamper):
    client = enter("auditor")
    page = post(client, PATH).text
    assert ("全部相符" in page, f"{chain.checked + 1}:" in page) == (True, False)
    tamper("UPDATE audit_entry SET act = 'x', event = replace(event, 'thing:4', 'thing:5') WHERE obj = 'thing:4'")
    page = post(client, PATH).text
    assert ("对不上" in page, "这一条被改过。" in page, 'role="alert"' in page) == (True, True, True)


def shown_heads(client):
    """Return the text of the public page, as it is copied from there."""
    return client.get("/audit-heads/").text.replace("<wbr>", "")


@pytest.fixture
def publish(app):
    """Return `publish()`, which the worker does every hour."""

    def once():
        with app.app_context():
            heads.publish(clock.now())
            db.session().remove()

    return once


@pytest.mark.both
def test_the_head_is_published_once_a_day_and_sent_to_those_who_audit_everything(app, client, publish, people, chain, at):
    publish()
    publish()
    shown = client.get("/audit-heads/")
    assert (shown.status_code, lines(shown.text)) == (200, 1)
    assert f"{chain.checked}:{chain.head}" in shown_heads(client)
    assert "2026-05-14 09:30" in shown.text
    at("2026-05-14 23:59")
    publish()
    assert lines(client.get("/audit-heads/").text) == 1
    at("2026-05-15 00:00")
    publish()
    assert lines(client.get("/audit-heads/").text) == 2
    with app.app_context():
        told = db.session().execute(select(Notice.account_id, Notice.subject).where(Notice.kind == "system.head").order_by(Notice.id)).all()
        assert [tuple(row) for row in told] == [(people["auditor"], f"2026-05-{day} 操作记录的链尾") for day in (14, 15)]
        assert audit.verify((chain.checked, chain.head)).bad is None
        db.session().remove()


def test_a_published_head_shows_what_was_cut_off(app, client, publish, chain, tamper, runner):
    publish()
    head = f"{chain.checked}:{chain.head}"
    assert head in shown_heads(client)
    tamper(
        f"DELETE FROM audit_entry WHERE n > {chain.checked - 3}",
        f"UPDATE audit_head SET n = {chain.checked - 3}, hash = (SELECT hash FROM audit_entry WHERE n = {chain.checked - 3})",
    )
    assert head not in shown_heads(client)
    with app.app_context():
        assert runner.invoke(verify, []).exit_code == 0, "the site alone cannot know"
        told = runner.invoke(verify, ["--expect", head])
        db.session().remove()
    assert (told.exit_code, f"BROKEN at line {chain.checked - 2}" in told.output) == (1, True)
