"""Service hours: counted from check-in and check-out, proposed from the leader's list, reported by oneself, corrected with a trail."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Attendance,
    Conflict,
    NotAllowed,
    RuleBroken,
    clock,
    member_names,
    orgs_by_ids,
    record_audit,
    require,
    session,
    sheet_attendance,
    tidy,
    unit_of_work,
    unscoped,
    update_count,
)
from unionhall_chapters import rights
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers import labels, limits, queries, telling
from unionhall_chapters.volunteers.models import (
    Hours,
    HoursChange,
    HoursState,
    NoShow,
    Shift,
    Source,
    Standing,
    Team,
    TeamMember,
)


def settle_due(now: datetime) -> int:
    """Count the hours of shifts that are over; returns how many shifts (a job)."""
    done = 0
    for shift_id in queries.due(now - limits.SETTLED_AFTER):
        session().rollback()
        with unit_of_work():
            done += settle(queries.shift(shift_id), now=now)
    return done


def settle(shift: Shift, *, now: datetime) -> bool:
    """Count a shift once: both scans give approved hours, a forgotten check-out proposed ones, and who did not come is noted."""
    first = (
        update(Shift)
        .where(Shift.id == shift.id, Shift.settled_at.is_(None), Shift.cancelled_at.is_(None))
        .values(settled_at=now)
    )
    if update_count(first.execution_options(synchronize_session=False)) != 1:
        return False
    session().refresh(shift)
    known = set(session().scalars(unscoped(select(Hours.member_id).where(Hours.shift_id == shift.id), why="job")))
    for row in sheet_attendance(queries.sheet(shift)):
        if row.member_id is None or row.member_id in known:
            continue
        if row.checked_in_at is None:
            _missed(shift, row.member_id, now)
        else:
            _counted(shift, row, now)
    session().flush()
    record_audit("chapters.shift_settled", f"chapters_shift:{shift.id}", actor=SYSTEM, now=now, org_id=shift.org_id)
    return True


def minutes_of(shift: Shift, came: datetime, went: datetime | None) -> int:
    """Return what somebody's time on a shift counts: whole steps, no more than the shift and some grace."""
    length = shift.ends_at - shift.starts_at
    most = length + limits.GRACE if went else length
    stayed = (went or shift.ends_at) - (came if went else max(came, shift.starts_at))
    return stepped(min(max(stayed, timedelta()), most))


def stepped(span: timedelta) -> int:
    """Return minutes rounded down to whole steps."""
    return int(span.total_seconds() // 60) // limits.STEP * limits.STEP


def _counted(shift: Shift, row: Attendance, now: datetime) -> None:
    minutes = minutes_of(shift, row.checked_in_at or shift.starts_at, row.checked_out_at)
    sure = row.checked_out_at is not None
    made = _new(
        shift.team, row.member_id or 0, shift.starts_at, minutes, Source.SCAN if sure else Source.LIST,
        HoursState.APPROVED if sure else HoursState.PROPOSED, now, shift=shift, note="" if sure else str(_("没有签退，按班次时间计")),
    )  # fmt: skip
    if sure:
        made.decided_at = now
        _tell("hours_approved", made, now)


def _missed(shift: Shift, member_id: int, now: datetime) -> None:
    session().add(NoShow(org_id=shift.org_id, shift_id=shift.id, member_id=member_id, at=shift.starts_at, excuse=""))
    session().flush()
    missed = queries.no_shows(member_id, now - limits.WITHIN, shift.team.chapter_id)
    if len(missed) == limits.NO_SHOWS:
        until = f"{clock.local(missed[0].at + limits.PAUSE):%m-%d}"
        telling.tell("paused", [member_id], key=f"{shift.id}", now=now, org_id=shift.org_id, until=until)


def _new(
    team: Team, member_id: int, begins_at: datetime, minutes: int, source: Source, state: HoursState, now: datetime, *,
    shift: Shift | None = None, note: str = "",
) -> Hours:  # fmt: skip
    made = Hours(
        org_id=team.org_id, chapter_id=team.chapter_id, team_id=team.id, shift_id=shift.id if shift else None, member_id=member_id,
        day=clock.local_day(begins_at), begins_at=begins_at, minutes=minutes, source=source.value, state=state.value, note=note[:200],
        reason="", created_at=now, version=1,
    )  # fmt: skip
    made.team = team
    session().add(made)
    session().flush()
    return made


def report(
    team: Team, member_id: int, *, begins_at: datetime, minutes: int, note: str, actor: Actor, now: datetime
) -> Hours:
    """Report one's own service, to be approved by somebody else; the same beginning twice is one report. Raises RuleBroken."""
    if not limits.may_report():
        raise RuleBroken(_("现在不接受自己补报工时，请找领队登记。"))
    row = queries.standing(team.id, member_id)
    if row is None or row.state != Standing.IN:
        raise NotAllowed(_("只有本队的队员能补报。"))
    if begins_at + timedelta(minutes=minutes) > now or begins_at < now - limits.REPORT_WITHIN:
        raise RuleBroken(_("只能补报已经结束的、%(n)s 天以内的服务。", n=limits.REPORT_WITHIN.days), field="begins_at")
    if not limits.STEP <= minutes <= limits.MOST_MINUTES:
        raise RuleBroken(
            _("时长在 %(least)s 分钟到 %(most)s 小时之间。", least=limits.STEP, most=limits.MOST_MINUTES // 60),
            field="minutes",
        )
    if len(tidy(note)) < 4:
        raise RuleBroken(_("请写做了什么、在哪里，领队好核对。"), field="note")
    queries.lock(TeamMember, row.id)
    same = select(Hours).where(Hours.team_id == team.id, Hours.member_id == member_id, Hours.begins_at == begins_at)
    if found := session().scalar(unscoped(same, why="oneself")):
        return found
    made = _new(
        team,
        member_id,
        begins_at,
        minutes // limits.STEP * limits.STEP,
        Source.SELF,
        HoursState.PROPOSED,
        now,
        note=tidy(note),
    )
    record_audit("chapters.hours_reported", f"chapters_hours:{made.id}", actor=actor, now=now, org_id=team.org_id)
    return made


def decide(chapter: Chapter, record: Hours, *, yes: bool, reason: str = "", actor: Actor, now: datetime) -> None:
    """Approve proposed hours, or refuse them with a reason; never one's own. Raises NotAllowed, RuleBroken, Conflict."""
    _may(chapter, record, actor)
    words = tidy(reason)[:200]
    if not yes and not words:
        raise RuleBroken(_("请写原因，对方会看到。"), field="reason")
    state = HoursState.APPROVED if yes else HoursState.REFUSED
    waits = update(Hours).where(Hours.id == record.id, Hours.state == HoursState.PROPOSED.value).values(
        state=state.value, decided_at=now, decided_by=actor.account_id, reason=words, version=Hours.version + 1
    )  # fmt: skip
    if update_count(waits.execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("这条工时已经有人办了。"))
    session().refresh(record)
    record_audit(
        f"chapters.hours_{state.value}", f"chapters_hours:{record.id}", actor=actor, now=now, org_id=record.org_id
    )
    _tell("hours_approved" if yes else "hours_refused", record, now, reason=words)


def correct(
    chapter: Chapter, record: Hours, minutes: int, reason: str, *, version: int, actor: Actor, now: datetime
) -> None:
    """Correct approved hours; what it was, what it became, who and why stays for good. Raises NotAllowed, RuleBroken, Conflict."""
    _may(chapter, record, actor)
    words = tidy(reason)[:200]
    if not words:
        raise RuleBroken(_("请写更正的原因，会一直留着。"), field="reason")
    if not 0 <= minutes <= limits.MOST_MINUTES or minutes % limits.STEP:
        raise RuleBroken(
            _("时长要是 %(step)s 分钟的整数倍，最多 %(most)s 小时。", step=limits.STEP, most=limits.MOST_MINUTES // 60),
            field="minutes",
        )
    before = record.minutes
    same = update(Hours).where(
        Hours.id == record.id, Hours.version == version, Hours.state == HoursState.APPROVED.value
    )
    if (
        update_count(same.values(minutes=minutes, version=version + 1).execution_options(synchronize_session=False))
        != 1
    ):
        raise Conflict(_("这条工时刚刚有人改过，请刷新再看。"))
    session().add(
        HoursChange(hours_id=record.id, before=before, after=minutes, reason=words, by=actor.account_id, at=now)
    )
    session().flush()
    session().refresh(record)
    record_audit(
        "chapters.hours_corrected", f"chapters_hours:{record.id}", actor=actor, now=now, org_id=record.org_id, before=before, after=minutes
    )  # fmt: skip
    _tell("hours_corrected", record, now, reason=words)


def excuse(chapter: Chapter, missed: NoShow, words: str, *, actor: Actor, now: datetime) -> None:
    """Excuse somebody who did not come; a pause that rests on it ends. Raises NotAllowed, RuleBroken, Conflict."""
    require(actor, rights.LEAD, orgs_by_ids([chapter.org_id])[chapter.org_id])
    said = tidy(words)[:200]
    if not said:
        raise RuleBroken(_("请写为什么可以不算。"), field="reason")
    once = update(NoShow).where(NoShow.id == missed.id, NoShow.excused_at.is_(None))
    values = {"excused_at": now, "excused_by": actor.account_id, "excuse": said}
    if update_count(once.values(**values).execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("已经撤销过了。"))
    session().refresh(missed)
    record_audit(
        "chapters.no_show_excused", f"chapters_no_show:{missed.id}", actor=actor, now=now, org_id=missed.org_id
    )


def add(
    chapter: Chapter, shift: Shift, member_id: int, minutes: int, reason: str, *, actor: Actor, now: datetime
) -> Hours:
    """Note service of somebody who had a place and was there, but was not checked in; what was missed is excused by it.

    Raises NotAllowed, RuleBroken, Conflict for who has hours of this shift.
    """
    require(actor, rights.LEAD, orgs_by_ids([chapter.org_id])[chapter.org_id])
    _not_oneself(member_id, actor)
    words = tidy(reason)[:200]
    if not words:
        raise RuleBroken(_("请写怎么知道对方来了，会一直留着。"), field="reason")
    span = shift.ends_at - shift.starts_at + limits.GRACE
    if not limits.STEP <= minutes <= stepped(span) or minutes % limits.STEP:
        raise RuleBroken(_("时长要是 %(step)s 分钟的整数倍，不超过这一班的时间。", step=limits.STEP), field="minutes")
    queries.lock(Shift, shift.id)
    missed = next((row for row in queries.missed(shift.id) if row.member_id == member_id), None)
    known = select(Hours.id).where(Hours.shift_id == shift.id, Hours.member_id == member_id)
    if missed is None or session().scalar(unscoped(known, why="again")) is not None:
        raise Conflict(_("这一班已经记过对方的工时。"))
    if missed.excused_at is None:
        excuse(chapter, missed, words, actor=actor, now=now)
    made = _new(
        shift.team, member_id, shift.starts_at, minutes, Source.LIST, HoursState.APPROVED, now, shift=shift, note=words
    )
    made.decided_at, made.decided_by = now, actor.account_id
    session().flush()
    record_audit("chapters.hours_added", f"chapters_hours:{made.id}", actor=actor, now=now, org_id=made.org_id)
    _tell("hours_approved", made, now)
    return made


def _may(chapter: Chapter, record: Hours, actor: Actor) -> None:
    require(actor, rights.LEAD, orgs_by_ids([chapter.org_id])[chapter.org_id])
    _not_oneself(record.member_id or 0, actor)


def _not_oneself(member_id: int, actor: Actor) -> None:
    own = member_names([member_id]).get(member_id)
    if own and own[1] is not None and own[1] == actor.account_id:
        raise NotAllowed(_("自己的工时要由别人确认和更正。"))


def _tell(kind: str, record: Hours, now: datetime, reason: str = "") -> None:
    if record.member_id:
        telling.tell(
            kind, [record.member_id], key=f"{record.id}:{record.version}", now=now, org_id=record.org_id, team=record.team.name,
            hours=labels.hours(record.minutes), day=record.day.isoformat(), reason=reason,
        )  # fmt: skip
