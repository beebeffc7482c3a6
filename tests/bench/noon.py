"""Noon: everybody hands in the day's quiz at once, each with a chance in the draw, beside plain Flask that writes three rows.

`python tests/bench/noon.py [--members N] [--coupons M] [--postgres URL] [--herd SECONDS]`: SQLite with one web process, or PostgreSQL with
two; 32 connections. Judged by the CPU time of the web processes. `--herd` sends 111 requests a second, open-loop, with ten times that for
a thirtieth of the time: 200,000 members within half an hour, with a minute's burst, in small.
"""

from __future__ import annotations

import argparse
import http.client
import os
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent))
import crowd
import measuring
from flask import Flask, abort, redirect, request
from flask import session as browser
from flask_sqlalchemy import SQLAlchemy
from signups import FORM, Rush, rush
from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONTROL_KEY, HELLOS = "only for benches", 4000
RATE, BURST, SHARE, HANDS = 111, 10, 30, 128
LATE_SECONDS = 1.0


class Base(DeclarativeBase):
    """Base of the control's tables."""


class Member(Base):
    """Who is logged in."""

    __tablename__ = "member"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))


class Attempt(Base):
    """The answers of a day."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("member_id", "day"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    day: Mapped[str] = mapped_column(String(10))
    answers: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    score: Mapped[int]
    at: Mapped[datetime]


class Entry(Base):
    """A chance in the draw."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    x: Mapped[int]
    at: Mapped[datetime]


class Coupon(Base):
    """What was won."""

    __tablename__ = "coupon"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    fen: Mapped[int]
    at: Mapped[datetime]


def control(url: str, members: int = 0) -> Flask:
    """Return plain Flask with Flask-SQLAlchemy: the session's member read, a form parsed, three rows through the ORM in one transaction."""
    app = Flask("control")
    app.secret_key = CONTROL_KEY
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    if url.startswith("sqlite"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"connect_args": {"timeout": 30}}
    db = SQLAlchemy(model_class=Base)
    db.init_app(app)
    with app.app_context():
        if url.startswith("sqlite"):
            _careful(db.engine)
        if members:
            db.drop_all()
            db.create_all()
            db.session.execute(Member.__table__.insert(), [{"id": n, "login": f"m{n}", "name": f"会员{n}"} for n in range(1, members + 1)])
            db.session.commit()
        db.engine.dispose()

    @app.post("/submit")
    def submit():
        member = db.session.get(Member, browser["member"]) or abort(401)
        now = datetime.now(UTC)
        attempt = Attempt(member_id=member.id, day="2026-05-14", answers=request.form.to_dict(flat=False), score=5, at=now)
        db.session.add(attempt)
        db.session.flush()
        entry = Entry(attempt_id=attempt.id, member_id=member.id, x=secrets.randbelow(1_000_000), at=now)
        db.session.add(entry)
        db.session.flush()
        db.session.add(Coupon(entry_id=entry.id, member_id=member.id, code=secrets.token_hex(8), fen=1000, at=now))
        number = attempt.id
        db.session.commit()
        return redirect(f"/result/{number}", 303)

    @app.get("/healthz")
    def healthz():
        return "ok"

    return app


def _careful(engine) -> None:
    """As durable as ours, and the write lock at once, so that nobody fails over it."""

    @event.listens_for(engine, "connect")
    def connect(connection, _record):
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def bare(app: Flask, members: int) -> list[tuple[str, bytes, dict[str, str]]]:
    """Return what everybody sends to the control."""
    sign = app.session_interface.get_signing_serializer(app).dumps
    fields = {"csrf_token": "x" * 90, "nonce": "y" * 36, "act": "hand-in"} | {f"q{n}": "1" for n in range(1, crowd.QUESTIONS + 1)}
    body = urlencode(fields).encode()
    return [("/submit", body, FORM | {"Cookie": f"session={sign({'member': n})}"}) for n in range(1, members + 1)]


def opener(port: int):
    """Return a function that opens a page for a cookie: (its text, the cookies that it sets)."""

    def get(path: str, cookie: str) -> tuple[str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return page, "; ".join(item.partition(";")[0] for item in answer.headers.get_all("Set-Cookie") or [])

    return get


def herd(port: int, requests: list[tuple[str, bytes, dict[str, str]]], seconds: int) -> str:
    """Send requests when their time has come, whether others were answered or not, as far as HANDS connections go; returns a line."""
    burst = max(1, seconds // SHARE)
    starts = [n / RATE for n in range((seconds - burst) // 2 * RATE)]
    starts += [(seconds - burst) // 2 + n / (RATE * BURST) for n in range(burst * RATE * BURST)]
    starts += [(seconds - burst) // 2 + burst + n / RATE for n in range((seconds - burst) // 2 * RATE)]
    waiting, lock, answers, waits = list(zip(starts, requests, strict=False))[::-1], threading.Lock(), Counter[int](), list[float]()
    began = time.perf_counter() + 1

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                if not waiting:
                    return
                due, (path, body, headers) = waiting.pop()
            time.sleep(max(0.0, began + due - time.perf_counter()))
            try:
                connection.request("POST", path, body, headers)
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except OSError:
                status = 0
                connection.close()
            with lock:
                answers[status] += 1
                waits.append(time.perf_counter() - began - due)

    crew = [threading.Thread(target=work) for _ in range(HANDS)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    took = time.perf_counter() - began
    waits.sort()
    late = sum(wait > LATE_SECONDS for wait in waits)
    told = ", ".join(f"{number} × {status or 'no answer'}" for status, number in sorted(answers.items()))
    return (
        f"herd: {len(waits)} in {took:.0f} s ({RATE}/s, {RATE * BURST}/s for {burst} s): {told}; later than {LATE_SECONDS:.0f} s: {late}; "
        f"p50 {waits[len(waits) // 2] * 1000:.0f} ms, p99 {waits[int(len(waits) * 0.99)] * 1000:.0f} ms after they were due"
    )


def run(folder: Path, say, chosen: argparse.Namespace) -> None:
    """Print the control, ours and the ratio, the page, what the tables say; fails when that does not add up."""
    processes, hello = (2 if chosen.postgres else 1), 0.0
    kind = f"{'PostgreSQL' if chosen.postgres else 'SQLite'}, {processes} web process{'es' if processes > 1 else ''}"
    beside = crowd._fresh(chosen.postgres, "unionhall_bench_beside") if chosen.postgres else f"sqlite:///{folder / 'beside.sqlite3'}"
    beside = beside.replace("postgresql://", "postgresql+psycopg://")
    few = min(chosen.members, 2000)
    application = control(beside, few)
    with measuring.granian("noon:app", {"BENCH_NOON": beside}, workers=processes) as (root, port, _cold):
        cost = rush(root, port, bare(application, few))
        hello = measuring.measure(root, port, [measuring.request("/healthz")], seconds=3).cpu
    _line(say, f"plain Flask, 3 rows by ORM ({kind})", cost, cost)
    say(f"{'  the same server, one word':52}{hello:8.2f} CPU ms")
    place = crowd.made(folder / "noon", chosen.members, chosen.coupons, chosen.postgres)
    with measuring.granian("unionhall.wsgi:app", place.environment, workers=processes) as (root, port, _cold):
        pages = [measuring.request(f"/quiz/{crowd.SLUG}/today", cookie) for cookie in place.cookies[:200]]
        page = measuring.measure(root, port, pages, seconds=5)
        requests = place.requests(opener(port))
        if chosen.herd:
            say(herd(port, requests, chosen.herd))
        else:
            ours = rush(root, port, requests)
            _line(say, f"quiz, draw and coupon: {len(requests)}", ours, cost)
            say(f"{'  p99 against the control':52}{ours.p99 / cost.p99:8.2f}")
    say(f"{'  the page with the questions':52}{page.cpu:8.2f} CPU ms{page.p50:18.1f} p50{page.p99:9.1f} p99")
    found, problems = crowd.counted(place), crowd.proven(place)
    say(f"  {found}; proof of the accounts: {problems or 'nothing found'}")
    if problems or found["money out of step (fen)"] or found["coupons"] + found["left"] != chosen.coupons:
        raise SystemExit("the accounts do not add up")
    if not chosen.herd and found["entries"] != chosen.members:
        raise SystemExit(f"{chosen.members} chances and {found['entries']} entries")


def _line(say, name: str, cost: Rush, other: Rush) -> None:
    told = ", ".join(f"{number} × {status}" for status, number in sorted(cost.answers.items()))
    rate = sum(cost.answers.values()) / cost.seconds
    say(f"{name:52}{cost.cpu:8.2f} CPU ms (× {cost.cpu / other.cpu:.2f}){cost.p50:9.1f} p50{cost.p99:9.1f} p99{rate:8.0f} a second   {told}")


if beside := os.environ.get("BENCH_NOON"):
    app = control(beside)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--members", type=int, default=1000)
    options.add_argument("--coupons", type=int, default=50)
    options.add_argument("--postgres", default="", metavar="URL")
    options.add_argument("--herd", type=int, default=0, metavar="SECONDS")
    arguments = options.parse_args()
    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    with tempfile.TemporaryDirectory() as made:
        run(Path(made), lambda line: print(line, flush=True), arguments)  # noqa: T201
