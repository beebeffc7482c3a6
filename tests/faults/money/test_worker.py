"""kill -9 of the worker in the middle of a batch draw and of the month's settlement (security.md 5, R2): the next worker goes on, the
winners are the ones that anybody can compute, and each coupon and each line is there once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from unionhall.base import clock
from unionhall.platform import jobs
from unionhall.platform.access import unscoped
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws import facts, publishing, queries, uhd1
from unionhall_rewards.draws.models import Entry, Prize, Result
from unionhall_rewards.fund.models import Movement
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.settling import cutting
from unionhall_rewards.settling.models import SettledMonth, Statement, StatementLine

pytestmark = [pytest.mark.both, pytest.mark.xdist_group("faults")]
LEASE = timedelta(minutes=5)
"""After that the dead worker's job is somebody else's."""
DRAWN = [
    ("from unionhall_rewards.draws import drawing; instead_of(drawing, 'tell', 2)", 0),
    ("from unionhall_rewards.draws import drawing; at_the_end(drawing, '_release', 'before_commit')", 0),
    ("from unionhall_rewards.draws import drawing; at_the_end(drawing, '_release', 'after_commit')", 3),
]
SETTLED = [
    ("from unionhall_rewards.settling import cutting; instead_of(cutting, '_totals')", 0),
    ("from unionhall_rewards.settling import cutting; instead_of(cutting, 'read_lines', 2)", 1),
    ("from unionhall_rewards.settling import cutting; at_the_end(cutting, 'cut', 'after_commit')", 2),
]


def finish(site, processes, job, moment):
    """Let a worker that nobody kills run until it has done a job."""
    processes.start("worker", moment=moment)
    processes.until(lambda: ended(site, job) >= moment, f"{job} was not done")
    processes.end()


def ended(site, job):
    with site.work():
        state = jobs.last_run(job)
        return state.last_run or clock.first_moment(clock.local_day(clock.now()))


def test_a_batch_draw(site, processes):
    site.enter_batch()
    moment = clock.now()
    with site.work():
        draw = queries.existing(site.batch)
        slots, _numbers = uhd1.run(publishing.parsed(draw), facts.secret_of(draw), queries.codes(draw.id), draw.public_value)
        expected = [slot.ticket for slot in slots]
    for step, there in DRAWN:
        processes.killed(processes.start("worker", moment=moment, step=step))
        assert site.count(Coupon) == there, step
        assert site.count(Result) == (5 if there else 0), step
        moment += LEASE
    finish(site, processes, "rewards.draws", moment)
    with site.work() as session:
        draw = queries.existing(site.batch)
        assert (draw.state, draw.result_hash) == ("done", uhd1.result_hash(slots))
        drawn = select(Entry.code).join(Result, Result.entry_id == Entry.id).where(Result.draw_id == draw.id).order_by(Result.slot)
        assert session.scalars(drawn).all() == expected
        winners = select(Entry.code).join(Coupon, Coupon.entry_id == Entry.id)
        assert sorted(session.scalars(winners)) == sorted(expected[:3])
        assert session.scalar(select(Prize.left).where(Prize.draw_id == draw.id)) == 0
    assert site.count(Movement, Movement.kind == "issue") == 3
    assert site.sound()


def test_a_months_settlement(site, processes):
    owed = site.month()
    moment = site.at(site.OPEN)
    for step, there in SETTLED:
        processes.killed(processes.start("worker", moment=moment, step=step))
        assert (site.count(Statement), site.count(SettledMonth)) == (there, 0), step
        moment += LEASE
    finish(site, processes, "rewards.settle", moment)
    with site.work() as session:
        made = session.scalars(unscoped(select(Statement).order_by(Statement.store_id), why="test")).all()
        assert [(row.store_id, row.total_fen) for row in made] == sorted(owed.items())
        assert [cutting.is_genuine(row) for row in made] == [True, True]
        lines = session.execute(select(func.count(), func.count(StatementLine.redemption_id.distinct()), func.sum(StatementLine.fen))).one()
        assert tuple(lines) == (5, 5, sum(owed.values()))
        month = session.get_one(SettledMonth, "2026-04")
        assert (month.number, month.fen) == (2, sum(owed.values()))
    assert site.count(Redemption) == 5
    assert site.sound()
