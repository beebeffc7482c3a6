"""Who takes part, what they get right, and what they get wrong: numbers without people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select

from unionhall.plugin import (
    Actor,
    NotFound,
    Org,
    belonging,
    in_subtree,
    scoped,
    session,
    small_cover,
    unscoped,
)
from unionhall_quiz import rights
from unionhall_quiz.bank.models import Question
from unionhall_quiz.bank.queries import topic_names
from unionhall_quiz.play.models import Attempt, AttemptState, Round, Tally

SMALL, MOST_ORGS, MOST_QUESTIONS = 5, 60, 10
LEAST_ANSWERS, SIZE = 20, 50


@dataclass(frozen=True, slots=True)
class Share:
    """An org's part: how many members took part, how many it has; None where a number is hidden because it is small."""

    org: str
    people: int | None
    members: int

    @property
    def percent(self) -> float | None:
        """Return how many of a hundred members took part."""
        return 100 * self.people / self.members if self.members and self.people is not None else None


@dataclass(frozen=True, slots=True)
class TopicLine:
    """How often a topic was answered, and how many of a hundred answers were right in the first and the second half of the days."""

    topic_id: int
    name: str
    answers: int
    right: int
    before: float | None
    after: float | None

    @property
    def percent(self) -> float:
        """Return how many of a hundred answers were right."""
        return 100 * self.right / self.answers if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Wrong:
    """A question that many get wrong."""

    question_id: int
    text: str
    topic: str
    answers: int
    percent: float


@dataclass(frozen=True, slots=True)
class Totals:
    """A round in some days: people (each once), attempts, how many passed."""

    people: int
    attempts: int
    passed: int


def rounds(actor: Actor, below: str) -> list[Round]:
    """Return the rounds in the actor's reach that were begun, the newest first."""
    wanted = select(Round).where(Round.state != "draft").order_by(Round.since.desc(), Round.id.desc()).limit(100)
    return list(session().scalars(scoped(wanted, Round, actor, rights.READ, below)))


def round_of(round_id: int, actor: Actor) -> Round:
    """Return a round in the actor's reach. Raises NotFound."""
    found = session().scalar(scoped(select(Round).where(Round.id == round_id), Round, actor, rights.READ))
    if found is None:
        raise NotFound()
    return found


def _scored(round_id: int, since: date, until: date) -> Select[Attempt]:
    return select(Attempt).where(
        Attempt.round_id == round_id, Attempt.day >= since, Attempt.day < until, Attempt.state == AttemptState.SCORED
    )  # fmt: skip


def totals(round_id: int, since: date, until: date) -> Totals:
    """Return the numbers of a round from a day up to but not including another."""
    counted = _scored(round_id, since, until).with_only_columns(
        func.count(func.distinct(Attempt.member_id)), func.count(), func.sum(case((Attempt.passed, 1), else_=0))
    )  # fmt: skip
    people, attempts, passed = session().execute(counted).one()
    return Totals(people, attempts, int(passed or 0))


def days(round_id: int, since: date, until: date) -> list[tuple[date, int]]:
    """Return (day, attempts) of each day on which somebody took part."""
    counted = _scored(round_id, since, until).with_only_columns(Attempt.day, func.count()).group_by(Attempt.day)
    return [(row[0], row[1]) for row in session().execute(counted.order_by(Attempt.day))]


def shares(found: Round, org: Org, since: date, until: date) -> list[Share]:
    """Return the orgs right below one by the share of their members that took part, the highest first: a small union can lead."""
    below = list(session().scalars(select(Org).where(Org.parent_id == org.id).order_by(Org.position, Org.id).limit(MOST_ORGS)))
    length = len(org.path)
    part = func.substr(Attempt.org_path, length + 1)
    counted = _scored(found.id, since, until).where(in_subtree(Attempt.org_path, org.path)).with_only_columns(
        part.label("part"), func.count(func.distinct(Attempt.member_id))
    )  # fmt: skip
    by_child: dict[str, int] = {}
    for path, number in session().execute(counted.group_by("part")):
        head = str(path).partition("/")[0]
        by_child[head] = by_child.get(head, 0) + number
    people = [by_child.get(str(item.id), 0) for item in below]
    hidden = small_cover(people, SMALL).cells
    return sorted(
        (
            Share(
                item.short_name, None if place in hidden else people[place],
                belonging(select(Org.id).where(in_subtree(Org.path, item.path)), until).people,
            )
            for place, item in enumerate(below)
        ),
        key=lambda row: (-(row.percent or 0), row.org),
    )  # fmt: skip


def topics(round_id: int, since: date, until: date) -> list[TopicLine]:
    """Return what was answered by topic, the one with the most mistakes first."""
    middle = since + timedelta(days=max((until - since).days // 2, 1))
    late = case((Tally.day >= middle, 1), else_=0)
    counted = select(Tally.topic_id, late.label("late"), func.sum(Tally.shown), func.sum(Tally.right)).where(
        Tally.round_id == round_id, Tally.day >= since, Tally.day < until
    )  # fmt: skip
    cells: dict[int, dict[int, tuple[int, int]]] = {}
    for topic_id, half, shown, right in session().execute(counted.group_by(Tally.topic_id, "late")):
        cells.setdefault(topic_id, {})[half] = (int(shown), int(right))
    names = topic_names(list(cells))
    lines = []
    for topic_id, halves in cells.items():
        shown, right = (sum(cell[place] for cell in halves.values()) for place in (0, 1))
        lines.append(TopicLine(topic_id, names.get(topic_id, ""), shown, right, _percent(halves.get(0)), _percent(halves.get(1))))
    return sorted(lines, key=lambda line: (line.percent, line.name))


def _percent(cell: tuple[int, int] | None) -> float | None:
    return 100 * cell[1] / cell[0] if cell and cell[0] else None


def wrong(round_id: int, since: date, until: date) -> list[Wrong]:
    """Return the questions that most get wrong, of those answered often enough to say so."""
    shown, right = func.sum(Tally.shown), func.sum(Tally.right)
    counted = (
        select(Tally.question_id, shown, right)
        .where(Tally.round_id == round_id, Tally.day >= since, Tally.day < until)
        .group_by(Tally.question_id)
        .having(shown >= LEAST_ANSWERS)
        .order_by(right * 1.0 / shown, Tally.question_id)
        .limit(MOST_QUESTIONS)
    )
    rows = session().execute(counted).all()
    wanted = select(Question).where(Question.id.in_([row[0] for row in rows]))
    by_id = {row.id: row for row in session().scalars(unscoped(wanted, why="figures"))}
    return [
        Wrong(number, by_id[number].text, by_id[number].topic.name, int(all_), 100 * int(good) / int(all_))
        for number, all_, good in rows
        if number in by_id
    ]


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day of a round as the members of some unions took part: people, and attempts."""

    day: date
    round_id: int
    title: str
    people: int
    attempts: int
    passed: int


def _reach(actor: Actor, scope: str) -> ColumnElement[bool]:
    """Return the condition of attempts by members of the unions within a scope at which an actor may read."""
    held = ("/",) if actor.system else actor.paths(rights.READ)
    paths = {path if path.startswith(scope) else scope for path in held if path.startswith(scope) or scope.startswith(path)}
    return or_(false(), *(in_subtree(Attempt.org_path, path) for path in sorted(paths)))


def day_lines(
    actor: Actor, scope: str, since: date, until: date, *, round_id: int = 0, page: int = 1, size: int = SIZE
) -> tuple[list[DayLine], int]:
    """Return a page of the days with attempts by members of the scope, from a day up to but not including another, and how many."""
    where = [
        _reach(actor, scope), Attempt.day >= since, Attempt.day < until, Attempt.state == AttemptState.SCORED,
        *([Attempt.round_id == round_id] if round_id else []),
    ]  # fmt: skip
    counted = select(
        Attempt.day, Attempt.round_id, Round.title, func.count(func.distinct(Attempt.member_id)), func.count(),
        func.sum(case((Attempt.passed, 1), else_=0)),
    ).join(Round, Round.id == Attempt.round_id).where(*where).group_by(Attempt.day, Attempt.round_id, Round.title)  # fmt: skip
    total = session().scalar(unscoped(select(func.count()).select_from(counted.subquery()), why="counted")) or 0
    rows = counted.order_by(Attempt.day.desc(), Round.title, Attempt.round_id).limit(size).offset((page - 1) * size)
    found = session().execute(unscoped(rows, why="figures"))
    return [DayLine(row[0], row[1], row[2], row[3], row[4], int(row[5] or 0)) for row in found], total


def in_reach(actor: Actor, scope: str, since: date, until: date) -> Totals:
    """Return the numbers of all rounds for the members of the scope: what the lines add up to, people each once."""
    counted = select(
        func.count(func.distinct(Attempt.member_id)), func.count(), func.sum(case((Attempt.passed, 1), else_=0))
    ).where(_reach(actor, scope), Attempt.day >= since, Attempt.day < until, Attempt.state == AttemptState.SCORED)
    people, attempts, passed = session().execute(counted).one()
    return Totals(people, attempts, int(passed or 0))


def attempts_at(path: str, since: date, until: date) -> int:
    """Return how often members at or below an org answered, in all rounds."""
    counted = select(func.count()).where(
        in_subtree(Attempt.org_path, path), Attempt.day >= since, Attempt.day < until, Attempt.state == AttemptState.SCORED
    )  # fmt: skip
    return session().scalar(counted) or 0


def people_at(path: str, since: date, until: date) -> int:
    """Return how many members at or below an org answered, each once."""
    counted = select(func.count(func.distinct(Attempt.member_id))).where(
        in_subtree(Attempt.org_path, path), Attempt.day >= since, Attempt.day < until, Attempt.state == AttemptState.SCORED
    )  # fmt: skip
    return session().scalar(counted) or 0


def span(found: Round, today: date) -> tuple[date, date]:
    """Return the days of a round that are looked at unless others are asked for: the last 30, or all of one that ended."""
    until = min(found.until, today) if found.until else today
    return max(found.since, until - timedelta(days=29)), until + timedelta(days=1)


def asked_span(values: Mapping[str, str], today: date) -> tuple[date, date]:
    """Return the days from `since` to `until` of an address (both included), as from and up to but not including; else this month."""
    try:
        since, last = date.fromisoformat(values.get("since", "")), date.fromisoformat(values.get("until", ""))
    except ValueError:
        since, last = today.replace(day=1), today
    if not since <= last or (last - since).days > 800:
        since, last = today.replace(day=1), today
    return since, last + timedelta(days=1)


def month_of(day: date) -> str:
    """Return "2026-05"."""
    return f"{day:%Y-%m}"

