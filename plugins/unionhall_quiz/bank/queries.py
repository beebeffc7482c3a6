"""Reads of the bank, scoped by who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select

from unionhall.plugin import Actor, NotFound, Org, like_escape, orgs_above, scoped, session, unscoped
from unionhall_quiz import rights
from unionhall_quiz.bank.models import Question, QuestionState, Topic

SIZE = 30
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list of questions is narrowed to; `validity` is "", "soon" or "over"."""

    words: str = ""
    topic: str = ""
    kind: str = ""
    state: str = ""
    validity: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Filter:
        """Return the filter that a query string asks for."""
        return cls(given.get("q", "").strip()[:80], *(given.get(name, "")[:20] for name in ("topic", "kind", "state", "validity")))

    def values(self) -> dict[str, str]:
        """Return it as a query string has it."""
        return {"q": self.words, "topic": self.topic, "kind": self.kind, "state": self.state, "validity": self.validity}


def _narrowed(chosen: Filter, today: date) -> Select[Question]:
    wanted = select(Question)
    for word in chosen.words.split():
        pattern = f"%{like_escape(word)}%"
        wanted = wanted.where(or_(*(column.ilike(pattern, escape="\\") for column in (Question.text, Question.explanation))))
    if chosen.topic.isdecimal() and len(chosen.topic) < 10:
        wanted = wanted.where(Question.topic_id == int(chosen.topic))
    if chosen.kind:
        wanted = wanted.where(Question.kind == chosen.kind)
    if chosen.state:
        wanted = wanted.where(Question.state == chosen.state)
    if chosen.validity == "over":
        return wanted.where(Question.valid_until < today)
    if chosen.validity == "soon":
        return wanted.where(Question.valid_until >= today, Question.valid_until <= today + SOON)
    return wanted


def questions(
    actor: Actor, below: str, chosen: Filter, today: date, *, page: int = 1, size: int = SIZE
) -> tuple[list[Question], int]:
    """Return a page of the questions in the actor's reach, the newest first, and how many there are."""
    wanted = scoped(_narrowed(chosen, today), Question, actor, rights.READ, below)
    total = session().scalar(unscoped(select(func.count()).select_from(wanted.order_by(None).subquery()), why="counted within")) or 0
    rows = session().scalars(wanted.order_by(Question.id.desc()).limit(size).offset((page - 1) * size))
    return list(rows), total


def question(question_id: int, actor: Actor, right: str = rights.READ) -> Question:
    """Return a question where the actor holds a right. Raises NotFound otherwise."""
    found = session().scalar(scoped(select(Question).where(Question.id == question_id), Question, actor, right))
    if found is None:
        raise NotFound()
    return found


def to_review(actor: Actor, below: str) -> list[Question]:
    """Return what waits for somebody who may review it: not of their own."""
    waiting = select(Question).where(Question.state == QuestionState.REVIEW)
    if actor.account_id is not None:
        waiting = waiting.where(or_(Question.author_id.is_(None), Question.author_id != actor.account_id))
    waiting = waiting.order_by(Question.updated_at, Question.id).limit(200)
    return list(session().scalars(scoped(waiting, Question, actor, rights.REVIEW, below)))


def number_to_review(actor: Actor) -> int:
    """Return how many questions wait for this actor's review."""
    waiting = select(Question.id).where(Question.state == QuestionState.REVIEW, Question.author_id != actor.account_id)
    return session().scalar(select(func.count()).select_from(scoped(waiting, Question, actor, rights.REVIEW).subquery())) or 0


def expiring(actor: Actor, below: str, today: date) -> tuple[int, int]:
    """Return how many usable questions expire within 30 days, and how many approved ones have expired."""
    approved = select(Question.valid_until).where(Question.state == QuestionState.APPROVED, Question.valid_until <= today + SOON)
    days = list(session().scalars(scoped(approved, Question, actor, rights.READ, below)))
    over = sum(1 for day in days if day is not None and day < today)
    return len(days) - over, over


def same(fingerprint: str, org_paths: Sequence[str], *, but: int = 0) -> Question | None:
    """Return a question with the same words in some orgs."""
    wanted = select(Question).join(Org, Org.id == Question.org_id).where(
        Question.fingerprint == fingerprint, Org.path.in_(org_paths), Question.id != but, Question.state != QuestionState.RETIRED
    )  # fmt: skip
    return session().scalar(unscoped(wanted.order_by(Question.id).limit(1), why="rules"))


def paths_to(org: Org) -> list[str]:
    """Return the paths of an org and those above it: whose topics and questions it may use."""
    return [org.path, *(above.path for above in orgs_above(org))]


def topics_for(org: Org, *, active: bool = True) -> list[Topic]:
    """Return the topics that questions of an org can be put under: its own and those above, in order."""
    wanted = select(Topic).join(Org, Org.id == Topic.org_id).where(Org.path.in_(paths_to(org)))
    if active:
        wanted = wanted.where(Topic.active)
    return list(session().scalars(unscoped(wanted.order_by(Topic.position, Topic.id), why="given")))


def topics(actor: Actor, below: str) -> list[tuple[Topic, int, int]]:
    """Return (topic, how many questions, how many of them approved) in the actor's reach."""
    rows = list(session().scalars(scoped(select(Topic), Topic, actor, rights.READ, below).order_by(Topic.position, Topic.id)))
    counted = select(Question.topic_id, Question.state, func.count()).where(Question.topic_id.in_([row.id for row in rows]))
    numbers: dict[int, list[int]] = {}
    for topic_id, state, number in session().execute(unscoped(counted.group_by(Question.topic_id, Question.state), why="numbers")):
        cell = numbers.setdefault(topic_id, [0, 0])
        cell[0] += number
        cell[1] += number if state == QuestionState.APPROVED else 0
    return [(row, *numbers.get(row.id, [0, 0])) for row in rows]  # type: ignore[misc]


def topic(topic_id: int, actor: Actor, right: str = rights.MANAGE) -> Topic:
    """Return a topic of an org where the actor holds a right. Raises NotFound otherwise."""
    found = session().scalar(scoped(select(Topic).where(Topic.id == topic_id), Topic, actor, right))
    if found is None:
        raise NotFound()
    return found


def topic_names(ids: Sequence[int]) -> dict[int, str]:
    """Return {id: name} of topics."""
    rows = session().execute(unscoped(select(Topic.id, Topic.name).where(Topic.id.in_(list(ids))), why="given"))
    return {row.id: row.name for row in rows}
