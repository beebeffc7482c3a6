"""A site with a crowd in front of it: members who are logged in and have begun the day's quiz, a draw with coupons. Made in the database."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
SECRET = "only for benches " * 3
SLUG, QUESTIONS, PPM = "noon", 5, 100_000
TEXTS = {"organiser": "云麓省总工会", "contact": "0570-88001234", "rules": "中奖即到券包，7 天内在驿站使用，过期作废。"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Crowd:
    """What the load needs: the environment of the server, the database, each one's cookie and nonce."""

    environment: dict[str, str]
    url: str
    cookies: list[str]
    nonces: list[str]

    def requests(self, get: Any) -> list[tuple[str, bytes, dict[str, str]]]:
        """Return what everybody sends: the right answers. `get` opens a page for a cookie and returns (its text, its cookies)."""
        page, own = get(f"/quiz/{SLUG}/today", self.cookies[0])
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)  # it is bound to the browser's cookie, not to the login
        right = {f"q{place}": "1" for place in range(1, QUESTIONS + 1)}
        return [
            (f"/quiz/{SLUG}/today", urlencode({"csrf_token": token, "nonce": nonce, "act": "hand-in"} | right).encode(),
             FORM | {"Cookie": f"{cookie}; {own}"})
            for cookie, nonce in zip(self.cookies, self.nonces, strict=True)
        ]  # fmt: skip


def made(folder: Path, members: int, coupons: int, server: str = "") -> Crowd:
    """Make the site, on SQLite or on a PostgreSQL server, where its database lives on until the next run."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    from unionhall.app import create_app
    from unionhall.base import db
    from unionhall.host.registry import host
    from unionhall.setup import set_up

    folder.mkdir(parents=True, exist_ok=True)
    url = _fresh(server) if server else f"sqlite:///{folder / 'noon.sqlite3'}"
    app = create_app({"instance": folder, "database_url": url, "secret_key": SECRET, "log_level": "CRITICAL"})
    with app.app_context():
        set_up("云麓省总工会")
        for name in ("stations", "rewards", "quiz"):
            with db.unit_of_work():
                host().switch(name, on=True)
        with db.unit_of_work():
            cookies = _members(members)
            nonces = _begun(members, _draw(coupons))
        address = db.engine().url.render_as_string(hide_password=False)
        db.session().remove()
        db.engine().dispose()
    environment = {"UNIONHALL_INSTANCE": str(folder), "UNIONHALL_DATABASE_URL": url, "UNIONHALL_SECRET_KEY": SECRET, "UNIONHALL_LOG_LEVEL": "CRITICAL"}
    return Crowd(environment, address, cookies, nonces)


def _fresh(server: str, name: str = "unionhall_bench_noon") -> str:
    engine = sa.create_engine(sa.make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def _members(number: int) -> list[str]:
    """Write accounts, members, memberships and sessions; returns the cookies."""
    from unionhall.accounts.models import Account, LoginSession
    from unionhall.accounts.sessions import cookie_name
    from unionhall.base import clock, db
    from unionhall.base.crypto import new_token, token_hash
    from unionhall.members.models import Member, Membership

    session, now, early, many = db.session(), clock.now(), clock.now() - timedelta(days=3), range(1, number + 1)
    first = (session.scalar(sa.select(sa.func.max(Account.__table__.c.id))) or 0) + 1
    accounts = [{"id": first + n, "login": f"noon{n}", "login_key": f"noon{n}", "name": f"会员{n}", "org_id": 1, "created_at": early} for n in many]
    session.execute(sa.insert(Account.__table__), accounts)
    stamps = {"created_at": early, "updated_at": early}
    members = [{"id": n, "org_id": 1, "name": f"会员{n}", "name_key": f"{n}", "account_id": first + n, "activated_at": early, **stamps} for n in many]
    session.execute(sa.insert(Member.__table__), members)
    unions = [{"member_id": n, "org_id": 1, "is_primary": True, "joined_on": early.date(), "status": "active", **stamps} for n in many]
    session.execute(sa.insert(Membership.__table__), unions)
    tokens = [new_token() for _ in many]
    kept = {"started_at": now, "seen_at": now, "expires_at": now + timedelta(hours=8), "address": "127.0.0.1", "agent": "bench", "strong": False}
    logins = [{"account_id": first + n, "token_hash": token_hash(token), **kept} for n, token in zip(many, tokens, strict=True)]
    session.execute(sa.insert(LoginSession.__table__), logins)
    return [f"{cookie_name()}={token}" for token in tokens]


def _draw(coupons: int) -> int:
    """Publish an instant draw of so many coupons, open since a while, every tenth chance a hit; returns its id."""
    from tests.plugins.rewards.conftest import Mall

    from unionhall.base import clock
    from unionhall.hooks.types import SYSTEM
    from unionhall.testing.factories import Make
    from unionhall_rewards.draws import drawing, publishing

    began, mall = clock.now() - timedelta(days=2), Mall(Make())
    fund = mall.fund(fen=coupons * 1000)
    times = {"opens_at": began + timedelta(minutes=10), "closes_at": began + timedelta(days=9), "public_at": began + timedelta(minutes=5)}
    prize = {"kind": mall.kind(fund), "quantity": coupons, "ppm": PPM}
    draw = mall.draw(fund, prize, most_wins=1, tries_a_day=1, **TEXTS, **times)
    publishing.publish(draw.id, actor=SYSTEM, now=began)
    drawing.say_public(draw.id, "beacon:42", "官网，王敏在场", actor=SYSTEM, now=times["public_at"])
    drawing.confirm_public(draw.id, "beacon:42", actor=SYSTEM, now=times["public_at"])
    return int(draw.id)


def _begun(number: int, draw_id: int) -> list[str]:
    """Write a round that is open all day, its paper of today, and everybody's attempt; returns the nonces."""
    from unionhall.base import clock, db
    from unionhall_quiz.bank.models import Question, Topic
    from unionhall_quiz.play import papers
    from unionhall_quiz.play.models import Attempt, Paper, Round

    session, now = db.session(), clock.now()
    stamps, day = {"created_at": now, "updated_at": now}, clock.local_day(now)
    topic = Topic(org_id=1, name="安全生产")
    session.add(topic)
    session.flush()
    options = [{"key": key, "text": f"选项{key}" * 4, "media_id": None} for key in "abcd"]
    questions = [
        Question(org_id=1, topic_id=topic.id, kind="single", text=f"第{n}题：下列哪一项符合规定？" * 2, options=options, answer=["a"],
                 explanation="见规定第三条。" * 10, state="approved", author_id=1, reviewed_by=2, reviewed_at=now, **stamps)
        for n in range(QUESTIONS)
    ]  # fmt: skip
    session.add_all(questions)
    found = Round(org_id=1, slug=SLUG, title="每日一答", calendar="daily", since=day, opens=0, closes=1440, quota={str(topic.id): QUESTIONS},
                  draw_id=draw_id, state="running", **stamps)  # fmt: skip
    session.add(found)
    session.flush()
    paper = Paper(round_id=found.id, day=day, questions=[papers.freeze(question) for question in questions], created_at=now)
    session.add(paper)
    session.flush()
    order, nonces = [[question.id, list("abcd")] for question in questions], [f"nonce-{n:030d}" for n in range(1, number + 1)]
    same = {"round_id": found.id, "paper_id": paper.id, "org_path": "/1/", "day": day, "order": order, "total": QUESTIONS,
            "began_at": now, "due_at": datetime.now(UTC) + timedelta(hours=6)}  # fmt: skip
    session.execute(sa.insert(Attempt.__table__), [{"member_id": n, "nonce": nonce, **same} for n, nonce in enumerate(nonces, start=1)])
    return nonces


def counted(crowd: Crowd) -> dict[str, int]:
    """Return what the tables say afterwards, read past the application, and how much the rewards' own proof finds."""
    asked = {
        "handed in": "SELECT count(*) FROM quiz_attempt WHERE state = 'scored'",
        "entries": "SELECT count(*) FROM rewards_entry",
        "coupons": "SELECT count(*) FROM rewards_coupon",
        "winners": "SELECT count(DISTINCT member_id) FROM rewards_coupon",
        "left": 'SELECT sum("left") FROM rewards_prize',
        "money out of step (fen)": "SELECT (SELECT coalesce(sum(fen), 0) FROM rewards_movement WHERE kind = 'issue')"
        " - (SELECT coalesce(sum(face_fen), 0) FROM rewards_coupon)",
        "answers tallied": "SELECT coalesce(sum(shown), 0) FROM quiz_tally",
    }
    engine = sa.create_engine(crowd.url)
    with engine.connect() as connection:
        found = {name: int(connection.exec_driver_sql(statement).scalar_one()) for name, statement in asked.items()}
    engine.dispose()
    return found


def proven(crowd: Crowd) -> list[str]:
    """Return what the rewards' proof of the accounts finds: nothing when all is well."""
    from unionhall.app import create_app
    from unionhall.base import clock
    from unionhall_rewards.settling import reconcile

    settings = {"instance": Path(crowd.environment["UNIONHALL_INSTANCE"]), "database_url": crowd.environment["UNIONHALL_DATABASE_URL"]}
    with create_app(settings | {"secret_key": SECRET, "log_level": "CRITICAL"}).app_context():
        return reconcile.prove(clock.now())
