"""Pausing a draw with a reason that everybody reads, and making up for it with one more chance."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from unionhall.plugin import Actor, Conflict, RuleBroken, clock, record_audit, require, session, unit_of_work
from unionhall_rewards import rights
from unionhall_rewards.draws import entering, pages, queries, stock
from unionhall_rewards.draws.models import Compensation, Entry

SOURCE = "rewards.compensation"
AT_ONCE = 200


def pause(draw_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Stop taking entries for a while."""
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    if draw.state not in queries.LIVE:
        raise RuleBroken(_("只有公布了、还没截止的抽奖能暂停。"), code="draw-not-open")
    if not reason.strip():
        raise RuleBroken(_("请写一句原因，大家会看到。"), field="reason")
    draw.paused_at, draw.paused_reason = draw.paused_at or now, reason.strip().rstrip("。")
    session().flush()
    pages.changed(draw)
    record_audit("rewards.draw_paused", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)


def resume(draw_id: int, *, actor: Actor, now: datetime) -> None:
    """Take entries again."""
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    if draw.paused_at is None:
        raise RuleBroken(_("这个抽奖没有暂停。"), code="draw-not-paused")
    draw.paused_at, draw.paused_reason = None, ""
    session().flush()
    pages.changed(draw)
    record_audit("rewards.draw_resumed", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id)


def compensate(draw_id: int, day: date, reason: str, *, actor: Actor, now: datetime) -> Compensation:
    """Give everybody who took part on a day one more chance of that day; once for a day. The job hands them out."""
    draw = queries.locked(draw_id)
    require(actor, rights.DRAWS, draw.org)
    if not entering.takes(draw, now):
        raise RuleBroken(_("补机会要在抽奖进行的时候。"), code="draw-not-open")
    if not clock.local_day(draw.opens_at) <= day <= clock.local_day(now):
        raise RuleBroken(_("请选这次抽奖里已经到了的一天。"), field="day")
    if not reason.strip():
        raise RuleBroken(_("请写一句原因，会公布出来。"), field="reason")
    row = stock.insert_into(Compensation.__table__).values(
        draw_id=draw.id, day=day, reason=reason.strip(), made_by=actor.account_id or 0, made_at=now, number=0
    )
    made = session().scalar(row.on_conflict_do_nothing().returning(Compensation.id))
    if made is None:
        raise Conflict(_("这一天已经补过一次了。"), field="day")
    pages.changed(draw)
    record_audit("rewards.draw_compensated", f"draw:{draw.id}", actor=actor, now=now, org_id=draw.org_id, day=day.isoformat())
    return session().scalars(select(Compensation).where(Compensation.id == made)).one()


def given(draw_id: int) -> list[Compensation]:
    """Return the compensations of a draw, by day."""
    return list(session().scalars(select(Compensation).where(Compensation.draw_id == draw_id).order_by(Compensation.day)))


def hand_out(now: datetime) -> int:
    """Hand out what compensations owe, some members in each unit of work (a job)."""
    owed = list(session().scalars(select(Compensation.id).where(Compensation.done_at.is_(None)).order_by(Compensation.id)))
    total = 0
    for owed_id in owed:
        while True:
            session().rollback()
            with unit_of_work():
                number, more = _some(owed_id, now)
            total += number
            if not more:
                break
    return total


def _some(owed_id: int, now: datetime) -> tuple[int, bool]:
    row = session().scalars(select(Compensation).where(Compensation.id == owed_id)).one()
    draw = queries.existing(row.draw_id)
    if draw.paused_at is not None and entering.takes(draw, now):
        return 0, False
    members = _owed(row) if entering.takes(draw, now) else []
    for member_id in members:
        entering.enter(draw.id, member_id, SOURCE, row.id, day=row.day, now=now, number=entering.TURNS)
    if len(members) < AT_ONCE:
        got = select(func.count()).where(Entry.draw_id == row.draw_id, Entry.day == row.day, Entry.number == entering.TURNS)
        row.done_at, row.number = now, session().scalar(got) or 0
        session().flush()
        return len(members), False
    return len(members), True


def _owed(row: Compensation) -> list[int]:
    took = select(Entry.member_id).where(Entry.draw_id == row.draw_id, Entry.day == row.day, Entry.member_id.is_not(None))
    has = select(Entry.member_id).where(
        Entry.draw_id == row.draw_id, Entry.day == row.day, Entry.number == entering.TURNS, Entry.member_id.is_not(None)
    )
    wanted = took.where(Entry.number < entering.TURNS, Entry.member_id.not_in(has)).distinct().order_by(Entry.member_id).limit(AT_ONCE)
    return [member_id for member_id in session().scalars(wanted) if member_id]
