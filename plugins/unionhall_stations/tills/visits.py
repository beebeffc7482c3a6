"""Visits: a member taps once at a station; the day is counted once, and the person is forgotten after a year."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import Conflict, clock, session, unit_of_work
from unionhall_stations.models import Station, StationState
from unionhall_stations.tills.models import Visit

FORGET_AFTER = timedelta(days=365)


def check_in(station: Station, member_id: int, *, now: datetime) -> bool:
    """Count a visit; False when the member was counted at this station today. Raises Conflict while the station is not open."""
    if station.state != StationState.OPEN.value:
        raise Conflict(_("这个驿站现在没有开放，这次不计。"))
    local = clock.local(now)
    try:
        with session().begin_nested():
            session().add(Visit(station_id=station.id, member_id=member_id, day=local.date(), hour=local.hour))
            session().flush()
    except IntegrityError:
        return False
    return True


def times_of(station_id: int, member_id: int) -> int:
    """Return on how many days of the last year somebody was at a station."""
    wanted = select(func.count(Visit.id)).where(Visit.station_id == station_id, Visit.member_id == member_id)
    return session().scalar(wanted) or 0


def forget(now: datetime) -> int:
    """Take the person from visits that are over a year old; the numbers stay. Returns how many."""
    old = update(Visit).where(Visit.member_id.is_not(None), Visit.day < clock.local_day(now - FORGET_AFTER))
    with unit_of_work():
        return int(session().execute(old.values(member_id=None).execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
