"""Settling a month of a hundred stores with ten thousand redemptions each, and proving the accounts afterwards.

`python tests/bench/settlement.py [--stores 100] [--each 10000] [--postgres postgresql://root@127.0.0.1:5432/test]` prints seconds, and the
memory that was most in use; `--limit 30` fails when cutting takes longer.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from unionhall.base import clock, db
from unionhall.testing.databases import PostgresSite, SQLiteSite

SETTINGS: dict[str, Any] = {"testing": True, "secret_key": "only for the bench " * 3, "page_cache_mb": 0}
DAY = "2026-04-15"
FILL = (
    """INSERT INTO rewards_fund (id, org_id, name, source_code, granted_fen, free_fen, freeze_percent, monthly_fen, note, version, created_at)
       SELECT 1, min(id), 'bench', 'x', :all * 1000, 0, 100, 0, '', 1, :at FROM orgs_org""",
    """INSERT INTO rewards_budget (id, fund_id, kind, month, fen, document, note, state, asked_by, asked_at, decided_by, decided_at, answer)
       VALUES (1, 1, 'grant', '2026-04', :all * 1000, 'x', '', 'approved', 1, :at, 2, :at, '')""",
    """INSERT INTO rewards_movement (fund_id, kind, source, target, fen, ref_id, day, at)
       VALUES (1, 'grant', 'treasury', 'free', :all * 1000, 1, :day, :at)""",
    """INSERT INTO rewards_coupon_kind (id, org_id, fund_id, name, name_en, form, face_fen, min_spend_fen, percent, valid_days, everywhere,
       stackable, family, terms, state, version, created_at, updated_at)
       SELECT 1, org_id, 1, '10', '', 'cash_off', 1000, 0, 0, 30, true, false, false, '', 'active', 1, :at, :at FROM rewards_fund""",
    """INSERT INTO rewards_gift (id, org_id, kind_id, number, member_ids, reason, state, asked_by, asked_at, first_by, first_at, second_by,
       second_at, answer) SELECT 1, org_id, 1, 1, '[]', 'x', 'done', 1, :at, 2, :at, 3, :at, '' FROM rewards_fund""",
    """INSERT INTO rewards_coupon (id, kind_id, fund_id, gift_id, number, state, face_fen, lookup, code_sealed, valid_from, valid_to, reminded,
       issued_at, closed_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :all)
       SELECT i, 1, 1, 1, i, 'redeemed', 1000, 'b' || i, '', :at, :later, 0, :at, :at FROM n""",
    """INSERT INTO rewards_movement (fund_id, kind, source, target, fen, ref_id, day, at)
       SELECT 1, 'give', 'free', 'live', 1000, id, :day, :at FROM rewards_coupon""",
    """INSERT INTO rewards_redemption (id, coupon_id, live, fund_id, kind_id, store_id, station_id, till_id, clerk_id, bill_fen, fen, receipt,
       key, body_hash, reason, day, at)
       SELECT id, id, true, 1, 1, 1 + id % :stores, 1, 1, 1, 3000, 1000, 'R' || id, 'k' || id, '', '', :day, :at FROM rewards_coupon""",
    """INSERT INTO rewards_movement (fund_id, kind, source, target, fen, ref_id, day, at)
       SELECT 1, 'redeem', 'live', 'spent', 1000, id, :day, :at FROM rewards_redemption""",
)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def timed(what: str, act: Callable[[], Any]) -> float:
    """Run something, print its seconds and the memory in use at most; returns the seconds."""
    began, spent = time.perf_counter(), time.process_time()
    found = act()
    took, spent = time.perf_counter() - began, time.process_time() - spent
    told = found if isinstance(found, int) else len(found)
    say(f"{what:44}{took:8.2f} s{spent:8.2f} s CPU{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:8} MB   {told}")
    return took


def fill(stores: int, each: int) -> None:
    """Write stores with a till, and a redemption with all that stands behind it as often as asked."""
    from unionhall_stations.models import Clerk, Station, Store, Till

    now = clock.from_local(datetime.fromisoformat(f"{DAY} 12:00"))
    with db.unit_of_work() as session:
        org = session.execute(text("SELECT min(id) FROM orgs_org")).scalar()
        for number in range(1, stores + 1):
            session.add(Store(id=number, org_id=org, name=f"bench {number}", starts_on=now.date(), created_at=now, updated_at=now))
        session.flush()
        session.add(Station(id=1, org_id=org, store_id=1, number=1, slug="bench", name="bench", created_at=now, updated_at=now))
        session.flush()
        session.add(Clerk(id=1, store_id=1, name="bench", created_at=now, updated_at=now))
        session.add(Till(id=1, station_id=1, store_id=1, label="bench", created_at=now))
        session.flush()
        values = {"all": stores * each, "stores": stores, "at": f"{DAY} 04:00:00.000000", "later": "2027-04-15 04:00:00.000000", "day": DAY}
        for statement in FILL:
            session.execute(text(statement if db.engine().dialect.name == "sqlite" else _typed(statement)), values)
    if db.engine().dialect.name == "postgresql":
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _typed(statement: str) -> str:
    for name, kind in (("all", "bigint"), ("stores", "integer"), ("at", "timestamptz"), ("later", "timestamptz"), ("day", "date")):
        statement = statement.replace(f":{name}", f"CAST(:{name} AS {kind})") if f":{name}" in statement else statement
    return statement


def run(stores: int, each: int) -> float:
    """Fill, cut, prove, and open the fund's months; returns the seconds of cutting."""
    from unionhall_rewards.fund import queries
    from unionhall_rewards.settling import cutting, reconcile

    now = clock.now()
    timed(f"fill, {stores} stores x {each} redemptions", lambda: fill(stores, each) or stores * each)
    timed("a fund's months", lambda: queries.months(1))
    timed("first page of its movements", lambda: queries.movements(1, queries.Filter())[0])
    timed("the same, of a kind that has one", lambda: queries.movements(1, queries.Filter("grant"))[0])
    db.session().remove()
    took = timed("cut the month", lambda: cutting.cut_month("2026-04", now=now))
    timed("prove the accounts", lambda: reconcile.prove(now))
    db.session().remove()
    return took


def main() -> None:
    """Measure on SQLite, or on the PostgreSQL server that is named."""
    options = argparse.ArgumentParser()
    options.add_argument("--stores", type=int, default=100)
    options.add_argument("--each", type=int, default=10_000)
    options.add_argument("--postgres", default="")
    options.add_argument("--limit", type=float, default=30.0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        plugins = ("stations", "rewards")
        if chosen.postgres:
            site: Any = PostgresSite(Path(folder), SETTINGS, chosen.postgres.replace("postgresql:", "postgresql+psycopg:"), "bench_settlement", plugins)
        else:
            site = SQLiteSite(Path(folder), SETTINGS, plugins)
        try:
            with site.app.app_context():
                took = run(chosen.stores, chosen.each)
        finally:
            site.end()
    if took > chosen.limit:
        raise SystemExit(f"cutting took {took:.1f} s, more than {chosen.limit:.0f} s")


if __name__ == "__main__":
    main()
