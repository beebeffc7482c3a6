"""Taking a redemption back: who, when, why; what becomes of coupon and money."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from unionhall.base import clock
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.fund.models import Fund, Movement
from unionhall_rewards.redeeming import checking
from unionhall_stations.models import Turn


def used(counter, coupon, work, bill="6", **columns):
    """Return (clerk's till, mate's till, receipt) of a coupon that took `bill` yuan off."""
    till = counter(name="孟白")
    mate = counter(till.ids["store"], name="江宁")
    with work():
        coupon(code="GOOD", **columns)
    return till, mate, till.receipt(till.redeem("good", bill))


def undo(till, receipt, **fields):
    return till.post(f"receipts/{receipt}/reverse", **({"key": f"undo-{receipt}", "why": "amount", "reason": "多输了一位"} | fields))


def test_another_clerk_takes_it_back_and_the_coupon_is_good_again(counter, coupon, work):
    till, mate, receipt = used(counter, coupon, work)
    page = mate.browser.get(f"/rewards/till/receipts/{receipt}").text
    assert "撤销这笔核销" in page
    done = undo(mate, receipt)
    second = mate.receipt(done)
    shown = mate.browser.get(done.location).text
    for words in ("撤销核销单", "金额输错了：多输了一位", "江宁", receipt):
        assert words in shown
    first = till.browser.get(f"/rewards/till/receipts/{receipt}").text
    assert "已撤销" in first
    assert second in first
    assert "撤销这笔核销" not in first
    with work() as session:
        kept = session.scalars(select(Coupon).execution_options(unionhall_scope="test")).one()
        assert (kept.state, kept.closed_at) == ("issued", None)
        moves = session.execute(select(Movement.kind, func.sum(Movement.fen)).group_by(Movement.kind)).all()
        assert {kind: fen for kind, fen in moves if kind not in ("grant", "give")} == {"redeem": 600, "rest": 400, "reverse": 600, "unrest": 400}
        assert session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "rewards.given_back")) == 1
        assert checking.findings(clock.now()) == []
    mate.receipt(mate.redeem("good", "12"))
    assert "¥10.00" in mate.browser.get("/rewards/till/today").text


def test_the_same_click_twice_is_one_reversal(counter, coupon, work):
    _till, mate, receipt = used(counter, coupon, work)
    assert mate.receipt(undo(mate, receipt)) == mate.receipt(undo(mate, receipt))
    again = undo(mate, receipt, key="another-click")
    assert again.status_code == 409
    assert "由 江宁 撤销" in again.text


def test_not_by_oneself_not_even_as_a_manager(counter, coupon, work):
    till, _mate, receipt = used(counter, coupon, work)
    assert "要换另一位店员" in till.browser.get(f"/rewards/till/receipts/{receipt}").text
    refused = undo(till, receipt)
    assert refused.status_code == 422
    assert "另一位店员或店长" in refused.text


def test_not_at_another_store(counter, coupon, work):
    _till, _mate, receipt = used(counter, coupon, work)
    assert undo(counter(), receipt).status_code == 404


def test_the_last_minute_of_the_day_and_the_first_of_the_next(counter, coupon, at, work):
    """Settling takes months that are over: what it took cannot be taken back any more, for that day is over."""
    at("2026-05-31 23:58")
    till, mate, receipt = used(counter, coupon, work)
    at("2026-06-01 00:00")
    refused = undo(mate, receipt)
    assert refused.status_code == 422
    assert "只能在核销当天撤销，这笔是 2026-05-31 的" in refused.text
    at("2026-05-31 23:59:59")
    mate.receipt(undo(mate, receipt))
    assert till.browser.get("/rewards/till/today").status_code == 200


def test_a_reason_is_needed_and_nothing_typed_is_lost(counter, coupon, work):
    _till, mate, receipt = used(counter, coupon, work)
    for fields in ({"why": "other", "reason": " "}, {"why": "nonsense"}):
        page = undo(mate, receipt, **fields)
        assert page.status_code == 422
    page = undo(mate, receipt, why="amount", reason="多" * 161)
    assert page.status_code == 422
    assert "多" * 161 in page.text


def test_a_reversal_is_not_reversed(counter, coupon, work):
    till, mate, receipt = used(counter, coupon, work)
    second = mate.receipt(undo(mate, receipt))
    refused = undo(till, second)
    assert refused.status_code == 422
    assert "本身就是一次撤销" in refused.text


def test_an_expired_coupon_comes_back_with_its_old_expiry(counter, coupon, at, work):
    till, mate, receipt = used(counter, coupon, work, valid_to=clock.now() + timedelta(minutes=2))
    at("2026-05-14 09:40")
    mate.receipt(undo(mate, receipt))
    assert "有效期到 2026-05-14 09:32" in till.look("good").text


def test_the_rest_may_have_been_spent_elsewhere(counter, coupon, work):
    _till, mate, receipt = used(counter, coupon, work)
    with work() as session:
        session.execute(update(Fund).values(free_fen=0))
    refused = undo(mate, receipt)
    assert refused.status_code == 422
    assert "没用完的 ¥4.00" in refused.text
    with work() as session:
        assert session.scalar(unscoped(select(Coupon.state), why="test")) == "redeemed"


def test_who_left_takes_nothing_back(counter, coupon, work):
    _till, mate, receipt = used(counter, coupon, work)
    with work() as session:
        session.execute(update(Turn).where(Turn.id == mate.ids["turn"]).values(ended_at=clock.now()))
    assert mate.browser.get(f"/rewards/till/receipts/{receipt}").status_code == 303
