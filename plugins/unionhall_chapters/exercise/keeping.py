"""What the break-time exercise holds about a person: reminders, the teams that they lead, their wishes for a coach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, or_, select, update

from unionhall.plugin import Kept, Org, Person, PersonalData, ReportFigure, in_subtree, open_mobile, session, unscoped
from unionhall_chapters.exercise.models import CoachVisit, ExerciseCourse, ExerciseTeam, Practice, Reminder

GROUP = _l("协会")


def _visits(person: Person) -> ColumnElement[bool]:
    mine = [CoachVisit.id < 0]
    if person.account_id is not None:
        mine.append(CoachVisit.account_id == person.account_id)
    if person.member_id is not None:
        mine.append(CoachVisit.member_id == person.member_id)
    return or_(*mine)


def export(person: Person) -> Mapping[str, Any]:
    """Return what is kept about somebody."""
    found = session().get(Reminder, person.account_id) if person.account_id else None
    teams = select(ExerciseTeam).where(ExerciseTeam.leader_id == (person.member_id or 0)).order_by(ExerciseTeam.id)
    visits = select(CoachVisit).where(_visits(person)).order_by(CoachVisit.id)
    return {
        "reminder": {"am": found.am, "pm": found.pm} if found else None,
        "teams": [{"name": team.name, "people": team.people} for team in session().scalars(unscoped(teams, why="oneself"))],
        "visits": [
            {"contact": row.contact, "mobile": open_mobile(row.mobile_sealed), "wish": row.wish, "state": row.state}
            for row in session().scalars(unscoped(visits, why="oneself"))
        ],
    }


def erase(person: Person, now: datetime) -> Iterable[Kept]:
    """Forget who it was; that a team practised, and that a coach came, stays as a number."""
    if person.account_id is not None:
        session().execute(delete(Reminder).where(Reminder.account_id == person.account_id))
    if person.member_id is not None:
        session().execute(update(ExerciseTeam).where(ExerciseTeam.leader_id == person.member_id).values(leader_id=None))
    blank = {"contact": "", "mobile_sealed": "", "wish": "", "member_id": None, "account_id": None}
    session().execute(update(CoachVisit).where(_visits(person)).values(**blank).execution_options(synchronize_session=False))
    session().expire_all()
    return []


def hand_over(source_id: int, target_id: int) -> None:
    """Give what an org has to the one that it is merged into; a team whose name is taken there is told apart by its number."""
    taken = select(ExerciseTeam.name).where(ExerciseTeam.org_id == target_id)
    same = select(ExerciseTeam).where(ExerciseTeam.org_id == source_id, ExerciseTeam.name.in_(taken))
    for team in session().scalars(unscoped(same, why="merging")).all():
        team.name = f"{team.name[:50]} {team.id}"
    session().flush()
    for table in (ExerciseCourse, ExerciseTeam, Practice, CoachVisit):
        session().execute(update(table).where(table.org_id == source_id).values(org_id=target_id))
    session().expire_all()


def practised(path: str, since: date, until: date) -> int:
    """Return how many teams practised at least once."""
    orgs = select(Org.id).where(in_subtree(Org.path, path))
    wanted = select(func.count(func.distinct(Practice.team_id))).where(Practice.org_id.in_(orgs))
    return session().scalar(unscoped(wanted.where(Practice.day >= since, Practice.day < until), why="figures")) or 0


def teams(path: str, _since: date, until: date) -> int:
    """Return how many teams there are at the end of a period."""
    orgs, last = select(Org.id).where(in_subtree(Org.path, path)), until - timedelta(days=1)
    alive = or_(ExerciseTeam.closed_on.is_(None), ExerciseTeam.closed_on > last)
    wanted = select(func.count()).select_from(ExerciseTeam).where(ExerciseTeam.org_id.in_(orgs), alive)
    return session().scalar(unscoped(wanted, why="figures")) or 0


PERSONAL = PersonalData("chapters.exercise", _l("工间操：提醒、领操、教练上门"), export, erase)
REPORT = (
    ReportFigure("chapters.exercise_teams", _l("工间操队数"), GROUP, "items", teams, standing=True, order=340),
    ReportFigure("chapters.exercise_practised", _l("做过工间操的队"), GROUP, "items", practised, order=350),
)
