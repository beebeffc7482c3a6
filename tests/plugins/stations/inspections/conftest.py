"""Inspections need stations."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped
from unionhall_stations.inspections import services
from unionhall_stations.inspections.models import Inspection
from unionhall_stations.inspections.services import Filled
from unionhall_stations.models import Service, Station, StationService


@pytest.fixture
def station(make):
    """Return `station(name, org)`, which makes an open station with water inside the open unit of work."""

    def build(name="同心路驿站", org=None, *, number=1, **fields):
        now, home = clock.now(), org or make.root
        made = Station(
            org_id=home.id, org=home, number=number, slug=f"station-{number}", name=name, state=fields.pop("state", "open"),
            week=[[[390, 1320]]] * 7, opened_on=clock.local_day(now), created_at=now, updated_at=now, **fields,
        )  # fmt: skip
        db.session().add(made)
        db.session().flush()
        water = db.session().scalar(select(Service.id).where(Service.key == "water"))
        made.offers.append(StationService(station_id=made.id, service_id=water, works=True))
        db.session().flush()
        return made

    return build


@pytest.fixture
def inspect():
    """Return `inspect(station, wrong=0, …)`: an inspection made and finished inside the open unit of work, so many points wrong."""

    def build(found, wrong=0, *, secret=False, actor=SYSTEM, now=None):
        moment = now or clock.now()
        made = services.begin(found, secret=secret, actor=actor, now=moment)
        results = {point.id: ("not", "坏了") if at < wrong else ("ok", "") for at, point in enumerate(made.points)}
        services.save(made, Filled(results, "", services.fix_day(moment)), version=made.version, actor=actor, now=moment)
        services.finish(made, actor=actor, now=moment)
        return made

    return build


@pytest.fixture
def kept():
    """Return `kept()`, all inspections, inside the open unit of work."""
    return lambda: list(db.session().scalars(unscoped(select(Inspection).order_by(Inspection.id), why="test")))
