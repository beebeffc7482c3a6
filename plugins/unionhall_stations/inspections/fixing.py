"""Mending what an inspection found: the keeper says so with a photo, somebody else looks again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    Actor,
    Conflict,
    NotAllowed,
    RuleBroken,
    clock,
    record_audit,
    require,
    session,
    tidy,
    unit_of_work,
    unscoped,
    update_count,
)
from unionhall_stations import rights
from unionhall_stations.inspections import services, telling
from unionhall_stations.inspections.models import Fix, Inspection
from unionhall_stations.inspections.services import LONGEST_FIX, QUIET, Sent


def report(found: Inspection, note: str, photos: Iterable[Sent], *, actor: Actor, now: datetime) -> None:
    """Say that things are mended. Raises NotAllowed, RuleBroken without words, Conflict when there is nothing to mend."""
    require(actor, rights.MANAGE, found.org)
    words = tidy(note, one_line=False)[:1000]
    if not words:
        raise RuleBroken(_("请写改了什么。"), field="note")
    _move(found, Fix.DUE, {"fix_state": Fix.FIXED.value, "fix_note": words, "fixed_by": actor.account_id, "fixed_at": now}, now)
    services.keep_photos(found, photos, fix=True, now=now)
    record_audit("stations.fix_reported", f"station_inspection:{found.id}", actor=actor, now=now, org_id=found.org_id)
    telling.tell("fixed", found, rights.INSPECT, key=f"{found.id}:{found.version}", now=now)


def check(found: Inspection, *, passed: bool, note: str = "", fix_by: date | None = None, actor: Actor, now: datetime) -> None:
    """Look again at what was mended; who said that it is mended does not judge it.

    Raises NotAllowed, RuleBroken for a no without a reason or a new day, Conflict when it is not waiting.
    """
    require(actor, rights.INSPECT, found.org)
    if found.fixed_by is not None and found.fixed_by == actor.account_id:
        raise NotAllowed(_("整改是你登记的，请让别人来复查。"))
    words, today = tidy(note, one_line=False)[:1000], clock.local_day(now)
    if not passed and not words:
        raise RuleBroken(_("请写哪里还不行。"), field="note")
    if not passed and not (fix_by and today <= fix_by <= today + timedelta(days=LONGEST_FIX)):
        raise RuleBroken(_("整改期限请填今天到 %(n)s 天以内的日期。", n=LONGEST_FIX), field="fix_by")
    values: dict[str, object] = {"check_note": words, "checked_by": actor.account_id, "checked_at": now}
    values |= {"fix_state": Fix.CHECKED.value} if passed else {"fix_state": Fix.DUE.value, "fix_by": fix_by}
    _move(found, Fix.FIXED, values, now)
    act = "fix_checked" if passed else "fix_again"
    record_audit(f"stations.{act}", f"station_inspection:{found.id}", actor=actor, now=now, org_id=found.org_id)
    if not passed and fix_by:
        telling.tell("fix_again", found, rights.MANAGE, key=f"{found.id}:{found.version}", now=now, reason=words, day=fix_by.isoformat())


def remind(now: datetime) -> int:
    """Tell the keepers of what should have been mended by yesterday, once for each day set (a job); returns how many."""
    late = select(Inspection).where(Inspection.fix_state == Fix.DUE.value, Inspection.fix_by < clock.local_day(now))
    with unit_of_work():
        rows = list(session().scalars(unscoped(late, why="a job")))
        for row in rows:
            day = row.fix_by.isoformat() if row.fix_by else ""
            telling.tell("fix_late", row, rights.MANAGE, key=f"{row.id}:{day}", now=now, day=day)
    return len(rows)


def _move(found: Inspection, before: Fix, values: dict[str, object], now: datetime) -> None:
    there = update(Inspection).where(Inspection.id == found.id, Inspection.fix_state == before.value)
    moved = there.values(**values, version=Inspection.version + 1, updated_at=now).execution_options(**QUIET)
    if update_count(moved) != 1:
        raise Conflict(_("这次巡查的整改已经变了。请刷新后再看。"))
    session().refresh(found)
