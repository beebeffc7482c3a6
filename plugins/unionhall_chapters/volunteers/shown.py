"""What is next for one person: shifts with a place, duty, pauses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from unionhall.plugin import applicant_of, live_sign_up, member_view, session, unscoped
from unionhall_chapters.volunteers import queries, shifts
from unionhall_chapters.volunteers.models import Shift, Swap, Team


@dataclass(frozen=True, slots=True)
class MyShift:
    """A shift on which somebody has a place ("accepted", "waiting", …), or the duty; `swap` is their open offer."""

    shift: Shift
    entry_id: int | None
    state: str
    swap: Swap | None


def my_shifts(member_id: int, now: datetime) -> list[MyShift]:
    """Return a person's shifts that are not over, the next first."""
    member = member_view(member_id)
    if member is None:
        return []
    inside = [row.team_id for row in queries.my_teams(member_id)]
    who, found = applicant_of(member), []
    open_ = {(row.shift_id, row.duty): row for row in _offered(member_id)}
    for shift in queries.coming(now, team_ids=inside):
        if shift.cancelled_at:
            continue
        entry = live_sign_up(queries.sheet(shift).id, who)
        if entry:
            found.append(MyShift(shift, entry.id, entry.state, open_.get((shift.id, False))))
        if shift.duty_id == member_id:
            found.append(MyShift(shift, None, "duty", open_.get((shift.id, True))))
    return found


def _offered(member_id: int) -> list[Swap]:
    wanted = select(Swap).where(Swap.member_id == member_id, Swap.state == "offered")
    return list(session().scalars(unscoped(wanted, why="oneself")))


def pauses(member_id: int, teams: Iterable[Team], now: datetime) -> list[tuple[str, datetime]]:
    """Return (team, until when) of the teams whose shifts somebody may not sign up for."""
    found = [(team.name, shifts.paused_until(member_id, team.chapter_id, now)) for team in teams]
    return [(name, until) for name, until in found if until]
