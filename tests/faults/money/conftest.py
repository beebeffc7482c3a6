"""A site where money moves, and real `unionhall web` and `unionhall worker` processes of it that are killed at a named step.

A process kills its whole group, server and all, at that step: what kill -9 from outside does, at a moment that is always the same.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.crypto import sign
from unionhall.hooks.types import SYSTEM
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.testing import services
from unionhall.testing.factories import log_in
from unionhall.testing.pytest_plugin import skip_or_fail
from unionhall_quiz.bank.models import Question, Topic
from unionhall_quiz.play import rounds
from unionhall_rewards.coupons import issuing
from unionhall_rewards.coupons.models import CouponKind, Gift
from unionhall_rewards.draws import drawing, entering, publishing
from unionhall_rewards.draws.models import Draw, Prize
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Budget, Fund, Kind
from unionhall_rewards.redeeming import looking
from unionhall_rewards.redeeming import services as redeeming
from unionhall_rewards.rights import FINANCE
from unionhall_rewards.settling import reconcile
from unionhall_stations.api import TillTurn
from unionhall_stations.models import Clerk, Station, Store, Till, Turn
from unionhall_stations.tills.turns import DEVICE, TURN, token_hash

PLUGINS = ("stations", "rewards", "quiz")
PASSED_ON = ("instance", "database_url", "secret_key", "password_cost", "password_memory", "page_cache_mb")
PATIENCE = 120
FEN = 1_000_000
LAST_MONTH, OPEN, CLOSED = "2026-04-10 12:00", "2026-05-14 10:00", "2026-05-24 09:31"

CHILD = """
import json, os, signal, sys
from datetime import datetime
from itertools import count
import time_machine
from sqlalchemy import event
from unionhall.base import db
os.setsid()
signal.alarm({patience})  # a process that never comes to its step ends, too
os.environ.update(json.loads(sys.argv[1]))
time_machine.travel(datetime.fromisoformat(sys.argv[2]), tick=True).start()

def die(*_arguments, **_options):
    os.killpg(0, signal.SIGKILL)

def instead_of(module, name, call=1):
    real, calls = getattr(module, name), count(1)
    setattr(module, name, lambda *given, **named: die() if next(calls) == call else real(*given, **named))

def at_the_end(module, name, moment, call=1):
    "Die `before_commit` or `after_commit` of the transaction in which a function was called."
    real, calls = getattr(module, name), count(1)
    def outermost(session):
        if not session.in_nested_transaction():
            die()
    def stand_in(*given, **named):
        found = real(*given, **named)
        if next(calls) == call:
            event.listen(db.session()(), moment, outermost)
        return found
    setattr(module, name, stand_in)

{step}
sys.argv = ["unionhall", *sys.argv[3:]]
from unionhall.cli import main
main()
"""


@pytest.fixture(scope="session")
def enabled_plugins():
    return PLUGINS


@pytest.fixture(scope="session")
def redis():
    """Return the address of a Redis of our own."""
    with services.redis() as url:
        yield url


class Processes:
    """Processes of one site; its time goes on from the moment that they are given."""

    def __init__(self, app, nursery, redis_url):
        own = app.config["UNIONHALL"]
        settings = {name: getattr(own, name) for name in PASSED_ON} | {"redis_url": redis_url}
        self.environment = json.dumps({f"UNIONHALL_{name.upper()}": str(value) for name, value in settings.items()})
        self.nursery, self.running = nursery, []

    def start(self, command, *arguments, moment, step=""):
        code = CHILD.replace("{step}", step).replace("{patience}", str(PATIENCE))
        child = self.nursery.start(code, self.environment, moment.isoformat(), command, *arguments)
        self.running.append(child)
        return child

    def web(self, moment, step=""):
        """Start `unionhall web`, which dies at the step; return it and its address once it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        child = self.start("web", "--port", str(port), moment=moment, step=step)
        self.until(lambda: Browser().ask(f"127.0.0.1:{port}", "/healthz").status == 200, f"the web process did not start: {step}")
        return child, f"127.0.0.1:{port}"

    def killed(self, child):
        """Wait for the end of a process, which must be its step."""
        self.running.remove(child)
        code, said = child.wait()
        assert code == -signal.SIGKILL, said

    def until(self, true, what):
        """Wait until something holds; fail when it does not for long."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > PATIENCE:
                pytest.fail("\n".join([what, *self.end()]))
            time.sleep(0.02)

    def end(self):
        """Kill what still runs; return what it said."""
        said = []
        while self.running:
            child = self.running.pop()
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            said.append(child.wait()[1])
        return said


@pytest.fixture
def processes(app, nursery, request, database):
    """Return the processes of this test's site; on PostgreSQL they have a Redis, too."""
    redis_url = "" if database == "sqlite" else request.getfixturevalue("redis")
    if redis_url is None:
        skip_or_fail("no Redis is installed")
    found = Processes(app, nursery, redis_url)
    yield found
    found.end()


@dataclass
class Answer:
    """What came back; status 0 when the connection broke."""

    status: int
    text: str = ""
    location: str = ""


class Browser:
    """A browser over real connections, with cookies and the token of the forms that it has seen."""

    def __init__(self, app=None, account_id=None):
        self.application, self.cookies, self.token = app, {}, ""
        if account_id:
            log_in(self, account_id)

    def set_cookie(self, name, value):
        self.cookies[name] = value

    def ask(self, web, path, fields=None, **headers):
        """GET a page, or POST fields to it."""
        connection = http.client.HTTPConnection(web, timeout=30)
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode({"csrf_token": self.token} | fields, doseq=True)
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request("GET" if fields is None else "POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.set_cookie(*line.partition(";")[0].split("=", 1))
        if found := re.search(r'name="csrf[-_]token" (?:value|content)="([^"]+)"', text):
            self.token = found.group(1)
        return Answer(answer.status, text, urlsplit(answer.headers.get("Location", "")).path)


class World:
    """Ids of who and what takes part; makes them in units of work of its own."""

    def __init__(self, make, at):
        self.make, self.at, self.numbers = make, at, iter(range(1, 1000))

    def build(self):
        """A fund and a coupon of it, two stores with tills, an instant draw behind a quiz, and a batch draw; returns ids."""
        self.at("2026-05-14 09:30")
        with db.unit_of_work():
            fund, kind = self._money()
            members = [self.make.member(account=True) for _number in range(6)]
            here, there = self._shop(), self._shop()
            instant, batch = self._draw(fund, kind, "UHI1", quantity=3), self._draw(fund, kind, "UHD1", quantity=3)
            ids = {
                "fund": fund.id, "kind": kind.id, "instant": instant, "batch": batch, "org": self.make.root.id,
                "tills": [self._till(*here), self._till(*there)], "colleague": self._till(*here),
                "members": [row.id for row in members], "accounts": [row.account_id for row in members],
                "finance": self.make.account(FINANCE).id, "slug": self._round(instant),
            }  # fmt: skip
        return ids

    def _kept(self, row):
        db.session().add(row)
        db.session().flush()
        return row

    def _money(self):
        now = clock.now()
        fund = self._kept(Fund(org_id=self.make.root.id, name="会员日经费", created_at=now))
        budget = Budget(
            fund_id=fund.id, kind="grant", month="2026-05", fen=FEN, state="approved", asked_by=1, asked_at=now, decided_by=2, decided_at=now
        )
        ledger.move(Kind.GRANT, fund.id, FEN, self._kept(budget).id, now=now)
        kind = CouponKind(
            org_id=fund.org_id, fund_id=fund.id, name="10 元消费券", form="cash_off", face_fen=1000, state="active", valid_days=60,
            created_at=now, updated_at=now,
        )  # fmt: skip
        db.session().refresh(fund)
        return fund, self._kept(kind)

    def _shop(self):
        """A store with a station; returns both."""
        now, number = clock.now(), next(self.numbers)
        since = clock.local_day(now) - timedelta(days=100)
        store = self._kept(Store(org_id=self.make.root.id, name=f"便利店{number}", starts_on=since, created_at=now, updated_at=now))
        return store, self._kept(Station(
            org_id=store.org_id, store_id=store.id, number=number, slug=f"station-{number}", name=f"驿站{number}", state="open",
            week=[[[0, 1440]]] * 7, created_at=now, updated_at=now,
        ))  # fmt: skip

    def _till(self, store, station):
        """A till with a clerk's turn at it; returns ids, and the tokens of its cookies."""
        now, number = clock.now(), next(self.numbers)
        till = self._kept(Till(
            station_id=station.id, store_id=store.id, label="收银台", token_hash=token_hash(f"till-{number}"), enrolled_at=now, created_at=now
        ))  # fmt: skip
        clerk = self._kept(Clerk(store_id=store.id, name=f"店员{number}", created_at=now, updated_at=now))
        opens = clock.from_local(datetime.fromisoformat(OPEN))
        turn = self._kept(Turn(till_id=till.id, clerk_id=clerk.id, token_hash=token_hash(f"turn-{number}"), began_at=opens, seen_at=opens))
        ids = {"store": store.id, "station": station.id, "till": till.id, "clerk": clerk.id, "turn": turn.id}
        return ids | {"device": f"till-{number}", "token": f"turn-{number}"}

    def _draw(self, fund, kind, algo, *, quantity):
        """A published draw in which everybody wins, as long as there is something."""
        now = clock.now()
        closes = now + timedelta(days=10)
        draw = self._kept(Draw(
            org_id=fund.org_id, fund_id=fund.id, key=f"kill-{algo.lower()}", algo=algo, title="会员日抽奖", organiser="云麓省总工会",
            contact="0570-88001234", rules="中奖即到券包。", public_source="测试信标", opens_at=now + timedelta(minutes=10), closes_at=closes,
            public_at=now + timedelta(minutes=5) if algo == "UHI1" else closes, reserve=0 if algo == "UHI1" else 2, created_at=now, updated_at=now,
        ))  # fmt: skip
        ppm = 1_000_000 if algo == "UHI1" else 0
        draw.prizes.append(Prize(
            position=1, key="P1", name=kind.name, value_fen=kind.face_fen, quantity=quantity, left=quantity, ppm=ppm, coupons={str(kind.id): 1}
        ))  # fmt: skip
        db.session().flush()
        publishing.publish(draw.id, actor=SYSTEM, now=now)
        if algo == "UHI1":
            say_public(draw.id, now + timedelta(minutes=5))
        return draw.id

    def _round(self, draw_id):
        now = clock.now()
        topic = self._kept(Topic(org_id=self.make.root.id, name="垃圾分类"))
        for text in ("废电池", "菜叶"):
            self._kept(Question(
                org_id=topic.org_id, topic_id=topic.id, kind="single", text=f"{text}算哪一类？", answer=["a"], state="approved", author_id=1,
                reviewed_by=2, reviewed_at=now, options=[{"key": key, "text": f"{text}{key}", "media_id": None} for key in "abc"],
                created_at=now, updated_at=now,
            ))  # fmt: skip
        day = clock.local_day(now) - timedelta(days=1)
        plan = rounds.Plan(title="每日一答", calendar="daily", since=day, quota={topic.id: 2}, draw_id=draw_id)
        found = rounds.create(self.make.root, plan, actor=SYSTEM, now=now)
        rounds.start(found, actor=SYSTEM, now=now)
        return found.slug


def say_public(draw_id, now):
    """Two people note a draw's public value."""
    drawing.say_public(draw_id, "beacon:42", "官网，王敏在场", actor=SYSTEM, now=now)
    drawing.confirm_public(draw_id, "beacon:42", actor=SYSTEM, now=now)


class Site:
    """The site of a test: what is in it, and what is done to it from this process."""

    OPEN, CLOSED = OPEN, CLOSED

    def __init__(self, app, work, at, ids):
        self.app, self.work, self.at = app, work, at
        self.__dict__.update(ids)

    def turn(self, till):
        """Return the turn at a till, for services."""
        store, station = (db.session().get(kind, till[name], execution_options={"unionhall_scope": "test"}) for kind, name in
                          ((Store, "store"), (Station, "station")))  # fmt: skip
        return TillTurn(
            till["turn"], till["till"], "收银台", station.id, station.name, store.id, store.name, station.org_id, station.org.path,
            till["clerk"], "店员", False,
        )  # fmt: skip

    def give(self, number, now):
        """Give the first member so many coupons by hand; returns their ids."""
        gift = Gift(
            org_id=self.org, kind_id=self.kind, member_ids=self.members[:1], number=number, reason="慰问", state="done", asked_by=1,
            asked_at=now, first_by=2, first_at=now, second_by=3, second_at=now,
        )  # fmt: skip
        db.session().add(gift)
        db.session().flush()
        kind = db.session().get(CouponKind, self.kind, execution_options={"unionhall_scope": "test"})
        return [made.id for made in issuing.for_gift(gift.id, kind, number, self.members[:1], now=now)]

    def month(self):
        """Let each store redeem some coupons last month, the first of them three; returns {store id: fen}."""
        now, owed = self.at(LAST_MONTH), {}
        with self.work():
            for till, bills in zip(self.tills, ((900, 1000, 2500), (1000, 700)), strict=True):
                turn = self.turn(till)
                for coupon_id, bill in zip(self.give(len(bills), now), bills, strict=True):
                    redeeming.redeem(sign(looking.PURPOSE, [coupon_id, turn.turn_id]), bill, f"key-{till['till']}-{bill}", turn=turn, now=now)
                owed[till["store"]] = sum(min(bill, 1000) for bill in bills)
        return owed

    def enter_batch(self):
        """Let everybody take part in the batch draw, and note its public value once it is closed."""
        now = self.at(OPEN)
        with self.work():
            for member_id in self.members:
                entering.enter(self.batch, member_id, "quiz.attempt", member_id, day=clock.local_day(now), now=now)
        now = self.at(CLOSED)
        with self.work():
            drawing.advance(self.batch, now)
            say_public(self.batch, now)

    def count(self, model, *conditions):
        """Return how many rows there are."""
        with self.work() as session:
            return session.scalar(unscoped(select(func.count()).select_from(model).where(*conditions), why="test"))

    def sound(self):
        """Say whether every account adds up and the audit trail is whole."""
        with self.work():
            assert reconcile.prove(clock.now()) == []
            return audit.verify().bad is None

    def browser(self, account_id):
        """Return the browser of somebody who has just logged in."""
        return Browser(self.app, account_id)

    def at_till(self, till):
        """Return the browser of a till."""
        found = Browser(self.app)
        found.set_cookie(DEVICE, till["device"])
        found.set_cookie(TURN, till["token"])
        return found


@pytest.fixture
def site(app, work, make, at, beginning):
    """Return the site, as it was made once for all tests of a database."""
    return Site(app, work, at, beginning("money", World(make, at).build))
