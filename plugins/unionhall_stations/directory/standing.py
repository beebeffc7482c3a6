"""A station's way from the proposal to its closing, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    Event,
    RuleBroken,
    clock,
    publish,
    record_audit,
    require,
    session,
    tidy,
    unit_of_work,
    unscoped,
    update_count,
)
from unionhall_stations.directory import labels, pages, services, states
from unionhall_stations.models import Station, StationState


def take_step(
    station: Station, name: str, *, reason: str = "", until: datetime | None = None, actor: Actor, now: datetime
) -> None:
    """Take a step. Raises NotAllowed, RuleBroken for what is missing, Conflict when the station has gone elsewhere meanwhile."""
    step = states.STEPS[name]
    require(actor, step.right, station.org)
    reason = tidy(reason)[:200]
    if step.reason and not reason:
        raise RuleBroken(_("请写原因。"), field="reason")
    if until is not None and (not step.until or until <= now):
        raise RuleBroken(_("恢复的时间已经过去了。请填以后的时间，或者空着。"), field="until")
    if step.after == StationState.OPEN and (lacks := missing(station)):
        raise RuleBroken(_("还不能开放，先补上：%(what)s。", what=_("、").join(lacks)))
    _move(station, step, reason, until, now)
    services.note_step(station, name, reason=reason, until=until, actor=actor, now=now)
    record_audit(f"stations.{name}", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id, after=station.state)
    publish(Event("stations.state", station.id, station.org_id, {"state": station.state}), now=now)
    pages.changed(station, now=now)


def missing(station: Station) -> list[str]:
    """Return what a station lacks before it may open."""
    asked: Iterable[tuple[object, str]] = (
        (station.address, _("地址")),
        (any(station.week or ()), _("开放时间")),
        (station.responsible, _("负责人")),
    )
    return [word for value, word in asked if not value]


def resume_due(now: datetime) -> int:
    """Open again what was paused until now (a job; one that is late or runs twice changes nothing twice); returns how many."""
    due = select(Station.id).where(
        Station.state == StationState.PAUSED.value, Station.paused_until.is_not(None), Station.paused_until <= now
    )
    with unit_of_work():
        ids, done = list(session().scalars(unscoped(due, why="a job"))), 0
        for station_id in ids:
            station = session().get_one(Station, station_id, execution_options={"unionhall_scope": "a job"})
            try:
                take_step(station, "resume", actor=SYSTEM, now=now)
            except (Conflict, RuleBroken):
                continue
            done += 1
    return done


def _move(station: Station, step: states.Step, reason: str, until: datetime | None, now: datetime) -> None:
    today = clock.local_day(now)
    values: dict[str, object] = {"state": step.after.value, "paused_until": None, "paused_reason": "", "updated_at": now}
    if step.after == StationState.PAUSED:
        values |= {"paused_until": until, "paused_reason": reason}
    elif step.after == StationState.OPEN:
        values |= {"closed_on": None, "opened_on": station.opened_on or today}
    elif step.after == StationState.CLOSED:
        values |= {"closed_on": today}
    here = update(Station).where(Station.id == station.id, Station.state.in_([state.value for state in step.before]))
    if step.name == "reopen":
        here = here.where(Station.opened_on.is_not(None))
    moved = update_count(here.values(version=Station.version + 1, **values).execution_options(synchronize_session=False))
    session().refresh(station)
    if moved != 1:
        raise Conflict(_("这个驿站现在是“%(state)s”，这一步做不了。请刷新后再看。", state=labels.STATES[station.state][0]))
