"""Exercise in the break: courses, teams, what they log, reminders, wishes for a coach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    NotFound,
    Org,
    RuleBroken,
    clock,
    is_mobile,
    note_media,
    notify,
    orgs_by_ids,
    purge_pages,
    record_audit,
    require,
    seal_mobile,
    session,
    tidy,
    unscoped,
    update_count,
)
from unionhall_chapters import rights
from unionhall_chapters.exercise.models import (
    CoachVisit,
    ExerciseCourse,
    ExerciseTeam,
    Practice,
    Reminder,
    Slot,
    VisitState,
)

PAGE = "chapters:exercise"
MEDIA = "chapters.course"
NOON = 12
NEXT = {
    VisitState.ASKED: (VisitState.AGREED, VisitState.DECLINED), VisitState.AGREED: (VisitState.DONE, VisitState.DECLINED),
    VisitState.DONE: (), VisitState.DECLINED: (),
}  # fmt: skip


@dataclass(frozen=True)
class CourseFields:
    """What is set of a course; `steps` one a line, `pictures` ids of the media library in the order of the steps."""

    title: str
    minutes: int
    summary: str = ""
    film: str = ""
    steps: str = ""
    pictures: tuple[int, ...] = ()
    shown: bool = False


def keep_course(found: ExerciseCourse | None, org: Org, given: CourseFields, *, actor: Actor, now: datetime) -> ExerciseCourse:
    """Make a course, or change one. Raises RuleBroken, NotAllowed."""
    require(actor, rights.MANAGE, org)
    if not tidy(given.title):
        raise RuleBroken(_("还没有填课程名称。"), field="title")
    if given.shown and not (given.film or given.steps):
        raise RuleBroken(_("要先有视频或分步动作，才能公开。"), field="shown")
    course = found or ExerciseCourse(org_id=org.id, version=0, position=0, created_at=now)
    course.title, course.summary, course.minutes, course.film = tidy(given.title)[:80], tidy(given.summary)[:200], given.minutes, given.film
    course.steps, course.pictures, course.shown = tidy(given.steps, one_line=False), list(given.pictures), given.shown
    course.version, course.updated_at = course.version + 1, now
    session().add(course)
    session().flush()
    note_media(MEDIA, course.id, given.pictures)
    purge_pages(PAGE)
    record_audit("chapters.course_kept", f"course:{course.id}", actor=actor, now=now, org_id=org.id, shown=given.shown)
    return course


def add_team(name: str, people: int, *, member_id: int, org_id: int, actor: Actor, now: datetime) -> ExerciseTeam:
    """Return a new team of a member's own union, led by them. Raises RuleBroken for a name that is taken there."""
    if not tidy(name):
        raise RuleBroken(_("还没有填办公室或班组的名称。"), field="name")
    team = ExerciseTeam(org_id=org_id, name=tidy(name)[:60], people=people, leader_id=member_id, created_at=now)
    try:
        with session().begin_nested():
            session().add(team)
    except IntegrityError:
        raise RuleBroken(_("本单位已经有叫“%(name)s”的队，请换个名称，或找它的领操人。", name=tidy(name)), field="name") from None
    purge_pages(PAGE)
    record_audit("chapters.exercise_team", f"exercise_team:{team.id}", actor=actor, now=now, org_id=org_id)
    return team


def log(team_id: int, day: date, slot: Slot, people: int, *, member_id: int, actor: Actor, now: datetime) -> bool:
    """Log that a team practised; False when that was logged before. Only its leader, today and yesterday.

    Raises NotFound for somebody else's team, RuleBroken for another day, a break that is still to come, or more people than it has.
    """
    mine = ExerciseTeam.id == team_id, ExerciseTeam.leader_id == member_id, ExerciseTeam.closed_on.is_(None)
    team = session().scalar(unscoped(select(ExerciseTeam).where(*mine), why="oneself"))
    if team is None:
        raise NotFound()
    today = clock.local_day(now)
    if not today - timedelta(days=1) <= day <= today:
        raise RuleBroken(_("只能记今天和昨天的。"), field="day")
    if day == today and slot == Slot.AFTERNOON and clock.local(now).hour < NOON:
        raise RuleBroken(_("下午的还没到，做完再记。"), field="slot")
    if not 1 <= people <= team.people:
        raise RuleBroken(_("这一队有 %(n)s 人，请填 1 到 %(n)s。", n=team.people), field="people")
    try:
        with session().begin_nested():
            session().add(Practice(team_id=team.id, org_id=team.org_id, day=day, slot=slot.value, people=people, created_at=now))
    except IntegrityError:
        return False
    purge_pages(PAGE)
    record_audit("chapters.exercise_logged", f"exercise_team:{team.id}", actor=actor, now=now, org_id=team.org_id, day=day.isoformat())
    return True


def remind(account_id: int, *, am: bool, pm: bool) -> None:
    """Keep which breaks somebody wants to be reminded of."""
    found = session().get(Reminder, account_id)
    if found is None:
        session().add(Reminder(account_id=account_id, am=am, pm=pm))
    else:
        found.am, found.pm = am, pm
    session().flush()


def ask_coach(
    org_id: int, contact: str, mobile: str, people: int, wish: str, *, member_id: int | None, actor: Actor, now: datetime
) -> CoachVisit:
    """Return a firm's wish for a coach. Raises RuleBroken."""
    number = "".join(mark for mark in mobile if mark.isdigit())
    if not tidy(contact):
        raise RuleBroken(_("还没有填联系人。"), field="contact")
    if not is_mobile(number):
        raise RuleBroken(_("手机号要写 11 位数字，例如 13800002617。"), field="mobile")
    found = CoachVisit(
        org_id=org_id, member_id=member_id, account_id=actor.account_id, contact=tidy(contact)[:60], mobile_sealed=seal_mobile(number),
        people=people, wish=tidy(wish)[:300], state=VisitState.ASKED.value, answer="", created_at=now, updated_at=now,
    )  # fmt: skip
    session().add(found)
    session().flush()
    record_audit("chapters.coach_asked", f"coach_visit:{found.id}", actor=actor, now=now, org_id=org_id)
    return found


def answer_visit(visit: CoachVisit, state: VisitState, answer: str, *, actor: Actor, now: datetime) -> None:
    """Say what becomes of a wish, and tell who asked. Raises Conflict when it is somewhere else by now, RuleBroken, NotAllowed."""
    require(actor, rights.MANAGE, orgs_by_ids([visit.org_id])[visit.org_id])
    words, before = tidy(answer)[:200], VisitState(visit.state)
    if state not in NEXT[before]:
        raise Conflict(_("这份申请已经办过这一步，请刷新再看。"))
    if state == VisitState.DECLINED and not words:
        raise RuleBroken(_("不能安排时请写原因，申请的人会看到。"), field="answer")
    still = update(CoachVisit).where(CoachVisit.id == visit.id, CoachVisit.state == before.value)
    changed = still.values(state=state.value, answer=words or visit.answer, updated_at=now)
    if not update_count(changed.execution_options(synchronize_session=False)):
        raise Conflict(_("这份申请已经办过这一步，请刷新再看。"))
    session().refresh(visit)
    if visit.account_id and state != VisitState.DONE:
        said = _("可以安排") if state == VisitState.AGREED else _("暂时不能安排")
        notify("chapters.coach", [visit.account_id], {"result": said, "answer": words}, key=f"{visit.id}:{state}", now=now,
               url="/chapters/exercise/coach", org_id=visit.org_id)  # fmt: skip
    record_audit("chapters.coach_answered", f"coach_visit:{visit.id}", actor=actor, now=now, org_id=visit.org_id, state=state.value)


def reminded(slot: Slot) -> Sequence[int]:
    """Return the accounts that want to be reminded of a break."""
    wants = Reminder.am if slot == Slot.MORNING else Reminder.pm
    return list(session().scalars(select(Reminder.account_id).where(wants)))
