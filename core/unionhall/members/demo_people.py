"""Who the demo's members are: put together from `demo_data/people.toml` by counting, the same in every demo."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from random import Random
from typing import Any

from unionhall.accounts import demo as accounts
from unionhall.base import clock
from unionhall.members import identity
from unionhall.members.models import Status

AREA = "999901"  # no county has this number
MOBILES = 14300000100  # no operator gives out numbers that begin like this
STRIDE = 1567  # prime to how many names there are: none comes twice
YEARS, RECENT = 20, 1.3
SEED = 20260514
SPECIAL = {0: Status.SUSPENDED, 1: Status.KEPT, 2: Status.LEFT, 3: Status.PENDING, 50: Status.SUSPENDED, 51: Status.KEPT, 52: Status.LEFT}
EVERY = 100  # who of so many is in which of these


@dataclass(frozen=True, slots=True)
class Person:
    """One invented member: `stepped_on` is the day of the step to a status that is not active, `login` their demo account."""

    org: str
    name: str
    number: str
    mobile: str
    employer: str
    job: str
    joined: date
    status: Status = Status.ACTIVE
    stepped_on: date | None = None
    activated: datetime | None = None
    login: str = ""


@cache
def written() -> Mapping[str, Any]:
    """Return what the members are made of."""
    return tomllib.loads((files("unionhall.members") / "demo_data" / "people.toml").read_text("utf-8"))


def waiting() -> Mapping[str, str]:
    """Return name, number and mobile of somebody who is on the roster and has not activated yet."""
    found: Mapping[str, str] = written()["waiting"]
    return found


def everybody(now: datetime) -> Iterator[Person]:
    """Yield the members, union by union."""
    chance, today, numbers = Random(SEED), clock.local_day(now), count()  # noqa: S311 - invented people
    named, born = _names(), _numbers(Random(SEED))  # noqa: S311
    for union in written()["union"]:
        known = [row for row in (*written()["linked"], waiting()) if row["org"] == union["org"]]
        for row in known:
            yield _known(row, union["employer"], now)
        for _n in range(union["members"] - len(known)):
            number = next(numbers)
            joined = today - timedelta(days=int(YEARS * 365 * chance.random() ** RECENT))
            status, joined, stepped = _standing(number, joined, today)
            identity_number = born(joined)
            yield Person(
                union["org"], next(named), identity_number, str(MOBILES + number), union["employer"],
                chance.choice(union["jobs"]), joined, status, stepped, _activated(chance, status, joined, now),
            )  # fmt: skip


def associations(people: Sequence[Person], now: datetime) -> dict[str, list[tuple[int, date]]]:
    """Return {association: (place in `people`, day of joining)}: active members who have been there for some time."""
    chance, today = Random(SEED + 1), clock.local_day(now)  # noqa: S311 - invented
    own = {row["org"] for row in written()["association"]}
    fit = [
        at for at, each in enumerate(people)
        if each.status is Status.ACTIVE and not each.login and each.org not in own and (today - each.joined).days > 200
    ]  # fmt: skip
    second = {row["login"]: row.get("second") for row in written()["linked"]}
    found = {}
    for row in written()["association"]:
        linked = [at for at, each in enumerate(people) if each.login and second[each.login] == row["org"]]
        chosen = linked + chance.sample(fit, row["members"] - len(linked))
        found[row["org"]] = [
            (at, today - timedelta(days=chance.randrange(5, min(2000, (today - people[at].joined).days)))) for at in sorted(chosen)
        ]
    return found


def _known(row: Mapping[str, Any], employer: str, now: datetime) -> Person:
    """Return somebody of whom something is written down; who has an account activated a year after the demo's accounts were made."""
    login = row.get("login", "")
    name = accounts.account(login).name if login else row["name"]
    joined = clock.local_day(now) - timedelta(days=row.get("joined", 400))
    activated = now - timedelta(days=300) if login else None
    return Person(row["org"], name, row["number"], row["mobile"], employer, row["job"], joined, activated=activated, login=login)


def _names() -> Iterator[str]:
    """Yield names, none twice, and none that somebody else in the demo has."""
    taken = {row["name"] for row in accounts.rows()} | {waiting()["name"]}
    surnames, given = list(dict.fromkeys(written()["surnames"])), written()["given"]
    every = len(surnames) * len(given)
    for at in range(every):
        place = (at * STRIDE) % every
        name = surnames[place // len(given)] + given[place % len(given)]
        if name not in taken:
            yield name


def _numbers(chance: Random) -> Callable[[date], str]:
    """Return what gives a valid number, never the same, to somebody who was grown up on the day of joining."""
    given: set[str] = set()

    def number(joined: date) -> str:
        first = ""
        while not first or first in given:
            born = joined - timedelta(days=chance.randrange(19 * 365, 41 * 365))
            first = f"{AREA}{born:%Y%m%d}{chance.randrange(31, 1000):03d}"  # those that are written down have smaller ones
        given.add(first)
        return first + identity.check_digit(first)

    return number


def _standing(number: int, joined: date, today: date) -> tuple[Status, date, date | None]:
    """Return how somebody stands, since when they are a member, and on which day they came to stand so."""
    status = SPECIAL.get(number % EVERY, Status.ACTIVE)
    if status is Status.ACTIVE:
        return status, joined, None
    if status is Status.PENDING:
        return status, today - timedelta(days=number // EVERY % 9), None
    stepped = today - timedelta(days=2 + number * 7 % 400)
    return status, min(joined, stepped - timedelta(days=3650 if status is Status.KEPT else 400)), stepped


def _activated(chance: Random, status: Status, joined: date, now: datetime) -> datetime | None:
    """Return when somebody activated: six of ten did, within the last three years."""
    share, lucky = chance.random(), chance.random() < 0.62
    if not lucky or status in {Status.PENDING, Status.LEFT}:
        return None
    start = max(clock.first_moment(joined) + timedelta(hours=10), now - timedelta(days=1000))
    return start + (now - start) * share if start < now else None
