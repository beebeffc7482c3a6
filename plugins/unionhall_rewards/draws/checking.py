"""The books of draws: no more prizes than there are (I6), one entry for a chance (I7), results that can be computed again (I9)."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from unionhall.plugin import session, unscoped
from unionhall_rewards.draws import proving, queries, uhd1, uhi1, verifying
from unionhall_rewards.draws.models import Algorithm, Draw, DrawState, Entry, Prize, Result
from unionhall_rewards.fund import checks

WHOLE = timedelta(days=62)


def findings(now: datetime) -> list[str]:
    """Return what is wrong with draws, in sentences; nothing when all is well.

    Draws of the last two months are computed again as a whole; of older ones, that what is kept still has the published hash.
    """
    return [*_too_many(), *_twice(), *_changed(now)]


def _too_many() -> list[str]:
    given = select(Entry.prize_id, func.count()).where(Entry.prize_id.is_not(None)).group_by(Entry.prize_id)
    drawn = select(Result.prize_id, func.count()).where(Result.prize_id.is_not(None)).group_by(Result.prize_id)
    numbers: dict[int, int] = {}
    for statement in (given, drawn):
        for prize_id, number in session().execute(statement):
            numbers[prize_id or 0] = numbers.get(prize_id or 0, 0) + number
    prizes = session().scalars(select(Prize).where(Prize.id.in_(numbers)))
    found = []
    for prize in prizes:
        if numbers[prize.id] > prize.quantity:
            found.append(_("奖项“%(name)s”发了 %(n)s 个，只有 %(most)s 个。", name=prize.name, n=numbers[prize.id], most=prize.quantity))
        elif numbers[prize.id] != prize.quantity - prize.left:
            found.append(_("奖项“%(name)s”发了 %(n)s 个，和剩下的数对不上。", name=prize.name, n=numbers[prize.id]))
    return found


def _twice() -> list[str]:
    many = select(Entry.draw_id, Entry.member_id, Entry.day, Entry.number).where(Entry.member_id.is_not(None))
    rows = session().execute(many.group_by(Entry.draw_id, Entry.member_id, Entry.day, Entry.number).having(func.count() > 1))
    return [_("抽奖 %(id)s 里有人同一次机会抽了两次。", id=row.draw_id) for row in rows]


def _changed(now: datetime) -> list[str]:
    done = session().scalars(unscoped(select(Draw).where(Draw.state == DrawState.DONE).order_by(Draw.id), why="checks")).unique().all()
    found = []
    for draw in done:
        recent = draw.done_at is None or draw.done_at > now - WHOLE
        faults = verifying.verify(proving.bundle(draw)) if recent else _old_faults(draw)
        if faults:
            found.append(_("抽奖“%(title)s”重新计算对不上：%(fault)s", title=draw.title, fault=faults[0]))
    return found


def _old_faults(draw: Draw) -> list[str]:
    if draw.algo == Algorithm.INSTANT:
        made = uhi1.result_hash(queries.outcomes(draw))
    else:
        made = uhd1.result_hash(proving.slots(draw))
    return [] if made == draw.result_hash else ["result_hash"]


checks.CHECKS.append(findings)
