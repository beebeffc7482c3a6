"""The demo's stores."""

from __future__ import annotations

from sqlalchemy import func, select

from unionhall.base import clock
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped
from unionhall_stations.models import Clerk, Station, Store, Till
from unionhall_stations.tills import demo, numbers, queries
from unionhall_stations.tills.models import Visit


def _town(make):
    city = make.org(name="青禾市总工会", slug="qinghe")
    east = make.org(city, OrgKind.DISTRICT, "东津区总工会", slug="dongjin")
    make.org(city, OrgKind.DISTRICT, "河埠县总工会", slug="hebu")
    return city, east


def test_the_demo_stands_alone_and_its_till_can_be_enrolled(client, post, work, make):
    with work():
        city, _east = _town(make)
        for _n in range(3):
            make.member(city, account=True)
        demo.load(clock.now())
    with work() as session:
        stores = session.scalars(unscoped(select(Store), why="test")).all()
        assert len(stores) == 4
        assert all(numbers.is_credit_code(store.credit_code) for store in stores)
        assert all(station.store_id for station in session.scalars(unscoped(select(Station), why="test")))
        assert session.scalar(select(func.count()).select_from(Visit)) > 100
        assert queries.has_demo_till()
        assert not numbers.is_trivial(demo.PIN)
    assert post(client, "/stations/till/enrol", code="DEMO-TILL").status_code == 303
    with work() as session:
        till = session.scalars(unscoped(select(Till).where(Till.token_hash.is_not(None)), why="test")).one()
        clerk = session.scalars(unscoped(select(Clerk).where(Clerk.store_id == till.store_id), why="test")).first().id
    assert post(client, "/stations/till", clerk_id=clerk, pin=demo.PIN).status_code == 303


def test_the_demo_gives_stations_that_are_there_to_stores_of_their_union_or_above(work, make, shop):
    with work() as session:
        city, east = _town(make)
        inside, above, closed, elsewhere = (
            shop.station(org=east), shop.station(org=city, state="paused"), shop.station(org=east, state="closed"), shop.station()
        )
        demo.load(clock.now())
        orgs = {store.id: store.org for store in session.scalars(unscoped(select(Store), why="test"))}
        for station in (inside, above):
            session.refresh(station)
            assert station.org.path.startswith(orgs[station.store_id].path)
        assert closed.store_id is None
        assert elsewhere.store_id is None
        assert session.scalar(unscoped(select(func.count()).select_from(Station), why="test")) == 4
