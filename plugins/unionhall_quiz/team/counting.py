"""Counting a round's month, once a day when the day before is over: unions by share, stars, ages. Pages only read what is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, delete, func, insert, or_, select

from unionhall.plugin import (
    Org,
    belonging_by_org,
    clock,
    count_member_ages,
    in_subtree,
    keyed_hash,
    purge_pages,
    session,
    unit_of_work,
    unscoped,
)
from unionhall_quiz.play import calendar
from unionhall_quiz.play.models import Attempt, AttemptState, Round, RoundState
from unionhall_quiz.team import pages, queries, streaks
from unionhall_quiz.team.models import AgeLine, Month, Star, TeamLine

LEVELS = 3
"""How many levels below the org that a round is for are ranked."""
KEPT_STARS = 60
PRIME = 2_147_483_647
TABLES = (AgeLine, Star, TeamLine, Month)


def run(now: datetime) -> int:
    """Count the months that have a day more than when they were counted; returns how many (a job)."""
    number, today = 0, clock.local_day(now)
    for round_id in lively(today):
        for month in months(today):
            session().rollback()
            with unit_of_work():
                number += count(round_id, month, now)
    return number


def months(today: date) -> list[str]:
    """Return the months that may have a day that is over and not counted yet: yesterday's, and the one before this."""
    return list(dict.fromkeys(streaks.month_of(day) for day in (today - timedelta(days=1), today.replace(day=1) - timedelta(days=1))))


def lively(today: date) -> list[int]:
    """Return the rounds that go on, or ended lately."""
    lately = or_(Round.until.is_(None), Round.until >= today - timedelta(days=40))
    wanted = select(Round.id).where(Round.state != RoundState.DRAFT, lately).order_by(Round.id)
    return list(session().scalars(unscoped(wanted, why="job")))


def count(round_id: int, month: str, now: datetime) -> bool:
    """Count a month of a round up to yesterday, unless that is done or yesterday is not quite over."""
    found = session().scalars(unscoped(select(Round).where(Round.id == round_id), why="job")).one()
    first, after = streaks.bounds(month)
    until = min(after, clock.local_day(now))
    days = streaks.days_of(found, max(first, found.since), until)
    kept = session().get(Month, (round_id, month))
    if not days or (kept is not None and kept.until >= until) or not calendar.is_over(found, days[-1], now):
        return False
    for table in TABLES:
        gone = delete(table).where(table.round_id == round_id, table.month == month)
        session().execute(gone.execution_options(synchronize_session=False))
    session().expunge_all()
    here = [
        Attempt.round_id == round_id, Attempt.day >= first, Attempt.day < until, Attempt.state == AttemptState.SCORED,
        Attempt.member_id.is_not(None),
    ]  # fmt: skip
    people = list(session().scalars(select(Attempt.member_id).where(*here).distinct()))
    tiers = _tiers(here, len(days))
    head = {"round_id": round_id, "month": month}
    session().execute(insert(Month).values(
        **head, until=until, days=len(days), people=len(people), one=tiers[1], two=tiers[2], three=tiers[3], counted_at=now
    ))  # fmt: skip
    _keep(TeamLine, [head | row for row in _teams(queries.base(found), here, until)])
    _keep(Star, [head | row for row in _stars(here, round_id, month)])
    ages = count_member_ages([number for number in people if number], until - timedelta(days=1))
    _keep(AgeLine, [head | {"band": band, "people": number} for band, number in sorted(ages.items())])
    purge_pages(pages.tag(round_id))
    return True


def _keep(table: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session().execute(insert(table), rows)


def _tiers(here: Sequence[ColumnElement[bool]], days: int) -> Counter[int]:
    """Return {stars: how many have them}."""
    each = select(func.count(func.distinct(Attempt.day)).label("done")).where(*here).group_by(Attempt.member_id).subquery()
    found = Counter[int]()
    for done, number in session().execute(select(each.c.done, func.count()).group_by(each.c.done)):
        found[streaks.stars(done, days)] += number
    return found


def _teams(base: Org, here: Sequence[ColumnElement[bool]], until: date) -> list[dict[str, Any]]:
    """Return the orgs below one with how many belong there and took part: each person once, at the main union of their last answer."""
    orgs = {row.id: row.path for row in session().execute(select(Org.id, Org.path).where(in_subtree(Org.path, base.path)))}
    depth = base.path.count("/")
    shown = {number for number, path in orgs.items() if 0 < path.count("/") - depth <= LEVELS}
    last = select(func.max(Attempt.id)).where(*here).group_by(Attempt.member_id)
    part, belong = Counter[int](), Counter[int]()
    for path, number in session().execute(select(Attempt.org_path, func.count()).where(Attempt.id.in_(last)).group_by(Attempt.org_path)):
        _up(part, path, number, shown)
    for org_id, each in belonging_by_org(select(Org.id).where(in_subtree(Org.path, base.path)), until).items():
        _up(belong, orgs[org_id], each.people - each.second, shown)
    return [{"org_id": number, "people": part[number], "members": belong[number]} for number in sorted(shown) if belong[number]]


def _up(counted: Counter[int], path: str, number: int, shown: set[int]) -> None:
    for each in path.strip("/").split("/"):
        if each and int(each) in shown:
            counted[int(each)] += number


def _stars(here: Sequence[ColumnElement[bool]], round_id: int, month: str) -> list[dict[str, Any]]:
    """Return the first of those who answered on most days, then got most right; who is alike stands in an order that nobody can choose."""
    key = keyed_hash("quiz.stars", f"{round_id}:{month}")
    factor, shift = int(key[:8], 16) % PRIME or 1, int(key[8:15], 16)
    lot = (cast(Attempt.member_id, BigInteger) * factor + shift) % PRIME
    days, right = func.count(func.distinct(Attempt.day)), func.sum(Attempt.score)
    wanted = select(Attempt.member_id, days, right, func.sum(Attempt.total), func.max(Attempt.id)).where(*here).group_by(Attempt.member_id)
    rows = session().execute(wanted.order_by(days.desc(), right.desc(), func.min(lot)).limit(KEPT_STARS)).all()
    lasts = select(Attempt.id, Org.id).join(Org, Org.path == Attempt.org_path).where(Attempt.id.in_([row[4] for row in rows]))
    unions: dict[int, int] = {row[0]: row[1] for row in session().execute(lasts)}
    return [
        {"place": place, "member_id": row[0], "org_id": unions.get(row[4]), "days": row[1], "right": int(row[2] or 0), "asked": row[3]}
        for place, row in enumerate(rows, start=1)
    ]
