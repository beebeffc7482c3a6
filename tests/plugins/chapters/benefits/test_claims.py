"""What holds of claims whatever page they come from: two people, one payment for an event, the year's limits, appeals, the end."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken
from unionhall.hooks.types import SYSTEM
from unionhall.members.models import Membership
from unionhall.platform.access import unscoped
from unionhall.publicity import services as publicity
from unionhall.publicity.models import Outcome
from unionhall.publicity.services import Said
from unionhall_chapters.benefits import catalogue, checking, claims, payments, queries
from unionhall_chapters.benefits.claims import Story
from unionhall_chapters.benefits.models import Claim, Settlement, State


def approved(town, claim, fen=None):
    now = clock.now()
    checking.check(claim, fen or claim.asked_fen, actor=town.actor(town.officer), now=now)
    return checking.approve(claim, fen or claim.checked_fen, actor=town.actor(town.settler), now=now)


@pytest.mark.both
def test_from_the_draft_to_the_payment_with_two_people(work, town):
    now = clock.now()
    with work():
        claim = town.draft(town.benefit(papers=(("出院小结", True),), amount_rule="up_to"))
        me, officer, settler = (town.actor(number) for number in (town.account, town.officer, town.settler))
        with pytest.raises(RuleBroken, match="还缺：出院小结"):
            claims.submit(claim, consent=True, actor=me, now=now)
        claim.benefit.papers = []
        with pytest.raises(RuleBroken, match="单独同意"):
            claims.submit(claim, consent=False, actor=me, now=now)
        assert claims.submit(claim, consent=True, actor=me, now=now) is None
        assert claims.submit(claim, consent=True, actor=me, now=now) is None
        assert "住院" not in claim.event_sealed
        assert claims.story(claim).admission == "ZY-2026-001"
        with pytest.raises(Conflict, match="已经提交"):
            claims.save_story(claim, Story(date(2026, 5, 2), admission="1"), actor=me, now=now)
        with pytest.raises(NotAllowed):
            checking.check(claim, 100, actor=town.actor(town.other_officer), now=now)
        with pytest.raises(RuleBroken, match="最多 1,000 元"):
            checking.check(claim, 100_001, actor=officer, now=now)
        checking.check(claim, 90_000, actor=officer, now=now)
        with pytest.raises(NotAllowed):
            checking.approve(claim, 90_000, actor=officer, now=now)
        with pytest.raises(RuleBroken, match="最多 900 元"):
            checking.approve(claim, 90_001, actor=settler, now=now)
        with pytest.raises(RuleBroken, match="写明理由"):
            checking.approve(claim, 80_000, actor=settler, now=now)
        assert checking.approve(claim, 80_000, actor=settler, now=now, text="有商业保险报销") is None
        payment = payments.draw_up(town.org(town.district), [claim.id], "", actor=settler, now=now)
        with pytest.raises(RuleBroken, match="请勾选"):
            payments.draw_up(town.org(town.district), [claim.id], "", actor=settler, now=now)
        with pytest.raises(RuleBroken, match="回单号"):
            payments.mark_paid(payment, date(2026, 5, 14), "", actor=settler, now=now)
        payments.mark_paid(payment, date(2026, 5, 14), "HD-1", actor=settler, now=now)
        with pytest.raises(Conflict):
            payments.mark_paid(payment, date(2026, 5, 14), "HD-1", actor=settler, now=now)
        assert (claim.state, claim.paid_on, payment.fen) == (State.PAID, date(2026, 5, 14), 80_000)
        checking.visit(claim, date(2026, 5, 13), "带了水果去家里看望。", actor=officer, now=now)
        checking.close(claim, actor=officer, now=now)
        assert [step.act for step in claim.steps] == ["submit", "check", "approve", "pay", "visit", "close"]


def test_who_checked_first_does_not_decide_and_nobody_decides_for_themselves(work, town):
    now = clock.now()
    with work():
        claim = town.submitted(town.benefit())
        admin = town.actor(town.settler)
        checking.check(claim, claim.asked_fen, actor=admin, now=now)
        with pytest.raises(NotAllowed, match="另一位同事"):
            checking.approve(claim, claim.checked_fen, actor=admin, now=now)
        claim.account_id = town.settler2
        with pytest.raises(NotAllowed, match="自己的申请"):
            checking.approve(claim, claim.checked_fen, actor=town.actor(town.settler2), now=now)


@pytest.mark.both
def test_a_second_cover_stands_back_and_goes_on_when_the_first_comes_to_nothing(work, town):
    now = clock.now()
    with work():
        first = town.submitted(town.benefit())
        second = town.submitted(town.benefit(town.second_org, name="书画住院慰问"), admission="zy 2026 001", on=date(2026, 5, 2))
        assert (second.state, second.covered_by_id) == (State.COVERED, first.id)
        third = town.draft(town.benefit(town.second_org, name="另一件", category="marriage"), admission="")
        assert claims.submit(third, consent=True, actor=SYSTEM, now=now) is None
        checking.refuse(first, "papers", "发票对不上。", actor=town.actor(town.officer), now=now)
        db.session().refresh(second)
        assert (second.state, second.covered_by_id) == (State.SUBMITTED, None)
        on_top = town.submitted(town.benefit(town.first_org, name="补充慰问", supplement=True))
        assert on_top.state == State.SUBMITTED


def test_a_chapters_benefit_is_refused_until_the_primary_union_was_asked_and_then_stands_back(work, town):
    with work():
        own, union = town.benefit(town.second_org, name="书画慰问"), town.benefit(town.firm, name="单位慰问")
        with pytest.raises(RuleBroken, match="先由主会籍恒渡机电工会的“单位慰问”支付"):
            town.draft(own)
        first = town.submitted(union)
        second = town.submitted(own)
        assert (second.state, second.covered_by_id) == (State.COVERED, first.id)


@pytest.mark.both
def test_two_covers_approved_in_the_same_second_pay_once(app, work, town):
    """Both were sent before either knew of the other; the database decides."""
    now, found = clock.now(), []
    with work():
        one = town.submitted(town.benefit())
        two = town.submitted(town.benefit(town.second_org, name="书画住院慰问"))
        db.session().execute(update(Claim).where(Claim.id == two.id).values(state="submitted", covered_by_id=None))
        db.session().refresh(two)
        checking.check(one, one.asked_fen, actor=town.actor(town.officer), now=now)
        two.asked_fen = 100_000
        checking.check(two, 100_000, actor=town.actor(town.other_officer), now=now)
        ids = [one.id, two.id]
    gate = threading.Barrier(2)

    def decide(claim_id, settler):
        with app.app_context():
            gate.wait()
            for _again in range(50):
                try:
                    with db.unit_of_work():
                        checking.approve(queries.claim(claim_id), 100_000, actor=town.actor(settler), now=now)
                        found.append(queries.claim(claim_id).state)
                    break
                except OperationalError:
                    continue
            db.session().remove()

    crew = [threading.Thread(target=decide, args=pair) for pair in zip(ids, (town.settler, town.settler2), strict=True)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert sorted(found) == ["approved", "covered"]
    with work():
        states = {number: queries.claim(number) for number in ids}
        loser = next(claim for claim in states.values() if claim.state == State.COVERED)
        assert states[loser.covered_by_id].state == State.APPROVED
        assert db.session().scalar(select(func.count()).select_from(Settlement).where(Settlement.live)) == 2


@pytest.mark.both
def test_the_years_turns_and_sum_hold(work, town):
    now = clock.now()
    with work():
        benefit = town.benefit(per_year=1, category="hardship", name="困难补助")
        first = town.submitted(benefit, admission="", on=date(2026, 4, 1))
        second = town.submitted(benefit, admission="", on=date(2026, 4, 2))
        assert approved(town, first) is None
        with pytest.raises(RuleBroken, match="次数已经用完"):
            approved(town, second)
        capped = town.benefit(per_year_fen=150_000, category="legal", name="法律援助")
        one, two = (town.submitted(capped, admission="", on=date(2026, 4, day)) for day in (3, 4))
        approved(town, one)
        with pytest.raises(RuleBroken, match="还能享受 500 元"):
            approved(town, two)
        with pytest.raises(RuleBroken, match="用完"):
            town.draft(benefit, admission="", on=date(2026, 4, 9))
        assert now


def test_publicity_holds_the_approval_back_and_an_objection_brings_it_back(app, work, town, at):
    now = clock.now()
    with work():
        claim = town.submitted(town.benefit(publicity=True))
        settler = town.actor(town.settler)
        checking.check(claim, 100_000, actor=town.actor(town.officer), now=now)
        with pytest.raises(RuleBroken, match="先公示"):
            checking.approve(claim, 100_000, actor=settler, now=now)
        checking.publish(claim, "", actor=settler, now=now)
        first = checking.publicity_of(checking.KIND, claim.id)[0]
        assert first.rows == [["王*", "太极协会工会", "慰问帮扶", "1,000 元"]]
        with pytest.raises(Conflict, match="联系工会"):
            claims.withdraw(claim, actor=town.actor(town.account), now=now)
        row = publicity.object_to(first.id, Said("李明", "139", "不实", "k"), actor=SYSTEM, now=now)
        publicity.answer(row, Outcome.HELD, "金额有误。", actor=settler, now=now)
        assert claim.state == State.CHECKED
        assert not checking.shown_clear(claim)
        checking.publish(claim, "", actor=settler, now=now, change="金额核对过了。")
        claim_id = claim.id
    now = at("2026-05-22 08:00")
    with app.app_context():
        assert publicity.end_due(now) == 1
    with work():
        claim = queries.claim(claim_id)
        assert checking.approve(claim, 100_000, actor=town.actor(town.settler), now=now) is None


def test_an_appeal_is_decided_by_somebody_else_and_comes_once(work, town):
    now = clock.now()
    with work():
        claim = town.submitted(town.benefit())
        me, officer, settler = (town.actor(number) for number in (town.account, town.officer, town.settler))
        checking.give_back(claim, "请补发票", actor=officer, now=now)
        assert claim.note == "请补发票"
        claims.submit(claim, consent=True, actor=me, now=now)
        checking.refuse(claim, "papers", "发票对不上。", actor=officer, now=now)
        claims.appeal(claim, "发票是真的。", actor=me, now=now)
        with pytest.raises(NotAllowed, match="另一位同事复核"):
            checking.refuse(claim, "papers", "还是对不上。", actor=officer, now=now)
        checking.refuse(claim, "papers", "确实对不上。", actor=settler, now=now)
        with pytest.raises(RuleBroken, match="只有一次"):
            claims.appeal(claim, "再看看。", actor=me, now=now)


def test_a_claim_keeps_its_version_and_a_suspended_member_is_not_paid(work, town):
    now = clock.now()
    with work():
        benefit = town.benefit()
        claim = town.submitted(benefit)
        terms = catalogue.Terms("illness", "住院慰问金", "fixed", 50_000, date(2020, 1, 1), waiting_months=0)
        newer = catalogue.change(benefit, terms, actor=SYSTEM, now=now)
        with pytest.raises(Conflict):
            catalogue.change(benefit, terms, actor=SYSTEM, now=now)
        assert (newer.number, claim.benefit.amount, queries.current_of(benefit).id) == (2, 100_000, newer.id)
        checking.check(claim, 100_000, actor=town.actor(town.officer), now=now)
        db.session().execute(update(Membership).where(Membership.org_id == town.first_org).values(status="suspended"))
        db.session().expire_all()
        with pytest.raises(RuleBroken, match="会籍暂停"):
            checking.approve(claim, 100_000, actor=town.actor(town.settler), now=now)
        with pytest.raises(NotFound):
            queries.managed(claim.id, town.actor(town.other_officer))
        assert db.session().scalar(unscoped(select(func.count()).select_from(Claim), why="test")) == 1
