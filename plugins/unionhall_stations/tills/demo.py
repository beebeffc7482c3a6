"""The demo's stores: four chains, their clerks, one till that a known code enrols, three months of visits."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from unionhall.plugin import SYSTEM, clock, hash_secret, members_at, org_by_slug, orgs_where, session, unscoped
from unionhall_stations import rights
from unionhall_stations.models import Clerk, Station, StationState, Store, Till
from unionhall_stations.tills import numbers, stores
from unionhall_stations.tills.models import Visit
from unionhall_stations.tills.stores import StoreFields

PIN = "358021"
CHAINS = (
    ("qinghe", "邻里生鲜便利", "青禾邻里生鲜便利有限公司", "鲁荷", "13800003101", ("孟白", "韦小满", "石一诺")),
    ("qinghe", "好邻居便利店", "云麓好邻居商贸有限公司", "方叙", "13800003102", ("贺新", "苗青")),
    ("dongjin", "东津家门口超市", "青禾东津家门口超市有限公司", "武安澜", "13800003103", ("安若", "邵明", "凌川")),
    ("hebu", "河埠供销便民店", "河埠供销便民有限公司", "栾禾", "13800003104", ("祝遥", "温良")),
)
RUNNING = ("fitting", "open", "paused")
HOURS = (7, 8, 9, 11, 12, 12, 12, 13, 14, 15, 17, 18, 19, 21, 23)
DAYS = 90


def load(now: datetime) -> None:
    """Add stores of three unions, give each station one of its union's or of one above, and add tills and visits."""
    wanted = select(Station).where(Station.kind == "worker", Station.state.in_(RUNNING)).order_by(Station.number)
    found = list(session().scalars(unscoped(wanted, why="demo"))) or _stations(now)
    pin = hash_secret(PIN)
    made = [_store(number, pin, now) for number in range(len(CHAINS))]
    for place, station in enumerate(found):
        fit = [store for store in made if station.org.path.startswith(store.org.path)]
        station.store_id = fit[place % len(fit)].id if fit else None
    session().flush()
    _tills(found, now)
    _visits(found, Random(17), now)  # noqa: S311 - invented


def _stations(now: datetime) -> list[Station]:
    """Return four stations where the directory's demo brought none."""
    places = (("qinghe", "同心路驿站"), ("qinghe", "船厂路驿站"), ("dongjin", "南屏驿站"), ("hebu", "茶港驿站"))
    rows = [
        Station(
            org_id=org_by_slug(slug).id, kind="worker", number=number, slug=f"demo-station-{number}", name=name,
            state=StationState.OPEN.value, address=f"青禾市{name.removesuffix('驿站')} {number * 12} 号", week=[[[360, 1320]]] * 7,
            opened_on=clock.local_day(now), created_at=now, updated_at=now,
        )
        for number, (slug, name) in enumerate(places, start=1)
    ]  # fmt: skip
    session().add_all(rows)
    session().flush()
    return rows


def _store(number: int, pin: str, now: datetime) -> Store:
    slug, name, legal, contact, phone, people = CHAINS[number]
    since, today = now - timedelta(days=300), clock.local_day(now)
    fields = StoreFields(
        name, clock.local_day(since), today + timedelta(days=30 if number == len(CHAINS) - 1 else 400), legal,
        _credit(f"91330100MA2DEM{number}00"), contact, phone, f"驿合字 2025-{number + 1:02d} 号", legal, "青禾银行营业部",
        f"62170000{number + 1:04d}3579{number:03d}",
    )  # fmt: skip
    made = stores.add(org_by_slug(slug), fields, actor=SYSTEM, now=since)
    session().add_all(
        Clerk(
            store_id=made.id, name=person, manager=place == 0, pin_hash=pin, wrong_pins=0, created_at=since, updated_at=since
        )
        for place, person in enumerate(people)
    )  # fmt: skip
    session().flush()
    return made


def _credit(first17: str) -> str:
    return next(first17 + mark for mark in numbers.CREDIT if numbers.is_credit_code(first17 + mark))


def _tills(stations: list[Station], now: datetime) -> None:
    """Each store has a till that waits; the first one's code is known (`check --deploy` refuses sites that would take it)."""
    seen: set[int] = set()
    for station in stations:
        if station.store_id is None or station.store_id in seen:
            continue
        seen.add(station.store_id)
        code = numbers.DEMO_CODE if len(seen) == 1 else numbers.new_code()
        until = now + timedelta(days=3650 if len(seen) == 1 else 0, minutes=30)
        session().add(Till(
            station_id=station.id, store_id=station.store_id, label="1 号收银台", code_hash=numbers.code_hash(code), code_until=until,
            created_at=now,
        ))  # fmt: skip
    session().flush()


def _visits(stations: list[Station], chance: Random, now: datetime) -> None:
    today = clock.local_day(now)
    people = _people()
    counted: set[tuple[int, int, int]] = set()
    for station in stations:
        if station.state != StationState.OPEN.value:
            continue
        for back in range(1, DAYS):
            for _visit in range(chance.choice((0, 1, 1, 2, 3))):
                who = chance.choice(people) if people else None
                if who is not None and (station.id, who, back) in counted:
                    continue
                counted.add((station.id, who or 0, back))
                session().add(Visit(station_id=station.id, member_id=who, day=today - timedelta(days=back), hour=chance.choice(HOURS)))
    session().flush()


def _people() -> list[int]:
    """Return members of the demo's unions."""
    found = {member for org in orgs_where(SYSTEM, rights.READ) for member in members_at(org.id, 25)}
    return sorted(found)[:300]
