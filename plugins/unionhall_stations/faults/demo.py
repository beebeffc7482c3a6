"""The demo's faults: one in each state."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import session, unscoped
from unionhall_stations.faults.models import Fault, FaultState
from unionhall_stations.models import Service, Station, StationService, StationState
from unionhall_stations.tills.models import Visit

ROWS = (  # not translated: demo
    ("water", "饮水机只有冷水，热水灯不亮。", FaultState.OPEN, ""),
    ("charging", "充电线断了一根，手机插不进去。", FaultState.ANSWERED, "新线明天到货，先用旁边的插座。"),
    ("meals", "微波炉转了不热。", FaultState.MENDED, "换了一台新的，您来试试。"),
    ("", "门口的灯晚上不亮，台阶看不清。", FaultState.CLOSED, "灯管换了。"),
    ("", "卫生间找不到。", FaultState.DECLINED, "这一站没有卫生间，往东 50 米的公共卫生间可以用，已经在门口贴了指引。"),
)


def load(now: datetime) -> None:
    """Report what members of the demo would have."""
    open_ones = select(Station).where(Station.state == StationState.OPEN.value).order_by(Station.number).limit(len(ROWS))
    for place, station in enumerate(session().scalars(unscoped(open_ones, why="demo"))):
        key, text, state, reply = ROWS[place]
        offered = select(Service.id).join(StationService).where(StationService.station_id == station.id, Service.key == key)
        service = session().scalar(offered)
        been = select(Visit.member_id).where(Visit.station_id == station.id, Visit.member_id.is_not(None)).order_by(Visit.id)
        who, at = session().scalar(been.limit(1)), now - timedelta(days=12 - place, hours=3)
        over = state in (FaultState.CLOSED, FaultState.DECLINED)
        mended = at + timedelta(days=2) if state in (FaultState.MENDED, FaultState.CLOSED) else None
        session().add(Fault(
            org_id=station.org_id, station_id=station.id, service_id=service, member_id=who, text=text, state=state.value, reply=reply,
            open_key=None if over or who is None else f"{station.id}:{service or 0}:{who}", answered_at=at if reply else None,
            mended_at=mended, confirmed=True if state == FaultState.CLOSED else None, closed_at=at + timedelta(days=9) if over else None,
            created_at=at, updated_at=mended or at,
        ))  # fmt: skip
    session().flush()
