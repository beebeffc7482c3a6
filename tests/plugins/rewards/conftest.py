"""A store with a till and a clerk, a fund with money in it, a kind of coupon, and a draw that gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from unionhall.base import clock, db
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.draws.models import Draw, Prize
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Budget, Fund, Kind
from unionhall_stations.models import Clerk, Station, Store, Till, Turn
from unionhall_stations.tills.turns import DEVICE, TURN, token_hash

FEN = 5_000_000


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("stations", "rewards")


@dataclass
class Mall:
    """Factories; each is called inside the open unit of work and flushes."""

    make: object
    numbers: int = 0

    def _number(self):
        self.numbers += 1
        return self.numbers

    def _kept(self, row):
        db.session().add(row)
        db.session().flush()
        return row

    def fund(self, org=None, *, fen=FEN, **fields):
        """A fund with so much granted and free."""
        now = clock.now()
        made = self._kept(Fund(org_id=(org or self.make.root).id, name=f"会员日经费{self._number()}", created_at=now, **fields))
        if fen:
            budget = Budget(
                fund_id=made.id, kind="grant", month="2026-05", fen=fen, state="approved", asked_by=1, asked_at=now, decided_by=2, decided_at=now
            )
            ledger.move(Kind.GRANT, made.id, fen, self._kept(budget).id, now=now)
            made.granted_fen = fen
            db.session().flush()
            db.session().refresh(made)
        return made

    def kind(self, fund, *, face=1000, **fields):
        now = clock.now()
        filled = {"form": "cash_off", "state": "active", "valid_days": 7} | fields
        name = f"{face // 100} 元消费券"
        return self._kept(CouponKind(org_id=fund.org_id, fund_id=fund.id, name=name, face_fen=face, created_at=now, updated_at=now, **filled))

    def draw(self, fund, *prizes, algo="UHI1", **fields):
        """A draft; prizes are dicts of columns, with `kind` for a pack of one coupon."""
        now, number = clock.now(), self._number()
        filled = {"opens_at": now, "closes_at": now + timedelta(days=30), "public_source": "测试信标"} | fields
        made = Draw(org_id=fund.org_id, fund_id=fund.id, key=f"test-{number}", algo=algo, title=f"抽奖{number}", created_at=now, updated_at=now, **filled)
        self._kept(made)
        for position, given in enumerate(prizes, start=1):
            kind = given.pop("kind", None)
            columns = {"name": kind.name if kind else "奖品", "value_fen": kind.face_fen if kind else 100, "quantity": 10} | given
            pack = {str(kind.id): 1} if kind else {}
            made.prizes.append(Prize(position=position, key=f"P{position}", left=columns["quantity"], coupons=pack, **columns))
        db.session().flush()
        return made

    def store(self, org=None, **fields):
        now = clock.now()
        filled = {"name": f"便利店{self._number()}", "starts_on": clock.local_day(now)} | fields
        return self._kept(Store(org_id=(org or self.make.root).id, created_at=now, updated_at=now, **filled))

    def station(self, store, **fields):
        now, number = clock.now(), self._number()
        filled = {"name": f"测试驿站{number}", "state": "open", "week": [[[360, 1320]]] * 7} | fields
        made = Station(org_id=store.org_id, store_id=store.id, number=number, slug=f"station-{number}", created_at=now, updated_at=now, **filled)
        return self._kept(made)

    def clerk(self, store, name="孟白", **fields):
        now = clock.now()
        return self._kept(Clerk(store_id=store.id, name=name, created_at=now, updated_at=now, **fields))

    def till(self, station, label="收银台"):
        token, now = f"till-{self._number()}", clock.now()
        made = Till(
            station_id=station.id, store_id=station.store_id, label=label, token_hash=token_hash(token), enrolled_at=now, created_at=now
        )  # fmt: skip
        self._kept(made)
        return made, token

    def turn(self, till, clerk):
        token, now = f"turn-{self._number()}", clock.now()
        return self._kept(Turn(till_id=till.id, clerk_id=clerk.id, token_hash=token_hash(token), began_at=now, seen_at=now)), token


@pytest.fixture
def mall(make):
    return Mall(make)


@pytest.fixture
def at_till(app, work, mall):
    """Return `at_till(store=None, clerk name)`: a browser that is an enrolled till with a clerk's turn, and ids of all of it."""

    def begin(store_id=None, name="孟白", **clerk):
        with work() as session:
            store = session.get(Store, store_id, execution_options={"unionhall_scope": "test"}) if store_id else mall.store()
            station = mall.station(store)
            found, device = mall.till(station)
            person = mall.clerk(store, name, **clerk)
            turn, token = mall.turn(found, person)
            ids = {"store": store.id, "station": station.id, "till": found.id, "clerk": person.id, "turn": turn.id}
        browser = app.test_client()
        browser.set_cookie(DEVICE, device)
        browser.set_cookie(TURN, token)
        return browser, ids

    return begin
