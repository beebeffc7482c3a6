"""Money moves in one place: never below zero, never past the freeze line, never twice for a cause, never changed."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.platform.access import unscoped
from unionhall_rewards.fund import checks, ledger, queries
from unionhall_rewards.fund.models import Account, Fund, Kind, Movement

pytestmark = pytest.mark.both


def free(fund_id):
    return db.session().scalar(unscoped(select(Fund.free_fen).where(Fund.id == fund_id), why="test"))


def refusal(kind, fund_id, fen, ref=1):
    with pytest.raises(RuleBroken) as caught:
        ledger.move(kind, fund_id, fen, ref, now=clock.now())
    return caught.value


def test_what_is_free_never_falls_below_zero(work, mall):
    with work():
        fund = mall.fund(fen=10_000)
        ledger.move(Kind.RESERVE, fund.id, 9_000, 1, now=clock.now())
        told = refusal(Kind.RESERVE, fund.id, 1_001, 2)
        assert (told.code, free(fund.id)) == ("fund-empty", 1_000)
        assert "可用 10 元" in str(told)
        assert "10.01 元" in str(told)
        assert refusal(Kind.WITHDRAW, fund.id, 1_001).code == "fund-empty"


def test_the_freeze_line(work, mall):
    with work():
        fund = mall.fund(fen=10_000, freeze_percent=80)
        ledger.move(Kind.RESERVE, fund.id, 8_000, 1, now=clock.now())
        for kind in (Kind.RESERVE, Kind.GIVE):
            told = refusal(kind, fund.id, 1, 2)
            assert told.code == "fund-frozen"
            assert "80 元" in str(told)
        ledger.move(Kind.RELEASE, fund.id, 3_000, 1, now=clock.now())
        ledger.move(Kind.GIVE, fund.id, 3_000, 3, now=clock.now())
        ledger.move(Kind.WITHDRAW, fund.id, 500, 99, now=clock.now())
        assert refusal(Kind.GIVE, fund.id, 1, 4).code == "fund-frozen"


def test_a_cause_moves_money_once(work, mall):
    with work() as session:
        fund = mall.fund()
        ledger.move(Kind.RESERVE, fund.id, 100, 7, now=clock.now())
        with pytest.raises(IntegrityError), session.begin_nested():
            ledger.move(Kind.RESERVE, fund.id, 100, 7, now=clock.now())
        ledger.move(Kind.RELEASE, fund.id, 100, 7, now=clock.now())


@pytest.mark.parametrize("statement", [
    "UPDATE rewards_movement SET fen = 1", "DELETE FROM rewards_movement", "UPDATE rewards_movement SET actor_id = 4",
    "INSERT INTO rewards_movement (fund_id, kind, source, target, fen, ref_id, day, at) SELECT fund_id, 'redeem', 'free', 'spent', 1, 9, day, at FROM rewards_movement",
])  # fmt: skip
def test_no_console_changes_a_movement(work, mall, statement):
    with work() as session:
        mall.fund()
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text(statement))


def test_forty_at_once_take_no_more_than_there_is(at_once, work, mall):
    with work():
        fund_id = mall.fund(fen=25_000).id
    now = clock.now()
    found = at_once([lambda number=number: ledger.move(Kind.RESERVE, fund_id, 1_000, number, now=now) for number in range(40)])
    with work():
        balance = queries.sums([fund_id])[fund_id]
        refused = [answer.code for answer in found if isinstance(answer, RuleBroken)]
        assert (len(found), refused, free(fund_id)) == (40, ["fund-empty"] * 15, 0)
        assert (balance[Account.POOL], balance[Account.FREE]) == (25_000, 0)
        assert checks.balances(now) == []


def test_months_always_add_up(work, mall, at):
    with work():
        at("2026-03-31 23:59")
        fund = mall.fund(fen=100_000)
        ledger.move(Kind.RESERVE, fund.id, 50_000, 1, now=clock.now())
        at("2026-04-01 00:00")
        ledger.move(Kind.ISSUE, fund.id, 20_000, 1, now=clock.now())
        at("2026-06-02 10:00")
        ledger.move(Kind.REDEEM, fund.id, 7_000, 1, now=clock.now())
        ledger.move(Kind.REST, fund.id, 3_000, 1, now=clock.now())
        ledger.move(Kind.ADD, fund.id, 500, 1, now=clock.now())
        months = queries.months(fund.id)
        assert [month.month for month in months] == ["2026-03", "2026-04", "2026-06"]
        for before, after in itertools.pairwise(months):
            assert before.closing == after.opening
        for month in months:
            assert sum(month.closing.accounts.values()) == 0
            assert sum(month.change(account) for account in Account) == 0
        last = months[-1].closing
        assert {account.value: last[account] for account in queries.SHOWN} == {
            "free": 52_500, "pool": 30_000, "live": 10_000, "spent": 7_500, "settled": 0,
        }  # fmt: skip
        assert last == queries.sums([fund.id])[fund.id]
        assert last.granted == 100_000
        assert last.committed == 47_500
        rows, total = queries.movements(fund.id, queries.Filter("redeem"))
        assert (total, rows[0].fen, rows[0].day) == (1, 7_000, date(2026, 6, 2))


def test_a_balance_that_somebody_typed_is_found(work, mall):
    with work() as session:
        fund = mall.fund(fen=10_000)
        assert checks.balances(clock.now()) == []
        session.execute(text(f"UPDATE rewards_fund SET free_fen = 9999 WHERE id = {fund.id}"))
        assert "9999" in checks.balances(clock.now())[0]
        session.execute(text(f"UPDATE rewards_fund SET free_fen = 10000 WHERE id = {fund.id}"))
        session.execute(Movement.__table__.insert().values(
            fund_id=fund.id, kind="settle", source="spent", target="settled", fen=5, ref_id=1, day=date(2026, 5, 1), at=clock.now()))  # fmt: skip
        assert "spent" in checks.balances(clock.now())[0]
        session.rollback()
