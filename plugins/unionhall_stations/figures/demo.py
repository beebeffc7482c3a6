"""The demo's costs: rent, water and power of the open stations, a little more since the beginning of the year."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from unionhall.plugin import clock, session, unscoped
from unionhall_stations.figures.models import StationCost
from unionhall_stations.models import Station, StationState

LEAST_FEN, STEP_FEN = 1_200_00, 150_00


def load(now: datetime) -> None:
    """Note what each station costs a month; each fifth one nobody has noted yet."""
    this_year = clock.local_day(now).replace(month=1, day=1)
    wanted = select(Station).where(Station.state.in_([StationState.OPEN.value, StationState.PAUSED.value])).order_by(Station.number)
    for place, station in enumerate(session().scalars(unscoped(wanted, why="demo"))):
        if place % 5 == 4:
            continue
        fen = LEAST_FEN + STEP_FEN * (place % 7)
        session().add_all([
            StationCost(station_id=station.id, since=this_year.replace(year=this_year.year - 1), fen=fen, updated_at=now),
            StationCost(station_id=station.id, since=this_year, fen=fen + STEP_FEN, updated_at=now),
        ])
    session().flush()
