"""Which questions a paper may take: usable ones of a topic, those longest not used first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

from sqlalchemy import Select, func, or_, select

from unionhall.plugin import Org, session, unscoped
from unionhall_quiz.bank.models import Question, QuestionState


def _of_day(org_path: str, day: date) -> Select[Question]:
    steps = [step for step in org_path.split("/") if step]
    paths = [f"/{'/'.join(steps[:number])}/" for number in range(1, len(steps) + 1)]
    return select(Question).join(Org, Org.id == Question.org_id).where(
        Org.path.in_(paths), Question.state == QuestionState.APPROVED, or_(Question.valid_until.is_(None), Question.valid_until >= day)
    )  # fmt: skip


def usable(org_path: str, day: date) -> dict[int, int]:
    """Return {topic id: how many questions can be used on a day} of an org and those above it."""
    counted = _of_day(org_path, day).with_only_columns(Question.topic_id, func.count()).group_by(Question.topic_id)
    return {row[0]: row[1] for row in session().execute(unscoped(counted, why="rules"))}


def choose(quota: Mapping[int, int], org_path: str, day: date, seed: bytes) -> list[Question]:
    """Choose {topic id: number} questions for a day, the longest unused first, ties by a hash of `seed`. Fewer when a topic has fewer."""
    found: list[Question] = []
    for topic_id, number in quota.items():
        wanted = _of_day(org_path, day).where(Question.topic_id == topic_id).with_only_columns(Question.id, Question.used_on)
        rows = session().execute(unscoped(wanted, why="rules")).all()
        ranked = sorted(rows, key=lambda row: (row.used_on or date.min, _luck(seed, row.id)))
        ids = [row.id for row in ranked[: max(number, 0)]]
        by_id = {row.id: row for row in session().scalars(unscoped(select(Question).where(Question.id.in_(ids)), why="rules"))}
        found += [by_id[item] for item in ids]
    return found


def _luck(seed: bytes, question_id: int) -> bytes:
    return hashlib.sha256(seed + question_id.to_bytes(8, "big")).digest()
