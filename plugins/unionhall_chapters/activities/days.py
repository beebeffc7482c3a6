"""One day of an activity: called off with a tap, moved, and told about afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    RuleBroken,
    call_off_sheet,
    clock,
    note_media,
    orgs_by_ids,
    record_audit,
    remove_sheet,
    require,
    session,
    sheet_setup,
    tidy,
    unscoped,
    update_count,
    update_sheet,
)
from unionhall_chapters import rights
from unionhall_chapters.activities import making, notes, pages
from unionhall_chapters.activities.models import Day

MEDIA = "chapters.occurrence"
LONGEST = timedelta(hours=12)


def cancel(day: Day, reason: str, *, actor: Actor, now: datetime) -> bool:
    """Call a day off and tell who signed up; False when it was off already. Raises RuleBroken once it is over, NotAllowed."""
    require(actor, rights.MANAGE, orgs_by_ids([day.org_id])[day.org_id])
    if now >= day.ends_at:
        raise RuleBroken(_("这一天已经过去，不能取消了。"))
    return _off(day, tidy(reason)[:120] or _("安排有变"), actor=actor, now=now)


def _off(day: Day, reason: str, *, actor: Actor, now: datetime) -> bool:
    free = update(Day).where(Day.id == day.id, Day.cancelled_at.is_(None)).execution_options(synchronize_session=False)
    if not update_count(free.values(cancelled_at=now, reason=reason, told=Day.told + 1, updated_at=now)):
        return False
    session().refresh(day)
    notes.day_cancelled(day, call_off_sheet(day.sheet, reason=reason, actor=SYSTEM, now=now), now=now)
    pages.changed(day.series)
    record_audit("chapters.day_cancelled", f"occurrence:{day.id}", actor=actor, now=now, org_id=day.org_id)
    return True


def drop(day: Day, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take a day out of the plan: one that nobody ever signed up for leaves no trace, any other is called off."""
    session().refresh(day.sheet)
    if day.sheet.last_number:
        _off(day, reason, actor=actor, now=now)
        return
    sheet = day.sheet
    session().delete(day)
    session().flush()
    remove_sheet(sheet, actor=SYSTEM, now=now)


def move(day: Day, starts_at: datetime, minutes: int, venue: str, *, actor: Actor, now: datetime) -> None:
    """Move a day to another time or place; everybody on it is told. Raises RuleBroken, NotAllowed."""
    require(actor, rights.MANAGE, orgs_by_ids([day.org_id])[day.org_id])
    making.lock(day.series_id)
    session().refresh(day)
    if day.cancelled_at:
        raise RuleBroken(_("这一天已经取消，不能再改。可以另加一次单次活动。"))
    if now >= day.starts_at:
        raise RuleBroken(_("活动已经开始，不能再改时间地点。"))
    if starts_at <= now:
        raise RuleBroken(_("新的时间已经过去了。"), field="starts_at")
    if not tidy(venue):
        raise RuleBroken(_("还没有填地点。"), field="venue")
    take(day, starts_at, starts_at + min(timedelta(minutes=minutes), LONGEST), tidy(venue)[:120], now=now)
    day.moved = True
    session().flush()
    pages.changed(day.series)
    record_audit("chapters.day_moved", f"occurrence:{day.id}", actor=actor, now=now, org_id=day.org_id)


def take(day: Day, begins: datetime, ends: datetime, venue: str, *, now: datetime) -> None:
    """Give a day its time, place and settings; its sheet tells who signed up when time or place change."""
    series, sheet = day.series, day.sheet
    session().refresh(sheet)
    wanted = making.setup(series, begins, ends, venue)
    if wanted != sheet_setup(sheet):
        update_sheet(sheet, wanted, version=sheet.version, actor=SYSTEM, now=now)
    if (day.starts_at, day.ends_at, day.venue) != (begins, ends, venue):
        day.starts_at, day.ends_at, day.venue, day.told, day.updated_at = begins, ends, venue, day.told + 1, now


def tell_of(day: Day, report: str, pictures: Sequence[int], *, actor: Actor, now: datetime) -> None:
    """Keep words and pictures of a day that was held. Raises RuleBroken before it began, NotAllowed."""
    require(actor, rights.MANAGE, orgs_by_ids([day.org_id])[day.org_id])
    if now < day.starts_at or day.cancelled_at:
        raise RuleBroken(_("活动办过以后，才能写小结、放照片。"))
    day.report, day.pictures, day.updated_at = tidy(report, one_line=False), list(pictures), now
    session().flush()
    note_media(MEDIA, day.id, pictures)
    pages.changed(day.series)
    record_audit("chapters.day_told", f"occurrence:{day.id}", actor=actor, now=now, org_id=day.org_id, pictures=len(pictures))


def coming(series_id: int, since: datetime) -> list[Day]:
    """Return the days of an activity that begin after a moment and are not called off, in their order."""
    wanted = select(Day).where(Day.series_id == series_id, Day.starts_at > since, Day.cancelled_at.is_(None)).order_by(Day.starts_at)
    return list(session().scalars(unscoped(wanted.execution_options(populate_existing=True), why="given")))


def words(day: Day) -> str:
    """Return a day as messages name it: 05-19 (8 people)."""
    when = f"{clock.local(day.starts_at):%m-%d}"
    return _("%(day)s（%(n)s 人）", day=when, n=day.sheet.taken)
