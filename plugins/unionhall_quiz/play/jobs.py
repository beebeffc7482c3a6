"""What runs by itself: papers ahead, closing what ran late, chances that are owed, counters of questions, marks for people to look at."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from unionhall.plugin import clock, session, unit_of_work
from unionhall_quiz.bank.models import Question
from unionhall_quiz.play import attempts, looking, rounds
from unionhall_quiz.play.models import Tally

BACK = timedelta(days=3)


def tidy_up(now: datetime) -> int:
    """Close late attempts, end rounds whose last day is over, mark crowds from one source or device.

    Returns how many rows changed (a job).
    """
    with unit_of_work():
        marked = looking.mark_sources(now) + looking.mark_devices(now)
        return attempts.close_late(now) + rounds.end_due(now) + marked + looking.forget_sources(now)


def count_questions(now: datetime) -> int:
    """Bring the counters of the questions that were answered lately up to their tallies; returns how many (a job).

    Sums over all tallies, so doing it again changes nothing; away from the hot path, where each question is one row for everybody.
    """
    with unit_of_work():
        lately = select(Tally.question_id).where(Tally.day >= clock.local_day(now) - BACK).distinct()
        sums = select(Tally.question_id, func.sum(Tally.shown), func.sum(Tally.right)).where(Tally.question_id.in_(lately))
        found = session().execute(sums.group_by(Tally.question_id).order_by(Tally.question_id)).all()
        for number, shown, right in found:
            counted = update(Question).where(Question.id == number, (Question.shown != shown) | (Question.right != right))
            session().execute(counted.values(shown=int(shown), right=int(right)).execution_options(synchronize_session=False))
        return len(found)
