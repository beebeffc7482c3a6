"""Reporting a fault and mending it.

What a member writes stays in the desk, with the photo. Readers see a fault once the keeper has answered it: the service and the answer.
Who reported it is told of each step, and asked a week after it was said to be mended; a no opens it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    RuleBroken,
    ThrottleLimit,
    record_audit,
    require,
    session,
    throttle,
    tidy,
    unscoped,
    update_count,
)
from unionhall_stations import photos, rights
from unionhall_stations.directory import pages
from unionhall_stations.faults import labels, queries, telling
from unionhall_stations.faults.models import WAITING, Fault, FaultState
from unionhall_stations.models import Station, StationService, StationState

LIMIT, STATION_LIMIT = ThrottleLimit(5, timedelta(days=1)), ThrottleLimit(60, timedelta(days=1))
QUIET = {"synchronize_session": False}


def report(
    station: Station, member_id: int, service_id: int | None, text: str, photo: photos.Sent | None = None, *, now: datetime
) -> Fault:
    """Report that a service (None: something else) does not work.

    Raises NotFound for a station that readers do not see, RuleBroken without words or for a service that is not offered there,
    Conflict while one's own report of it is open, TooMany.
    """
    if station.state not in (StationState.OPEN, StationState.PAUSED):
        raise NotFound()
    words = tidy(text, one_line=False)[:500]
    if not words:
        raise RuleBroken(_("请写哪里坏了。"), field="text")
    if service_id is not None and service_id not in {service.id for service in queries.services(station)}:
        raise RuleBroken(_("这个驿站没有这项服务。请重新选，或者选“站里其他地方”。"), field="service")
    throttle("stations.fault", str(member_id), LIMIT, now=now)
    throttle("stations.faults", str(station.id), STATION_LIMIT, now=now)
    made = Fault(
        org_id=station.org_id, station_id=station.id, service_id=service_id, member_id=member_id, text=words,
        open_key=f"{station.id}:{service_id or 0}:{member_id}", created_at=now, updated_at=now, org=station.org, station=station,
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        raise Conflict(_("你报过这个故障，还在处理。处理好了会告诉你，不用再报。")) from None
    photos.keep(made, photo)
    session().flush()
    session().refresh(made)
    telling.tell_keepers("fault_reported", made, key=str(made.id), now=now)
    return made


def answer(found: Fault, text: str, *, off: bool = False, actor: Actor, now: datetime) -> None:
    """Say what will be done; with `off` readers see that the service does not work. May be said again until it is mended.

    Raises NotAllowed, RuleBroken without words, Conflict when it is not waiting any more.
    """
    require(actor, rights.MANAGE, found.org)
    off = off and found.service_id is not None
    values = {"state": FaultState.ANSWERED.value, "reply": _words(text), "answered_at": now, "off": off, "handled_by": actor.account_id}
    was_off = found.off
    _move(found, WAITING, values, now)
    _mark(found, works_again=was_off)
    _note("fault_answered", found, actor, now)


def mend(found: Fault, text: str, *, actor: Actor, now: datetime) -> None:
    """Say that it is mended; the service works again. Raises NotAllowed, RuleBroken without words, Conflict."""
    require(actor, rights.MANAGE, found.org)
    values = {
        "state": FaultState.MENDED.value, "reply": _words(text), "mended_at": now, "asked_at": None, "confirmed": None, "off": False,
        "handled_by": actor.account_id,
    }  # fmt: skip
    was_off = found.off
    _move(found, WAITING, values, now)
    _mark(found, works_again=was_off)
    _note("fault_mended", found, actor, now)


def decline(found: Fault, text: str, *, actor: Actor, now: datetime) -> None:
    """Say why there is nothing to mend. Raises NotAllowed, RuleBroken without words, Conflict."""
    require(actor, rights.MANAGE, found.org)
    values = {
        "state": FaultState.DECLINED.value, "reply": _words(text), "closed_at": now, "off": False, "open_key": None,
        "handled_by": actor.account_id,
    }  # fmt: skip
    was_off = found.off
    _move(found, WAITING, values, now)
    _mark(found, works_again=was_off)
    _note("fault_declined", found, actor, now)


def confirm(found: Fault, *, fixed: bool, now: datetime) -> None:
    """Note the reporter's word on whether it is mended; a no opens it again and tells the keepers. Raises Conflict when nobody asks."""
    if fixed:
        values: dict[str, object] = {"state": FaultState.CLOSED.value, "confirmed": True, "closed_at": now, "open_key": None}
        _move(found, (FaultState.MENDED,), values, now)
        return
    values = {
        "state": FaultState.OPEN.value, "confirmed": False, "mended_at": None, "asked_at": None, "answered_at": None,
        "returned": Fault.returned + 1,
    }  # fmt: skip
    _move(found, (FaultState.MENDED,), values, now)
    telling.tell_keepers("fault_again", found, key=f"{found.id}:{found.version}", now=now)


def _words(text: str) -> str:
    words = tidy(text, one_line=False)[:500]
    if not words:
        raise RuleBroken(_("请写几句，报故障的人会看到。"), field="reply")
    return words


def _move(found: Fault, before: Iterable[FaultState], values: dict[str, object], now: datetime) -> None:
    there = update(Fault).where(Fault.id == found.id, Fault.state.in_([state.value for state in before]))
    moved = there.values(**values, version=Fault.version + 1, updated_at=now).execution_options(**QUIET)
    done = update_count(moved)
    session().refresh(found)
    if done != 1:
        raise Conflict(_("这个报修现在是“%(state)s”，这一步做不了。请刷新后再看。", state=labels.STATES[found.state][0]))


def _mark(found: Fault, *, works_again: bool = False) -> None:
    """Have the service shown as it is: it works again only when no other report keeps it off."""
    if found.service_id is not None and (found.off or works_again):
        others = select(Fault.id).where(
            Fault.station_id == found.station_id, Fault.service_id == found.service_id, Fault.off, Fault.id != found.id
        )  # fmt: skip
        if found.off or session().scalar(unscoped(others.limit(1), why="the station's")) is None:
            here = update(StationService).where(
                StationService.station_id == found.station_id, StationService.service_id == found.service_id
            )  # fmt: skip
            session().execute(here.values(works=not found.off).execution_options(**QUIET))
            session().expire(found.station, ["offers"])


def _note(act: str, found: Fault, actor: Actor, now: datetime) -> None:
    record_audit(f"stations.{act}", f"station_fault:{found.id}", actor=actor, now=now, org_id=found.org_id)
    pages.changed(found.station, now=now)
    telling.tell_reporter(act, found, key=f"{found.id}:{found.version}", now=now)
