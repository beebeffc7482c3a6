"""Stores, stations, clerks and tills for these tests, and the browser of a till."""

from __future__ import annotations

import re
from itertools import count

import pytest

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall_stations.models import Clerk, Station, Store, Till
from unionhall_stations.tills import clerks, enrolling, stores
from unionhall_stations.tills.clerks import ClerkFields
from unionhall_stations.tills.stores import StoreFields
from unionhall_stations.tills.turns import DEVICE, TURN

PIN = "358021"


class Shop:
    """Factories; each is called inside the open unit of work and flushes."""

    def __init__(self, make):
        self.make, self.numbers = make, count(1)

    def store(self, org=None, **fields):
        filled = {"name": f"便利店{next(self.numbers)}", "starts_on": clock.local_day(clock.now())} | fields
        return stores.add(org or self.make.root, StoreFields(**filled), actor=SYSTEM, now=clock.now())

    def station(self, store=None, org=None, **fields):
        number, now = next(self.numbers), clock.now()
        filled = {"name": f"测试驿站{number}", "state": "open", "week": [[[360, 1320]]] * 7, "number": number, "slug": f"station-{number}"}
        where = (org or (store.org if store else self.make.root)).id
        made = Station(org_id=where, store_id=store.id if store else None, created_at=now, updated_at=now, **(filled | fields))
        db.session().add(made)
        db.session().flush()
        return made

    def clerk(self, store, name="孟白", *, pin=PIN, **fields):
        """A clerk; with `pin` one of their own, with pin="" as the desk made them: then (clerk, start PIN)."""
        made, start = clerks.add(store, ClerkFields(name, **fields), actor=SYSTEM, now=clock.now())
        if not pin:
            return made, start
        from unionhall.plugin import hash_secret

        made.pin_hash, made.pin_until = hash_secret(pin), None
        db.session().flush()
        return made

    def till(self, store, station, label="1 号收银台"):
        return enrolling.create(store, station.id, label, actor=SYSTEM, now=clock.now())


@pytest.fixture
def shop(make):
    return Shop(make)


@pytest.fixture
def place(work, shop):
    """Ids of a store with a station, a clerk with a PIN of their own, and a till that waits, with its code."""
    with work():
        store = shop.store()
        station = shop.station(store)
        clerk = shop.clerk(store)
        till, code = shop.till(store, station)
        return {"store": store.id, "station": station.id, "slug": station.slug, "clerk": clerk.id, "till": till.id, "code": code}


@pytest.fixture
def post():
    """Return `post(client, path, **fields)`, which brings the token that a page of the same browser carries."""

    def send(client, path, /, **fields):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1)
        return client.post(path, data={"csrf_token": token, **fields})

    return send


@pytest.fixture
def device(app, place, post):
    """The browser of the enrolled till; nobody's turn yet."""
    browser = app.test_client()
    assert post(browser, "/stations/till/enrol", code=place["code"]).status_code == 303
    return browser


@pytest.fixture
def at_counter(device, place, post):
    """The browser of the till with the clerk's turn."""
    assert post(device, "/stations/till", clerk_id=place["clerk"], pin=PIN).status_code == 303
    return device


@pytest.fixture
def row(work):
    """Return `row(Model, id, "column", …)`: columns of a row as they are stored."""

    def read(model, key, *columns):
        with work() as session:
            found = session.get(model, key, execution_options={"unionhall_scope": "test"})
            values = tuple(getattr(found, name) for name in columns)
        return values if len(columns) > 1 else values[0]

    read.models = {"store": Store, "clerk": Clerk, "till": Till, "station": Station}
    read.cookies = (DEVICE, TURN)
    return read
