"""What stations cost: noted once for a month and those after it, counted by the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import Actor, RuleBroken, clock, record_audit, require, session, update_count
from unionhall_stations import rights
from unionhall_stations.figures.models import StationCost
from unionhall_stations.models import Station

EARLIEST, MOST_FEN = date(2000, 1, 1), 1_000_000_00
QUIET = {"synchronize_session": False}


def note(station: Station, since: date, fen: int, *, actor: Actor, now: datetime) -> None:
    """Note what a station costs a month from a month on; noted again for the same month, the later word counts.

    Raises NotAllowed, RuleBroken for a month out of reach or an amount that is none.
    """
    require(actor, rights.MANAGE, station.org)
    since, last = since.replace(day=1), _next(clock.local_day(now).replace(day=1))
    if not EARLIEST <= since <= last:
        raise RuleBroken(_("月份请填 %(first)s 到 %(last)s 之间的。", first=f"{EARLIEST:%Y-%m}", last=f"{last:%Y-%m}"), field="month")
    if not 0 <= fen <= MOST_FEN:
        raise RuleBroken(_("每月费用请填 0 到 100 万元之间的数。"), field="yuan")
    try:
        with session().begin_nested():
            session().add(StationCost(station_id=station.id, since=since, fen=fen, updated_at=now))
    except IntegrityError:
        again = update(StationCost).where(StationCost.station_id == station.id, StationCost.since == since)
        update_count(again.values(fen=fen, updated_at=now).execution_options(**QUIET))
        session().expire_all()
    record_audit(
        "stations.cost_noted", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id, month=f"{since:%Y-%m}", fen=fen
    )


def drop(station: Station, cost_id: int, *, actor: Actor, now: datetime) -> None:
    """Take back what was noted of a month; what was noted before it counts again. Dropping it twice changes nothing. Raises NotAllowed."""
    require(actor, rights.MANAGE, station.org)
    gone = delete(StationCost).where(StationCost.id == cost_id, StationCost.station_id == station.id)
    if update_count(gone.execution_options(**QUIET)):
        session().expire_all()
        record_audit("stations.cost_dropped", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id)


def of_station(station: Station) -> list[StationCost]:
    """Return what was noted of a station, the latest month first."""
    return list(session().scalars(select(StationCost).where(StationCost.station_id == station.id).order_by(StationCost.since.desc())))


def counted(stations: Sequence[Station], since: date, until: date) -> dict[int, int]:
    """Return {station id: cost in fen from the day `since` up to but not including `until`} of stations with something noted.

    A month under way, or in which a station opened or closed, costs its share by days; a station costs nothing before it opened.
    """
    wanted = select(StationCost).where(StationCost.station_id.in_([row.id for row in stations]), StationCost.since < until)
    noted: dict[int, list[StationCost]] = {}
    for row in session().scalars(wanted.order_by(StationCost.since)) if stations else ():
        noted.setdefault(row.station_id, []).append(row)
    found: dict[int, int] = {}
    for station in stations:
        if station.id in noted and station.opened_on is not None:
            first, after = max(since, station.opened_on), min(until, station.closed_on or until)
            found[station.id] = sum(_share(noted[station.id], *month) for month in _months(first, after))
    return found


def _share(noted: Iterable[StationCost], first: date, after: date) -> int:
    month = first.replace(day=1)
    fen = next((row.fen for row in reversed(list(noted)) if row.since <= month), 0)
    days = (_next(month) - month).days
    return (fen * (after - first).days * 2 + days) // (2 * days)


def _months(first: date, after: date) -> Iterator[tuple[date, date]]:
    """Yield the pieces of a stretch of days that lie in one month each."""
    while first < after:
        end = min(after, _next(first.replace(day=1)))
        yield first, end
        first = end


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
