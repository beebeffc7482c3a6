"""What becomes of coupons: gifts by three people, taking back, running out, reminders, a grace; and two at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken
from unionhall.hooks.people import Person
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall_rewards.coupons import choosing, expiring, gifts, keeping, presenting, voidings
from unionhall_rewards.coupons.models import Coupon, CouponState, Gift, Voiding
from unionhall_rewards.fund.models import Movement


def notices(kind):
    return list(db.session().scalars(select(Notice).where(Notice.kind == f"rewards.coupon_{kind}").order_by(Notice.id)))


def moved(kind):
    return db.session().scalar(select(func.count()).select_from(Movement).where(Movement.kind == kind))


@pytest.mark.both
def test_a_gift_takes_three_people(work, hall):
    with work():
        before, now = hall.free(), clock.now()
        gift = gifts.ask(hall.the_kind(), [hall.member, hall.other, hall.member], 2, "慰问", key="k1", actor=hall.actor("operator"), now=now)
        again = gifts.ask(hall.the_kind(), [hall.member], 2, "慰问", key="k1", actor=hall.actor("operator"), now=now)
        assert (again.id, gift.member_ids) == (gift.id, [hall.member, hall.other])
        with pytest.raises(NotAllowed):
            gifts.approve(gift.id, actor=hall.actor("operator"), now=now)
        with pytest.raises(NotAllowed):
            gifts.approve(gift.id, actor=hall.actor("outsider"), now=now)
        assert gifts.approve(gift.id, actor=hall.actor("finance"), now=now).state == "first"
        with pytest.raises(RuleBroken, match="另一位同事"):
            gifts.approve(gift.id, actor=hall.actor("finance"), now=now)
        assert db.session().scalar(select(func.count()).select_from(Coupon)) == 0
        assert gifts.approve(gift.id, actor=hall.actor("admin"), now=now).state == "done"
        with pytest.raises(Conflict):
            gifts.approve(gift.id, actor=hall.actor("admin"), now=now)
        assert (hall.free(), moved("give")) == (before - 4000, 4)
        assert {row.account_id for row in notices("given")} == {hall.account, hall.other_account}
        assert {row.account_id for row in notices("waits")} == {hall.finance, hall.admin}


def test_who_asked_cannot_approve_even_with_the_right(work, hall):
    with work():
        gift = gifts.ask(hall.the_kind(), [hall.member], 1, "慰问", actor=hall.actor("admin"), now=clock.now())
        with pytest.raises(RuleBroken, match="你申请的"):
            gifts.approve(gift.id, actor=hall.actor("admin"), now=clock.now())
        assert gifts.refuse(gift.id, "写错了", actor=hall.actor("admin"), now=clock.now()).refused_by == hall.admin


def test_a_gift_that_cannot_be(work, hall, make, mall):
    with work():
        now, far = clock.now(), make.member(make.org(name="外市工会")).id
        for people, number, reason, words in (
            ([], 1, "慰问", "还没有选人"), ([hall.member], 21, "慰问", "1 到 20 张"), ([hall.member], 1, " ", "原因"), ([far], 1, "慰问", "不在"),
            ([999_999], 1, "慰问", "999999"), (list(range(1, 502)), 1, "慰问", "500"),
        ):  # fmt: skip
            with pytest.raises(RuleBroken, match=words):
                gifts.ask(hall.the_kind(), people, number, reason, actor=hall.actor("operator"), now=now)
        poor = mall.kind(mall.fund(hall.the_kind().org, fen=500), face=1000)
        gift = gifts.ask(poor, [hall.member], 1, "慰问", actor=hall.actor("operator"), now=now)
        gifts.approve(gift.id, actor=hall.actor("finance"), now=now)
        gift_id = gift.id
    with pytest.raises(RuleBroken, match="经费不够"), work():
        gifts.approve(gift_id, actor=hall.actor("admin"), now=clock.now())
    with work():
        assert db.session().scalar(unscoped(select(Gift.state).where(Gift.id == gift_id), why="test")) == "first"


def test_a_pasted_list(work, hall, make):
    with work():
        path = hall.the_kind().org.path
        twin = make.member(hall.the_kind().org, name="何秀英", mobile="13900001234")
        assert choosing.chosen([str(hall.member)], f"程远桥，{hall.member}\n13900001234", path) == [hall.member, hall.other, twin.id]
        with pytest.raises(RuleBroken, match="不止一个"):
            choosing.chosen([], "何秀英", path)
        with pytest.raises(RuleBroken, match="找不到"):
            choosing.chosen([], "没有这人", path)


@pytest.mark.both
def test_taking_back_takes_two_and_the_member_may_object_once(work, hall):
    now = clock.now()
    with work():
        coupon_id, before = hall.give()[0], hall.free()
        asked = voidings.ask(hall.coupon(coupon_id), "重复发放", actor=hall.actor("admin"), now=now)
        with pytest.raises(Conflict):
            voidings.ask(hall.coupon(coupon_id), "又一次", actor=hall.actor("operator"), now=now)
        with pytest.raises(RuleBroken, match="另一位同事"):
            voidings.decide(asked.id, yes=True, actor=hall.actor("admin"), now=now)
        with pytest.raises(NotAllowed):
            voidings.decide(asked.id, yes=True, actor=hall.actor("operator"), now=now)
        with pytest.raises(NotFound):
            voidings.appeal(asked.id, hall.member, "没有重复", actor=hall.actor("account"), now=now)
        voidings.decide(asked.id, yes=True, actor=hall.actor("finance"), now=now)
        coupon = hall.coupon(coupon_id)
        assert (coupon.state, hall.free(), moved("void")) == ("voided", before + 1000, 1)
        assert "重复发放" in notices("voided")[0].values["text"]
        with pytest.raises(NotFound):
            voidings.appeal(asked.id, hall.other, "不是我", actor=hall.actor("other_account"), now=now)
        voidings.appeal(asked.id, hall.member, "没有重复", actor=hall.actor("account"), now=now)
        with pytest.raises(Conflict):
            voidings.appeal(asked.id, hall.member, "再说一次", actor=hall.actor("account"), now=now)
        with pytest.raises(RuleBroken, match="作废是你批的"):
            voidings.answer(asked.id, "核对过了", right=False, actor=hall.actor("finance"), now=now)
        voidings.answer(asked.id, "核对过了", right=False, actor=hall.actor("admin"), now=now)
        with pytest.raises(Conflict):
            voidings.answer(asked.id, "再答", right=True, actor=hall.actor("admin"), now=now)
        assert len(notices("answered")) == 1
        with pytest.raises(RuleBroken, match="已经作废"):
            voidings.ask(coupon, "再来", actor=hall.actor("operator"), now=now)


def test_what_is_used_or_over_is_not_taken_back(work, hall):
    with work():
        coupon_id = hall.give()[0]
        coupon, now = hall.coupon(coupon_id), clock.now()
        asked = voidings.ask(coupon, "误发", actor=hall.actor("operator"), now=now)
        late = coupon.valid_to + timedelta(seconds=1)
        with pytest.raises(RuleBroken, match="到期"):
            voidings.decide(asked.id, yes=True, actor=hall.actor("finance"), now=late)
    with work():
        asked = db.session().scalar(unscoped(select(Voiding), why="test"))
        assert asked.state == "asked"
        db.session().execute(Coupon.__table__.update().values(state="redeemed"))
        with pytest.raises(RuleBroken, match="已经用掉"):
            voidings.ask(hall.coupon(coupon_id), "误发", actor=hall.actor("operator"), now=clock.now())
        db.session().rollback()


@pytest.mark.both
def test_money_returns_when_coupons_run_out_once(work, hall, at):
    with work():
        hall.give(hall.member, hall.other, number=3)
        before = hall.free()
        last = hall.coupon(1).valid_to
        assert expiring.expire(last) == 0
    now = at("2026-05-21 00:00")
    with work():
        assert [expiring.expire(now, limit=4), expiring.expire(now, limit=4), expiring.expire(now)] == [4, 2, 0]
        assert (hall.free(), moved("expire")) == (before + 6000, 6)
        assert {row.state for row in db.session().scalars(select(Coupon))} == {CouponState.EXPIRED}


def test_a_coupon_at_a_till_waits_until_it_is_let_go(work, hall, mall, at, at_till):
    _browser, ids = at_till()
    at("2026-05-20 23:59")
    with work():
        hall.the_kind().valid_days = 1
        coupon = hall.coupon(hall.give()[0])
        coupon.held_until, coupon.held_turn_id = coupon.valid_to + timedelta(minutes=2), ids["turn"]
    now = at("2026-05-21 00:01")
    with work():
        assert expiring.expire(now) == 0
        assert expiring.expire(now + timedelta(minutes=1)) == 1
        assert hall.coupon(1).held_until is None


def test_members_are_reminded_three_days_and_one_day_before(app, work, hall, at):
    with work():
        hall.give(hall.member, hall.other)
        hall.give(hall.member)
    told = []
    for moment in ("2026-05-16 10:00", "2026-05-17 08:59", "2026-05-17 09:00", "2026-05-17 12:00", "2026-05-18 10:00", "2026-05-19 10:00", "2026-05-20 10:00"):
        now = at(moment)
        with app.app_context():
            expiring.tend(now)
            db.session().remove()
        with work():
            told.append([row.values["days"] for row in notices("ends")])
    assert told == [[], [], ["3", "3"], ["3", "3"], ["3", "3"], ["3", "3", "1", "1"], ["3", "3", "1", "1"]]


def test_nobody_is_reminded_of_what_they_got_today(app, work, hall, at):
    with work():
        hall.the_kind().valid_days = 2
        hall.give()
    with app.app_context():
        expiring.tend(clock.now())
        db.session().remove()
    with work():
        assert notices("ends") == []


@pytest.mark.both
def test_a_grace_reaches_live_coupons_and_is_made_once(work, hall, mall, at):
    with work():
        hall.give(hall.member)
    at("2026-05-15 09:00")
    with work():
        hall.give(hall.other, number=2)
    now = at("2026-05-16 09:00")
    with work():
        kind = hall.the_kind()
        for actor, fields, words in (("finance", {"days": 91}, "90"), ("finance", {"reason": " "}, "原因")):
            with pytest.raises(RuleBroken, match=words):
                expiring.extend([kind], **({"days": 1, "reason": "停业"} | fields), actor=hall.actor(actor), now=now)
        for actor in ("operator", "outsider", "auditor"):
            with pytest.raises(NotAllowed):
                expiring.extend([kind], 1, "停业", actor=hall.actor(actor), now=now)
        made = expiring.extend([kind], 1, "停业", key="e1", actor=hall.actor("finance"), now=now)
        again = expiring.extend([kind], 1, "停业", key="e1", actor=hall.actor("finance"), now=now)
        assert (made.number, again.id) == (3, made.id)
        ends = [str(clock.local_day(row.valid_to)) for row in db.session().scalars(select(Coupon).order_by(Coupon.id))]
        assert ends == ["2026-05-21", "2026-05-22", "2026-05-22"]
        assert [(row.account_id, row.values["until"]) for row in notices("extended")] == [
            (hall.other_account, "2026-05-22"), (hall.account, "2026-05-21"),
        ]  # fmt: skip
    now = at("2026-05-22 08:00")
    with work():
        assert expiring.extend([hall.the_kind()], 5, "再延", actor=hall.actor("finance"), now=now).number == 2


@pytest.mark.both
def test_two_take_the_same_coupon_back_at_once(at_once, work, hall):
    now = clock.now()
    with work():
        coupon_id, before = hall.give()[0], hall.free()
        asked = voidings.ask(hall.coupon(coupon_id), "误发", actor=hall.actor("operator"), now=now).id
        actors = [hall.actor("finance"), hall.actor("admin")]
    found = at_once([lambda who=who: voidings.decide(asked, yes=True, actor=who, now=now).state for who in actors])
    assert sorted(str(type(item).__name__) for item in found) == ["Conflict", "str"]
    with work():
        assert (hall.coupon(coupon_id).state, hall.free(), moved("void")) == ("voided", before + 1000, 1)


@pytest.mark.both
def test_running_out_and_taking_back_at_once_return_the_money_once(at_once, work, hall):
    with work():
        coupon_id, before = hall.give()[0], hall.free()
        now = clock.now()
        asked = voidings.ask(hall.coupon(coupon_id), "误发", actor=hall.actor("operator"), now=now).id
        late = hall.coupon(coupon_id).valid_to + timedelta(seconds=1)
        who = hall.actor("finance")
    at_once(
        [lambda: voidings.decide(asked, yes=True, actor=who, now=now).state, lambda: expiring.expire(late), lambda: expiring.expire(late)]
    )  # fmt: skip
    with work():
        assert hall.coupon(coupon_id).state in ("voided", "expired")
        assert (hall.free(), moved("void") + moved("expire")) == (before + 1000, 1)


@pytest.mark.both
def test_two_second_approvals_at_once_give_once(at_once, work, hall, make):
    now = clock.now()
    with work():
        gift = gifts.ask(hall.the_kind(), [hall.member], 3, "慰问", actor=hall.actor("operator"), now=now).id
        gifts.approve(gift, actor=hall.actor("finance"), now=now)
        third = make.account("org_admin", hall.the_kind().org, name="副主席")
        actors = [hall.actor("admin"), make.actor_of(third)]
    found = at_once([lambda who=who: gifts.approve(gift, actor=who, now=now).state for who in actors])
    assert sorted(str(type(item).__name__) for item in found) == ["Conflict", "str"]
    with work():
        assert moved("give") == 3


def test_personal_data_is_exported_and_erased_and_the_books_stay(work, hall):
    with work():
        first, _second = hall.give(number=2)
        hall.give(hall.other)
        printed = presenting.printed(hall.coupon(first))
        asked = voidings.ask(hall.coupon(first), "误发", actor=hall.actor("operator"), now=clock.now())
        voidings.decide(asked.id, yes=True, actor=hall.actor("finance"), now=clock.now())
        voidings.appeal(asked.id, hall.member, "我不同意", actor=hall.actor("account"), now=clock.now())
        pending = gifts.ask(hall.the_kind(), [hall.member, hall.other], 1, "慰问", actor=hall.actor("operator"), now=clock.now())
        me, free = Person(hall.account, hall.member), hall.free()
        held = keeping.export(me)["消费券"]
        assert (len(held), held[0]["申诉"], printed in str(held)) == (2, "我不同意", False)
        kept = list(keeping.erase(me, clock.now()))
        assert (len(kept), kept[0].until.year) == (1, 2029)
        assert (keeping.export(me), list(keeping.erase(me, clock.now()))) == ({}, [])
        coupon = hall.coupon(first)
        assert (coupon.member_id, coupon.code_sealed, hall.free()) == (None, "", free)
        assert presenting.read(printed, clock.now()) is None
        db.session().refresh(pending)
        assert pending.member_ids == [hall.other]
        assert len(keeping.export(Person(hall.other_account, hall.other))["消费券"]) == 1
