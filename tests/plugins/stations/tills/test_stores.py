"""Stores in the desk."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped
from unionhall.platform.audit import AuditEntry
from unionhall_stations.models import Clerk, Station, Store, Till, Turn
from unionhall_stations.tills import exports, stores

LIST = "/desk/stations/stores/"
ACCOUNT = "6217000012345678"
FIELDS = {
    "org_id": "1", "name": "邻里便利", "starts_on": "2026-01-01", "ends_on": "2027-01-01", "credit_code": "91350100m000100y43",
    "payee_name": "邻里公司", "payee_bank": "青禾银行", "account": "6217 0000 1234 5678",
}  # fmt: skip


def _acts(work):
    with work() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.n)))


def test_a_store_is_made_found_changed_and_exported_without_its_account(person, post, work, app):
    boss = person(Role.ORG_ADMIN)
    made = post(boss, LIST + "new", **FIELDS)
    assert made.status_code == 303
    page = boss.get(made.location).text
    assert "*5678" in page
    assert "91350100M000100Y43" in page
    assert ACCOUNT not in page
    assert "邻里便利" in boss.get(LIST, query_string={"q": "邻里"}).text
    assert "没有符合的门店" in boss.get(LIST, query_string={"q": "没有这家"}).text
    assert "邻里便利" not in boss.get(LIST, query_string={"state": "ended"}).text
    form = boss.get(made.location + "edit").text
    assert ACCOUNT not in form
    assert 'value="1"' in form
    changed = FIELDS | {"name": "邻里生鲜", "account": "", "version": "1"}
    assert post(boss, made.location + "edit", **changed).status_code == 303
    with work() as session:
        store = session.scalars(unscoped(select(Store), why="test")).one()
        assert (store.name, store.account_tail, store.version) == ("邻里生鲜", "5678", 2)
        assert ACCOUNT not in store.account_sealed
        with app.test_request_context():
            rows = [list(line) for line in exports.STORES.rows(SYSTEM, "/1/", {})]
    assert ACCOUNT not in str(rows)
    assert rows[0][0] == "邻里生鲜"
    assert rows[0][-1] == "*5678"
    assert len(rows[0]) == len(exports.STORES.header({}))


@pytest.mark.parametrize(("change", "words"), [
    ({"name": " "}, "还没有填门店名称"), ({"credit_code": "91350100M000100Y44"}, "91350100M000100Y44"), ({"account": "1234"}, "现在是 4 位"),
    ({"ends_on": "2025-12-31"}, "要不早于开始日"), ({"ends_on": "2026-05-01"}, "已经过去了"), ({"starts_on": "昨天"}, "看不懂这个日期"),
    ({"org_id": "999"}, "错误"),
])  # fmt: skip
def test_what_will_not_do_is_said_and_what_was_typed_stays(person, post, change, words):
    answer = post(person(Role.ORG_ADMIN), LIST + "new", **(FIELDS | change))
    assert answer.status_code == 422
    assert words in answer.text
    assert "邻里公司" in answer.text


def test_two_who_edit_at_once_do_not_overwrite_each_other(person, post, place):
    boss, path = person(Role.ORG_ADMIN), f"{LIST}{place['store']}/edit"
    first = FIELDS | {"version": "1", "name": "甲的改法"}
    assert post(boss, path, **first).status_code == 303
    late = post(boss, path, **(first | {"name": "乙的改法"}))
    assert late.status_code == 409
    assert "乙的改法" in late.text


def test_the_whole_account_takes_a_reason_and_leaves_a_trace(person, post, work, shop):
    with work():
        number = shop.store(account=ACCOUNT).id
    boss, path = person(Role.ORG_ADMIN), f"{LIST}{number}/account"
    assert ACCOUNT not in boss.get(path).text
    refused = post(boss, path, reason="  ")
    assert refused.status_code == 422
    assert ACCOUNT not in refused.text
    assert "stations.account_seen" not in _acts(work)
    seen = post(boss, path, reason="核对回单")
    assert ACCOUNT in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    assert _acts(work).count("stations.account_seen") == 1
    assert ACCOUNT not in boss.get(f"{LIST}{number}/").text


def test_without_an_account_there_is_nothing_to_see(person, post, place, work):
    answer = post(person(Role.ORG_ADMIN), f"{LIST}{place['store']}/account", reason="看看")
    assert answer.status_code == 422
    assert "还没有登记收款账号" in answer.text
    assert "stations.account_seen" not in _acts(work)


def test_the_end_of_an_agreement_ends_clerks_tills_turns_and_frees_stations(person, post, place, at_counter, row, work):
    boss, path = person(Role.ORG_ADMIN), f"{LIST}{place['store']}/"
    assert "1 台收银台" in boss.get(path + "end").text
    assert post(boss, path + "end", reason="").status_code == 422
    assert post(boss, path + "end", reason="换经营单位").status_code == 303
    assert row(Station, place["station"], "store_id") is None
    assert row(Clerk, place["clerk"], "left_on", "pin_hash") == (clock.local_day(clock.now()), "")
    assert row(Till, place["till"], "token_hash") is None
    with work() as session:
        assert session.scalars(unscoped(select(Turn.ended_at), why="test")).one() is not None
    assert at_counter.get("/stations/till").location.endswith("/till/enrol")
    assert "恢复合作" in boss.get(path).text
    assert post(boss, path + "end", reason="再来一次").status_code == 409
    assert post(boss, path + "clerks/new", name="新人").status_code == 409
    assert post(boss, path + "edit", **(FIELDS | {"version": "2"})).status_code == 409
    assert post(boss, path + "renew", starts_on="2026-05-14", ends_on="2026-05-01").status_code == 422
    assert post(boss, path + "renew", starts_on="2026-05-14", ends_on="").status_code == 303
    assert post(boss, path + "renew", starts_on="2026-05-14", ends_on="").status_code == 409
    assert post(boss, path + "clerks/new", name="新人").status_code == 200


def test_agreements_end_by_themselves_the_day_after_their_last(app, work, shop, row, at):
    with work():
        kept, over = shop.store(), shop.store(ends_on=clock.local_day(clock.now()))
        station = shop.station(over)
        ids = kept.id, over.id, station.id
    with app.app_context():
        assert stores.end_due(at("2026-05-14 23:59")) == 0
        assert stores.end_due(at("2026-05-15 00:01")) == 1
        assert stores.end_due(at("2026-05-15 01:01")) == 0
        db.session().remove()
    assert row(Store, ids[0], "ended_at") is None
    assert row(Store, ids[1], "ended_at") is not None
    assert row(Station, ids[2], "store_id") is None


PAGES = ("", "edit", "account", "end", "renew", "clerks/new", "clerks/{clerk}", "tills/new", "tills/{till}")


def test_strangers_log_in_members_and_other_orgs_are_refused(app, client, login, person, post, place, work, make):
    with work():
        elsewhere = make.org(name="别处的工会")
        account = make.account(Role.ORG_ADMIN, elsewhere).id
    paths = [LIST, LIST + "new", *(f"{LIST}{place['store']}/{page}".format(**place) for page in PAGES)]
    member, other, auditor = person(), app.test_client(), person(Role.AUDITOR)
    login(other, account)
    for path in paths:
        assert "/login" in client.get(path).location
        assert member.get(path).status_code == 403
    for path in paths[2:]:
        assert other.get(path).status_code == 404
        assert post(other, path, reason="看", name="甲").status_code in (404, 405)
    for page in PAGES[1:8]:
        assert auditor.get(f"{LIST}{place['store']}/{page}".format(**place)).status_code == 403
    assert auditor.get(f"{LIST}{place['store']}/").status_code == 200
    assert "改资料" not in auditor.get(f"{LIST}{place['store']}/").text
    assert other.get(LIST).status_code == 200
    assert "便利店1" not in other.get(LIST).text


def test_the_list_asks_no_more_for_more_stores(person, work, shop, queries):
    boss = person(Role.ORG_ADMIN)
    with work():
        shop.store()
    boss.get(LIST)
    with queries() as one:
        boss.get(LIST)
    with work():
        for _n in range(3):
            store = shop.store()
            shop.clerk(store)
            shop.station(store)
    with queries() as four:
        boss.get(LIST)
    ours = [[statement for statement in asked if "stations_" in statement] for asked in (one, four)]
    assert len(ours[1]) <= len(ours[0])
