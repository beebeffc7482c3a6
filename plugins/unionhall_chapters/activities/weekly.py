"""Coming every week: a member says so once and is entered on each new day while places last, until they stop."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    RuleBroken,
    SignUp,
    applicant_of,
    current_member,
    live_sign_up,
    member_view,
    record_audit,
    session,
    sign_up,
    unscoped,
    update_count,
)
from unionhall_chapters.activities import making, notes
from unionhall_chapters.activities.models import Day, Series, Weekly


def of_member(series_id: int, member_id: int) -> Weekly | None:
    """Return the standing sign-up that a member has for an activity now."""
    mine = Weekly.series_id == series_id, Weekly.member_id == member_id, Weekly.stopped_at.is_(None)
    return session().scalar(unscoped(select(Weekly).where(*mine), why="oneself"))


def start(series: Series, member_id: int, *, agreed: bool, actor: Actor, now: datetime) -> tuple[Weekly, int]:
    """Enter a member every week from now on, at once on the days that are made; returns on how many of them there was a place.

    Raises RuleBroken without their yes to the risk note, or when the activity is not for them. Starting twice is starting once,
    and agreeing to the note as it is now.
    """
    series = making.lock(series.id)
    if not series.weekly or series.ended_on:
        raise RuleBroken(_("这项活动不是每周都有，或者已经停办，请按天报名。"))
    if making.agreement(series) and not agreed:
        raise RuleBroken(_("要看过并同意风险提示，才能每周都来。"), field="agreed")
    found = of_member(series.id, member_id)
    if found is None:
        found = Weekly(series_id=series.id, member_id=member_id, org_id=series.org_id, risk_version=series.risk_version, since=now)
        session().add(found)
        record_audit("chapters.weekly_started", f"activity:{series.id}", actor=actor, now=now, org_id=series.org_id)
    found.risk_version = series.risk_version
    session().flush()
    wanted = select(Day).where(Day.series_id == series.id, Day.cancelled_at.is_(None), Day.starts_at > now).order_by(Day.starts_at)
    days = list(session().scalars(unscoped(wanted, why="oneself")))
    return found, _entered(found, days, now=now, aloud=True)


def stop(series: Series, member_id: int, *, actor: Actor, now: datetime) -> None:
    """Enter a member no more; the days that they are on stay. Stopping twice is stopping once."""
    mine = Weekly.series_id == series.id, Weekly.member_id == member_id, Weekly.stopped_at.is_(None)
    if update_count(update(Weekly).where(*mine).values(stopped_at=now).execution_options(synchronize_session=False)):
        record_audit("chapters.weekly_stopped", f"activity:{series.id}", actor=actor, now=now, org_id=series.org_id)
    session().expire_all()


def enter(series: Series, days: Iterable[Day], *, now: datetime) -> int:
    """Enter everybody who comes every week on new days, first come first; the caller holds the lock. Returns how many entries."""
    days = list(days)
    if not days:
        return 0
    live = select(Weekly).where(Weekly.series_id == series.id, Weekly.stopped_at.is_(None)).order_by(Weekly.since, Weekly.id)
    return sum(_entered(item, days, now=now) for item in session().scalars(unscoped(live, why="job")).all())


def _entered(item: Weekly, days: Iterable[Day], *, now: datetime, aloud: bool = False) -> int:
    """Return on how many of the days there was a place. `aloud` passes on why somebody may not sign up at all."""
    member = member_view(item.member_id)
    if member is None or member.account_id is None:
        return 0
    if item.risk_version != item.series.risk_version:
        notes.agree_again(item.series, member.account_id, now=now)
        return 0
    who, done = applicant_of(member), 0
    for day in days:
        if live_sign_up(day.sheet_id, who):
            continue
        try:
            with session().begin_nested():
                sign_up(day.sheet, who, SignUp(key=f"weekly-{item.id}-{day.id}"), actor=SYSTEM, now=now)
        except Conflict:
            continue
        except RuleBroken:
            if aloud and not done:
                raise
            continue
        done += 1
    return done


def mine() -> dict[int, Weekly]:
    """Return {activity id: standing sign-up} of the member who is logged in."""
    member = current_member()
    if member is None:
        return {}
    live = select(Weekly).where(Weekly.member_id == member.id, Weekly.stopped_at.is_(None))
    return {item.series_id: item for item in session().scalars(unscoped(live, why="oneself"))}
