"""The report: each station in a period, the districts and the whole as sums of them; no query for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from unionhall_stations.faults import queries as faults
from unionhall_stations.figures import costs, uptime, visits
from unionhall_stations.models import Station
from unionhall_stations.ratings import queries as ratings
from unionhall_stations.ratings.queries import Score
from unionhall_stations.tills import uses

UNRATED = Score(0, None)


@dataclass(frozen=True, slots=True)
class Tally:
    """What can be added up: visits, redemptions and their value (fen), promised minutes and those lost, cost (fen).

    `paid` are the visits of stations whose cost is known: a cost per visit leaves the others out.
    """

    times: int = 0
    redeemed: int = 0
    fen: int = 0
    promised: int = 0
    down: int = 0
    cost_fen: int = 0
    paid: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.times + other.times, self.redeemed + other.redeemed, self.fen + other.fen, self.promised + other.promised,
            self.down + other.down, self.cost_fen + other.cost_fen, self.paid + other.paid,
        )  # fmt: skip

    @property
    def uptime(self) -> float | None:
        """Return how many of a hundred promised hours the stations were there; None when none were promised."""
        return 100 * (self.promised - self.down) / self.promised if self.promised else None

    @property
    def each_fen(self) -> int | None:
        """Return what a visit cost; None without a cost or without visits."""
        return round(self.cost_fen / self.paid) if self.cost_fen and self.paid else None


@dataclass(frozen=True, slots=True)
class Line:
    """One station in a period; people are counted once. `score` is of the period's visits, `faults` are those not mended now."""

    station: Station
    people: int
    sums: Tally
    score: Score = UNRATED
    faults: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A district in a period, with its share of what its stations did."""

    district: visits.District
    sums: Tally


ORDERS: dict[str, Callable[[Line], float]] = {
    "uptime": lambda line: line.sums.uptime if line.sums.uptime is not None else 101.0,
    "times": lambda line: -line.sums.times,
    "people": lambda line: -line.people,
    "redeemed": lambda line: -line.sums.redeemed,
    "fen": lambda line: -line.sums.fen,
    "cost": lambda line: -line.sums.cost_fen,
    "each": lambda line: -(line.sums.each_fen or 0),
    "mean": lambda line: line.score.mean if line.score.mean is not None else 6.0,
    "faults": lambda line: -line.faults,
    "number": lambda line: line.station.number,
}
"""What the rows may be sorted by: the lowest uptime and the lowest mean first, else the largest number first."""


def lines(found: Sequence[Station], since: date, until: date, now: datetime) -> list[Line]:
    """Return each station with everything that is counted of it, from the day `since` up to but not including `until`."""
    ids, cost, rows = [row.id for row in found], costs.counted(found, since, until), []
    there, used = uptime.counted(found, since, until, now), uses.counted(ids, since, until)
    scores, broken = ratings.scores(ids, since, until), faults.live(ids)
    for seen in visits.lines(found, since, until):
        key = seen.station.id
        here, redeemed = there[key], used.get(key, uses.Used(0, 0))
        sums = Tally(
            seen.times, redeemed.times, redeemed.fen, here.promised, here.down, cost.get(key, 0), seen.times if cost.get(key) else 0
        )
        rows.append(Line(seen.station, seen.people, sums, scores.get(key, UNRATED), broken.get(key, 0)))
    return rows


def ordered(rows: Iterable[Line], by: str) -> list[Line]:
    """Return lines in one of ORDERS, those alike by number."""
    return sorted(rows, key=lambda line: (ORDERS[by](line), line.station.number))


def whole(rows: Iterable[Line]) -> Tally:
    """Return the sum of lines."""
    return sum((line.sums for line in rows), Tally())


def places(rows: Sequence[Line], path: str, since: date, until: date) -> list[Place]:
    """Return the districts directly below an org with the sums of their stations."""
    sums: dict[int, Tally] = {}
    for line in rows:
        key = visits.district_of(line.station, path)
        sums[key] = sums.get(key, Tally()) + line.sums
    found = [line.station for line in rows]
    return [Place(row, sums.get(row.org_id, Tally())) for row in visits.districts(found, path, since, until)]
