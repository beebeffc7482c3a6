"""Asking the reporter a week after something was said to be mended; whoever says nothing for two more weeks has said enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from unionhall.plugin import session, unit_of_work, unscoped, update_count
from unionhall_stations.faults import telling
from unionhall_stations.faults.models import Fault, FaultState

ASK_AFTER, SILENT_FOR, FORGET_AFTER = timedelta(days=7), timedelta(days=14), timedelta(days=365)
QUIET = {"synchronize_session": False}


def ask_due(now: datetime) -> int:
    """Ask whoever reported what was mended a week ago, once (a job); returns how many were asked."""
    due = select(Fault.id).where(Fault.state == FaultState.MENDED.value, Fault.asked_at.is_(None), Fault.mended_at <= now - ASK_AFTER)
    asked = 0
    with unit_of_work():
        for fault_id in list(session().scalars(unscoped(due, why="a job"))):
            still = update(Fault).where(Fault.id == fault_id, Fault.state == FaultState.MENDED.value, Fault.asked_at.is_(None))
            if update_count(still.values(asked_at=now).execution_options(**QUIET)) == 1:
                found = session().get_one(Fault, fault_id, execution_options={"unionhall_scope": "a job"}, populate_existing=True)
                telling.tell_reporter("fault_fixed", found, key=f"{found.id}:{found.version}", now=now)
                asked += 1
    return asked


def close_silent(now: datetime) -> int:
    """Close what was asked about and not answered (a job); returns how many."""
    due = update(Fault).where(Fault.state == FaultState.MENDED.value, Fault.asked_at <= now - SILENT_FOR)
    over = {"state": FaultState.CLOSED.value, "closed_at": now, "open_key": None, "updated_at": now, "version": Fault.version + 1}
    with unit_of_work():
        return update_count(due.values(**over).execution_options(**QUIET))


def forget(now: datetime) -> int:
    """Take the person from reports that were over a year ago (a job); returns how many."""
    old = update(Fault).where(Fault.member_id.is_not(None), Fault.closed_at < now - FORGET_AFTER)
    with unit_of_work():
        return update_count(old.values(member_id=None).execution_options(**QUIET))


def run(now: datetime) -> int:
    """Do all three (the job)."""
    return ask_due(now) + close_silent(now) + forget(now)
