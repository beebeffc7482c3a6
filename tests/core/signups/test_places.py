"""Places under concurrency, the waiting list, and counters that equal the rows."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped
from unionhall.signups import decisions, entries, people, queries, sheets, waiting
from unionhall.signups.entries import Full, Wish
from unionhall.signups.fields import Given
from unionhall.signups.models import ALIVE, HOLDING, Choice, Entry, Kind, Pick, Sheet, State


def audit_counters(sheet_id):
    """Assert that every counter equals the rows that it counts."""
    session = db.session()
    sheet = session.scalar(unscoped(select(Sheet).where(Sheet.id == sheet_id).execution_options(populate_existing=True), why="test"))
    holds = select(func.coalesce(func.sum(Entry.holds), 0)).where(Entry.sheet_id == sheet_id, Entry.state.in_(HOLDING))
    waits = select(func.count()).select_from(Entry).where(Entry.sheet_id == sheet_id, Entry.state == State.WAITING, Entry.captain_id.is_(None))
    assert (sheet.taken, sheet.waiting) == (session.scalar(unscoped(holds, why="test")), session.scalar(unscoped(waits, why="test")))
    for field in sheet.fields:
        for choice in field.choices:
            session.refresh(choice)
            taken = select(func.coalesce(func.sum(Entry.holds), 0)).join(Pick, Pick.entry_id == Entry.id)
            counted = session.scalar(unscoped(taken.where(Pick.choice_id == choice.id, Entry.state.in_(HOLDING)), why="test"))
            assert choice.taken == counted, choice.label
    return sheet


def rush(app, sheet_id, members, wish=None, threads=8):
    """Let everybody sign up at once, from so many threads; a busy database is tried again, as a person would."""
    gate, left, found, lock = threading.Barrier(threads), list(members), [], threading.Lock()

    def work():
        with app.app_context():
            gate.wait()
            while True:
                with lock:
                    if not left:
                        break
                    who = left.pop()
                for _again in range(50):
                    try:
                        with db.unit_of_work():
                            entry = entries.sign_up(
                                queries.sheet(sheet_id), who, wish or Wish(waiting=True), actor=SYSTEM, now=clock.now()
                            )
                            state = entry.state
                    except OperationalError:
                        continue
                    except Full:
                        state = "full"
                    found.append(state)
                    break
            db.session().remove()

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return found


@pytest.mark.both
def test_five_hundred_at_once_for_a_hundred_places_are_a_hundred_and_an_ordered_waiting_list(app, work, signups, make):
    with work():
        sheet = signups.sheet(places=100, audience="account", waiting_places=300)
        sheet_id, account = sheet.id, make.account()
        who = [people.Applicant(f"a:{account.id + n}", f"人{n}", f"a:{account.id + n}") for n in range(500)]
    found = rush(app, sheet_id, who)
    assert (len(found), found.count(State.ACCEPTED), found.count(State.WAITING), found.count("full")) == (500, 100, 300, 100)
    with work():
        sheet = audit_counters(sheet_id)
        assert (sheet.taken, sheet.waiting) == (100, 300)
        rows = db.session().execute(
            unscoped(select(Entry.number, Entry.state).where(Entry.sheet_id == sheet_id).order_by(Entry.number), why="test")
        ).all()
        assert len({row.number for row in rows}) == 400
        assert all(row.state == State.ACCEPTED for row in rows[:100])
        assert all(row.state == State.WAITING for row in rows[100:])


@pytest.mark.both
def test_one_person_who_sends_a_form_many_times_at_once_has_one_entry(app, work, signups, make):
    with work():
        sheet = signups.sheet(places=5)
        sheet_id, who = sheet.id, people.of_member(make.member(account=True))
    rush(app, sheet_id, [who] * 40, Wish(key="k" * 32))
    with work():
        assert audit_counters(sheet_id).taken == 1


@pytest.mark.both
def test_quotas_hold_under_a_rush(app, work, signups, make):
    with work():
        sheet = signups.sheet(places=50)
        field = signups.ask(sheet, Kind.CHOICE, "工种", options=[("电工", 7), ("茶艺", None)])
        electric, sheet_id, field_id = field.choices[0].id, sheet.id, field.id
        who = [people.of_member(make.member()) for _n in range(30)]
    rush(app, sheet_id, who, Wish({field_id: Given(picks=(electric,))}, waiting=True))
    with work():
        sheet = audit_counters(sheet_id)
        assert (sheet.taken, sheet.waiting, db.session().get(Choice, electric).taken) == (7, 23, 7)


@pytest.mark.both
def test_cancelling_offers_the_place_to_the_next_and_an_offer_that_lapses_goes_on(app, work, signups, at):
    with work():
        sheet = signups.sheet(places=1, offer_hours=2)
        first = signups.join(sheet)
        second, third = signups.join(sheet, waiting=True), signups.join(sheet, waiting=True)
        assert [queries.place_in_line(second), queries.place_in_line(third)] == [1, 2]
        signups.cancel(first)
        assert (second.state, third.state) == (State.OFFERED, State.WAITING)
        assert second.offer_until == clock.now() + timedelta(hours=2)
        ids = second.id, third.id, sheet.id
    at("2026-05-14 11:31")
    with app.app_context():
        assert waiting.lapse(clock.now()) == 1
        assert waiting.lapse(clock.now()) == 0
    with work():
        second, third = queries.entry(ids[0]), queries.entry(ids[1])
        assert (second.state, third.state) == (State.LAPSED, State.OFFERED)
        with pytest.raises(Conflict):
            waiting.accept(second, actor=SYSTEM, now=clock.now())
        waiting.accept(third, actor=SYSTEM, now=clock.now())
        waiting.accept(third, actor=SYSTEM, now=clock.now())
        assert third.state == State.ACCEPTED
        audit_counters(ids[2])


@pytest.mark.both
def test_who_waits_for_a_full_choice_does_not_hold_up_the_others(app, work, signups):
    with work():
        sheet = signups.sheet(places=10, offer_hours=0)
        field = signups.ask(sheet, Kind.CHOICE, "工种", options=[("电工", 1), ("茶艺", 5)])
        electric, tea = (choice.id for choice in field.choices)
        holder = signups.join(sheet, answers={field.id: Given(picks=(electric,))})
        waits = signups.join(sheet, answers={field.id: Given(picks=(electric,))}, waiting=True)
        assert signups.join(sheet, answers={field.id: Given(picks=(tea,))}).state == State.ACCEPTED
        assert waits.state == State.WAITING
        signups.cancel(holder)
        assert waits.state == State.ACCEPTED
        audit_counters(sheet.id)


@pytest.mark.both
def test_a_newcomer_does_not_pass_those_who_wait(app, work, signups):
    """Two places are asked for by the first who waits; one alone that comes free is not given to who comes later."""
    with work():
        sheet = signups.sheet(places=3, companions=1)
        one, _two, _three = signups.join(sheet), signups.join(sheet), signups.join(sheet)
        pair = signups.join(sheet, companions=("家人",), waiting=True)
        signups.cancel(one)
        assert pair.state == State.WAITING
        with pytest.raises(Full):
            signups.join(sheet)
        assert signups.join(sheet, waiting=True).state == State.WAITING
        audit_counters(sheet.id)


@pytest.mark.both
def test_places_that_grow_are_offered_and_cannot_shrink_below_those_taken(app, work, signups):
    with work():
        sheet = signups.sheet(places=2)
        signups.join(sheet), signups.join(sheet)
        waits = signups.join(sheet, waiting=True)
        now, setup = clock.now(), sheets.setup_of(sheet)
        with pytest.raises(RuleBroken):
            sheets.update_sheet(sheet, sheets.replace(setup, places=1), version=1, actor=SYSTEM, now=now)
        sheets.update_sheet(sheet, sheets.replace(setup, places=3), version=1, actor=SYSTEM, now=now)
        assert waits.state == State.OFFERED
        audit_counters(sheet.id)


@pytest.mark.both
def test_pending_entries_hold_a_place_and_refusing_gives_it_on(app, work, signups):
    with work():
        sheet = signups.sheet(places=1, approval=True, offer_hours=0)
        first, second = signups.join(sheet), signups.join(sheet, waiting=True)
        assert (first.state, second.state) == (State.PENDING, State.WAITING)
        with pytest.raises(RuleBroken):
            decisions.decide(sheet, [first.id], "refuse", actor=SYSTEM, now=clock.now())
        assert decisions.decide(sheet, [first.id], "refuse", reason="名额只给一线职工", actor=SYSTEM, now=clock.now()) == (1, 0)
        assert (first.state, second.state) == (State.REFUSED, State.PENDING)
        assert decisions.decide(sheet, [second.id, first.id], "accept", actor=SYSTEM, now=clock.now()) == (1, 1)
        audit_counters(sheet.id)


@pytest.mark.both
def test_moved_to_the_waiting_list_one_stands_at_its_end(app, work, signups):
    with work():
        sheet = signups.sheet(places=1, approval=True)
        first, second = signups.join(sheet), signups.join(sheet, waiting=True)
        assert decisions.decide(sheet, [first.id], "wait", actor=SYSTEM, now=clock.now()) == (1, 0)
        assert (first.state, second.state) == (State.WAITING, State.OFFERED)
        audit_counters(sheet.id)


@pytest.mark.both
def test_a_household_signs_up_once(app, work, signups, make):
    with work():
        sheet = signups.sheet(unit="household", companions=2)
        entry = signups.join(sheet, make.member(account=True, household_hash="h" * 64), companions=("配偶", "孩子"))
        assert (entry.holds, sheet.taken) == (3, 3)
        with pytest.raises(RuleBroken, match="每户"):
            signups.join(sheet, make.member(account=True, household_hash="h" * 64))
        assert signups.join(sheet, make.member(account=True)).state == State.ACCEPTED
        audit_counters(sheet.id)


@pytest.mark.both
def test_random_acts_leave_counters_that_equal_the_rows(app, work, signups, make):
    import random

    chance = random.Random(14)
    with work():
        sheet = signups.sheet(places=6, companions=2, approval=True, offer_hours=1, waiting_places=5)
        field = signups.ask(sheet, Kind.CHOICE, "项目", options=[("甲", 3), ("乙", None)])
        options = [choice.id for choice in field.choices]
        crowd = [make.member(account=True) for _n in range(14)]
        alive = unscoped(select(Entry).where(Entry.sheet_id == sheet.id, Entry.state.in_(ALIVE)).order_by(Entry.id), why="test")
        for _step in range(80):
            act, now = chance.choice(("join", "join", "cancel", "accept", "decide", "change")), clock.now()
            rows = db.session().scalars(alive).all()
            try:
                if act == "join":
                    who, names = chance.choice(crowd), ("甲", "乙")[: chance.randrange(3)]
                    signups.join(sheet, who, answers={field.id: Given(picks=(chance.choice(options),))}, companions=names, waiting=True)
                elif rows and act == "cancel":
                    signups.cancel(chance.choice(rows))
                elif rows and act == "accept":
                    waiting.accept(chance.choice(rows), actor=SYSTEM, now=now)
                elif rows and act == "change":
                    entries.change(chance.choice(rows), {field.id: Given(picks=(chance.choice(options),))}, actor=SYSTEM, now=now)
                elif rows:
                    verdict = chance.choice(("accept", "refuse", "wait"))
                    decisions.decide(sheet, [chance.choice(rows).id], verdict, reason="抽查", actor=SYSTEM, now=now)
            except (RuleBroken, Conflict):
                db.session().flush()
            audit_counters(sheet.id)


@pytest.mark.both
def test_many_who_cancel_at_once_make_as_many_offers(app, work, signups):
    """Never two offers for one place, and none forgotten."""
    with work():
        sheet = signups.sheet(places=12)
        mine = [signups.join(sheet).id for _n in range(12)]
        for _n in range(15):
            signups.join(sheet, waiting=True)
        sheet_id = sheet.id
    gate, left, lock = threading.Barrier(6), list(mine), threading.Lock()

    def work_off():
        with app.app_context():
            gate.wait()
            while True:
                with lock:
                    if not left:
                        break
                    entry_id = left.pop()
                for _again in range(50):
                    try:
                        with db.unit_of_work():
                            entries.cancel(queries.entry(entry_id), actor=SYSTEM, now=clock.now())
                    except OperationalError:
                        continue
                    break
            db.session().remove()

    crew = [threading.Thread(target=work_off) for _ in range(6)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    with work():
        sheet = audit_counters(sheet_id)
        states = unscoped(select(Entry.state, func.count()).where(Entry.sheet_id == sheet_id).group_by(Entry.state), why="test")
        assert {row.state: row[1] for row in db.session().execute(states)} == {"cancelled": 12, "offered": 12, "waiting": 3}
        assert sheet.taken == 12
