"""Letting people in and going again: the roster's membership and the chapter's own line of it, always together.

Officers hold no right at the roster: these functions act on it as the system, after the caller has judged the person who asks.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    RuleBroken,
    clock,
    join_second_union,
    leave_union,
    orgs_by_ids,
    record_audit,
    require,
    roster_lines,
    session,
    tidy,
)
from unionhall_chapters import pages, rights
from unionhall_chapters.joining import offices
from unionhall_chapters.joining.models import Belonging
from unionhall_chapters.models import Chapter

UNDO = timedelta(days=1)


def months_later(day: date, months: int) -> date:
    """Return the day so many months later, the last of its month where there is no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def admit(chapter: Chapter, member_id: int, how: str, *, joined_on: date | None = None, actor: Actor, now: datetime) -> Belonging:
    """Make somebody a member of a chapter; harmless for one who is. Raises RuleBroken, Conflict."""
    must_be_open(chapter)
    today = clock.local_day(now)
    if not belongs(chapter, member_id):
        org = orgs_by_ids([chapter.org_id])[chapter.org_id]
        join_second_union(member_id, org, reason=_("加入协会“%(name)s”", name=chapter.name), actor=SYSTEM, now=now)
    found = of_member(chapter, member_id)
    if found is None:
        probation = months_later(today, chapter.probation_months) if chapter.probation_months and how != "founder" else None
        found = Belonging(
            chapter_id=chapter.id, member_id=member_id, how=how, joined_on=joined_on or today, probation_until=probation,
        )  # fmt: skip
        session().add(found)
        session().flush()
    record_audit("chapters.joined", f"member:{member_id}", actor=actor, now=now, org_id=chapter.org_id, how=how)
    pages.changed(chapter, now=now)
    return found


def leave(chapter: Chapter, member_id: int, *, actor: Actor, now: datetime) -> None:
    """Let somebody go on their own word. Raises Conflict when they are gone already."""
    line = next(iter(roster_lines(chapter.org_id, ids=[member_id])), None)
    if line is None:
        raise Conflict(_("你已经不是这个协会的会员了。"))
    _end(chapter, member_id, _("本人退出协会"), by_self=line.status == "active", actor=actor, now=now)


def come_back(chapter: Chapter, member_id: int, *, actor: Actor, now: datetime) -> None:
    """Undo that somebody left within the last day; they stand as before. Raises RuleBroken when it is too late."""
    before = just_left(chapter, member_id, now)
    if before is None:
        raise RuleBroken(_("退出已经超过一天，请重新申请加入。"))
    made = admit(chapter, member_id, before.how, joined_on=before.joined_on, actor=actor, now=now)
    made.probation_until, before.left_by_self = before.probation_until, False
    session().flush()


def let_go(chapter: Chapter, member_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take somebody off the chapter's roster, for a reason that goes on record. Raises NotAllowed, RuleBroken, Conflict."""
    require(actor, rights.MANAGE, orgs_by_ids([chapter.org_id])[chapter.org_id])
    words = tidy(reason)[:200]
    if not words:
        raise RuleBroken(_("请写明原因，会记入档案。"), field="reason")
    if not belongs(chapter, member_id):
        raise Conflict(_("这个人已经不在协会的名册上。"))
    _end(chapter, member_id, words, by_self=False, actor=actor, now=now)


def _end(chapter: Chapter, member_id: int, reason: str, *, by_self: bool, actor: Actor, now: datetime) -> None:
    for office in offices.current(chapter):
        if office.member_id == member_id:
            offices.step_down(office, actor=SYSTEM, now=now)
    leave_union(member_id, chapter.org_id, reason=reason, actor=SYSTEM, now=now)
    close_lines(chapter.id, member_id, by_self=by_self, now=now)
    record_audit("chapters.left", f"member:{member_id}", actor=actor, now=now, org_id=chapter.org_id)
    pages.changed(chapter, now=now)


def close_lines(chapter_id: int, member_id: int, *, by_self: bool = False, now: datetime) -> None:
    """Close the chapter's own line of somebody who is gone."""
    mine = (Belonging.chapter_id == chapter_id) & (Belonging.member_id == member_id) & Belonging.left_at.is_(None)
    session().execute(update(Belonging).where(mine).values(left_at=now, left_by_self=by_self))
    session().flush()


def belongs(chapter: Chapter, member_id: int) -> bool:
    """Say whether somebody is on the chapter's roster."""
    return bool(roster_lines(chapter.org_id, ids=[member_id], limit=1))


def of_member(chapter: Chapter, member_id: int) -> Belonging | None:
    """Return the open line of a member; one that the roster ended meanwhile is not known here, so ask `belongs` first."""
    mine = select(Belonging).where(Belonging.chapter_id == chapter.id, Belonging.member_id == member_id, Belonging.left_at.is_(None))
    return session().scalar(mine)


def just_left(chapter: Chapter, member_id: int, now: datetime) -> Belonging | None:
    """Return the line of somebody who left by themselves within the last day and may come back by one tap."""
    mine = select(Belonging).where(
        Belonging.chapter_id == chapter.id, Belonging.member_id == member_id, Belonging.left_by_self, Belonging.left_at > now - UNDO
    ).order_by(Belonging.id.desc()).limit(1)  # fmt: skip
    return session().scalar(mine) if chapter.open and not belongs(chapter, member_id) else None


def must_be_open(chapter: Chapter) -> None:
    """Raise RuleBroken unless the chapter takes members now."""
    if not chapter.open:
        raise RuleBroken(_("“%(name)s”现在不接收会员。", name=chapter.name), code="not-open")
