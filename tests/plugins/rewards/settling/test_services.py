"""From a statement that was cut to money that was paid: answers, disputes, corrections, and what must not happen twice."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken
from unionhall.platform.access import unscoped
from unionhall_rewards.fund import queries as funds
from unionhall_rewards.fund.models import Account
from unionhall_rewards.rights import FINANCE
from unionhall_rewards.settling import adjusting, exports, paying, queries, reconcile, services
from unionhall_rewards.settling.models import Adjustment, Reconciliation, Statement


@pytest.fixture
def april(work, shop, at, make):
    """Return `april(number)`: a shop with so many redemptions in April, its statement, and two finance officers."""

    def build(number=3):
        store = shop()
        for minute in range(number):
            store.redeem(at(f"2026-04-10 12:{minute:02d}"))
        at("2026-05-02 09:00")
        return store, store.cut("2026-04"), make.actor(FINANCE), make.actor(FINANCE)

    return build


def paid(statement, drawer, actor, now):
    run = paying.draw_up(statement.org, [statement.id], "", actor=drawer, now=now)
    paying.mark_paid(run, clock.local_day(now), "HD1", actor=actor, now=now)
    return run


@pytest.mark.both
def test_a_statement_is_confirmed_paid_and_closed(work, april):
    with work():
        store, made, one, two = april()
        now = clock.now()
        with pytest.raises(Conflict, match="待发给门店"):
            services.confirm(made, actor=one, now=now, words="电话")
        services.send(made, actor=one, now=now)
        with pytest.raises(RuleBroken, match="怎么答复"):
            services.confirm(made, actor=one, now=now)
        services.confirm(made, actor=one, now=now, words="店长电话确认")
        with pytest.raises(Conflict):
            services.confirm(made, actor=one, now=now, words="又一次")
        run = paying.draw_up(made.org, [made.id, made.id, 999], "四月", actor=one, now=now)
        assert (run.number, run.fen) == (1, 3000)
        with pytest.raises(RuleBroken):
            paying.draw_up(made.org, [made.id], "又一张", actor=one, now=now)
        with pytest.raises(RuleBroken, match="今天之后"):
            paying.mark_paid(run, date(2026, 5, 3), "HD1", actor=two, now=now)
        with pytest.raises(NotAllowed, match="另一位同事"):
            paying.mark_paid(run, date(2026, 5, 2), "HD1", actor=one, now=now)
        paying.mark_paid(run, date(2026, 5, 2), "HD1", actor=two, now=now)
        with pytest.raises(Conflict):
            paying.mark_paid(run, date(2026, 5, 2), "HD2", actor=two, now=now)
        with pytest.raises(Conflict, match="不能撤回"):
            paying.dissolve(run, actor=one, now=now)
        balance = funds.sums([store.fund.id])[store.fund.id]
        assert (balance[Account.SPENT], balance[Account.SETTLED]) == (0, 3000)
        assert services.close_paid([made], actor=one, now=now) == 1
        assert services.close_paid([made], actor=one, now=now) == 0


def test_a_run_that_is_taken_back(work, april):
    with work():
        _store, made, one, two = april()
        now = clock.now()
        services.send(made, actor=one, now=now)
        services.confirm(made, actor=one, now=now, words="电话")
        run = paying.draw_up(made.org, [made.id], "", actor=one, now=now)
        paying.dissolve(run, actor=one, now=now)
        assert [row.id for row in queries.payable(one, made.org.path)] == [made.id]
        paid(made, one, two, now)


@pytest.mark.both
def test_a_dispute_is_corrected_in_the_next_period(work, april, at):
    with work():
        store, made, one, two = april()
        now = clock.now()
        services.send(made, actor=one, now=now)
        line = queries.lines(made.id)[0][0]
        with pytest.raises(RuleBroken, match="哪里不对"):
            services.dispute(made, line.id, "错", actor=one, now=now)
        with pytest.raises(NotFound):
            services.dispute(made, 99_999, "这一行不是我们的", actor=one, now=now)
        first = services.dispute(made, line.id, "顾客没有用券", actor=one, now=now)
        second = services.dispute(made, None, "少了一笔 5 元的", actor=one, now=now)
        with pytest.raises(Conflict, match="提过疑问"):
            services.dispute(made, line.id, "再说一次", actor=one, now=now)
        with pytest.raises(Conflict):
            services.confirm(made, actor=one, now=now, words="电话")
        with pytest.raises(RuleBroken, match="更正多少"):
            adjusting.answer(first, "agreed", "核实过", actor=one, now=now)
        minus = adjusting.answer(first, "agreed", "核实过，扣回", -1000, actor=one, now=now)
        assert made.state == "disputed"
        plus = adjusting.answer(second, "agreed", "补上", 500, actor=two, now=now)
        assert (made.state, made.total_fen) == ("sent", 3000)
        with pytest.raises(NotAllowed):
            adjusting.approve(minus, actor=one, now=now)
        adjusting.approve(minus, actor=two, now=now)
        adjusting.approve(plus, actor=one, now=now)
        with pytest.raises(Conflict):
            adjusting.refuse(plus, "算了", actor=one, now=now)
        services.confirm(made, actor=one, now=now, words="电话")
        paid(made, one, two, now)
        assert store.cut("2026-04") is None
        assert store.cut("2026-05") is None  # -10 + 5 < 0: it waits for more
        store.redeem(at("2026-06-03 12:00"))
        at("2026-07-01 09:00")
        june = store.cut("2026-06")
        assert (june.redeemed_fen, june.adjusted_fen, june.total_fen) == (1000, -500, 500)
        assert [row.note for row in queries.lines(june.id)[0]] == ["", "核实过，扣回", "补上"]
        assert set(queries.settled_in([minus.id, plus.id]).values()) == {june}
        assert made.total_fen == 3000
        services.send(june, actor=one, now=clock.now())
        services.confirm(june, actor=one, now=clock.now(), words="电话")
        paid(june, one, two, clock.now())
        balance = funds.sums([store.fund.id])[store.fund.id]
        assert (balance[Account.SPENT], balance[Account.SETTLED]) == (0, 3500)


def test_a_dispute_that_is_declined(work, april):
    with work():
        _store, made, one, _two = april()
        now = clock.now()
        services.send(made, actor=one, now=now)
        found = services.dispute(made, None, "好像少了", actor=one, now=now)
        assert adjusting.answer(found, "declined", "逐笔核对过", actor=one, now=now) is None
        assert made.state == "sent"
        with pytest.raises(Conflict):
            adjusting.answer(found, "declined", "再答一次", actor=one, now=now)
        assert db.session().scalars(unscoped(select(Adjustment), why="test")).all() == []


@pytest.mark.both
def test_ten_who_pay_at_once_pay_once(at_once, work, april):
    with work():
        store, made, one, two = april()
        now, fund_id = clock.now(), store.fund.id
        services.send(made, actor=one, now=now)
        services.confirm(made, actor=one, now=now, words="电话")
        run_id, statement_id = paying.draw_up(made.org, [made.id], "", actor=one, now=now).id, made.id

    def pay():
        paying.mark_paid(queries.payment(run_id, two), date(2026, 5, 2), "HD1", actor=two, now=now)
        return "ok"

    found = at_once([pay] * 10)
    with work():
        assert sorted("conflict" if isinstance(answer, Conflict) else answer for answer in found) == ["conflict"] * 9 + ["ok"]
        assert funds.sums([fund_id])[fund_id][Account.SETTLED] == 3000
        assert db.session().get(Statement, statement_id, execution_options={"unionhall_scope": "test"}).state == "paid"


def test_the_files(work, april, monkeypatch):
    with work():
        _store, made, one, _two = april()
        now = clock.now()
        services.send(made, actor=one, now=now)
        services.confirm(made, actor=one, now=now, words="电话")
        run = paying.draw_up(made.org, [made.id], "", actor=one, now=now)
        scope = made.org.path
        assert len(list(exports.line_rows(one, scope, {"statement": str(made.id)}))) == 3
        row = next(iter(exports.statement_rows(one, scope, {"month": "2026-04"})))
        assert len(row) == len(exports.statement_header({}))
        assert (row[10], row[14]) == (30.0, made.hash)
        lacking = next(iter(exports.payee_rows(one, scope, {"payment": str(run.id)})))
        assert lacking[3] == "没有登记账户"
        payee = type("P", (), {"name": "某店", "bank": "某行", "account": "6222020000001234"})
        monkeypatch.setattr(exports, "payee_of", lambda _store: payee)
        assert next(iter(exports.payee_rows(one, scope, {"payment": str(run.id)})))[4] == "*1234"
        db.session().info.pop("audit", None)
        assert next(iter(exports.payee_rows(one, scope, {"payment": str(run.id), "full": "1"})))[4] == "6222020000001234"
        assert [entry["act"] for _at, entry in db.session().info["audit"]] == ["rewards.payees_seen"]
        assert list(exports.payee_rows(one, scope, {"payment": "999"})) == []


BROKEN = {
    "a redemption without money": ("DROP TRIGGER rewards_movement_no_delete; DELETE FROM rewards_movement WHERE kind = 'redeem' AND id = (SELECT max(id) FROM rewards_movement WHERE kind = 'redeem')", "I3"),
    "a total that was changed": ("DROP TRIGGER rewards_settlement_sealed; UPDATE rewards_settlement SET total_fen = total_fen + 1, adjusted_fen = adjusted_fen + 1", "I4"),
    "paid without money": ("UPDATE rewards_settlement SET state = 'closed'", "I4"),
    "a coupon that nobody approved": ("UPDATE rewards_gift SET state = 'asked' WHERE id = 1", "I8"),
    "a coupon too many": ("UPDATE rewards_coupon SET face_fen = face_fen + 1 WHERE id = 1", "I1"),
    "a coupon that is back by itself": ("UPDATE rewards_coupon SET state = 'issued' WHERE id = 1", "I1"),
    "a line of the trail that was changed": ("DROP TRIGGER audit_entry_no_update; UPDATE audit_entry SET event = '{}' WHERE n = (SELECT max(n) FROM audit_entry)", "I10"),
    "money for a draw that set none aside": ("UPDATE rewards_fund SET free_fen = granted_fen + 1", "I2"),
}  # fmt: skip


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("name", BROKEN)
def test_the_proof_finds(work, april, name):
    statements, mark = BROKEN[name]
    with work() as session:
        april()
        assert reconcile.prove(clock.now()) == []
        for statement in statements.split("; "):
            session.execute(text(statement))
        assert any(line.startswith(mark) for line in reconcile.prove(clock.now())), reconcile.prove(clock.now())
        session.rollback()


@pytest.mark.both
def test_the_proof_sees_one_state(app, work, april, monkeypatch):
    with work():
        store, *_rest = april()
        fund_id = store.fund.id
    first = reconcile.checks.CHECKS[0]

    def meanwhile(now):
        """Somebody is granted money between two questions."""
        found = first(now)
        with db.engine().connect() as other, other.begin():
            other.execute(text("UPDATE rewards_fund SET free_fen = free_fen + 5 WHERE id = :id"), {"id": fund_id})
        return [*found, *first(now)]

    with app.app_context():
        monkeypatch.setattr(reconcile.checks, "CHECKS", [meanwhile])
        assert reconcile.run(clock.now()) == []
        monkeypatch.undo()
        with db.unit_of_work() as session:
            session.execute(text("UPDATE rewards_fund SET free_fen = free_fen - 5 WHERE id = :id"), {"id": fund_id})
        assert reconcile.run(clock.now()) == []


@pytest.mark.usefixtures("broken")
def test_it_shouts_once_a_day(app, work, april, person):
    with work():
        april()
    finance = person(FINANCE)
    with app.app_context():
        assert reconcile.run(clock.now()) == []
    with work() as session:
        session.execute(text("UPDATE rewards_fund SET free_fen = free_fen - 1"))
    assert "全部对平" in finance.get("/desk/rewards/reconciliation/").text
    assert "对平" in finance.get("/desk/").text
    with app.app_context():
        for _hour in range(2):
            assert len(reconcile.run(clock.now())) == 1
        told = db.session().execute(text("SELECT count(*) FROM notices_notice WHERE kind = 'rewards.reconciliation_failed'")).scalar()
        people = db.session().execute(text("SELECT count(DISTINCT account_id) FROM notices_notice")).scalar()
        assert told == people > 0
        assert [row.ok for row in db.session().scalars(select(Reconciliation).order_by(Reconciliation.id))] == [True, False, False]
    assert "账目有 1 处对不上" in finance.get("/desk/").text
    assert "I5" in finance.get("/desk/rewards/reconciliation/").text
    assert "账目对不平" in finance.get("/desk/rewards/settlements/").text
