"""Attempts: begun once a day, kept while one answers, handed in once. Whatever is pressed twice, on two phones, ends in one result."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    NotFound,
    RuleBroken,
    clock,
    keyed_hash,
    member_covers,
    orgs_by_ids,
    session,
    throttle_source,
    update_count,
)
from unionhall_quiz.play import calendar, chances, papers, queries
from unionhall_quiz.play.models import Attempt, AttemptState, Chance, Round, RoundState, Tally

HUMAN_SECONDS = 2
"""Nobody reads and answers a question faster than this."""
CLOSED, NOT_OPEN, AUDIENCE, NO_QUESTIONS, LATE = "quiz-ended", "quiz-not-open", "quiz-audience", "quiz-no-questions", "quiz-late"
AFTER = {"synchronize_session": False}
PARTS = 32
"""So many rows share the counting of a question on a day."""
Chosen = Mapping[str, Sequence[str]]
_TABLE: Any = Attempt.__table__
_TALLY: Any = Tally.__table__
_HAND_IN = update(_TABLE).where(_TABLE.c.id == bindparam("attempt"), _TABLE.c.state == AttemptState.OPEN.value)
_REFUSED = update(_TABLE).where(_TABLE.c.id == bindparam("attempt"))


def _adding(make: Callable[[Any], Any]) -> Any:
    row = make(_TALLY)
    more = {name: _TALLY.c[name] + row.excluded[name] for name in ("shown", "right")}
    return row.on_conflict_do_update(index_elements=list(_TALLY.primary_key), set_=more).returning(_TALLY.c.question_id)


_COUNT = {"sqlite": _adding(sqlite.insert), "postgresql": _adding(postgresql.insert)}
"""By database; it returns something so that any number of rows is one statement."""


def source(address: str, day: date) -> str:
    """Return what an attempt keeps of where it came from: it matches on one day, and nobody can turn it back into an address."""
    return keyed_hash("quiz.source", f"{day}:{throttle_source(address)}")[:16]


def device(address: str, agent: str, day: date) -> str:
    """Return what an attempt keeps of the browser that it came from: it matches on one day in one network, and cannot be turned back."""
    return keyed_hash("quiz.device", f"{day}:{throttle_source(address)}:{agent[:300]}")[:16]


def may(found: Round, member_id: int) -> bool:
    """Say whether a member belongs to those whom a round is for."""
    return member_covers(member_id, found.audience_path)


def start(
    found: Round, member_id: int, org_id: int, *, address: str, now: datetime, agent: str = "", calm: bool = False
) -> Attempt:
    """Return a member's attempt of today, begun now unless it was before; once it is handed in, the next one, if there are tries left.

    `org_id` is the member's union, for figures; `agent` names the browser. `calm` begins one without a time limit.
    Raises RuleBroken (CLOSED, NOT_OPEN, AUDIENCE, NO_QUESTIONS).
    """
    kept = queries.present(found.id, member_id, now)
    if kept is not None and (not over(kept, now) or kept.number >= found.tries or calendar.open_day(found, now) is None):
        return kept
    window = _open(found, member_id, now)
    paper = papers.paper_of(found, window.day, now=now)
    if paper is None or not paper.questions:
        raise RuleBroken(_("今天的题还没有准备好。我们已经提醒出题人，请过一会儿再来。"), code=NO_QUESTIONS)
    number = kept.number + 1 if kept is not None and kept.day == window.day else 1
    order = papers.order(found, paper, member_id, number)
    org = orgs_by_ids([org_id]).get(org_id)
    values = {
        "round_id": found.id, "paper_id": paper.id, "member_id": member_id, "org_path": org.path if org else "/", "day": window.day,
        "number": number, "state": AttemptState.OPEN.value,
        "nonce": secrets.token_urlsafe(24), "order": order, "chosen": {}, "total": len(order),
        "passed": False, "began_at": now, "due_at": calendar.due(found, window, now, calm=calm), "flag": "", "looked_note": "",
        "source": source(address, window.day), "device": device(address, agent, window.day), "chance": Chance.NONE.value, "chance_why": "",
    }  # fmt: skip
    try:
        with session().begin_nested():
            session().execute(insert(Attempt).values(**values))
    except IntegrityError:  # the other phone was a moment faster
        pass
    made = queries.attempt_of(found.id, member_id, window.day, number)
    if made is None:
        raise NotFound()
    return made


def _open(found: Round, member_id: int, now: datetime) -> calendar.Window:
    if found.state != RoundState.RUNNING:
        raise RuleBroken(_("“%(title)s”已经结束，不能再答。", title=found.title), code=CLOSED)
    window = calendar.open_day(found, now)
    if window is None:
        text = calendar.standing(found, now).text
        raise RuleBroken(_("现在不在答题时间：%(when)s。", when=text), code=NOT_OPEN)
    if not may(found, member_id):
        raise RuleBroken(_("“%(title)s”只面向指定工会的会员，你的会籍不在其中。", title=found.title), code=AUDIENCE)
    return window


def over(attempt: Attempt, now: datetime) -> bool:
    """Say whether an attempt was handed in, or no longer can be."""
    return attempt.state != AttemptState.OPEN or late(attempt, now)


def left(found: Round, attempt: Attempt, now: datetime) -> int:
    """Return how many tries a member has left today after an attempt that is over, none once the day has closed."""
    window = calendar.open_day(found, now) if found.state == RoundState.RUNNING else None
    return found.tries - attempt.number if window is not None and window.day == attempt.day else 0


def late(attempt: Attempt, now: datetime) -> bool:
    """Say whether an attempt can no longer be handed in: its time, and a little for the way, is up."""
    return now > attempt.due_at + calendar.GRACE


def keep(attempt: Attempt, chosen: Chosen, *, now: datetime) -> bool:
    """Keep what was chosen so far; False once it was handed in or its time is up."""
    if late(attempt, now):
        return False
    kept = update(Attempt).where(Attempt.id == attempt.id, Attempt.state == AttemptState.OPEN).values(chosen=_clean(attempt, chosen))
    return bool(update_count(kept.execution_options(**AFTER)))


def submit(attempt: Attempt, chosen: Chosen, *, now: datetime) -> Attempt:
    """Hand an attempt in: scored, its chance given, counted, all in this unit of work. One that was handed in stays as it is.

    Raises RuleBroken (LATE) once its time is up.
    """
    if attempt.state == AttemptState.SCORED:
        return attempt
    if attempt.state == AttemptState.LATE or late(attempt, now):
        text = calendar.hour(attempt.due_at, attempt.day)
        raise RuleBroken(_("答题时间到 %(time)s 为止，这次没有赶上，不计成绩。题目和解释可以照样学。", time=text), code=LATE)
    found, questions = attempt.paper.round, shown(attempt)
    chosen = _clean(attempt, chosen)
    marks = papers.score(questions, chosen)
    total, score = len(marks), sum(marks.values())
    passed = total > 0 and score * 100 >= found.pass_percent * total
    fast = (now - attempt.began_at).total_seconds() < HUMAN_SECONDS * total
    draw_id = found.draw_id if passed and attempt.member_id else None
    scored = {
        "state": AttemptState.SCORED.value, "chosen": chosen, "score": score, "total": total, "passed": passed, "scored_at": now,
        "flag": "fast" if fast else attempt.flag, "draw_id": draw_id, "chance": (Chance.GIVEN if draw_id else Chance.NONE).value,
    }  # fmt: skip
    if update_count(_HAND_IN, {"attempt": attempt.id, **scored}):
        if draw_id and attempt.member_id:
            taken = chances.take(draw_id, attempt.member_id, attempt.id, day=attempt.day, now=now)
            if taken.chance != Chance.GIVEN:
                session().execute(_REFUSED, {"attempt": attempt.id, "chance": taken.chance.value, "chance_why": taken.why})
        _count(attempt, found.id, questions, marks)
    session().expire(attempt, [*scored, "chance_why"])  # whoever looks at it further reads it as it is now
    return attempt


def _count(attempt: Attempt, round_id: int, questions: Sequence[papers.Frozen], marks: Mapping[int, bool]) -> None:
    """Add the answers to the day's tally, last in the transaction: many write the same rows, in the same order."""
    here = {"round_id": round_id, "day": attempt.day, "part": attempt.id % PARTS, "shown": 1}
    inorder = sorted(questions, key=lambda each: int(each["id"]))
    rows = [here | {"question_id": each["id"], "topic_id": each["topic_id"], "right": int(marks[each["id"]])} for each in inorder]
    if rows:
        session().execute(_COUNT[session().get_bind().dialect.name], rows)


def shown(attempt: Attempt) -> list[papers.Frozen]:
    """Return the questions of an attempt in the order in which they were shown."""
    found = {question["id"]: question for question in attempt.paper.questions}
    return [found[number] for number, _keys in attempt.order if number in found]


def _clean(attempt: Attempt, chosen: Chosen) -> dict[str, list[str]]:
    """Return what was chosen without anything that was not shown, each option once."""
    kept: dict[str, list[str]] = {}
    for number, keys in attempt.order:
        given = [key for key in dict.fromkeys(chosen.get(str(number), ())) if key in keys]
        if given:
            kept[str(number)] = given
    return kept


def unanswered(attempt: Attempt, chosen: Chosen) -> list[int]:
    """Return the places (from 1) of the questions without an answer; of an order, without a full one."""
    return [
        place for place, (question, (_number, keys)) in enumerate(zip(shown(attempt), attempt.order, strict=True), start=1)
        if not (given := chosen.get(str(question["id"]))) or (question["kind"] == "order" and len(given) < len(keys))
    ]  # fmt: skip


def close_late(now: datetime) -> int:
    """Close the attempts whose time ran out; returns how many (inside a unit of work)."""
    lately = Attempt.day >= clock.local_day(now) - timedelta(days=7)  # an index by day serves it
    over = update(Attempt).where(lately, Attempt.state == AttemptState.OPEN, Attempt.due_at < now - calendar.GRACE)
    return update_count(over.values(state=AttemptState.LATE.value).execution_options(**AFTER))
