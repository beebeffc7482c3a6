"""Reads of volunteering: for everybody, for the person, and in the desk for one chapter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from unionhall.plugin import NotFound, Sheet, clock, session, sheet_of, unscoped
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers.models import (
    Hours,
    HoursChange,
    HoursState,
    NoShow,
    Shift,
    Standing,
    Swap,
    Team,
    TeamMember,
    Volunteer,
)

OWNER = "chapters.shift"


def lock(table: type[Team | TeamMember | Shift], number: int) -> None:
    """Hold a row until this unit of work ends: what is looked for next cannot be made by somebody else meanwhile."""
    session().flush()
    session().execute(unscoped(select(table.id).where(table.id == number).with_for_update(), why="lock"))


def teams(chapter_id: int, *, every: bool = False) -> list[Team]:
    """Return a chapter's teams by name, those that are not at work any more only if asked."""
    wanted = select(Team).where(Team.chapter_id == chapter_id).order_by(Team.active.desc(), Team.name)
    return list(session().scalars(unscoped(wanted if every else wanted.where(Team.active), why="public")))


def team_by_slug(chapter: Chapter, slug: str) -> Team:
    """Return a team that readers may see. Raises NotFound."""
    wanted = select(Team).where(Team.chapter_id == chapter.id, Team.slug == slug, Team.active)
    found = session().scalar(unscoped(wanted, why="public"))
    if found is None:
        raise NotFound()
    return found


def team_of(chapter: Chapter, team_id: int) -> Team:
    """Return a team of a chapter that the caller may see. Raises NotFound."""
    found = session().scalar(
        unscoped(select(Team).where(Team.chapter_id == chapter.id, Team.id == team_id), why="the chapter's")
    )
    if found is None:
        raise NotFound()
    return found


def sizes(team_ids: Iterable[int]) -> dict[int, int]:
    """Return {team id: how many belong to it}."""
    wanted = select(TeamMember.team_id, func.count()).where(
        TeamMember.team_id.in_(list(team_ids)), TeamMember.state == Standing.IN
    )
    return {row[0]: row[1] for row in session().execute(unscoped(wanted.group_by(TeamMember.team_id), why="numbers"))}


def standing(team_id: int, member_id: int) -> TeamMember | None:
    """Return how a person stands with a team."""
    wanted = select(TeamMember).where(TeamMember.team_id == team_id, TeamMember.member_id == member_id)
    return session().scalar(unscoped(wanted.execution_options(populate_existing=True), why="oneself"))


def people(team_ids: Iterable[int], *states: Standing) -> list[TeamMember]:
    """Return the people of teams in these states, leaders first, in the order in which they asked."""
    wanted = select(TeamMember).where(
        TeamMember.team_id.in_(list(team_ids)), TeamMember.state.in_([state.value for state in states])
    )
    return list(
        session().scalars(
            unscoped(wanted.order_by(TeamMember.leader.desc(), TeamMember.asked_at, TeamMember.id), why="the chapter's")
        )
    )


def my_teams(member_id: int) -> list[TeamMember]:
    """Return the teams that a person belongs to or asked to join."""
    wanted = select(TeamMember).where(
        TeamMember.member_id == member_id, TeamMember.state.in_([Standing.IN.value, Standing.ASKED.value])
    )
    return list(session().scalars(unscoped(wanted.order_by(TeamMember.id), why="oneself")))


def volunteer(member_id: int) -> Volunteer | None:
    """Return what a person told their teams."""
    return session().get(Volunteer, member_id)


def shift(shift_id: int) -> Shift:
    """Return a shift. Raises NotFound."""
    found = session().scalar(unscoped(select(Shift).where(Shift.id == shift_id), why="given"))
    if found is None:
        raise NotFound()
    return found


def shift_of(chapter: Chapter, shift_id: int) -> Shift:
    """Return a shift of a chapter that the caller may see. Raises NotFound."""
    found = shift(shift_id)
    if found.team.chapter_id != chapter.id:
        raise NotFound()
    return found


def sheet(found: Shift) -> Sheet:
    """Return a shift's sign-up sheet."""
    made = sheet_of(OWNER, found.id)
    if made is None:
        raise NotFound()
    return made


def coming(
    now: datetime, *, chapter_id: int | None = None, team_ids: Iterable[int] | None = None, limit: int = 50
) -> list[Shift]:
    """Return shifts that are not over, the next first; cancelled ones among them, which say so."""
    wanted = (
        select(Shift)
        .join(Team)
        .where(Shift.ends_at > now, Team.active)
        .order_by(Shift.starts_at, Shift.id)
        .limit(limit)
    )
    if chapter_id is not None:
        wanted = wanted.where(Team.chapter_id == chapter_id)
    if team_ids is not None:
        wanted = wanted.where(Shift.team_id.in_(list(team_ids)))
    return list(session().scalars(unscoped(wanted, why="public")))


def past(chapter_id: int, now: datetime, limit: int = 30) -> list[Shift]:
    """Return shifts that are over, the last first."""
    wanted = (
        select(Shift)
        .join(Team)
        .where(Team.chapter_id == chapter_id, Shift.ends_at <= now)
        .order_by(Shift.starts_at.desc())
        .limit(limit)
    )
    return list(session().scalars(unscoped(wanted, why="the chapter's")))


def due(before: datetime) -> list[int]:
    """Return the ids of shifts whose hours are still to be counted."""
    wanted = (
        select(Shift.id)
        .where(Shift.settled_at.is_(None), Shift.cancelled_at.is_(None), Shift.ends_at <= before)
        .order_by(Shift.id)
    )
    return list(session().scalars(unscoped(wanted.limit(200), why="job")))


def swap(swap_id: int) -> Swap:
    """Return an offer. Raises NotFound."""
    found = session().scalar(unscoped(select(Swap).where(Swap.id == swap_id), why="given"))
    if found is None:
        raise NotFound()
    return found


def swaps(team_ids: Iterable[int], *, now: datetime | None = None, limit: int = 50) -> list[Swap]:
    """Return offers of teams, the newest first; with `now`, those that can still be taken."""
    wanted = select(Swap).join(Shift).where(Shift.team_id.in_(list(team_ids))).order_by(Swap.id.desc()).limit(limit)
    if now is not None:
        wanted = wanted.where(Swap.state == "offered", Shift.starts_at > now, Shift.cancelled_at.is_(None))
    return list(session().scalars(unscoped(wanted, why="the team's")))


def no_shows(member_id: int, since: datetime, chapter_id: int | None = None) -> list[NoShow]:
    """Return shifts that a person missed without an excuse, the last first."""
    wanted = (
        select(NoShow)
        .join(Shift)
        .join(Team)
        .where(NoShow.member_id == member_id, NoShow.at > since, NoShow.excused_at.is_(None))
    )
    if chapter_id is not None:
        wanted = wanted.where(Team.chapter_id == chapter_id)
    return list(session().scalars(unscoped(wanted.order_by(NoShow.at.desc()), why="oneself")))


def missed(shift_id: int) -> list[NoShow]:
    """Return who missed a shift."""
    return list(
        session().scalars(
            unscoped(select(NoShow).where(NoShow.shift_id == shift_id).order_by(NoShow.id), why="the chapter's")
        )
    )


def record(hours_id: int) -> Hours:
    """Return a record of service. Raises NotFound."""
    found = session().scalar(
        unscoped(select(Hours).where(Hours.id == hours_id).execution_options(populate_existing=True), why="given")
    )
    if found is None:
        raise NotFound()
    return found


def record_of(chapter: Chapter, hours_id: int) -> Hours:
    """Return a record of a chapter that the caller may see. Raises NotFound."""
    found = record(hours_id)
    if found.chapter_id != chapter.id:
        raise NotFound()
    return found


def records(
    chapter_id: int, *, state: str = "", shift_id: int | None = None, offset: int = 0, limit: int = 50
) -> list[Hours]:
    """Return a chapter's records, the newest first."""
    wanted = (
        select(Hours)
        .where(Hours.chapter_id == chapter_id)
        .order_by(Hours.day.desc(), Hours.id.desc())
        .offset(offset)
        .limit(limit)
    )
    if state:
        wanted = wanted.where(Hours.state == state)
    if shift_id is not None:
        wanted = wanted.where(Hours.shift_id == shift_id)
    return list(session().scalars(unscoped(wanted, why="the chapter's")))


def number_of_records(chapter_id: int, state: str = "") -> int:
    """Return how many records there are."""
    wanted = select(func.count(Hours.id)).where(Hours.chapter_id == chapter_id)
    return session().scalar(unscoped(wanted.where(Hours.state == state) if state else wanted, why="numbers")) or 0


def mine(member_id: int, limit: int = 100) -> list[Hours]:
    """Return a person's own records, the newest first."""
    wanted = select(Hours).where(Hours.member_id == member_id).order_by(Hours.day.desc(), Hours.id.desc()).limit(limit)
    return list(session().scalars(unscoped(wanted, why="oneself")))


def changes(hours_ids: Iterable[int]) -> dict[int, list[HoursChange]]:
    """Return {record id: its corrections, the first one first}."""
    found: dict[int, list[HoursChange]] = {}
    for row in session().scalars(
        select(HoursChange).where(HoursChange.hours_id.in_(list(hours_ids))).order_by(HoursChange.id)
    ):
        found.setdefault(row.hours_id, []).append(row)
    return found


def year(of: int) -> tuple[date, date]:
    """Return the first day of a year and of the next."""
    return date(of, 1, 1), date(of + 1, 1, 1)


def total(member_id: int, of: int, chapter_id: int | None = None) -> tuple[int, int, date | None]:
    """Return a person's approved minutes of a year, the number of times, and the last day."""
    since, until = year(of)
    wanted = select(func.coalesce(func.sum(Hours.minutes), 0), func.count(Hours.id), func.max(Hours.day)).where(
        Hours.member_id == member_id, Hours.state == HoursState.APPROVED, Hours.minutes > 0, Hours.day >= since, Hours.day < until
    )  # fmt: skip
    if chapter_id is not None:
        wanted = wanted.where(Hours.chapter_id == chapter_id)
    row = session().execute(unscoped(wanted, why="oneself")).one()
    return int(row[0]), row[1], row[2]


def years(member_id: int) -> list[tuple[int, int, int]]:
    """Return (chapter id, year, minutes) of a person's approved service, the newest year first."""
    wanted = select(Hours.chapter_id, Hours.day, Hours.minutes).where(
        Hours.member_id == member_id, Hours.state == HoursState.APPROVED, Hours.minutes > 0
    )  # fmt: skip
    found: dict[tuple[int, int], int] = {}
    for row in session().execute(unscoped(wanted, why="oneself")):
        found[row.chapter_id, row.day.year] = found.get((row.chapter_id, row.day.year), 0) + row.minutes
    return sorted(
        ((chapter, of, minutes) for (chapter, of), minutes in found.items()), key=lambda row: (-row[1], row[0])
    )


def team_totals(chapter_id: int, of: int) -> dict[int, tuple[int, int, int]]:
    """Return {team id: (people, times, minutes)} of a year."""
    since, until = year(of)
    wanted = select(Hours.team_id, func.count(func.distinct(Hours.member_id)), func.count(Hours.id), func.sum(Hours.minutes)).where(
        Hours.chapter_id == chapter_id, Hours.state == HoursState.APPROVED, Hours.minutes > 0, Hours.day >= since, Hours.day < until
    )  # fmt: skip
    return {
        row[0]: (row[1], row[2], int(row[3] or 0))
        for row in session().execute(unscoped(wanted.group_by(Hours.team_id), why="numbers"))
    }


def this_year(now: datetime) -> int:
    """Return the year of today in Shanghai."""
    return clock.local_day(now).year


def recent(now: datetime, back: timedelta) -> datetime:
    """Return the moment so long ago."""
    return now - back
