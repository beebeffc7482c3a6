"""The chance in a draw that a passed attempt earns: given in the same transaction, or kept as owed until the draw takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from unionhall.plugin import (
    Actor,
    NotFound,
    RuleBroken,
    record_audit,
    require,
    session,
    unit_of_work,
    unscoped,
    update_count,
)
from unionhall_quiz import rights
from unionhall_quiz.play import queries
from unionhall_quiz.play.models import Attempt, Chance, Round
from unionhall_rewards.api import Outcome, draw_view, enter, outcomes_of, why_not_in_draw

SOURCE = "quiz.attempt"
NEVER = ("draw-not-eligible", "draw-no-chance")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a chance: `chance` as the attempt keeps it, `why` the code of a refusal, `said` its sentence."""

    chance: Chance
    why: str = ""
    said: str = ""


NOTHING = Taken(Chance.NONE)


def take(draw_id: int, member_id: int, attempt_id: int, *, day: date, now: datetime) -> Taken:
    """Enter a member into a draw for an attempt, in this unit of work; a draw that refuses takes nothing away from the attempt."""
    try:
        enter(draw_id, member_id, SOURCE, attempt_id, day=day, now=now, number=None)
    except (RuleBroken, NotFound) as error:
        kept = Chance.REFUSED if error.code in NEVER else Chance.OWED
        return Taken(kept, error.code[:40], str(error))
    return Taken(Chance.GIVEN)


def outcome(attempt: Attempt) -> Outcome | None:
    """Return what came of an attempt's chance, None when it has not been given."""
    if attempt.chance != Chance.GIVEN:
        return None
    return outcomes_of(SOURCE, [attempt.id]).get(attempt.id)


def why(attempt: Attempt) -> str:
    """Return why an attempt's chance has not been given, for its member; "" when it has, or there was none to be had."""
    code = attempt.chance_why if attempt.chance in (Chance.OWED, Chance.REFUSED) else ""
    if not code:
        return ""
    if code == "draw-not-eligible" and attempt.draw_id and attempt.member_id:
        return why_not_in_draw(attempt.draw_id, attempt.member_id) or _("你不在这次抽奖的范围里，答题成绩照样有效。")
    words = {
        "draw-paused": _("抽奖临时暂停了。你的答题成绩有效，抽奖恢复后会补给你这次机会。"),
        "draw-not-open": _("抽奖这会儿没有开放。你的答题成绩有效，开放后会补给你这次机会。"),
        "draw-no-chance": _("今天的抽奖机会已经用完了，这次答题成绩照样有效。"),
    }
    return words.get(code, _("抽奖这会儿没有成功，你的答题成绩有效，稍后会自动补上这次机会。"))


def _give(attempt_id: int, now: datetime) -> bool:
    wanted = select(Attempt).where(Attempt.id == attempt_id, Attempt.chance == Chance.OWED).with_for_update(of=Attempt)
    found = session().scalar(unscoped(wanted.execution_options(populate_existing=True), why="owed"))
    if found is None or found.member_id is None or found.draw_id is None:
        return False
    taken = take(found.draw_id, found.member_id, found.id, day=found.day, now=now)
    kept = update(Attempt).where(Attempt.id == found.id, Attempt.chance == Chance.OWED)
    update_count(kept.values(chance=taken.chance.value, chance_why=taken.why).execution_options(synchronize_session=False))
    return taken.chance == Chance.GIVEN


def grant_missing(now: datetime) -> int:
    """Give the chances that are owed by draws that take entries now; returns how many (a job)."""
    given = 0
    for draw_id in queries.owing():
        draw, after = draw_view(draw_id, now), 0
        if draw is None or draw.paused or not draw.takes:
            continue
        while ids := queries.owed(draw_id=draw_id, after=after):
            session().rollback()
            for attempt_id in ids:
                with unit_of_work():
                    given += _give(attempt_id, now)
            after = ids[-1]
    return given


def grant(found: Round, day: date, *, actor: Actor, now: datetime) -> tuple[int, int]:
    """Give the chances of a day that are owed; returns (given, still owed). Raises NotAllowed."""
    require(actor, rights.MANAGE, found.org)
    ids = queries.owed(round_id=found.id, day=day, most=2000)
    given = sum(_give(attempt_id, now) for attempt_id in ids)
    obj, on = f"quiz_round:{found.id}", day.isoformat()
    record_audit("quiz.chances_given", obj, actor=actor, now=now, org_id=found.org_id, day=on, given=given)
    return given, len(ids) - given
