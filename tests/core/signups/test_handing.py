"""A place handed from one person to another: never over capacity, never past who waits, never twice."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall.signups import entries, people, queries
from unionhall.signups.handing import hand_over
from unionhall.signups.models import HOLDING, Entry, State


def test_a_place_goes_to_the_taker_and_not_to_the_waiting_list(work, signups, make, at):
    with work():
        sheet = signups.sheet(places=1, starts_at=at("2026-05-20 08:00"), offer_hours=0)
        at("2026-05-14 09:30")
        mine, waits = signups.join(sheet), signups.join(sheet, waiting=True)
        taker = make.member(account=True)
        made = hand_over(mine, people.of_member(taker), actor=SYSTEM, now=clock.now())
        assert (mine.state, made.state, waits.state) == (State.CANCELLED, State.ACCEPTED, State.WAITING)
        assert mine.reason
        fresh = signups.fresh(sheet)
        assert (fresh.taken, fresh.waiting) == (1, 1)
        told = set(db.session().scalars(select(Notice.kind)))
        assert {"signups.handed_over", "signups.taken_over"} <= told
        with pytest.raises(Conflict):  # it is not theirs any more
            hand_over(mine, people.of_member(make.member(account=True)), actor=SYSTEM, now=clock.now())
        with pytest.raises(Conflict):  # who waits is on the sheet
            hand_over(made, people.Applicant(waits.person, waits.name, waits.person, waits.member_id), actor=SYSTEM, now=clock.now())
        elsewhere = people.guest("路人", "13900000001")
        with pytest.raises(RuleBroken):
            hand_over(made, elsewhere, actor=SYSTEM, now=clock.now())
        with pytest.raises(Conflict):  # once it has begun, it is too late
            hand_over(made, people.of_member(make.member(account=True)), actor=SYSTEM, now=at("2026-05-20 08:00"))


@pytest.mark.both
def test_two_takers_at_once_while_the_giver_cancels_leave_one_holder(app, work, signups, make):
    with work():
        sheet = signups.sheet(places=1)
        sheet_id, mine = sheet.id, signups.join(sheet).id
        signups.join(sheet, waiting=True)
        takers = [people.of_member(make.member(account=True)) for _n in range(4)]
    gate, found = threading.Barrier(5), []

    def run(act):
        with app.app_context():
            gate.wait()
            for _again in range(50):
                try:
                    with db.unit_of_work():
                        act(queries.entry(mine))
                except OperationalError:
                    continue
                except Conflict:
                    break
                found.append(act)
                break
            db.session().remove()

    def take(who):
        return lambda entry: hand_over(entry, who, actor=SYSTEM, now=clock.now())

    acts = [take(who) for who in takers] + [lambda entry: entries.cancel(entry, actor=SYSTEM, now=clock.now())]
    crew = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    with work():
        holding = select(Entry).where(Entry.sheet_id == sheet_id, Entry.state.in_(HOLDING))
        assert len(db.session().scalars(unscoped(holding, why="test")).all()) == 1
        assert signups.fresh(queries.sheet(sheet_id)).taken == 1
    assert len([act for act in found if act is not acts[-1]]) <= 1
