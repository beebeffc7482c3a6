"""What a redemption costs, beside bare Flask doing the least that could be called one: `python tests/bench/redeem.py [--postgres URL]`.

Both answer POSTs one after another in one process, with every commit on the disk: CPU milliseconds, half and 99 % of the answers. The
control judges the key, takes one coupon by a conditional UPDATE and inserts a line; ours adds rights, money, audit, notice, receipt.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, request

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
SETTINGS = {"testing": True, "secret_key": "only for benches " * 3, "password_cost": 1, "password_memory": 8, "site_url": "http://localhost"}
HEAD = f"{'':28}{'CPU ms':>9}{'p50 ms':>9}{'p99 ms':>9}"


def control(folder: Path, number: int) -> Flask:
    """Return bare Flask with the same decision in one transaction."""
    engine = sa.create_engine(f"sqlite:///{folder / 'control.sqlite3'}")

    @sa.event.listens_for(engine, "connect")
    def durable(connection, _record):
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE coupon (id INTEGER PRIMARY KEY, state TEXT)")
        connection.exec_driver_sql("CREATE TABLE line (id INTEGER PRIMARY KEY, coupon_id INTEGER UNIQUE, bill INTEGER, key TEXT UNIQUE)")
        connection.execute(sa.text("INSERT INTO coupon VALUES (:id, 'issued')"), [{"id": place} for place in range(1, number + 1)])
    app = Flask("control")

    @app.post("/redeem")
    def redeem():
        with engine.begin() as connection:
            if connection.exec_driver_sql("SELECT id FROM line WHERE key = ?", (request.headers["Idempotency-Key"],)).first():
                return "again"
            taken = connection.exec_driver_sql("UPDATE coupon SET state = 'redeemed' WHERE id = ? AND state = 'issued'", (request.form["coupon"],))
            if taken.rowcount:
                values = (request.form["coupon"], request.form["bill"], request.headers["Idempotency-Key"])
                connection.exec_driver_sql("INSERT INTO line (coupon_id, bill, key) VALUES (?, ?, ?)", values)
        return "done"

    return app


def measure(posts) -> str:
    """Send each and return the line of figures."""
    times, before = list[float](), time.process_time()
    for post in posts:
        began = time.perf_counter()
        answer = post()
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
    cpu = (time.process_time() - before) * 1000 / len(times)
    times.sort()
    return f"{cpu:9.2f}{times[len(times) // 2]:9.2f}{times[int(len(times) * 0.99)]:9.2f}"


def till(app, number: int):
    """Make a till with a turn and so many coupons; returns its browser, the headers, and the tickets."""
    from tests.plugins.rewards.conftest import Mall

    from unionhall.base import clock, db
    from unionhall.base.crypto import sign
    from unionhall.testing.factories import Make
    from unionhall_rewards.coupons.models import Coupon, Gift
    from unionhall_rewards.fund import ledger
    from unionhall_rewards.fund.models import Kind
    from unionhall_rewards.redeeming import looking
    from unionhall_stations.tills.turns import DEVICE, TURN

    now = clock.now()
    with app.app_context(), db.unit_of_work() as session:
        mall = Mall(Make())
        kind, store = mall.kind(mall.fund(fen=number * 2000)), mall.store()
        member = mall.make.member(account=True)
        found, device = mall.till(mall.station(store))
        turn, token = mall.turn(found, mall.clerk(store))
        gift = Gift(org_id=kind.org_id, kind_id=kind.id, member_ids=[member.id], reason="bench", state="done", asked_by=1, asked_at=now,
                    first_by=2, first_at=now, second_by=3, second_at=now)  # fmt: skip
        session.add(gift)
        session.flush()
        shared = {"kind_id": kind.id, "fund_id": kind.fund_id, "member_id": member.id, "gift_id": gift.id, "face_fen": 1000, "code_sealed": "-"}
        coupons = [
            Coupon(number=place, lookup=f"{place:064d}", valid_from=now, valid_to=now.replace(year=now.year + 1), issued_at=now, **shared)
            for place in range(number)
        ]
        session.add_all(coupons)
        session.flush()
        for coupon in coupons:
            ledger.move(Kind.GIVE, kind.fund_id, 1000, coupon.id, now=now)
        tickets = [sign(looking.PURPOSE, [coupon.id, turn.id]) for coupon in coupons]
    browser = app.test_client()
    browser.set_cookie(DEVICE, device)
    browser.set_cookie(TURN, token)
    return browser, tickets


def ours(app, number: int) -> str:
    """Measure redemptions of ours; the unfinished pages of the stations stand in by any address."""
    app.url_build_error_handlers.append(lambda _error, endpoint, _values: f"/{endpoint}")
    browser, tickets = till(app, number)
    token = browser.get("/rewards/till/").text.split('name="csrf_token" value="')[1].split('"')[0]

    def post(place: int):
        headers = {"Accept": "application/json", "Idempotency-Key": f"bench-{place:06d}", "X-CSRFToken": token}
        return browser.post("/rewards/till/redeem", data={"ticket": tickets[place], "bill": "16.50"}, headers=headers)

    return measure(lambda place=place: post(place) for place in range(number))


def main() -> None:
    """Measure the control, then ours on each database."""
    options = argparse.ArgumentParser()
    options.add_argument("--number", type=int, default=300)
    options.add_argument("--postgres", default="")
    chosen = options.parse_args()
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    from unionhall.testing.databases import PostgresSite, SQLiteSite

    sys.stdout.write(HEAD + "\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = control(folder, chosen.number).test_client()
        posts = (
            lambda place=place: bare.post("/redeem", data={"coupon": place + 1, "bill": 1650}, headers={"Idempotency-Key": str(place)})
            for place in range(chosen.number)
        )
        sys.stdout.write(f"{'bare Flask, SQLite':28}{measure(posts)}\n")
        sites = [("UnionHall, SQLite", lambda: SQLiteSite(folder / "sqlite", SETTINGS, ("stations", "rewards")))]
        if chosen.postgres:
            pg = lambda: PostgresSite(folder / "postgres", SETTINGS, chosen.postgres, "unionhall_bench_redeem", ("stations", "rewards"))  # noqa: E731
            sites.append(("UnionHall, PostgreSQL", pg))
        for label, make in sites:
            (folder / label.rpartition(" ")[2].lower().replace("postgresql", "postgres")).mkdir(exist_ok=True)
            site = make()
            sys.stdout.write(f"{label:28}{ours(site.app, chosen.number)}\n")
            site.end()


if __name__ == "__main__":
    main()
