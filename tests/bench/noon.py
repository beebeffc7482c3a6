"""Noon: everybody hands in the day's quiz at once, each with a chance in the draw, beside bare Flask that does three writes.

`python tests/bench/noon.py [--people N]`: fills a site with the demo, lets activated members begin the daily round over HTTP, then
sends all the answers together. Needs a rewards demo with an instant draw that is open; without one it says so, and measures the quiz alone.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent))
import measuring
import sqlalchemy as sa
from flask import Flask, request
from signups import FORM, _line, rush

SLUG = "mei-ri-yi-da"
TABLES = (
    "CREATE TABLE IF NOT EXISTS attempt (person TEXT PRIMARY KEY, state TEXT)",
    "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, person TEXT UNIQUE)",
    "CREATE TABLE IF NOT EXISTS tally (question INTEGER PRIMARY KEY, shown INTEGER)",
    "INSERT OR IGNORE INTO tally VALUES (1, 0)",
)


def control(folder: Path) -> Flask:
    """Return bare Flask with the same three writes: the attempt, the entry, the tally."""
    engine = sa.create_engine(f"sqlite:///{folder / 'control-noon.sqlite3'}", connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def durable(connection, _record):
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        for statement in TABLES:
            connection.exec_driver_sql(statement)
    app = Flask("control")

    @app.post("/submit")
    def submit():
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO attempt VALUES (?, 'scored')", (request.form["person"],))
            connection.exec_driver_sql("INSERT INTO entry (person) VALUES (?)", (request.form["person"],))
            connection.exec_driver_sql("UPDATE tally SET shown = shown + 1 WHERE question = 1")
        return "ok"

    @app.get("/healthz")
    def healthz():
        return "ok"

    return app


def filled(folder: Path) -> None:
    """Fill a site with the demo and keep its daily round open all day."""
    environment = os.environ | {"UNIONHALL_INSTANCE": str(folder), "UNIONHALL_LOG_LEVEL": "ERROR"}
    for line in ("init --org 云麓省总工会", "plugins enable stations rewards quiz", "demo"):
        subprocess.run([sys.executable, "-m", "unionhall", *line.split()], env=environment, check=True, capture_output=True)
    with _engine(folder).begin() as connection:
        connection.execute(sa.text("UPDATE quiz_round SET opens = 0, closes = 1440 WHERE slug = :slug"), {"slug": SLUG})


def _engine(folder: Path) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{folder / 'unionhall.sqlite3'}", connect_args={"timeout": 30})


def cookies(folder: Path, most: int) -> list[str]:
    """Return session cookies of so many activated members."""
    from unionhall.accounts.models import LoginSession
    from unionhall.accounts.sessions import cookie_name
    from unionhall.app import create_app
    from unionhall.base import clock, db
    from unionhall.base.crypto import new_token, token_hash
    from unionhall.members.models import Member

    app, found = create_app({"instance": folder, "log_level": "ERROR"}), []
    with app.app_context(), db.unit_of_work() as session:
        wanted = sa.select(Member.account_id).where(Member.account_id.is_not(None)).order_by(Member.id).limit(most)
        now = clock.now()
        for account_id in session.scalars(wanted.execution_options(unionhall_scope="bench")).all():
            token = new_token()
            kept = {"token_hash": token_hash(token), "started_at": now, "seen_at": now, "expires_at": now + timedelta(hours=2)}
            session.add(LoginSession(account_id=account_id, address="127.0.0.1", agent="bench", strong=False, **kept))
            found.append(f"{cookie_name()}={token}")
    return found


def begun(port: int, folder: Path, sessions: list[str]) -> list[tuple[str, bytes, dict[str, str]]]:
    """Begin the day in every browser; returns what each will send: the right answers."""
    connection, forms = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []

    def ask(method: str, path: str, cookie: str, body: bytes | None = None) -> tuple[str, str]:
        connection.request(method, path, body, {"Cookie": cookie} | (FORM if body else {}))
        answer = connection.getresponse()
        page = answer.read().decode()
        own = [item.partition(";")[0] for item in answer.headers.get_all("Set-Cookie") or []]
        return page, "; ".join([cookie, *own])

    for cookie in sessions:
        page, kept = ask("GET", f"/quiz/{SLUG}/today", cookie)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if token is None:
            continue
        ask("POST", f"/quiz/{SLUG}/start", kept, urlencode({"csrf_token": token.group(1)}).encode())
        page, _kept = ask("GET", f"/quiz/{SLUG}/today", kept)
        nonce = re.search(r'name="nonce" value="([^"]+)"', page)
        if nonce is not None:
            forms.append((nonce.group(1), token.group(1), kept))
    connection.close()
    right = answers(folder)
    return [
        (f"/quiz/{SLUG}/today", urlencode({"csrf_token": token, "nonce": nonce, "act": "anyway"} | right[nonce], doseq=True).encode(),
         FORM | {"Cookie": cookie})
        for nonce, token, cookie in forms
    ]  # fmt: skip


def answers(folder: Path) -> dict[str, dict[str, list[str]]]:
    """Return {nonce: the form's fields with the right answers}, read past the application."""
    found = {}
    with _engine(folder).connect() as connection:
        rows = connection.execute(sa.text(
            'SELECT a.nonce, a."order", p.questions FROM quiz_attempt a JOIN quiz_paper p ON p.id = a.paper_id WHERE a.state = \'open\''
        )).all()  # fmt: skip
    for nonce, order, questions in rows:
        known, fields = {question["id"]: question for question in json.loads(questions)}, {}
        for place, (number, keys) in enumerate(json.loads(order), start=1):
            question = known[number]
            if question["kind"] == "order":
                fields |= {f"q{place}-{keys.index(key) + 1}": [str(rank)] for rank, key in enumerate(question["answer"], start=1)}
            else:
                fields[f"q{place}"] = [str(keys.index(key) + 1) for key in question["answer"]]
        found[nonce] = fields
    return found


def run(folder: Path, say, people: int) -> None:
    """Print a line for the control and one for the site, and what the tables say afterwards; fails when they do not add up."""
    place = folder / "noon"
    filled(place)
    sessions = cookies(place, people)
    with measuring.granian("unionhall.wsgi:app", {"UNIONHALL_INSTANCE": str(place), "UNIONHALL_LOG_LEVEL": "CRITICAL"}) as (root, port, _cold):
        requests = begun(port, place, sessions)
        cost = rush(root, port, requests)
    bench = folder / "beside"
    bench.mkdir()
    with measuring.granian("noon:app", {"BENCH_NOON": str(bench)}) as (root, port, _cold):
        bare = [("/submit", urlencode({"person": str(number)}).encode(), FORM) for number in range(len(requests))]
        control_cost = rush(root, port, bare)
    _line(say, f"bare Flask: {len(bare)} at once, three writes", control_cost, control_cost)
    _line(say, f"quiz and draw: {len(requests)} at once, SQLite", cost, control_cost)
    with _engine(place).connect() as connection:
        chances = dict(connection.execute(sa.text("SELECT chance, count(*) FROM quiz_attempt WHERE nonce <> '' GROUP BY chance")).all())
        entries = connection.execute(sa.text("SELECT count(*) FROM rewards_entry WHERE source = 'quiz.attempt'")).scalar_one()
    say(f"{'':44}chances {chances}, entries {entries}")
    if not chances.get("given"):
        say(f"{'':44}no open draw took a chance: this measured the quiz alone")
    elif entries < chances["given"]:
        raise SystemExit(f"{chances} chances and {entries} entries")


if folder_of_control := os.environ.get("BENCH_NOON"):
    app = control(Path(folder_of_control))


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--people", type=int, default=300)
    chosen = options.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    with tempfile.TemporaryDirectory() as made:
        run(Path(made), lambda line: sys.stdout.write(line + "\n"), chosen.people)
