"""Chapters side by side: counted for all of them at once, with what is small hidden from those above.

Hiding is judged over everything that the reader's grant reaches, and the same for each part of it: nobody learns a hidden number
by looking at a smaller part and subtracting. While a period lasts nothing small is listed, or it could be told day by day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from unionhall.plugin import (
    Actor,
    Belong,
    NotFound,
    Org,
    ReportPeriod,
    belonging_by_org,
    plugin_settings,
    session,
    small_cover,
    unscoped,
)
from unionhall_chapters import rights
from unionhall_chapters.activities import figures as activities
from unionhall_chapters.benefits import figures as benefits
from unionhall_chapters.exercise import keeping as exercise
from unionhall_chapters.figures import counting
from unionhall_chapters.models import Chapter
from unionhall_chapters.volunteers import figures as volunteers

SORTS = ("name", "people", "share", "activities", "times", "hours")


@dataclass(frozen=True, slots=True)
class Place:
    """What is looked at, and the widest org of the reader's grants around it."""

    path: str
    reach: str


@dataclass(frozen=True, slots=True)
class Row:
    """One chapter in a period: times and minutes are None where they are hidden."""

    chapter: Chapter
    path: str
    people: int
    second: int
    held: int
    came: int | None
    minutes: int | None

    @property
    def name(self) -> str:
        """Return its name."""
        return self.chapter.name

    @property
    def share(self) -> float | None:
        """Return for how many of a hundred members it is a second cover."""
        return 100 * self.second / self.people if self.people else None

    @property
    def activities(self) -> float | None:
        """Return the activities for each hundred members."""
        return 100 * self.held / self.people if self.people else None

    @property
    def times(self) -> float | None:
        """Return how often a member came, on average."""
        return self.came / self.people if self.people and self.came is not None else None

    @property
    def hours(self) -> float | None:
        """Return the hours of service of a member, on average."""
        return self.minutes / 60 / self.people if self.people and self.minutes is not None else None


@dataclass(frozen=True, slots=True)
class Totals:
    """The numbers of a whole place: each person once. None where a number is hidden."""

    kinds: dict[str, int]
    members: Belong
    held: int
    people: int | None
    times: int | None
    volunteers: int | None
    hours: int | None
    paid_people: int | None
    paid_fen: int | None
    teams: int
    practised: int


def place(actor: Actor, scope: str) -> Place:
    """Return the place to look at: the scope where a grant covers it, else the first one inside it. Raises NotFound."""
    if actor.system:
        return Place(scope, scope)
    held = sorted(actor.paths(rights.READ), key=lambda path: (len(path), path))
    around = next((path for path in held if scope.startswith(path)), "")
    inside = around or next((path for path in held if path.startswith(scope)), "")
    if not inside:
        raise NotFound()
    return Place(scope if around else inside, inside)


def small() -> int:
    """Return the least number of people that is shown to those above."""
    return int(plugin_settings("chapters").small_number)


def compare(there: Place, period: ReportPeriod) -> tuple[list[Row], Totals]:
    """Return the chapters of a place in a period and what they have together; as many queries for three chapters as for one."""
    span = (period.since, period.until)
    wanted = select(Chapter, Org.path).join(Org, Org.id == Chapter.org_id).where(counting.standing(there.reach, period.until))
    chapters = [(row[0], row[1]) for row in session().execute(unscoped(wanted.order_by(Chapter.name, Chapter.id), why="figures"))]
    ids = [chapter.org_id for chapter, _path in chapters]
    people = belonging_by_org(select(Chapter.org_id).where(counting.standing(there.reach, period.until)), period.until)
    held, came = activities.held_by_org(there.reach, *span), activities.came_by_org(there.reach, *span)
    served = volunteers.by_org(there.reach, *span)
    within = any(path == there.reach for _chapter, path in chapters)
    visits = [(came[each].people, came[each].times) if each in came else (0, 0) for each in ids]
    service = [served[each][:2] if each in served else (0, 0) for each in ids]
    no_times, times_total = _hidden(visits, within, period)
    no_hours, hours_total = _hidden(service, within, period)
    rows, nobody = [], Belong(0, 0)
    for at, (chapter, path) in enumerate(chapters):
        if path.startswith(there.path):
            each = people.get(chapter.org_id, nobody)
            rows.append(Row(
                chapter, path, each.people, each.second, held.get(chapter.org_id, 0), None if at in no_times else visits[at][1],
                None if at in no_hours else served.get(chapter.org_id, (0, 0, 0))[2],
            ))  # fmt: skip
    whole = there.path == there.reach
    show_times = not times_total if whole else all(row.came is not None for row in rows)
    show_hours = not hours_total if whole else all(row.minutes is not None for row in rows)
    return rows, _totals(there, period, within, show_times, show_hours)


def ordered(rows: Iterable[Row], sort: str) -> list[Row]:
    """Return rows by a column ("-times": the most first); what is hidden stands last, by name, and tells nothing by its place."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    known = [row for row in rows if getattr(row, name) is not None]
    rest = [row for row in rows if getattr(row, name) is None]
    return sorted(known, key=lambda row: getattr(row, name), reverse=down) + rest


def _hidden(numbers: Sequence[tuple[int, int]], within: bool, period: ReportPeriod) -> tuple[Collection[int], bool]:
    """Return the places of (people, times) that are hidden, and whether their sums must be as well; from within nothing is."""
    if within:
        return frozenset(), False
    covers = [small_cover([pair[at] for pair in numbers], small()) for at in (0, 1)]
    total = any(cover.total for cover in covers)
    if not period.fixed:
        return range(len(numbers)), total
    return covers[0].cells | covers[1].cells, total


def _totals(there: Place, period: ReportPeriod, within: bool, show_times: bool, show_hours: bool) -> Totals:
    path, since, until = there.path, period.since, period.until
    people, times = activities.people(path, since, until), activities.times(path, since, until)
    helpers, hours = volunteers.people(path, since, until), volunteers.whole_hours(path, since, until)
    paid = benefits.people(path, since, until)
    show_times &= within or not 0 < people < small()
    show_hours &= within or not 0 < helpers < small()
    show_paid = within or (path == there.reach and not 0 < paid < small())
    return Totals(
        counting.by_kind(path, until), counting.members(path, until), activities.held(path, since, until),
        people if show_times else None, times if show_times else None, helpers if show_hours else None, hours if show_hours else None,
        paid if show_paid else None, benefits.fen(path, since, until) if show_paid else None,
        exercise.teams(path, since, until), exercise.practised(path, since, until),
    )  # fmt: skip
