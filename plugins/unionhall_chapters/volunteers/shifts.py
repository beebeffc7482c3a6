"""Shifts: made one by one or by a weekly pattern, each with a sign-up sheet; called off; who may sign up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    SYSTEM,
    Actor,
    Conflict,
    RuleBroken,
    SheetAudience,
    SheetSetup,
    call_off_sheet,
    clock,
    create_sheet,
    orgs_by_ids,
    record_audit,
    require,
    session,
    sheet_attendance,
    sheet_setup,
    tidy,
    unscoped,
    update_count,
    update_sheet,
)
from unionhall_chapters import rights
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers import limits, queries, tags, telling
from unionhall_chapters.volunteers.models import NoShow, Shift, Standing, Team


@dataclass(frozen=True)
class ShiftFields:
    """A shift as it is planned, Shanghai wall-clock; `until` and `weekdays` (0 is Monday) repeat it weekly."""

    title: str
    day: date
    begins: time
    ends: time
    place: str
    meeting: str = ""
    kit: str = ""
    places: int = 10
    least: int = 0
    duty_id: int | None = None
    until: date | None = None
    weekdays: tuple[int, ...] = ()

    def days(self) -> list[date]:
        """Return the days that it falls on."""
        if self.until is None:
            return [self.day]
        wanted = self.weekdays or (self.day.weekday(),)
        span = (self.until - self.day).days
        return [day for n in range(span + 1) if (day := self.day + timedelta(days=n)).weekday() in wanted]


def plan(chapter: Chapter, team: Team, fields: ShiftFields, *, actor: Actor, now: datetime) -> list[Shift]:
    """Return new shifts, one for each day; a day that has this shift already is left as it is, so planning twice is planning once.

    Raises NotAllowed, RuleBroken.
    """
    require(actor, rights.LEAD, orgs_by_ids([chapter.org_id])[chapter.org_id])
    days = _checked(team, fields, now)
    queries.lock(Team, team.id)
    there = set(
        session().scalars(
            unscoped(
                select(Shift.starts_at).where(Shift.team_id == team.id, Shift.place == tidy(fields.place)), why="again"
            )
        )
    )
    made = [_make(chapter, team, fields, day, now) for day in days if _moments(fields, day)[0] not in there]
    for shift in made:
        record_audit(
            "chapters.shift_planned",
            f"chapters_shift:{shift.id}",
            actor=actor,
            now=now,
            org_id=team.org_id,
            team=team.id,
        )
    tags.changed(team, now=now)
    return made


def _checked(team: Team, fields: ShiftFields, now: datetime) -> list[date]:
    if not tidy(fields.title):
        raise RuleBroken(_("还没有填做什么。"), field="title")
    if not tidy(fields.place):
        raise RuleBroken(_("还没有填地点。"), field="place")
    if fields.ends == fields.begins:
        raise RuleBroken(_("结束时间要晚于开始时间。"), field="ends")
    if not 1 <= fields.places <= 500 or not 0 <= fields.least <= fields.places:
        raise RuleBroken(_("最少人数不能多于名额，名额在 1 到 500 之间。"), field="least")
    if fields.until and fields.until < fields.day:
        raise RuleBroken(_("重复到的日期要晚于第一天。"), field="until")
    if fields.day + limits.AHEAD < (fields.until or fields.day):
        raise RuleBroken(_("一次最多排一年。"), field="until")
    days = fields.days()
    if not days or len(days) > limits.MOST_AT_ONCE:
        raise RuleBroken(
            _("这样会排出 %(n)s 班，一次最多 %(most)s 班。", n=len(days), most=limits.MOST_AT_ONCE), field="until"
        )
    if _moments(fields, days[0])[0] <= now:
        raise RuleBroken(_("开始时间已经过了。"), field="day")
    if fields.duty_id is not None:
        row = queries.standing(team.id, fields.duty_id)
        if row is None or row.state != Standing.IN or not row.leader:
            raise RuleBroken(_("带班的人要是这支队的领队。"), field="duty_id")
    return days


def _moments(fields: ShiftFields, day: date) -> tuple[datetime, datetime]:
    """Return when a shift begins and ends; one that ends before it begins goes on past midnight."""
    begins = clock.from_local(datetime.combine(day, fields.begins))
    ends = clock.from_local(datetime.combine(day + timedelta(days=fields.ends < fields.begins), fields.ends))
    return begins, ends


def _make(chapter: Chapter, team: Team, fields: ShiftFields, day: date, now: datetime) -> Shift:
    begins, ends = _moments(fields, day)
    shift = Shift(
        org_id=team.org_id, team_id=team.id, title=tidy(fields.title)[:80], starts_at=begins, ends_at=ends, place=tidy(fields.place)[:120],
        meeting=tidy(fields.meeting)[:120], kit=tidy(fields.kit)[:200] or team.kit, places=fields.places, least=fields.least,
        duty_id=fields.duty_id, version=1, created_at=now, cancel_reason="",
    )  # fmt: skip
    shift.team = team
    session().add(shift)
    session().flush()
    create_sheet(
        queries.OWNER, shift.id, _setup(shift), org=orgs_by_ids([team.org_id])[team.org_id], actor=SYSTEM, now=now,
        owner_url=f"/chapters/{chapter.slug}/volunteers/{team.slug}/",
    )  # fmt: skip
    return shift


def _setup(shift: Shift) -> SheetSetup:
    return SheetSetup(
        title=f"{shift.team.name}：{shift.title}", starts_at=shift.starts_at, ends_at=shift.ends_at, closes_at=shift.starts_at,
        place=shift.meeting or shift.place, places=shift.places, offer_hours=2, cancel_until=shift.starts_at - limits.CANCEL_BEFORE,
        audience=SheetAudience.SUBTREE, audience_org_id=shift.org_id, out_minutes=15,
    )  # fmt: skip


def change(
    chapter: Chapter, shift: Shift, *, place: str, meeting: str, places: int, version: int, actor: Actor, now: datetime
) -> None:
    """Change where a shift is and how many it takes; who is on it is told by the sheet. Raises NotAllowed, Conflict, RuleBroken."""
    require(actor, rights.LEAD, orgs_by_ids([chapter.org_id])[chapter.org_id])
    if not tidy(place) or not max(1, shift.least) <= places <= 500:
        raise RuleBroken(_("地点不能空着，名额不能比最少人数还少。"), field="place")
    same = update(Shift).where(Shift.id == shift.id, Shift.version == version, Shift.cancelled_at.is_(None))
    values = {"place": tidy(place)[:120], "meeting": tidy(meeting)[:120], "places": places, "version": version + 1}
    if update_count(same.values(**values).execution_options(synchronize_session=False)) != 1:
        raise Conflict(_("这一班刚刚变了，请刷新再看。"))
    session().refresh(shift)
    sheet = queries.sheet(shift)
    setup = replace(sheet_setup(sheet), place=shift.meeting or shift.place, places=shift.places)
    update_sheet(sheet, setup, version=sheet.version, actor=SYSTEM, now=now)
    record_audit("chapters.shift_changed", f"chapters_shift:{shift.id}", actor=actor, now=now, org_id=shift.org_id)
    tags.changed(shift.team, now=now)


def cancel(chapter: Chapter, shift: Shift, reason: str, *, actor: Actor, now: datetime) -> None:
    """Call a shift off and tell everybody who is on it. Raises NotAllowed, RuleBroken without a reason, Conflict when it is over."""
    require(actor, rights.LEAD, orgs_by_ids([chapter.org_id])[chapter.org_id])
    words = tidy(reason)[:200]
    if not words:
        raise RuleBroken(_("请写原因，报了名的人会看到。"), field="reason")
    there = update(Shift).where(
        Shift.id == shift.id, Shift.cancelled_at.is_(None), Shift.settled_at.is_(None), Shift.ends_at > now
    )
    if (
        update_count(there.values(cancelled_at=now, cancel_reason=words).execution_options(synchronize_session=False))
        != 1
    ):
        raise Conflict(_("这一班已经取消，或者已经结束。"))
    session().refresh(shift)
    sheet = queries.sheet(shift)
    members = [row.member_id for row in sheet_attendance(sheet) if row.member_id]
    call_off_sheet(sheet, reason=words, actor=SYSTEM, now=now)
    told = [*members, *([shift.duty_id] if shift.duty_id else [])]
    telling.tell(
        "shift_cancelled", told, key=str(shift.id), now=now, org_id=shift.org_id, shift=shift.title, time=telling.at(shift.starts_at),
        reason=words,
    )  # fmt: skip
    record_audit(
        "chapters.shift_cancelled",
        f"chapters_shift:{shift.id}",
        actor=actor,
        now=now,
        org_id=shift.org_id,
        reason=words,
    )
    tags.changed(shift.team, now=now)


def refusal(shift_id: int, member_id: int | None, now: datetime) -> str | None:
    """Return why somebody may not come onto a shift's sheet, None when they may."""
    shift = queries.shift(shift_id)
    row = queries.standing(shift.team_id, member_id) if member_id else None
    if row is None or row.state != Standing.IN:
        return _("这一班只对“%(team)s”的队员开放。先申请加入，领队同意后就能报。", team=shift.team.name)
    if member_id and (until := paused_until(member_id, shift.team.chapter_id, now)):
        day = f"{clock.local(until):%m-%d}"
        return _(
            "最近有 %(n)s 次报了班次没有来，%(day)s 以前先不能报。有特殊情况请告诉领队，可以撤销。",
            n=limits.NO_SHOWS,
            day=day,
        )
    return None


def paused_until(member_id: int, chapter_id: int, now: datetime) -> datetime | None:
    """Return until when somebody may not sign up for shifts of a chapter; None when nothing stands against it."""
    missed: list[NoShow] = queries.no_shows(member_id, now - limits.WITHIN, chapter_id)
    if len(missed) < limits.NO_SHOWS:
        return None
    until = missed[0].at + limits.PAUSE
    return until if until > now else None
