"""The year's most beautiful stations: who may be put up, by the inspections' evidence, and who was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, delete, func, select
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    RuleBroken,
    plugin_settings,
    record_audit,
    require,
    scoped,
    session,
    tidy,
    unscoped,
    update_count,
)
from unionhall_stations import rights
from unionhall_stations.inspections.models import Fix, Inspection, Light, StationNomination
from unionhall_stations.models import Station, StationState


@dataclass(frozen=True, slots=True)
class Standing:
    """A station's year: how often it was inspected, mean score, reds, greens, what is to be mended; whether it may be put up."""

    station: Station
    visits: int
    mean: int
    reds: int
    greens: int
    open_fixes: int
    nomination: StationNomination | None
    eligible: bool


def standings(year: int, below: str, actor: Actor) -> list[Standing]:
    """Return the stations in scope that were inspected in a year, the best first, in three queries."""
    counted = scoped(
        select(
            Inspection.station_id, func.count(), func.sum(Inspection.score), _of(Inspection.light == Light.RED.value),
            _of(Inspection.light == Light.GREEN.value), _of(Inspection.fix_state.in_([Fix.DUE.value, Fix.FIXED.value])),
        ).where(Inspection.done_at.is_not(None), Inspection.month.startswith(f"{year:04d}-")).group_by(Inspection.station_id),
        Inspection, actor, rights.READ, below,
    )  # fmt: skip
    rows = {row[0]: tuple(int(value or 0) for value in row[1:]) for row in session().execute(counted)}
    stations = session().scalars(unscoped(select(Station).where(Station.id.in_(list(rows))), why="of those inspections"))
    put_up = {row.station_id: row for row in _nominations(year, rows)}
    least = int(plugin_settings("stations").best_least)
    found = [_standing(station, rows[station.id], put_up.get(station.id), least) for station in stations]
    return sorted(found, key=lambda item: (not item.eligible, -item.mean, -item.visits, item.station.number))


def nominate(station: Station, year: int, reason: str, *, actor: Actor, now: datetime) -> StationNomination:
    """Put a station up. Raises NotAllowed, RuleBroken without a reason or the evidence, Conflict when it is put up already."""
    require(actor, rights.APPROVE, station.org)
    words = tidy(reason)[:400]
    if not words:
        raise RuleBroken(_("请写推荐的理由。"), field="reason")
    if not any(item.station.id == station.id and item.eligible for item in standings(year, station.org.path, actor)):
        raise RuleBroken(_("这个驿站今年还不够条件：巡查次数要够，没有红灯，没有没改好的。"))
    made = StationNomination(
        org_id=station.org_id, station_id=station.id, year=year, reason=words, nominated_by=actor.account_id, nominated_at=now
    )
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:
        raise Conflict(_("这个驿站今年已经提名了。")) from None
    record_audit("stations.nominated", f"station_nomination:{made.id}", actor=actor, now=now, org_id=station.org_id, year=year)
    return made


def withdraw(station: Station, year: int, *, actor: Actor, now: datetime) -> None:
    """Take a nomination back. Raises NotAllowed, Conflict when there is none."""
    require(actor, rights.APPROVE, station.org)
    gone = delete(StationNomination).where(StationNomination.station_id == station.id, StationNomination.year == year)
    if update_count(gone.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("这个提名已经撤回了。"))
    session().expire_all()
    record_audit("stations.nomination_withdrawn", f"station:{station.id}", actor=actor, now=now, org_id=station.org_id, year=year)


def _nominations(year: int, ids: Iterable[int]) -> list[StationNomination]:
    wanted = select(StationNomination).where(StationNomination.year == year, StationNomination.station_id.in_(list(ids)))
    return list(session().scalars(unscoped(wanted, why="of those stations")))


def _of(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


def _standing(station: Station, row: tuple[int, ...], nomination: StationNomination | None, least: int) -> Standing:
    visits, total, reds, greens, fixes = row
    eligible = visits >= least and not reds and not fixes and station.state == StationState.OPEN
    return Standing(station, visits, total // visits, reds, greens, fixes, nomination, eligible)
