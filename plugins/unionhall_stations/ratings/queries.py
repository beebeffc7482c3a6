"""Reads of ratings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, distinct, func, select
from sqlalchemy.orm import joinedload

from unionhall.plugin import Actor, NotFound, Org, clock, in_subtree, scoped, session, unscoped
from unionhall_stations import rights
from unionhall_stations.models import Station
from unionhall_stations.ratings.models import Rating, Shown
from unionhall_stations.tills import uses
from unionhall_stations.tills.models import Visit

SIZE, LARGEST = 30, 2**31 - 1
FEWEST, RECENT, RATE_WITHIN = 3, timedelta(days=365), 14
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Score:
    """A station's ratings: how many, and their mean; None while fewer than FEWEST people gave one, so that nobody is made out."""

    number: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of ratings is narrowed to."""

    below: str
    state: str = ""
    stars: int = 0
    station: int = 0

    @property
    def narrowed(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.state or self.stars or self.station)


def scores(station_ids: Iterable[int], since: date, until: date) -> dict[int, Score]:
    """Return {station id: score} of the visits from the day `since` up to but not including `until`, of stations with ratings."""
    people = func.count(distinct(Rating.member_id)) + func.sum(case((Rating.member_id.is_(None), 1), else_=0))
    wanted = select(Rating.station_id, func.count(), func.sum(Rating.stars), people).where(
        Rating.station_id.in_(list(station_ids)), Rating.day >= since, Rating.day < until
    )  # fmt: skip
    rows = session().execute(unscoped(wanted.group_by(Rating.station_id), why="judged by the caller"))
    return {row[0]: Score(int(row[1]), row[2] / row[1] if row[3] >= FEWEST else None) for row in rows}


def whole(station_ids: Iterable[int], since: date, until: date) -> Score:
    """Return the score of several stations together."""
    people = func.count(distinct(Rating.member_id)) + func.coalesce(func.sum(case((Rating.member_id.is_(None), 1), else_=0)), 0)
    wanted = select(func.count(), func.coalesce(func.sum(Rating.stars), 0), people).where(
        Rating.station_id.in_(list(station_ids)), Rating.day >= since, Rating.day < until
    )  # fmt: skip
    number, stars, who = session().execute(unscoped(wanted, why="judged by the caller")).one()
    return Score(int(number), stars / number if who >= FEWEST else None)


def recent(station: Station, now: datetime) -> Score:
    """Return what readers see: the score of the last year."""
    today = clock.local_day(now)
    return scores([station.id], today - RECENT, today + DAY).get(station.id, Score(0, None))


def words_of(station: Station, most: int = 5) -> list[Rating]:
    """Return the latest words on a station that the desk has shown to readers."""
    wanted = select(Rating).where(Rating.station_id == station.id, Rating.state == Shown.SHOWN.value, Rating.comment != "")
    return list(session().scalars(unscoped(wanted.order_by(Rating.day.desc(), Rating.id.desc()).limit(most), why="public")))


def mine(station: Station, member_id: int, most: int = 10) -> list[Rating]:
    """Return a member's own ratings of a station, the latest first."""
    wanted = select(Rating).where(Rating.station_id == station.id, Rating.member_id == member_id)
    return list(session().scalars(unscoped(wanted.order_by(Rating.day.desc()).limit(most), why="oneself")))


def unrated(station: Station, member_id: int, now: datetime) -> list[date]:
    """Return the days of the last RATE_WITHIN on which a member was at a station (counted, or at the till) and that they did not rate."""
    today = clock.local_day(now)
    since, until = today - timedelta(days=RATE_WITHIN - 1), today + DAY
    been = select(Visit.day).where(Visit.station_id == station.id, Visit.member_id == member_id, Visit.day >= since, Visit.day < until)
    days = set(session().scalars(been)) | uses.days_of(station.id, member_id, since, until)
    rated = select(Rating.day).where(Rating.station_id == station.id, Rating.member_id == member_id, Rating.day >= since)
    return sorted(days - set(session().scalars(unscoped(rated, why="oneself"))), reverse=True)


def managed(rating_id: int, actor: Actor, permission: str) -> Rating:
    """Return a rating where the actor holds a permission. Raises NotFound."""
    wanted = select(Rating).where(Rating.id == rating_id)
    found = session().scalar(scoped(wanted, Rating, actor, permission)) if rating_id <= LARGEST else None
    if found is None:
        raise NotFound()
    return found


def listed(wanted: Wanted, actor: Actor, page: int) -> tuple[list[Rating], int]:
    """Return a page of the ratings in scope, the newest first, and how many there are."""
    total = session().scalar(_narrowed(select(func.count(Rating.id)), wanted, actor)) or 0
    bare = joinedload(Rating.station, innerjoin=True).lazyload(Station.offers)
    ordered = _narrowed(select(Rating).options(bare), wanted, actor).order_by(Rating.id.desc())
    return list(session().scalars(ordered.limit(SIZE).offset((page - 1) * SIZE))), total


def each(wanted: Wanted, actor: Actor) -> Iterator[Rating]:
    """Yield every rating in scope, for exports."""
    yield from session().scalars(_narrowed(select(Rating), wanted, actor).order_by(Rating.id).execution_options(yield_per=500))


def waiting(station_ids: Iterable[int]) -> dict[int, int]:
    """Return {station id: how many ratings wait for somebody to look at their words}."""
    wanted = select(Rating.station_id, func.count()).where(Rating.station_id.in_(list(station_ids)), Rating.state == Shown.WAITING.value)
    rows = session().execute(unscoped(wanted.group_by(Rating.station_id), why="judged by the caller"))
    return {row[0]: int(row[1]) for row in rows}


def below(path: str, since: date, until: date) -> int:
    """Return how many visits were rated at and below an org."""
    orgs = select(Org.id).where(in_subtree(Org.path, path))
    wanted = select(func.count(Rating.id)).where(Rating.day >= since, Rating.day < until, Rating.org_id.in_(orgs))
    return int(session().scalar(unscoped(wanted, why="figures")) or 0)


def _narrowed(statement: Select[Any], wanted: Wanted, actor: Actor) -> Select[Any]:
    for column, value in ((Rating.state, wanted.state), (Rating.stars, wanted.stars), (Rating.station_id, wanted.station)):
        if value:
            statement = statement.where(column == value)
    return scoped(statement, Rating, actor, rights.READ, wanted.below)
