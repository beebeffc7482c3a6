"""Rounds and results as pages show them: how a round stands for everybody, what came of an attempt for its own member."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from unionhall.plugin import clock, page_until, tag_page
from unionhall_quiz.bank.models import QuestionKind
from unionhall_quiz.play import asking, attempts, calendar, chances, labels, pages, papers, queries
from unionhall_quiz.play.models import Attempt, AttemptState, Round, RoundState
from unionhall_rewards.api import DrawView, Outcome, draw_view

FRESH = timedelta(minutes=5)
"""How old numbers of people on pages for everybody may be."""
SMALL = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A round on a page for everybody."""

    round: Round
    standing: calendar.Standing
    rhythm: str
    done: int

    @property
    def url(self) -> str:
        """Return its address."""
        return pages.url(self.round)


def rows(rounds: Sequence[Round], now: datetime) -> list[Row]:
    """Return rounds with how they stand; tags the page and ends it when the first one's words change."""
    tag_page(pages.LISTS, *(pages.tag(each.id) for each in rounds))
    done, found = queries.handed_in([each.id for each in rounds], clock.local_day(now)), []
    for each in rounds:
        standing = stands(each, now)
        if standing.until:
            page_until(standing.until)
        found.append(Row(each, standing, labels.rhythm(each), done.get(each.id, 0)))
    if any(row.standing.open for row in found):
        page_until(now + FRESH)
    return found


def stands(found: Round, now: datetime) -> calendar.Standing:
    """Return how a round stands, without counting anybody: for the pages of one person."""
    return calendar.standing(found, now, ended=found.state != RoundState.RUNNING)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question once it was answered: each option with whether it is right and whether it was chosen."""

    place: int
    question: papers.Frozen
    image: Any
    options: list[tuple[str, Any, bool, bool]]
    right: bool
    answered: bool
    rate: int | None

    @property
    def ordered(self) -> bool:
        """True when the options stand in the right order."""
        return bool(self.question["kind"] == QuestionKind.ORDER)


def answers(
    questions: Sequence[papers.Frozen], chosen: attempts.Chosen, tallies: dict[int, tuple[int, int]] | None = None
) -> list[Answer]:
    """Return questions with right answers, what was chosen, and how many of a hundred were right (few people are not told)."""
    images, marks = asking.pictures(questions), papers.score(questions, chosen)
    return [_answer(place, each, list(chosen.get(str(each["id"]), ())), marks[each["id"]], images, (tallies or {}).get(each["id"], (0, 0)))
            for place, each in enumerate(questions, start=1)]  # fmt: skip


def _answer(
    place: int, question: papers.Frozen, given: list[str], right: bool, images: dict[int, Any], tally: tuple[int, int]
) -> Answer:
    options = {str(option["key"]): option for option in question["options"]}
    keys = list(question["answer"]) if question["kind"] == QuestionKind.ORDER else list(options)
    shown = [
        (options[key]["text"], images.get(options[key].get("media_id") or 0), key in question["answer"], key in given)
        for key in keys if key in options
    ]  # fmt: skip
    rate = round(100 * tally[1] / tally[0]) if tally[0] >= SMALL else None
    return Answer(place, question, images.get(question.get("media_id") or 0), shown, right, bool(given), rate)


def said(answer: Answer, given: Sequence[str]) -> list[str]:
    """Return the options of an order as somebody put them."""
    options = {str(option["key"]): option["text"] for option in answer.question["options"]}
    return [options[key] for key in given if key in options]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an attempt: the one result, however often and from wherever it is looked at."""

    attempt: Attempt
    round: Round
    answers: list[Answer]
    draw: DrawView | None
    outcome: Outcome | None
    why: str
    week: list[tuple[date, str]]
    streak: int
    left: int

    @property
    def late(self) -> bool:
        """True when it was not handed in in time."""
        return self.attempt.state != AttemptState.SCORED


def result(attempt: Attempt, now: datetime) -> Result:
    """Return what came of an attempt that is over."""
    found, member_id = attempt.paper.round, attempt.member_id or 0
    draw = draw_view(attempt.draw_id, now) if attempt.draw_id else None
    done = {day for _round, day in queries.days_done(member_id, clock.local_day(now) - timedelta(days=calendar.FAR))}
    return Result(
        attempt, found, answers(attempts.shown(attempt), attempt.chosen, queries.tallies(found.id, attempt.day)), draw,
        chances.outcome(attempt), chances.why(attempt), week(found, done, now), calendar.streak(done, clock.local_day(now)),
        attempts.left(found, attempt, now),
    )  # fmt: skip


def week(found: Round, done: Iterable[date], now: datetime) -> list[tuple[date, str]]:
    """Return the days of this week with how each stands: "done", "now", "off" (no questions that day), or nothing."""
    today, kept = clock.local_day(now), set(done)
    first, states = today - timedelta(days=today.weekday()), []
    for day in (first + timedelta(days=number) for number in range(7)):
        state = "done" if day in kept else "now" if day == today else "" if calendar.takes_place(found, day) else "off"
        states.append((day, state))
    return states


@dataclass(frozen=True, slots=True)
class Mistake:
    """A question that was answered wrong, the last time it was answered."""

    day: date
    title: str
    answer: Answer
    given: list[str]


def mistakes(member_id: int, most: int = 60) -> list[Mistake]:
    """Return what a member answered wrong and not right since, the newest first."""
    seen, found = set[int](), list[tuple[Attempt, papers.Frozen]]()
    for attempt in queries.scored_of(member_id):
        for question in attempts.shown(attempt):
            if question["id"] in seen:
                continue
            seen.add(question["id"])
            if len(found) < most and not papers.right(question, attempt.chosen.get(str(question["id"]), ())):
                found.append((attempt, question))
    images, rows = asking.pictures(question for _attempt, question in found), list[Mistake]()
    for place, (attempt, question) in enumerate(found, start=1):
        given = list(attempt.chosen.get(str(question["id"]), ()))
        answer = _answer(place, question, given, False, images, (0, 0))
        rows.append(Mistake(attempt.day, attempt.paper.round.title, answer, given))
    return rows
