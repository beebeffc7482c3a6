"""Reads of what was counted: unions by share, stars of a month, one's own streaks. Small numbers are hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import func, select

from unionhall.plugin import (
    NotFound,
    Org,
    clock,
    member_names,
    org_by_path,
    orgs_above,
    orgs_by_ids,
    session,
    small_cover,
)
from unionhall_quiz.play import calendar
from unionhall_quiz.play.models import Attempt, AttemptState, Round
from unionhall_quiz.team import streaks
from unionhall_quiz.team.models import AgeLine, Month, Naming, NamingChoice, Star, TeamLine

SMALL, LEAST_CROWD, MOST_STARS = 5, 10, 20


@dataclass(frozen=True, slots=True)
class Team:
    """A union in a ranking: `place` from 1, with the same place for the same share; None, and no numbers, where few took part."""

    org: Org
    place: int | None
    people: int | None
    members: int
    deeper: bool

    @property
    def percent(self) -> float | None:
        """Return how many of a hundred members took part; who left since may be among them, so it ends at 100."""
        return None if self.people is None or not self.members else min(100 * self.people / self.members, 100.0)


@dataclass(frozen=True, slots=True)
class Shining:
    """A star as others read it: `name` masked unless its member chose otherwise, `org` only beside a full name."""

    name: str
    org: str
    days: int
    right: int
    asked: int


def base(found: Round) -> Org:
    """Return the org whose unions a round ranks: the one that it is for, or the whole tree's root. Raises NotFound."""
    path = found.audience_path if found.audience_path != "/" else "/{}/".format(found.org.path.strip("/").split("/")[0])
    org = org_by_path(path)
    if org is None:
        raise NotFound()
    return org


def months(round_id: int) -> list[Month]:
    """Return the months of a round that were counted, the newest first."""
    return list(session().scalars(select(Month).where(Month.round_id == round_id).order_by(Month.month.desc()).limit(24)))


def teams(found: Round, month: str, org: Org) -> list[Team]:
    """Return the unions right below an org by the share of their members that took part, those without a number last."""
    lines = {row.org_id: row for row in session().scalars(
        select(TeamLine).join(Org, Org.id == TeamLine.org_id).where(
            TeamLine.round_id == found.id, TeamLine.month == month, Org.parent_id == org.id
        )
    )}  # fmt: skip
    orgs, order = orgs_by_ids(lines), sorted(lines)
    whole = session().get(TeamLine, (found.id, month, org.id))
    cells = [lines[number].people for number in order]
    rest = [max(whole.people - sum(cells), 0)] if whole is not None else []  # those of the org itself could be subtracted, too
    hidden = small_cover([*cells, *rest], SMALL).cells
    deeper = set(session().scalars(select(Org.parent_id).join(TeamLine, TeamLine.org_id == Org.id).where(
        TeamLine.round_id == found.id, TeamLine.month == month, Org.parent_id.in_(order)
    )))  # fmt: skip
    rows = [
        Team(orgs[number], None, None if spot in hidden else lines[number].people, lines[number].members, number in deeper)
        for spot, number in enumerate(order)
    ]
    return _placed(sorted(rows, key=lambda row: (row.percent is None, -(row.percent or 0), row.org.short_name)))


def foremost(found: Round, month: str, top: Org) -> Org:
    """Return the org from which on there is something to rank: below one with a single union, that union."""
    here = top
    while len(beside := teams(found, month, here)) == 1 and beside[0].deeper:
        here = beside[0].org
    return here


def _placed(rows: Sequence[Team]) -> list[Team]:
    found, place, before = list[Team](), 0, -1.0
    for number, row in enumerate(rows, start=1):
        if row.percent is not None and row.percent != before:
            place, before = number, row.percent
        at = None if row.percent is None else place
        found.append(Team(row.org, at, row.people, row.members, row.deeper))
    return found


def stars(found: Round, kept: Month) -> list[Shining]:
    """Return the stars of a month as their members wish to be named; none while so few took part that anybody could be guessed."""
    if kept.people < LEAST_CROWD:
        return []
    rows = list(session().scalars(select(Star).where(Star.round_id == found.id, Star.month == kept.month).order_by(Star.place)))
    ids = [row.member_id for row in rows]
    wishes = {row.member_id: row.choice for row in session().scalars(select(NamingChoice).where(NamingChoice.member_id.in_(ids)))}
    names, orgs, told = member_names(ids), orgs_by_ids({row.org_id for row in rows if row.org_id}), list[Shining]()
    for row in rows:
        wish, (name, _account) = wishes.get(row.member_id, Naming.MASKED), names.get(row.member_id, ("", None))
        if wish == Naming.HIDDEN or not name or len(told) == MOST_STARS:
            continue
        named = wish == Naming.NAMED
        org = orgs.get(row.org_id or 0) if named else None
        told.append(Shining(name if named else f"{name[:1]}**", org.short_name if org else "", row.days, row.right, row.asked))
    return told


def naming(member_id: int) -> str:
    """Return how a member wishes to be named."""
    kept = session().get(NamingChoice, member_id)
    return kept.choice if kept else Naming.MASKED.value


@dataclass(frozen=True, slots=True)
class Mine:
    """How a member stands in a round, and their unions in it, the highest first, each among those beside it."""

    round: Round
    standing: streaks.Standing
    teams: list[tuple[Team, int]]
    month: Month | None


def mine(found: Round, member_id: int, org_path: str, now: datetime) -> Mine:
    """Return how a member of the union with this path stands in a round."""
    today = clock.local_day(now)
    wanted = select(Attempt.day).where(
        Attempt.round_id == found.id, Attempt.member_id == member_id, Attempt.state == AttemptState.SCORED,
        Attempt.day >= today - timedelta(days=calendar.FAR),
    )  # fmt: skip
    kept = next(iter(months(found.id)), None)
    return Mine(found, streaks.standing(found, set(session().scalars(wanted)), today), _chain(found, kept, org_path), kept)


def _chain(found: Round, kept: Month | None, org_path: str) -> list[tuple[Team, int]]:
    top = base(found)
    if kept is None or not org_path.startswith(top.path) or org_path == top.path:
        return []
    here = org_by_path(org_path)
    chain = [*orgs_above(here), here] if here else []
    places, told = [org for org in chain if org.path.startswith(top.path)], list[tuple[Team, int]]()
    for parent, org in pairwise(places):
        beside = teams(found, kept.month, parent)
        told += [(team, len(beside)) for team in beside if team.org.id == org.id and len(beside) > 1]
    return told


def ages(round_id: int, month: str) -> list[tuple[str, int | None]]:
    """Return (band, how many took part) of a month, None where the number is hidden."""
    rows = session().execute(select(AgeLine.band, AgeLine.people).where(AgeLine.round_id == round_id, AgeLine.month == month)).all()
    ordered = sorted(rows, key=lambda row: int(row.band) if row.band else 999)
    hidden = small_cover([row.people for row in ordered], SMALL).cells
    return [(row.band, None if spot in hidden else row.people) for spot, row in enumerate(ordered)]


def answered(member_id: int, since: date) -> list[int]:
    """Return the rounds in which a member handed something in since a day."""
    wanted = select(Attempt.round_id).where(
        Attempt.member_id == member_id, Attempt.state == AttemptState.SCORED, Attempt.day >= since
    ).group_by(Attempt.round_id).order_by(func.max(Attempt.day).desc())  # fmt: skip
    return list(session().scalars(wanted.limit(8)))
