"""Once and no more: keys, parallel tills, what breaks in the middle; on both databases, with real threads."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.crypto import sign
from unionhall.base.errors import Conflict, RuleBroken
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Movement
from unionhall_rewards.redeeming import checking, looking, once, services
from unionhall_rewards.redeeming.models import Redemption

KEY = "key-0123456789"


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A till waits some seconds for another one; here the answer must not depend on how busy the machine is."""
    monkeypatch.setattr(once, "LOCK_WAIT", "120s")


@pytest.fixture
def tills(work, at_till, turn_of):
    """Return `tills(number)`: turns at so many tills of one store."""

    def build(number):
        first = at_till()[1]
        every = [first, *(at_till(first["store"], f"店员{place}")[1] for place in range(1, number))]
        with work():
            return [turn_of(ids) for ids in every]

    return build


def of_coupon(coupon_id, turn):
    return sign(looking.PURPOSE, [coupon_id, turn.turn_id])


@pytest.mark.both
def test_fifty_at_once_redeem_one_coupon_once(at_once, work, coupon, tills):
    turns, now = tills(5), clock.now()
    with work():
        number = coupon().id
        tickets = [of_coupon(number, turn) for turn in turns]
    acts = [
        lambda place=place: services.redeem(tickets[place % 5], 2000, f"key-of-click-{place}", turn=turns[place % 5], now=now) for place in range(50)
    ]
    found = at_once(acts)
    done = [answer for answer in found if isinstance(answer, once.Done)]
    refused = [answer for answer in found if not isinstance(answer, once.Done)]
    assert len(done) == 1
    assert {error.code for error in refused} == {"used"}
    assert all("2026-05-14 09:30" in str(error) and done[0].receipt in str(error) for error in refused)
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Redemption)) == 1
        assert session.scalar(select(func.count()).select_from(Movement).where(Movement.kind == "redeem")) == 1
        assert checking.findings(now) == []


@pytest.mark.both
def test_a_double_click_gives_the_same_receipt(at_once, work, coupon, tills):
    (turn,), now = tills(1), clock.now()
    with work():
        ticket = of_coupon(coupon().id, turn)
    found = at_once([lambda: services.redeem(ticket, 2000, KEY, turn=turn, now=now)] * 8)
    assert {answer.receipt for answer in found} == {"HX-20260514-00001"}
    assert sorted(answer.replayed for answer in found) == [False] + [True] * 7


@pytest.mark.both
def test_one_key_is_for_one_thing(at_once, work, coupon, tills):
    (turn,), now = tills(1), clock.now()
    with work():
        first, second = of_coupon(coupon().id, turn), of_coupon(coupon().id, turn)
    with work():
        services.redeem(first, 2000, KEY, turn=turn, now=now)
    for ticket, bill in ((second, 2000), (first, 2001)):
        with work(), pytest.raises(RuleBroken, match="编号") as raised:
            services.redeem(ticket, bill, KEY, turn=turn, now=now)
        assert raised.value.code == "key-reused"
    found = at_once([lambda ticket=ticket: services.redeem(ticket, 900, "key-of-two-coupons", turn=turn, now=now) for ticket in (second, second)])
    assert {answer.receipt for answer in found} == {"HX-20260514-00002"}


@pytest.mark.both
def test_two_coupons_with_one_key_at_once(at_once, work, coupon, tills):
    (turn,), now = tills(1), clock.now()
    with work():
        tickets = [of_coupon(coupon().id, turn) for _number in range(2)]
    found = at_once([lambda ticket=ticket: services.redeem(ticket, 2000, KEY, turn=turn, now=now) for ticket in tickets])
    kinds = sorted("done" if isinstance(answer, once.Done) else answer.code for answer in found)
    assert kinds[0] == "done"
    assert kinds[1] in ("key-reused", "running")
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Redemption)) == 1
        assert checking.findings(now) == []


@pytest.mark.postgres
def test_what_still_runs_elsewhere_is_a_conflict(app, work, coupon, tills, monkeypatch):
    monkeypatch.setattr(once, "LOCK_WAIT", "100ms")
    (turn,), now = tills(1), clock.now()
    with work():
        number = coupon().id
        ticket = of_coupon(number, turn)
    with app.app_context(), db.engine().connect() as other, other.begin():
        other.execute(sa.update(Coupon).where(Coupon.id == number).values(reminded=1))
        with work(), pytest.raises(Conflict, match="正在办理") as raised:
            services.redeem(ticket, 2000, KEY, turn=turn, now=now)
        assert raised.value.code == "running"


@pytest.mark.both
@pytest.mark.parametrize("broken", ["move", "next_receipt", "record_audit", "publish"])
def test_what_breaks_in_the_middle_leaves_nothing(work, coupon, tills, monkeypatch, broken):
    (turn,), now = tills(1), clock.now()
    with work():
        number = coupon().id
        ticket = of_coupon(number, turn)

    def stop(*_args, **_kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(*((ledger, "move") if broken == "move" else (services, broken)), stop)
        with pytest.raises(ZeroDivisionError), work():
            services.redeem(ticket, 600, KEY, turn=turn, now=now)
    with work() as session:
        assert session.get(Coupon, number).state == "issued"
        assert session.scalar(select(func.count()).select_from(Redemption)) == 0
        assert services.redeem(ticket, 600, KEY, turn=turn, now=now).receipt == "HX-20260514-00001", "no number was lost"
    with work():
        assert checking.findings(now) == []


@pytest.mark.both
def test_many_coupons_at_once_have_numbers_without_a_gap(at_once, work, coupon, mall, tills):
    turns, now = tills(3), clock.now()
    with work():
        kind = mall.kind(mall.fund())
        ids = [coupon(kind).id for _number in range(12)]
        tickets = [of_coupon(number, turns[place % 3]) for place, number in enumerate(ids)]
    acts = [
        lambda place=place: services.redeem(tickets[place], 2000, f"key-of-click-{place}", turn=turns[place % 3], now=now) for place in range(12)
    ]
    found = at_once(acts)
    assert sorted(answer.receipt for answer in found) == [f"HX-20260514-{number:05d}" for number in range(1, 13)]


@pytest.mark.both
def test_two_who_take_back_and_one_who_redeems_again(at_once, work, coupon, tills):
    turns, now = tills(3), clock.now()
    with work():
        number = coupon().id
        ticket = of_coupon(number, turns[0])
    with work():
        receipt = services.redeem(ticket, 600, KEY, turn=turns[0], now=now).receipt
    acts = [lambda place=place: services.reverse(receipt, "用错了券", f"key-of-undo-{place % 4}", turn=turns[1 + place % 2], now=now) for place in range(8)]
    found = at_once(acts)
    done = [answer for answer in found if isinstance(answer, once.Done)]
    assert len({answer.receipt for answer in done}) == 1
    assert {error.code for error in found if not isinstance(error, once.Done)} == {"reversed"}
    with work() as session:
        assert session.get(Coupon, number).state == "issued"
        assert session.scalar(select(func.count()).select_from(Redemption)) == 2
        assert checking.findings(now) == []
        services.redeem(of_coupon(number, turns[1]), 1500, "key-of-second-use", turn=turns[1], now=now + timedelta(minutes=1))
    with work():
        assert checking.findings(now) == []


@pytest.mark.both
def test_a_coupon_is_voided_or_redeemed_never_both(at_once, work, coupon, tills):
    (turn,), now = tills(1), clock.now()
    with work():
        number = coupon().id
        ticket = of_coupon(number, turn)

    def void():
        taken = sa.update(Coupon).where(Coupon.id == number, Coupon.state == "issued").values(state="voided", closed_at=now)
        return db.update_count(taken.execution_options(synchronize_session=False))

    found = at_once([void, lambda: services.redeem(ticket, 2000, KEY, turn=turn, now=now)])
    won = [answer for answer in found if answer == 1 or isinstance(answer, once.Done)]
    assert len(won) == 1


def test_the_check_finds_what_does_not_fit(work, coupon, tills):
    (turn,), now = tills(1), clock.now()
    with work():
        number = coupon().id
        ticket = of_coupon(number, turn)
    with work():
        services.redeem(ticket, 600, KEY, turn=turn, now=now)
    with work() as session:
        session.execute(sa.update(Coupon).where(Coupon.id == number).values(state="issued"))
        (line,) = checking.findings(now)
        assert line == f"I3 redemption of a coupon that is not redeemed: 1 ({number})"
        session.execute(sa.update(Coupon).where(Coupon.id == number).values(state="redeemed", face_fen=1200))
        (line,) = checking.findings(now)
        assert "rest did not return" in line
