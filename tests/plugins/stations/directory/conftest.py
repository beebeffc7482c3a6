"""What tests of the directory share: a factory of stations, a keeper."""

from __future__ import annotations

from itertools import count

import pytest

from unionhall.base import clock, db
from unionhall_stations.models import Service, SpecialDay, Station, StationService

DAILY = [[[390, 1320]]] * 7


@pytest.fixture
def station(make):
    """Return `station(org, week=…, services=("water",), …)`, which makes an open station inside the open unit of work."""
    numbers = count(1)

    def build(org=None, *, services=(), **fields):
        number, now = next(numbers), clock.now()
        filled = {"name": f"测试驿站{number}", "state": "open", "week": DAILY, "address": f"同心路 {number} 号", "responsible": "孟白"}
        filled |= {"opened_on": clock.local_day(now)} | fields
        home = org or make.root
        slug = filled.pop("slug", f"station-{number}")
        made = Station(org_id=home.id, org=home, number=number, slug=slug, created_at=now, updated_at=now, **filled)
        db.session().add(made)
        db.session().flush()
        known = {row.key: row.id for row in db.session().query(Service)}
        for name in services:
            made.offers.append(StationService(station_id=made.id, service_id=known[name.lstrip("!")], works=not name.startswith("!")))
        db.session().flush()
        return made

    return build


@pytest.fixture
def special():
    """Return `special(station, since, until, hours)` inside the open unit of work."""

    def build(station, since, until, hours=(), reason=""):
        made = SpecialDay(station_id=station.id, since=since, until=until, hours=list(hours), reason=reason)
        db.session().add(made)
        db.session().flush()
        return made

    return build


@pytest.fixture
def keeper(person):
    """Return the browser of somebody who keeps the stations of the root org."""
    return person("stations.keeper")
