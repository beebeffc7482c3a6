"""Five hundred people who press the button at once for a hundred places: over HTTP, beside bare Flask doing one insert.

Every browser has opened the form and is logged in; then all send it together, over connections of their own.
"""

from __future__ import annotations

import http.client
import os
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import measuring
import sqlalchemy as sa
from flask import Flask, request

PEOPLE, PLACES = 500, 100
CONNECTIONS = 32
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Rush:
    """What a rush cost: seconds until the last answer, milliseconds of an answer, CPU milliseconds a request, answers by status."""

    seconds: float
    p50: float
    p99: float
    cpu: float
    answers: Counter[int]


def control(folder: Path) -> Flask:
    """Return bare Flask with the same decision: one conditional UPDATE and one INSERT in a transaction."""
    engine = sa.create_engine(f"sqlite:///{folder / 'control-signups.sqlite3'}", connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def durable(connection, _record):
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS sheet (id INTEGER PRIMARY KEY, places INTEGER, taken INTEGER)")
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, person TEXT UNIQUE, state TEXT)")
        connection.exec_driver_sql(f"INSERT OR IGNORE INTO sheet VALUES (1, {PLACES}, 0)")
    app = Flask("control")

    @app.post("/signup")
    def signup():
        with engine.begin() as connection:
            free = connection.exec_driver_sql("UPDATE sheet SET taken = taken + 1 WHERE id = 1 AND taken < places").rowcount
            state = "accepted" if free else "waiting"
            connection.exec_driver_sql("INSERT INTO entry (person, state) VALUES (?, ?)", (request.form["person"], state))
        return state

    @app.get("/healthz")
    def healthz():
        return "ok"

    return app


def rush(root: int, port: int, requests: list[tuple[str, bytes, dict[str, str]]], *, database: bool = False) -> Rush:
    """Send all requests at once, over CONNECTIONS connections that wait at one gate."""
    gate, left, lock = threading.Barrier(CONNECTIONS + 1), list(requests), threading.Lock()
    times, answers = list[float](), Counter[int]()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        connection.connect()
        gate.wait()
        while True:
            with lock:
                if not left:
                    break
                path, body, headers = left.pop()
            began, status = time.perf_counter(), 503
            while status == 503:  # "try again", as the button on that page does
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
                with lock:
                    answers[status] += 1
            with lock:
                times.append((time.perf_counter() - began) * 1000)
        connection.close()

    crew = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in crew:
        thread.start()
    before = measuring.cpu_seconds(root, database=database)
    gate.wait()
    began = time.perf_counter()
    for thread in crew:
        thread.join()
    seconds = time.perf_counter() - began
    cpu = (measuring.cpu_seconds(root, database=database) - before) * 1000 / len(requests)
    times.sort()
    return Rush(seconds, times[len(times) // 2], times[int(len(times) * 0.99)], cpu, answers)


def prepared(folder: Path, url: str = "") -> tuple[int, list[str]]:
    """Make a site with a sheet and people who are logged in; returns the sheet's id and their session tokens."""
    from unionhall.accounts.models import Account, LoginSession
    from unionhall.accounts.sessions import cookie_name
    from unionhall.app import create_app
    from unionhall.base import clock, db
    from unionhall.base.crypto import new_token, token_hash
    from unionhall.hooks.types import SYSTEM
    from unionhall.orgs import queries as orgs
    from unionhall.setup import set_up
    from unionhall.signups import sheets

    folder.mkdir(parents=True, exist_ok=True)
    app = create_app({"instance": folder, "log_level": "ERROR"} | ({"database_url": url} if url else {}))
    with app.app_context():
        set_up("云麓省总工会")
        with db.unit_of_work() as session:
            now, root = clock.now(), orgs.root()
            sheet = sheets.create_sheet(
                "bench", 1, sheets.Setup("工间操", places=PLACES, audience=sheets.Audience.ACCOUNT), org=root, actor=SYSTEM, now=now
            )
            cookies = []
            for number in range(PEOPLE):
                account = Account(login=f"bench{number}", login_key=f"bench{number}", name=f"会员{number}", org_id=root.id, created_at=now)
                session.add(account)
                session.flush()
                token = new_token()
                kept = {"token_hash": token_hash(token), "started_at": now, "seen_at": now, "expires_at": now + timedelta(hours=2)}
                session.add(LoginSession(account_id=account.id, address="127.0.0.1", agent="bench", strong=False, **kept))
                cookies.append(f"{cookie_name()}={token}")
            return sheet.id, cookies


def opened(port: int, sheet_id: int, cookies: list[str]) -> list[tuple[str, bytes, dict[str, str]]]:
    """Open the form in every browser; returns what each will send."""
    connection, found = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
    for cookie in cookies:
        connection.request("GET", f"/signups/{sheet_id}/", headers={"Cookie": cookie})
        answer = connection.getresponse()
        page = answer.read().decode()
        own = "; ".join([cookie, *(item.partition(";")[0] for item in answer.headers.get_all("Set-Cookie") or [])])
        hidden = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1) for name in ("csrf_token", "key")}
        body = urlencode({**hidden, "waiting": "1"}).encode()
        found.append((f"/signups/{sheet_id}/", body, FORM | {"Cookie": own}))
    connection.close()
    return found


def counted(url: str) -> dict[str, int]:
    """Return how many entries stand in each state, read past the application."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT state, count(*) FROM signups_entry GROUP BY state")).all()
    engine.dispose()
    return {row[0]: row[1] for row in rows}


def run(folder: Path, say, url: str = "") -> None:
    """Print a line for the control and one for the site; fails when there are not exactly PLACES accepted."""
    bench = folder / ("beside-postgres" if url else "beside-sqlite")
    bench.mkdir()
    with measuring.granian("signups:app", {"BENCH_SIGNUPS": str(bench)}) as (root, port, _cold):
        bare = [("/signup", urlencode({"person": str(n)}).encode(), FORM) for n in range(PEOPLE)]
        control_cost = rush(root, port, bare)
    _line(say, f"bare Flask: {PEOPLE} at once, UPDATE and INSERT", control_cost, control_cost)
    place = folder / ("signups-postgres" if url else "signups")
    sheet_id, cookies = prepared(place, url)
    environment = {"UNIONHALL_INSTANCE": str(place), "UNIONHALL_LOG_LEVEL": "CRITICAL"} | ({"UNIONHALL_DATABASE_URL": url} if url else {})
    with measuring.granian("unionhall.wsgi:app", environment) as (root, port, _cold):
        cost = rush(root, port, opened(port, sheet_id, cookies), database=bool(url))
    _line(say, f"sign-up: {PEOPLE} at once, {PLACES} places, {'PostgreSQL' if url else 'SQLite'}", cost, control_cost)
    states = counted(url.replace("postgresql://", "postgresql+psycopg://") if url else f"sqlite:///{place / 'unionhall.sqlite3'}")
    say(f"{'':44}{states}")
    if states != {"accepted": PLACES, "waiting": PEOPLE - PLACES}:
        raise SystemExit(f"{PLACES} places and {PEOPLE} people came to {states}")


def _line(say, name: str, cost: Rush, control_cost: Rush) -> None:
    answers = ", ".join(f"{number} × {status}" for status, number in sorted(cost.answers.items()))
    ratio, rate = cost.cpu / control_cost.cpu if control_cost.cpu else 0, sum(cost.answers.values()) / cost.seconds
    say(f"{name:52}{cost.cpu:8.2f} CPU ms (x {ratio:.1f}){cost.p50:9.1f} p50{cost.p99:9.1f} p99{rate:8.0f} req/s   {answers}")


if folder := os.environ.get("BENCH_SIGNUPS"):
    app = control(Path(folder))
