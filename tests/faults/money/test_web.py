"""kill -9 of the web process in the middle of a draw, a redemption and a payment (security.md 5, R2): the same form sent again, by
somebody who never got an answer, finds the one result. Nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM
from unionhall.platform.access import unscoped
from unionhall_quiz.play import asking, queries
from unionhall_quiz.play.models import Attempt, Tally
from unionhall_rewards.coupons import presenting
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws.models import Entry, Prize
from unionhall_rewards.fund.models import Movement
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.settling import cutting, paying, services
from unionhall_rewards.settling.models import PayRun, Statement

pytestmark = [pytest.mark.both, pytest.mark.xdist_group("faults")]
MINUTE = timedelta(minutes=1)
HANDED_IN = [
    ("from unionhall_rewards.coupons import issuing; instead_of(issuing, 'for_entry')", 0),
    ("from unionhall_rewards.fund import bulk; instead_of(bulk, 'move_all')", 0),
    ("from unionhall_quiz.play import attempts; at_the_end(attempts, '_count', 'before_commit')", 0),
    ("from unionhall_quiz.play import attempts; at_the_end(attempts, '_count', 'after_commit')", 1),
]
REDEEMED = [
    ("from unionhall_rewards.fund import ledger; instead_of(ledger, 'move', 2)", 0),
    ("from unionhall_rewards.redeeming import services; at_the_end(services, '_tell', 'before_commit')", 0),
    ("from unionhall_rewards.redeeming import services; at_the_end(services, '_tell', 'after_commit')", 1),
]
TAKEN_BACK = "from unionhall_rewards.redeeming import services; instead_of(services, '_unrest')"
PAID = [
    ("from unionhall_rewards.fund import ledger; instead_of(ledger, 'move', 2)", 0),
    ("from unionhall_rewards.settling import paying; at_the_end(paying, 'mark_paid', 'after_commit')", 2),
]


def paper(site, account):
    """Return the form of a member's paper, with every answer right."""
    with site.work():
        found = queries.attempt_of(queries.by_slug(site.slug).id, site.members[account], clock.local_day(clock.now()))
        right = {str(question["id"]): question["answer"] for question in found.paper.questions}
        return {"nonce": found.nonce} | asking.fields(found.order, found.paper.questions, right)


def test_handing_in_a_quiz_with_a_draw(site, processes):
    moment, page = site.at(site.OPEN), f"/quiz/{site.slug}/today"
    member, form = site.browser(site.accounts[1]), None
    for step, there in HANDED_IN:
        child, web = processes.web(moment, step)
        if form is None:
            member.ask(web, page)
            assert member.ask(web, f"/quiz/{site.slug}/start", {}).status == 303
            form = paper(site, 1)
        assert member.ask(web, page, form).status == 0, step
        processes.killed(child)
        made = [site.count(model) for model in (Entry, Coupon, Tally)]
        assert made == [there, there, there * 2], step
        assert site.count(Attempt, Attempt.state == "scored") == there, step
        moment += MINUTE
    _child, web = processes.web(moment)
    for _again in range(2):
        sent = member.ask(web, page, form)
        assert (sent.status, sent.location) == (303, f"/quiz/{site.slug}/days/2026-05-14")
        result = member.ask(web, sent.location).text
        assert "全答对了" in result
        assert "抽中：10 元消费券" in result
    with site.work() as session:
        attempt, entry, coupon = (session.scalars(unscoped(select(model), why="test")).one() for model in (Attempt, Entry, Coupon))
        assert (attempt.score, attempt.chance, entry.source_id, coupon.entry_id) == (2, "given", attempt.id, entry.id)
        assert session.scalars(select(Tally.shown)).all() == [1, 1]
        assert session.scalar(select(Prize.left).where(Prize.draw_id == site.instant)) == 2
    assert site.count(Movement, Movement.kind == "issue") == 1
    assert site.sound()


def test_redeeming_and_taking_back(site, processes):
    moment, till = site.at(site.OPEN), site.tills[0]
    with site.work():
        first, second = site.give(2, moment)
    counter, order, moved = site.at_till(till), None, site.count(Movement)
    for step, there in REDEEMED:
        child, web = processes.web(moment, step)
        order = order or {"ticket": ticket(site, counter, web, first), "bill": "6.00"}
        assert redeem(counter, web, order, "click-number-1") is None, step
        processes.killed(child)
        assert [site.count(model) for model in (Redemption, Movement)] == [there, moved + there * 2], step
        moment += MINUTE
    child, web = processes.web(moment, TAKEN_BACK)
    again = redeem(counter, web, order, "click-number-1")
    assert (again["receipt"], again["fen"], again["replayed"]) == ("HX-20260514-00001", 600, True)
    other = {"ticket": ticket(site, counter, web, second), "bill": "20"}
    assert redeem(counter, web, other, "click-number-2")["receipt"] == "HX-20260514-00002"
    colleague, undo = site.at_till(site.colleague), {"why": "amount", "reason": "", "key": "click-number-3"}
    receipt = "/rewards/till/receipts/HX-20260514-00001"
    colleague.ask(web, receipt)
    assert colleague.ask(web, f"{receipt}/reverse", undo).status == 0
    processes.killed(child)
    assert site.count(Redemption, Redemption.live) == 2
    _child, web = processes.web(moment + MINUTE)
    for _again in range(2):
        assert colleague.ask(web, f"{receipt}/reverse", undo).location.endswith("HX-20260514-00003")
    with site.work() as session:
        states = session.execute(select(Coupon.id, Coupon.state).order_by(Coupon.id)).all()
        assert [tuple(row) for row in states] == [(first, "issued"), (second, "redeemed")]
        receipts = session.scalars(unscoped(select(Redemption.receipt).order_by(Redemption.id), why="test")).all()
    assert receipts == [f"HX-20260514-{number:05d}" for number in (1, 2, 3)], "no number is missing"
    assert site.sound()


def ticket(site, counter, web, coupon_id):
    """Let a till look at a coupon; return the ticket for the second step."""
    counter.ask(web, "/rewards/till/")
    with site.work() as session:
        code = presenting.printed(session.get(Coupon, coupon_id))
    return json.loads(counter.ask(web, "/rewards/till/look", {"code": code}, Accept="application/json").text)["ticket"]


def redeem(counter, web, order, key):
    """Send a redemption as the till's script does; return its answer, None when the connection broke."""
    answer = counter.ask(web, "/rewards/till/redeem", order, Accept="application/json", Idempotency_Key=key)
    return json.loads(answer.text) if answer.status else None


def test_paying_stores(site, processes):
    owed = site.month()
    moment = site.at(site.OPEN)
    with site.app.app_context():
        cutting.cut_month("2026-04", now=moment)
    with site.work() as session:
        rows = session.scalars(unscoped(select(Statement), why="test")).all()
        assert services.send_all(rows, actor=SYSTEM, now=moment) == 2
        for row in rows:
            services.confirm(row, actor=SYSTEM, now=moment, words="店长电话确认")
        run = paying.draw_up(rows[0].org, [row.id for row in rows], "四月", actor=SYSTEM, now=moment).id
    finance, page, form = site.browser(site.finance), f"/desk/rewards/payments/{run}/", {"on": "2026-05-14", "reference": "回单 0001"}
    for step, there in PAID:
        child, web = processes.web(moment, step)
        assert finance.ask(web, page).status == 200
        assert finance.ask(web, page, form).status == 0, step
        processes.killed(child)
        assert [site.count(Movement, Movement.kind == "settle"), site.count(Statement, Statement.state == "paid")] == [there, there], step
        moment += MINUTE
    _child, web = processes.web(moment)
    again = finance.ask(web, page, form)
    assert (again.status, "没有重复登记" in again.text) == (409, True)
    with site.work() as session:
        paid = select(Statement.store_id, Movement.fen).join(Movement, Movement.ref_id == Statement.id).where(Movement.kind == "settle")
        assert sorted(tuple(row) for row in session.execute(unscoped(paid, why="test"))) == sorted(owed.items())
        assert session.get_one(PayRun, run, execution_options={"unionhall_scope": "test"}).reference == "回单 0001"
    assert site.sound()
