"""Papers: made ahead or on first demand, once for a round and a day, with everything that is needed to score and explain them."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import Actor, RuleBroken, clock, keyed_hash, record_audit, require, session, unit_of_work
from unionhall_quiz import rights
from unionhall_quiz.bank import choosing
from unionhall_quiz.bank.models import Question, QuestionKind
from unionhall_quiz.play import calendar, queries
from unionhall_quiz.play.models import Paper, Round

POOL = 4
"""How many times as many questions a round with own papers keeps ready as one person answers."""
AHEAD = 1
Frozen = dict[str, Any]


def seed(purpose: str, *parts: object) -> bytes:
    """Return bytes that only this site can compute: what comes of them can be neither guessed nor chosen."""
    return bytes.fromhex(keyed_hash(f"quiz.{purpose}", ":".join(str(part) for part in parts)))


def quota(found: Round) -> dict[int, int]:
    """Return {topic id: questions} of a round."""
    return {int(topic): number for topic, number in found.quota.items() if number > 0}


def freeze(question: Question) -> Frozen:
    """Return a copy of a question with its answer, as papers keep it."""
    return {
        "id": question.id, "topic_id": question.topic_id, "topic": question.topic.name, "kind": question.kind, "text": question.text,
        "media_id": question.media_id, "options": [dict(option) for option in question.options], "answer": list(question.answer),
        "explanation": question.explanation, "article_url": question.article_url, "article_title": question.article_title,
    }  # fmt: skip


def paper_of(found: Round, day: date, *, now: datetime) -> Paper | None:
    """Return the paper of a round and a day, made now when there is none; None while the bank has no question for it.

    Two that make it at once get the same one: the first that was stored.
    """
    kept = queries.paper(found.id, day)
    return kept or _make(found, day, now)


def _make(found: Round, day: date, now: datetime) -> Paper | None:
    wanted = {topic: number * _times(found) for topic, number in quota(found).items()}
    chosen = choosing.choose(wanted, found.org.path, day, seed("paper", found.id, day))
    if not chosen:
        return None
    made = Paper(round_id=found.id, day=day, questions=[freeze(question) for question in chosen], created_at=now)
    try:
        with session().begin_nested():
            session().add(made)
    except IntegrityError:  # made by somebody else in this very moment
        return queries.paper(found.id, day)
    used = update(Question).where(Question.id.in_([question.id for question in chosen])).values(used_on=day)
    session().execute(used.execution_options(synchronize_session=False))
    return made


def _times(found: Round) -> int:
    """Return how many times the questions of one try a paper holds: other ones for each try, a pool where each gets their own."""
    return found.tries * (POOL if found.own_papers else 1)


def own(found: Round, paper: Paper, member_id: int, number: int = 1) -> list[Frozen]:
    """Return the questions of a member's n-th try: all of the paper, or its share; of a topic that runs short, some once more."""
    if _times(found) == 1:
        return list(paper.questions)
    key, share = seed("share", found.id, paper.day), list[Frozen]()
    who = member_id if found.own_papers else 0
    ranked = sorted(paper.questions, key=lambda item: _rank(key, who, item["id"]))
    for topic, each in quota(found).items():
        pool = [question for question in ranked if question["topic_id"] == topic]
        first = (number - 1) * each
        share += [pool[(first + place) % len(pool)] for place in range(min(each, len(pool)))]
    return share


def _rank(key: bytes, member_id: int, question_id: int) -> bytes:
    return hmac.new(key, f"{member_id}:{question_id}".encode(), sha256).digest()


def order(found: Round, paper: Paper, member_id: int, number: int = 1) -> list[list[Any]]:
    """Return a try's order of questions and options, [[question id, [option keys]], …]: the same whenever it is asked for."""
    more = (number,) if number > 1 else ()
    chance = Random(seed("order", found.id, paper.day, member_id, *more))  # noqa: S311 - its seed is keyed
    questions = own(found, paper, member_id, number)
    chance.shuffle(questions)
    return [[question["id"], _shuffled(question, chance)] for question in questions]


def _shuffled(question: Frozen, chance: Random) -> list[str]:
    keys = [str(option["key"]) for option in question["options"]]
    if question["kind"] == QuestionKind.TRUE_FALSE:
        return keys
    chance.shuffle(keys)
    if question["kind"] == QuestionKind.ORDER and keys == question["answer"] and len(keys) > 1:
        keys.append(keys.pop(0))  # shown in the right order it would be no question
    return keys


def right(question: Frozen, chosen: Sequence[str]) -> bool:
    """Say whether an answer is right: all right options and no other; of an order, each in its place."""
    if question["kind"] == QuestionKind.ORDER:
        return list(chosen) == list(question["answer"])
    return bool(chosen) and set(chosen) == set(question["answer"])


def score(questions: Sequence[Frozen], chosen: Mapping[str, Sequence[str]]) -> dict[int, bool]:
    """Return {question id: whether it was answered right}."""
    return {question["id"]: right(question, chosen.get(str(question["id"]), ())) for question in questions}


@dataclass(frozen=True, slots=True)
class Short:
    """A paper that has fewer questions than the round asks for: {topic id: how many are missing}."""

    round: Round
    day: date
    missing: dict[int, int]


def missing(found: Round, paper: Paper | None) -> dict[int, int]:
    """Return {topic id: how many questions a paper lacks} of what one person answers in all tries of a day."""
    have = Counter(question["topic_id"] for question in paper.questions) if paper else Counter[int]()
    return {topic: number - have[topic] for topic, number in _wanted(found).items() if have[topic] < number}


def _wanted(found: Round) -> dict[int, int]:
    return {topic: number * found.tries for topic, number in quota(found).items()}


def would_miss(found: Round, day: date) -> dict[int, int]:
    """Return {topic id: how many questions are missing} of a paper that is not made yet, by what the bank has now."""
    have = choosing.usable(found.org.path, day)
    return {topic: number - have.get(topic, 0) for topic, number in _wanted(found).items() if have.get(topic, 0) < number}


def short(rounds: Sequence[Round], now: datetime) -> list[Short]:
    """Return the next papers of rounds, today's and tomorrow's, that come out short, or would if they were made now."""
    today, found = clock.local_day(now), []
    for each in rounds:
        days = [day for day in calendar.days(each, today, AHEAD + 1) if day <= today + timedelta(days=AHEAD)]
        kept = queries.papers(each.id, days)
        lacking = {day: missing(each, kept[day]) if day in kept else would_miss(each, day) for day in days}
        found += [Short(each, day, lacks) for day, lacks in lacking.items() if lacks]
    return found


def make_ahead(now: datetime) -> int:
    """Make the papers of today and tomorrow; one that is short and not open yet is made anew. Returns how many (a job)."""
    today, made = clock.local_day(now), 0
    for round_id in [each.id for each in queries.running()]:
        session().rollback()
        with unit_of_work():
            found = queries.lock(round_id)
            for day in calendar.days(found, today, AHEAD + 1):
                if day > today + timedelta(days=AHEAD) or calendar.is_over(found, day, now):
                    continue
                kept = queries.paper(found.id, day)
                if kept is None:
                    made += _make(found, day, now) is not None
                elif missing(found, kept) and now < calendar.window(found, day).opens_at:
                    made += _again(found, kept, now) is not None
    return made


def _again(found: Round, kept: Paper, now: datetime) -> Paper | None:
    """Replace a paper that nobody has begun, if the bank has more for it by now; the caller holds the lock of the round."""
    wanted = {topic: number * _times(found) for topic, number in quota(found).items()}
    if len(choosing.choose(wanted, found.org.path, kept.day, seed("paper", found.id, kept.day))) <= len(kept.questions):
        return None
    return _replace(found, kept.day, kept, now)


def _replace(found: Round, day: date, kept: Paper, now: datetime) -> Paper | None:
    session().execute(delete(Paper).where(Paper.id == kept.id).execution_options(synchronize_session=False))
    session().expunge(kept)
    return _make(found, day, now)


def remake(found: Round, day: date, *, actor: Actor, now: datetime) -> Paper | None:
    """Choose the questions of a coming day anew. Raises RuleBroken once somebody may have begun, NotAllowed."""
    require(actor, rights.MANAGE, found.org)
    found = queries.lock(found.id)
    if not calendar.takes_place(found, day) or now >= calendar.window(found, day).opens_at or queries.begun(found.id, day):
        raise RuleBroken(_("这一天已经开始答题，题目不能再换。可以换还没开始的日子。"))
    kept = queries.paper(found.id, day)
    made = _replace(found, day, kept, now) if kept else _make(found, day, now)
    record_audit("quiz.paper_made", f"quiz_round:{found.id}", actor=actor, now=now, org_id=found.org_id, day=day.isoformat())
    return made
