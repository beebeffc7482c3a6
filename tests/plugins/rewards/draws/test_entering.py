"""Taking part: once for each chance, never more prizes than there are, at the same second from everywhere."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError, OperationalError

from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws import drawing, entering, pausing, queries, uhd1, uhi1
from unionhall_rewards.draws.models import Entry, Prize, WinCount
from unionhall_rewards.fund.models import Kind, Movement

SURE = {"ppm": 1_000_000}
DAY = date(2026, 5, 14)


@pytest.fixture
def now(at):
    return at("2026-05-14 10:00")


@pytest.fixture
def opened(at, work, rounds):
    """Return a function that makes a draw at 9:30 and goes on to 10:00, when it is open."""

    def made(*prizes, **fields):
        at("2026-05-14 09:30")
        with work():
            found = rounds.published(*prizes, **fields)
        at("2026-05-14 10:00")
        return found

    return made


def go(draw_id, member_id, *, day=DAY, number=1, source_id=1):
    return entering.enter(draw_id, member_id, "quiz.attempt", source_id, day=day, now=clock.now(), number=number)


def refused(work, code, *args, **fields):
    with pytest.raises(RuleBroken) as told, work():
        go(*args, **fields)
    assert told.value.code == code


@pytest.mark.both
def test_a_sure_prize_is_won_once_and_the_second_try_says_the_same(work, opened):
    draw_id, (member, *_rest) = opened({"kind": True, **SURE})
    with work():
        first = go(draw_id, member)
    assert (first.state, first.value_fen, len(first.coupons)) == ("won", 1000, 1)
    with work():
        again = go(draw_id, member, source_id=99)
        assert (again.entry_id, again.state, again.coupons[0].id) == (first.entry_id, "won", first.coupons[0].id)
        assert db.session().scalar(select(func.count(Coupon.id))) == 1
        assert entering.outcome(draw_id, member, day=DAY) == again
        assert entering.outcomes_of("quiz.attempt", [1, 99])[1].entry_id == first.entry_id


def test_the_number_is_the_published_one(work, opened, rounds):
    """Anybody who knows the secret and the public value finds the same number for the entry."""
    draw_id, (member, *_rest) = opened({"ppm": 500_000})
    with work():
        found = go(draw_id, member)
        entry, draw = queries.entry_by_code(draw_id, found.code), rounds.get(draw_id)
        from unionhall_rewards.draws.facts import secret_of

        key = uhi1.seed(secret_of(draw), draw.key, "beacon:0000000042")
        assert entry.x == uhi1.number(key, found.code)
        assert (found.state == "won") == (entry.x < 500_000)
        assert found.code == f"{found.holder}.1"


def test_who_was_not_there_when_it_was_published_cannot_enter(work, opened, make, mall):
    draw_id, _members = opened({"ppm": 1})
    with work():
        late = make.member(account=True).id
        never = make.member().id
    refused(work, "draw-not-eligible", draw_id, late)
    refused(work, "draw-not-eligible", draw_id, never)


def test_who_stands_at_a_till_or_sets_draws_is_kept_out(at, work, make, mall, rounds):
    from unionhall.hooks.types import Role

    with work():
        clerk = make.member(account=True)
        mall.clerk(mall.store(), member_id=clerk.id)
        boss = make.member(account=make.account(Role.ORG_ADMIN))
        clerk_id, boss_id = clerk.id, boss.id
        draw_id, _members = rounds.published({"ppm": 1})
        assert rounds.get(draw_id).eligible_count == 3
        assert len(queries.frozen_list(draw_id, "excluded")) == 2
    at("2026-05-14 10:00")
    refused(work, "draw-not-eligible", draw_id, clerk_id)
    refused(work, "draw-not-eligible", draw_id, boss_id)


def test_before_and_after_it_is_not_open(at, work, opened):
    draw_id, (member, *_rest) = opened({"ppm": 1})
    at("2026-05-14 09:39")
    refused(work, "draw-not-open", draw_id, member)
    at("2026-05-24 09:30")
    refused(work, "draw-not-open", draw_id, member, day=date(2026, 5, 24))
    at("2026-05-24 09:29")
    with work():
        assert go(draw_id, member, day=date(2026, 5, 24)).code.endswith(".101")


def test_without_the_public_value_nobody_draws(work, opened):
    draw_id, (member, *_rest) = opened(SURE, value="")
    refused(work, "draw-not-open", draw_id, member)
    refused(work, "draw-not-open", 987654, member)


def test_days_and_numbers_that_are_no_chance(work, opened):
    draw_id, (member, *_rest) = opened({"ppm": 1}, tries_a_day=2)
    refused(work, "draw-not-open", draw_id, member, day=date(2026, 5, 13))
    refused(work, "draw-not-open", draw_id, member, day=date(2026, 5, 25))
    refused(work, "draw-no-chance", draw_id, member, number=3)
    with work():
        assert go(draw_id, member, number=2).code.endswith(".2")


def test_a_pause_says_why(work, opened):
    draw_id, (member, *_rest) = opened(SURE)
    with work():
        pausing.pause(draw_id, "题目有误", actor=SYSTEM, now=clock.now())
    with pytest.raises(RuleBroken, match="题目有误") as told, work():
        go(draw_id, member)
    assert told.value.code == "draw-paused"
    with work():
        pausing.resume(draw_id, actor=SYSTEM, now=clock.now())
        assert go(draw_id, member).state == "won"


def test_what_was_drawn_before_a_pause_or_the_end_is_still_told(at, work, opened):
    draw_id, (member, *_rest) = opened({"kind": True, **SURE})
    with work():
        first = go(draw_id, member)
        pausing.pause(draw_id, "检查", actor=SYSTEM, now=clock.now())
    at("2026-06-20 10:00")
    with work():
        assert go(draw_id, member).entry_id == first.entry_id


@pytest.mark.both
def test_wins_in_a_draw_are_limited_and_the_miss_is_noted(work, opened):
    draw_id, (member, *_rest) = opened({"kind": True, **SURE}, tries_a_day=3, most_wins=2)
    with work():
        states = [go(draw_id, member, number=n).state for n in (1, 2, 3)]
        last = queries.turn(draw_id, member, DAY, 3)
        assert (states, last.missed, last.prize_id) == (["won", "won", "none"], "P1", None)


def test_wins_in_a_month_count_all_draws_of_the_fund(work, opened, mall):
    with work():
        fund = mall.fund().id
    one, (member, *_rest) = opened({"kind": True, **SURE}, fund=fund, month_wins=1, people=1)
    two, _others = opened({"kind": True, **SURE}, fund=fund, month_wins=1, people=0)
    with work():
        assert [go(one, member).state, go(two, member).state] == ["won", "none"]
        scopes = {row.scope: row.number for row in db.session().scalars(select(WinCount))}
        assert scopes == {f"draw:{one}": 1, f"fund:{fund}:2026-05": 1, f"draw:{two}": 0}


def test_per_day_and_fallback_to_the_next(work, opened):
    draw_id, members = opened({"kind": True, "per_day": 1, **SURE}, {"value_fen": 100, "quantity": 1, "ppm": 0, "name": "茶杯"}, people=3)
    with work():
        found = [go(draw_id, member) for member in members]
        assert [(made.state, made.prize) for made in found] == [("won", "10 元消费券"), ("won", "茶杯"), ("none", "")]
        missed = [queries.entry_by_code(draw_id, made.code).missed for made in found]
        assert missed == ["", "P1", "P1"]
    with work():
        assert go(draw_id, members[2], day=DAY + timedelta(days=1)).prize == "10 元消费券"


def test_without_fallback_a_prize_that_is_gone_is_no_win(work, opened):
    draw_id, members = opened({"kind": True, "quantity": 1, "ppm": 999_999}, {"value_fen": 100, "name": "茶杯", "ppm": 1}, fallback=False)
    with work():
        assert [(made.state, made.missed) for made in (go(draw_id, member) for member in members)] == [("won", False), ("none", True), ("none", True)]
    with work():
        assert [go(draw_id, member).missed for member in members] == [False, True, True], "whoever asks again hears the same"



def test_a_failure_in_the_same_unit_takes_everything_back(work, opened):
    draw_id, (member, *_rest) = opened({"kind": True, **SURE})
    with pytest.raises(RuntimeError), work():
        go(draw_id, member)
        raise RuntimeError
    with work():
        left = db.session().scalar(select(Prize.left).where(Prize.draw_id == draw_id))
        assert (left, db.session().scalar(select(func.count(Entry.id))), db.session().scalar(select(func.count(WinCount.scope)))) == (10, 0, 0)


def test_an_entry_is_never_changed_or_deleted(work, opened):
    draw_id, (member, *_rest) = opened(SURE)
    with work():
        go(draw_id, member)
    for statement in (update(Entry).values(prize_id=None), update(Entry).values(x=5), Entry.__table__.delete()):
        with pytest.raises(DBAPIError, match="append-only"), work() as session:
            session.execute(statement)


def test_the_hot_path_asks_little(work, opened, queries):
    draw_id, members = opened({"ppm": 1})
    with work():
        go(draw_id, members[0])
    with work(), queries() as asked:
        go(draw_id, members[1])
    assert len(asked) == 2


def rush(app, jobs, threads=8):
    """Run `enter` for (draw, member, number) from many threads; returns the outcomes."""
    found, lock, waiting = [], threading.Lock(), list(jobs)

    def work_off():
        with app.app_context():
            while True:
                with lock:
                    if not waiting:
                        break
                    draw_id, member, number = waiting.pop()
                while True:
                    try:
                        with db.unit_of_work():
                            made = go(draw_id, member, number=number)
                    except OperationalError:
                        continue
                    break
                found.append(made)
            db.session().remove()

    crew = [threading.Thread(target=work_off) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return found


@pytest.mark.both
def test_five_hundred_at_once_for_forty_coupons_are_forty(app, work, opened):
    draw_id, members = opened({"kind": True, "quantity": 40, **SURE}, people=100, most_wins=None, tries_a_day=5)
    many = [(draw_id, member, number) for member in members for number in range(1, 6)]
    found = rush(app, many)
    assert len(found) == 500
    with work():
        won = [made for made in found if made.state == "won"]
        issued = db.session().scalar(select(func.sum(Movement.fen)).where(Movement.kind == Kind.ISSUE))
        left = db.session().scalar(select(Prize.left).where(Prize.draw_id == draw_id))
        assert (len(won), db.session().scalar(select(func.count(Coupon.id))), int(issued), left) == (40, 40, 40_000, 0)


@pytest.mark.both
def test_the_same_member_from_eight_phones_at_once_is_one_entry(app, work, opened):
    draw_id, (member, *_rest) = opened({"kind": True, **SURE})
    found = rush(app, [(draw_id, member, 1)] * 24)
    assert len({made.entry_id for made in found}) == 1
    assert {made.state for made in found} == {"won"}
    with work():
        left = db.session().scalar(select(Prize.left).where(Prize.draw_id == draw_id))
        counted = db.session().scalar(select(WinCount.number))
        assert (left, counted, db.session().scalar(select(func.count(Coupon.id)))) == (9, 1, 1)
        assert uhd1.holder(found[0].code) == found[0].holder


@pytest.mark.both
def test_nobody_slips_in_while_the_list_is_frozen(app, work, rounds, opened):
    """Entries come from many threads while the draw is closed: the frozen list holds exactly those that were accepted."""
    draw_id, members = opened({"value_fen": 100}, algo="UHD1", people=60)
    accepted, refusals, lock, waiting = [], [], threading.Lock(), list(members)

    def enter_all():
        with app.app_context():
            while True:
                with lock:
                    if not waiting:
                        break
                    member = waiting.pop()
                try:
                    with db.unit_of_work():
                        made = go(draw_id, member)
                    accepted.append(made.code)
                except RuleBroken as error:
                    refusals.append(error.code)
                except OperationalError:
                    waiting.append(member)
                if len(accepted) == 20:
                    closing.set()
            db.session().remove()

    def close():
        closing.wait(60)
        with app.app_context():
            with db.unit_of_work():
                drawing.advance(draw_id, clock.now() + timedelta(days=20))
            db.session().remove()

    closing = threading.Event()
    crew = [threading.Thread(target=enter_all) for _ in range(6)] + [threading.Thread(target=close)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    with work():
        draw = rounds.get(draw_id)
        assert (sorted(accepted), draw.entrants_count) == (queries.codes(draw_id), len(accepted))
        assert draw.entrants_hash == uhd1.entrants_hash(accepted)
        assert set(refusals) <= {"draw-not-open"}
        assert len(accepted) + len(refusals) == 60
