"""The site of these tests has the stations enabled."""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall_stations.models import Service, Station, StationService


@pytest.fixture(scope="session")
def enabled_plugins():
    return ("stations",)


@pytest.fixture
def station(make):
    """Return `station(org=root, **fields)`: one that opened on 1 April, 8:00 to 18:00 each day, with water and charging.

    It is called inside the open unit of work.
    """
    numbers = count(1)

    def build(org=None, **fields):
        number, now, home = next(numbers), clock.now(), org or make.root
        filled = {"state": "open", "week": [[[480, 1080]]] * 7, "opened_on": date(2026, 4, 1)} | fields
        made = Station(
            org_id=home.id, org=home, number=number, slug=f"s-{number}", name=f"驿站{number}", created_at=now, updated_at=now, **filled
        )
        db.session().add(made)
        db.session().flush()
        for service in db.session().scalars(select(Service.id).where(Service.key.in_(["water", "charging"])).order_by(Service.key.desc())):
            made.offers.append(StationService(station_id=made.id, service_id=service, works=True))
        db.session().flush()
        return made

    return build
