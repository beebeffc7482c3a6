"""The demo's inspections: five months of open stations, most of them green, one that fails again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import clock, demo_account, session, unscoped
from unionhall_stations.inspections import services
from unionhall_stations.inspections.models import Fix, Inspection, InspectionPoint, Result
from unionhall_stations.models import Station, StationState

MONTHS, TROUBLED, STATIONS = 6, 16, 24
NOTES = (  # not translated: demo
   "饮水机旁有积水，没有提示牌", "药箱里的碘伏过期了", "门口的牌子被广告挡住", "充电线少了一根"
)


def load(now: datetime) -> None:
    """Write the inspections as they would have been made."""
    open_ones = select(Station).where(Station.state == StationState.OPEN.value).order_by(Station.number).limit(STATIONS)
    morning = clock.first_moment(clock.local_day(now)) + timedelta(hours=10)
    for place, station in enumerate(session().scalars(unscoped(open_ones, why="demo"))):
        for back in range(MONTHS, 0, -1):
            at = morning - timedelta(days=30 * back - place % 9)
            if station.opened_on and station.opened_on < clock.local_day(at) and (place + back) % 8:
                _visit(station, place, back, at)
    session().flush()


def _visit(station: Station, place: int, back: int, at: datetime) -> None:
    month = f"{clock.local_day(at):%Y-%m}"
    before = select(Inspection.id).where(Inspection.station_id == station.id, Inspection.month == month)
    if session().scalar(unscoped(before, why="demo")) is not None:
        return
    made = Inspection(
        org_id=station.org_id, station_id=station.id, month=month, inspector_id=demo_account("orgadmin"), began_at=at, created_at=at,
        updated_at=at, org=station.org, station=station,
    )  # fmt: skip
    wrong = 8 if station.number == TROUBLED and back <= 3 else 1 if (place * 5 + back * 3) % 7 == 0 else 0
    for number, (heading, text) in enumerate(services.checklist(station)):
        bad = number % 2 == 1 and number // 2 < wrong
        note = NOTES[(place + number) % len(NOTES)] if bad else ""
        result = Result.NOT if bad else Result.OK
        made.points.append(InspectionPoint(position=number, heading=heading, text=text, result=result.value, note=note))
    score = services.score_of(made)
    made.score, made.light, made.done_at = score, services.light_of(score).value, at + timedelta(minutes=25)
    if wrong:
        made.fix_by = clock.local_day(at) + timedelta(days=7)
        made.fix_state = (Fix.DUE if back == 1 else Fix.CHECKED).value
        if back > 1:
            made.fix_note = "已经改好。"  # not translated: demo
            made.fixed_at, made.checked_at = at + timedelta(days=4), at + timedelta(days=6)
    session().add(made)
    session().flush()
