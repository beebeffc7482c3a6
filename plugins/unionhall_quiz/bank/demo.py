"""The demo's bank: five topics, and questions in every state."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from unionhall.plugin import SYSTEM, Org, clock, demo_account, session
from unionhall_quiz.bank import labels, services
from unionhall_quiz.bank.judging import KEYS, Draft, Option
from unionhall_quiz.bank.models import QuestionState, Topic

AUTHORS = ("editor", "chief", "orgadmin")


def load(now: datetime) -> None:
    """Write `demo_data/bank.toml` into the bank of the demo's city, or of the root where there is no city."""
    written = tomllib.loads((files("unionhall_quiz.bank") / "demo_data" / "bank.toml").read_text("utf-8"))
    org = session().scalars(select(Org).order_by(Org.slug != "qinghe", Org.id)).first()
    if org is None:
        return
    topics = {}
    for place, row in enumerate(written["topic"], start=1):
        topics[row["name"]] = services.keep_topic(
            None, org, name=row["name"], name_en=row["name_en"], summary=row["summary"], position=place * 10, active=True, actor=SYSTEM,
            now=now,
        )  # fmt: skip
    for place, row in enumerate(written["question"]):
        _question(org, topics, row, place, now)


def _question(org: Org, topics: Mapping[str, Topic], row: Mapping[str, Any], place: int, now: datetime) -> None:
    answer, kind = row["answer"], row["kind"]
    words = [str(word) for word in labels.TRUTH.values()] if kind == "true_false" else row["options"]
    options = tuple(Option(text) for text in words)
    right = () if kind == "order" else tuple(KEYS.index(key) for key in answer)
    until = clock.local_day(now) + timedelta(days=row["days"]) if "days" in row else None
    draft = Draft(
        topics[row["topic"]].id, kind, row["text"], options, right, row.get("why", ""), row.get("url", ""), row.get("title", ""),
        row.get("difficulty", 2), until,
    )  # fmt: skip
    made = services.add(org, draft, actor=SYSTEM, now=now)
    state = QuestionState(row.get("state", "approved"))
    made.author_id, other = demo_account(AUTHORS[place % 2]), demo_account(AUTHORS[2])
    if state == QuestionState.APPROVED:
        made.reviewed_by, made.reviewed_at = other, now - timedelta(days=30 - place % 20)
    made.state = state.value
    if state == QuestionState.DRAFT and row.get("returned"):
        made.returned_for = row["returned"]
    session().flush()
