"""Attempts that somebody should look at: marked by speed and by many from one place, never decided by the site itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update

from unionhall.plugin import Actor, clock, record_audit, require, session, tidy, update_count
from unionhall_quiz import rights
from unionhall_quiz.play.models import Attempt

CROWD = 40
"""From how many attempts on one day from one source on they are marked; an office of that size looks the same, so a person judges."""
SHARED = 5
"""From how many people on one day with what seems to be one device on they are marked; a family or a union's computer may be that, too."""
QUIET = {"synchronize_session": False}


def mark_sources(now: datetime) -> int:
    """Mark the attempts of today and yesterday that came in crowds from one source; returns how many (inside a unit of work)."""
    today, marked = clock.local_day(now), 0
    wanted = select(Attempt.day, Attempt.source).where(
        Attempt.day >= today - timedelta(days=1), Attempt.source != ""
    ).group_by(Attempt.day, Attempt.source).having(func.count() >= CROWD)  # fmt: skip
    for day, source in session().execute(wanted).all():
        marked += _mark([Attempt.day == day, Attempt.source == source], "source")
    return marked


def mark_devices(now: datetime) -> int:
    """Mark the attempts of today and yesterday of several people that came from one device; returns how many (inside a unit of work)."""
    today, marked = clock.local_day(now), 0
    wanted = select(Attempt.day, Attempt.device).where(
        Attempt.day >= today - timedelta(days=1), Attempt.device != ""
    ).group_by(Attempt.day, Attempt.device).having(func.count(func.distinct(Attempt.member_id)) >= SHARED)  # fmt: skip
    for day, device in session().execute(wanted).all():
        marked += _mark([Attempt.day == day, Attempt.device == device], "device")
    return marked


def _mark(here: list[ColumnElement[bool]], word: str) -> int:
    """Add a word to the marks of attempts that have others or none and that nobody has looked at."""
    marks = ["", "fast", "source", "fast source", "device", "fast device", "source device", "fast source device"]
    marked = 0
    for before in marks:
        after = " ".join(part for part in ("fast", "source", "device") if part in {*before.split(), word})
        if after != before:
            statement = update(Attempt).where(*here, Attempt.flag == before, Attempt.looked_by.is_(None)).values(flag=after)
            marked += update_count(statement.execution_options(**QUIET))
    return marked


def forget_sources(now: datetime) -> int:
    """Forget where attempts came from once they are a month old; returns how many (inside a unit of work)."""
    today = clock.local_day(now)
    aged = Attempt.day.between(today - timedelta(days=90), today - timedelta(days=32))
    old = update(Attempt).where(aged, (Attempt.source != "") | (Attempt.device != "")).values(source="", device="")
    return update_count(old.execution_options(**QUIET))


def looked(attempt: Attempt, note: str, *, actor: Actor, now: datetime) -> None:
    """Keep what somebody found who looked at an attempt; its result stays as it is. Raises NotAllowed."""
    found = attempt.paper.round
    require(actor, rights.MANAGE, found.org)
    attempt.looked_by, attempt.looked_note = actor.account_id, tidy(note)
    session().flush()
    record_audit("quiz.attempt_looked", f"quiz_attempt:{attempt.id}", actor=actor, now=now, org_id=found.org_id)


def waiting(round_ids: list[int], since: datetime) -> dict[int, int]:
    """Return {round id: how many marked attempts nobody has looked at} since a moment."""
    wanted = select(Attempt.round_id, func.count()).where(
        Attempt.round_id.in_(round_ids), Attempt.flag != "", Attempt.looked_by.is_(None), Attempt.day >= clock.local_day(since)
    ).group_by(Attempt.round_id)  # fmt: skip
    return {row[0]: int(row[1]) for row in session().execute(wanted)}


def day_questions(paper_questions: list[dict[str, object]], tallies: dict[int, tuple[int, int]]) -> list[dict[str, object]]:
    """Return each question of a day with how often it was answered and how many of a hundred were right."""
    rows = []
    for question in paper_questions:
        shown, right = tallies.get(int(str(question["id"])), (0, 0))
        rows.append({"question": question, "shown": shown, "right": right, "rate": round(100 * right / shown) if shown else None})
    return rows

