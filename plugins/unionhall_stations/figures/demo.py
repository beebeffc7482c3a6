"""The demo's costs (rent, water and power, a little more since the beginning of the year), and pauses of the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import clock, session, unscoped
from unionhall_stations.directory.models import StationStep
from unionhall_stations.figures.models import StationCost
from unionhall_stations.models import Station, StationState

LEAST_FEN, STEP_FEN = 1_200_00, 150_00
REASONS = ("停水", "消防检查", "换空调")  # not translated: demo


def load(now: datetime) -> None:
    """Note what each station costs a month (each fifth one nobody has noted yet), and pauses."""
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
    _pause(list(session().scalars(unscoped(wanted, why="demo"))), now)
    session().flush()


def _pause(stations: Sequence[Station], now: datetime) -> None:
    """Have each sixth station been shut for some hours, once or twice."""
    for place, station in enumerate(stations):
        for back in (33, 9) if place % 12 == 5 else (20,) if place % 6 == 5 else ():
            day = clock.local_day(now) - timedelta(days=back)
            if station.state == StationState.OPEN and station.opened_on and station.opened_on < day:
                begins = clock.first_moment(day) + timedelta(hours=9)
                _step(station, "pause", StationState.PAUSED, begins, REASONS[place % len(REASONS)])
                _step(station, "resume", StationState.OPEN, begins + timedelta(hours=7))


def _step(station: Station, step: str, state: StationState, at: datetime, reason: str = "") -> None:
    session().add(StationStep(station_id=station.id, step=step, state=state.value, reason=reason, actor_id=None, at=at))
