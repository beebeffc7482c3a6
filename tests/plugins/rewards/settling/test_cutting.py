"""Cutting statements: what belongs to a month, pairs that cancel out, late ones, triggers, a kill in the middle."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from unionhall.base import clock, db
from unionhall.platform.access import unscoped
from unionhall_rewards.fund.services import hand_over as fund_hand_over
from unionhall_rewards.settling import cutting, periods, queries, services
from unionhall_rewards.settling.models import SettledMonth, Statement, StatementLine


def all_statements():
    return list(db.session().scalars(unscoped(select(Statement).order_by(Statement.id), why="test")))


def test_months():
    assert (periods.last_day("2024-02"), periods.following("2025-12"), periods.before(date(2026, 1, 1))) == (date(2024, 2, 29), "2026-01", "2025-12")
    assert periods.due(date(2026, 5, 4), 5, "2026-03") == []
    assert periods.due(date(2026, 5, 5), 5, "2026-03") == ["2026-04"]
    assert periods.due(date(2026, 5, 5), 1, "2025-12") == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert periods.due(date(2026, 5, 5), 1, None) == ["2026-04"]
    assert periods.due(date(2026, 5, 5), 1, "2026-04") == []


@pytest.mark.both
def test_a_month_ends_at_midnight_in_shanghai(work, shop, at):
    with work():
        store = shop()
        for moment in ("2026-03-31 23:59", "2026-04-01 00:00", "2026-04-30 23:59", "2026-05-01 00:00"):
            store.redeem(at(moment))
        at("2026-05-01 08:00")
        march, april = store.cut("2026-03"), store.cut("2026-04")
        assert (march.redeemed_count, april.redeemed_count) == (1, 2)
        assert april.total_fen == 2000
        assert [line.day for line in queries.lines(april.id)[0]] == [date(2026, 4, 1), date(2026, 4, 30)]
        assert store.cut("2026-04") is None


@pytest.mark.both
def test_a_pair_cancels_out_and_what_came_late_goes_into_the_next(work, shop, at):
    with work():
        store = shop()
        wrong = store.redeem(at("2026-04-10 12:00"), fen=800)
        store.reverse(wrong, at("2026-04-10 12:05"))
        store.redeem(at("2026-04-11 12:00"), fen=700)
        at("2026-05-01 08:00")
        april = store.cut("2026-04")
        assert (april.redeemed_fen, april.reversed_fen, april.total_fen, april.reversed_count) == (1500, 800, 700, 1)
        assert cutting.by_kind(april.id)[0] | {"id": 0} == {"id": 0, "name": "10 元消费券", "count": 1, "fen": 700}
        store.redeem(at("2026-04-30 22:00"))  # written later than the cut
        store.redeem(at("2026-05-02 12:00"))
        at("2026-06-01 08:00")
        may = store.cut("2026-05")
        assert [line.day for line in queries.lines(may.id)[0]] == [date(2026, 4, 30), date(2026, 5, 2)]
        assert april.total_fen == 700


@pytest.mark.both
def test_a_station_that_changes_its_store_in_the_middle_of_a_month_is_settled_with_both(app, work, shop, at):
    """What was redeemed there is owed to the store that ran it then, also when that one's agreement is over by the end of the month."""
    with work():
        old = shop(name="城东便利", starts_on=date(2026, 1, 1))
        new = shop(old.fund, old.kind, name="城东生鲜", starts_on=date(2026, 4, 16))
        old.redeem(at("2026-04-15 23:59"), fen=700)
        old.store.ends_on = date(2026, 4, 15)
        new.station = old.station
        new.redeem(at("2026-04-16 00:00"), fen=900)
        owed = {old.store.id: ("城东便利", 700), new.store.id: ("城东生鲜", 900)}
        station, stores = old.station.id, (old.store.id, new.store.id)
        db.session().execute(text("UPDATE stations_station SET store_id = :store WHERE id = :id"), {"store": stores[1], "id": station})
    at("2026-05-01 08:00")
    with app.app_context():
        assert cutting.cut_month("2026-04", now=clock.now()) == 2
        made = {row.store_id: (row.store_name, row.total_fen) for row in all_statements()}
        db.session().remove()
    assert made == owed


def test_an_empty_month_and_one_of_pairs(work, shop, at):
    with work():
        store = shop()
        at("2026-05-01 08:00")
        assert store.cut("2026-04") is None
        wrong = store.redeem(at("2026-05-10 12:00"))
        store.reverse(wrong, at("2026-05-10 12:05"))
        at("2026-06-01 08:00")
        may = store.cut("2026-05")
        assert (may.total_fen, may.redeemed_count, may.reversed_count) == (0, 1, 1)


def test_the_hash_is_of_everything(work, shop, at):
    with work():
        store = shop()
        store.redeem(at("2026-04-10 12:00"))
        at("2026-05-01 08:00")
        made = store.cut("2026-04")
        body = json.loads(made.body)
        assert (body["format"], body["month"], body["total_fen"], body["lines"]) == ("UHS1", "2026-04", 1000, 1)
        assert cutting.canonical(body) == made.body
        assert cutting.is_genuine(made)
        made.body = made.body.replace("1000", "1001")
        assert not cutting.is_genuine(made)
        db.session().expire(made)


FORBIDDEN = [
    "UPDATE rewards_settlement SET total_fen = total_fen, redeemed_fen = 5", "UPDATE rewards_settlement SET hash = ''", "DELETE FROM rewards_settlement",
    "UPDATE rewards_settlement SET store_name = 'x'", "UPDATE rewards_line SET fen = 1", "DELETE FROM rewards_line",
    "INSERT INTO rewards_line (settlement_id, adjustment_id, redemption_id, fen) SELECT settlement_id, NULL, redemption_id + 1, 5 FROM rewards_line",
]  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_no_console_changes_a_statement(work, shop, at, statement):
    with work() as session:
        store = shop()
        store.redeem(at("2026-04-10 12:00"))
        store.redeem(at("2026-05-10 12:00"))
        store.cut("2026-04")
        with pytest.raises(DBAPIError, match="written once|append-only"), session.begin_nested():
            session.execute(text(statement))


@pytest.mark.both
def test_a_closed_statement_is_closed(work, shop, at, make):
    with work() as session:
        store = shop()
        wrong = store.redeem(at("2026-04-10 12:00"))
        store.reverse(wrong, at("2026-04-10 12:05"))
        made = store.cut("2026-04")
        session.execute(text("UPDATE rewards_settlement SET state = 'closed'"))
        session.expire(made)
        with pytest.raises(DBAPIError, match="written once"), session.begin_nested():
            session.execute(text("UPDATE rewards_settlement SET state = 'paid'"))
        other = make.org(make.root)
        services.hand_over(made.org_id, other.id)
        fund_hand_over(made.org_id, other.id)
        session.expire_all()
        assert (made.org_id, store.fund.org_id, made.state) == (other.id, other.id, "closed")


@pytest.mark.both
def test_a_redemption_is_settled_once(work, shop, at):
    with work() as session:
        store, other = shop(), None
        found = store.redeem(at("2026-04-10 12:00"))
        store.cut("2026-04")
        other = Statement(org_id=store.fund.org_id, store_id=store.store.id, fund_id=store.fund.id, month="2026-05", until=date(2026, 5, 31),
                          store_name="x", cut_at=clock.now())  # fmt: skip
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(other)
            session.flush()
            session.add(StatementLine(settlement_id=other.id, redemption_id=found.id, fen=1000))
            session.flush()


@pytest.mark.both
def test_the_job_goes_on_after_a_failure(app, work, mall, shop, at, monkeypatch):
    with work():
        fund = mall.fund()
        kind = mall.kind(fund)
        stores = [shop(fund, kind) for _number in range(4)]
        moment = at("2026-04-10 12:00")
        ids = {store.redeem(moment + timedelta(minutes=number)).store_id: store for number, store in enumerate(stores)}
    at("2026-05-02 03:00")
    whole = cutting.read_lines
    third = sorted(ids)[2]

    def dies(statement_id):
        found = db.session().get(Statement, statement_id, execution_options={"unionhall_scope": "test"})
        if found.store_id == third:
            raise RuntimeError("the machine stops here")
        return whole(statement_id)

    with app.app_context():
        monkeypatch.setattr(cutting, "read_lines", dies)
        with pytest.raises(RuntimeError):
            cutting.settle(clock.now())
        assert {found.store_id for found in all_statements()} == set(ids) - {third}
        assert db.session().get(SettledMonth, "2026-04") is None
        monkeypatch.setattr(cutting, "read_lines", whole)
        assert cutting.settle(clock.now()) == 1
        assert cutting.settle(clock.now()) == 0
        rows = all_statements()
        assert (len(rows), sum(row.total_fen for row in rows)) == (4, 4000)
        assert db.session().get(SettledMonth, "2026-04").fen == 4000


def test_before_the_settlement_day_nothing_is_cut(app, work, shop, at):
    with work():
        shop().redeem(at("2026-05-10 12:00"))
    at("2026-05-31 23:59")
    with app.app_context():
        cutting.settle(clock.now())
        assert all_statements() == []
        at("2026-06-01 00:00")
        assert cutting.settle(clock.now()) == 1
