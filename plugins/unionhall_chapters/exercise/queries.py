"""Reads of the break-time exercise: courses, one's own teams, rates, wishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select

from unionhall.plugin import Actor, NotFound, Org, in_subtree, scoped, session, unscoped, workdays
from unionhall_chapters import rights
from unionhall_chapters.exercise.models import CoachVisit, ExerciseCourse, ExerciseTeam, Practice, Reminder

DAYS = 5
MOST = 20


def shown() -> list[ExerciseCourse]:
    """Return the courses that everybody may see."""
    wanted = select(ExerciseCourse).where(ExerciseCourse.shown).order_by(ExerciseCourse.position, ExerciseCourse.id)
    return list(session().scalars(unscoped(wanted, why="public")))


def courses(actor: Actor, scope: str) -> list[ExerciseCourse]:
    """Return the courses of the actor's orgs."""
    wanted = select(ExerciseCourse).order_by(ExerciseCourse.position, ExerciseCourse.id)
    return list(session().scalars(scoped(wanted, ExerciseCourse, actor, rights.READ, scope)))


def course(course_id: int, actor: Actor) -> ExerciseCourse:
    """Return a course that the actor may change. Raises NotFound."""
    wanted = select(ExerciseCourse).where(ExerciseCourse.id == course_id)
    found = session().scalar(scoped(wanted, ExerciseCourse, actor, rights.MANAGE))
    if found is None:
        raise NotFound()
    return found


def led_by(member_id: int) -> list[ExerciseTeam]:
    """Return the teams that a member leads."""
    wanted = select(ExerciseTeam).where(ExerciseTeam.leader_id == member_id, ExerciseTeam.closed_on.is_(None)).order_by(ExerciseTeam.id)
    return list(session().scalars(unscoped(wanted, why="oneself")))


def logged(team_ids: list[int], since: date) -> dict[int, list[Practice]]:
    """Return {team id: what it logged since a day, the last first}."""
    wanted = select(Practice).where(Practice.team_id.in_(team_ids), Practice.day >= since)
    found: dict[int, list[Practice]] = {}
    for row in session().scalars(unscoped(wanted.order_by(Practice.day.desc(), Practice.slot.desc()), why="oneself")):
        found.setdefault(row.team_id, []).append(row)
    return found


def reminder(account_id: int) -> Reminder | None:
    """Return what somebody wants to be reminded of."""
    return session().get(Reminder, account_id)


@dataclass(frozen=True, slots=True)
class Rate:
    """How an org practises: its teams, those that practised in the time asked for, and person-times."""

    org: Org
    teams: int
    practised: int
    times: int

    @property
    def percent(self) -> int:
        """Return how many of a hundred teams practised."""
        return round(100 * self.practised / self.teams) if self.teams else 0


def last_days(today: date) -> date:
    """Return the first of the last five working days, today included."""
    day, left = today, DAYS
    while True:
        left -= workdays.is_workday(day)
        if left <= 0:
            return day
        day -= timedelta(days=1)


def rates(since: date, until: date, *, below: str = "", most: int = MOST) -> list[Rate]:
    """Return how orgs practised from one day to another, both included: the best first, then those with more teams."""
    alive = or_(ExerciseTeam.closed_on.is_(None), ExerciseTeam.closed_on > until)
    join = (Practice.team_id == ExerciseTeam.id) & (Practice.day >= since) & (Practice.day <= until)
    teams, practised = func.count(func.distinct(ExerciseTeam.id)), func.count(func.distinct(Practice.team_id))
    wanted = (
        select(Org, teams, practised, func.coalesce(func.sum(Practice.people), 0))
        .select_from(ExerciseTeam).join(Org, Org.id == ExerciseTeam.org_id).outerjoin(Practice, join).where(alive).group_by(Org.id)
    )  # fmt: skip
    if below:
        wanted = wanted.where(in_subtree(Org.path, below))
    found = [Rate(org, number, did, int(times)) for org, number, did, times in session().execute(unscoped(wanted, why="figures"))]
    return sorted(found, key=lambda row: (-row.percent, -row.teams, row.org.path))[:most]


def visits(actor: Actor, scope: str, limit: int = 100) -> list[CoachVisit]:
    """Return the wishes for a coach in the actor's orgs, the open ones first, then the newest."""
    order = (CoachVisit.state.in_(("done", "declined")), CoachVisit.id.desc())
    return list(session().scalars(scoped(select(CoachVisit).order_by(*order).limit(limit), CoachVisit, actor, rights.READ, scope)))


def visit(visit_id: int, actor: Actor) -> CoachVisit:
    """Return a wish that the actor may answer. Raises NotFound."""
    found = session().scalar(scoped(select(CoachVisit).where(CoachVisit.id == visit_id), CoachVisit, actor, rights.MANAGE))
    if found is None:
        raise NotFound()
    return found


def my_visits(account_id: int) -> list[CoachVisit]:
    """Return one's own wishes, the newest first."""
    wanted = select(CoachVisit).where(CoachVisit.account_id == account_id).order_by(CoachVisit.id.desc()).limit(20)
    return list(session().scalars(unscoped(wanted, why="oneself")))
