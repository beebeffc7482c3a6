"""When orgs are merged: the stations of the one that goes belong to the one that stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from unionhall.plugin import session, unscoped
from unionhall_stations.directory import pages
from unionhall_stations.models import Station


def hand_over(source_id: int, target_id: int, now: datetime) -> None:
    """Hand over the source org's stations."""
    moved = list(session().scalars(unscoped(select(Station).where(Station.org_id == source_id), why="merged")))
    goes = update(Station).where(Station.org_id == source_id).values(org_id=target_id, updated_at=now)
    session().execute(goes.execution_options(synchronize_session=False))
    session().expire_all()
    for station in moved:
        pages.changed(station, now=now)
