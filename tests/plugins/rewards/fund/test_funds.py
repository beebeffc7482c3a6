"""Funds at the desk: asking, the other person's answer, closing, and everybody who must not."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped
from unionhall_rewards.fund import exports, ledger, queries, rules, services
from unionhall_rewards.fund.models import Budget, Fund, Kind
from unionhall_rewards.rights import FINANCE, OPERATOR


@pytest.fixture
def two(make, work):
    """Return the actors of an operator and of a finance officer."""
    with work():
        return make.actor(OPERATOR), make.actor(FINANCE)


def latest(kind=Fund):
    return db.session().scalars(unscoped(select(kind).order_by(kind.id.desc()), why="test")).first()


@pytest.mark.both
def test_money_takes_two(work, mall, make):
    with work():
        asks, approves, both = make.actor(OPERATOR), make.actor(FINANCE), make.actor(Role.ORG_ADMIN)
        fund, now = mall.fund(fen=0), clock.now()
        budget = services.ask(fund, "grant", "2026-05", 500_000, "总工发〔2026〕8 号", actor=asks, now=now)
        with pytest.raises(RuleBroken, match="已经申请过一次"):
            services.ask(fund, "grant", "2026-05", 500_000, " 总工发〔2026〕8 号 ", actor=both, now=now)
        with pytest.raises(NotAllowed):
            services.approve(budget, actor=asks, now=now)
        own = services.ask(fund, "grant", "2026-05", 100, "另一份", actor=both, now=now)
        with pytest.raises(NotAllowed, match="另一位同事"):
            services.approve(own, actor=both, now=now)
        services.approve(budget, actor=approves, now=now)
        with pytest.raises(Conflict):
            services.refuse(budget, "晚了", actor=both, now=now)
        assert (fund.granted_fen, fund.free_fen) == (500_000, 500_000)
        out = services.ask(fund, "withdraw", "2026-05", 500_001, "收回", actor=asks, now=now)
        with pytest.raises(RuleBroken, match="可用 5,000 元"):
            services.approve(out, actor=approves, now=now)


def test_a_refused_document_may_come_again(work, mall, make):
    with work():
        asks, approves = make.actor(OPERATOR), make.actor(FINANCE)
        fund, now = mall.fund(fen=0), clock.now()
        budget = services.ask(fund, "grant", "2026-05", 500, "8 号", actor=asks, now=now)
        with pytest.raises(RuleBroken, match="原因"):
            services.refuse(budget, " ", actor=approves, now=now)
        services.refuse(budget, "文号写错了", actor=approves, now=now)
        services.ask(fund, "grant", "2026-05", 500, "8 号", actor=asks, now=now)
        assert (fund.free_fen, queries.sums([fund.id])[fund.id].granted) == (0, 0)


@pytest.mark.both
def test_the_database_wants_two_people_as_well(work, mall):
    with work() as session:
        fund = mall.fund(fen=0)
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(Budget(fund_id=fund.id, kind="grant", month="2026-05", fen=1, state="approved", asked_by=4, asked_at=clock.now(),
                               decided_by=4, decided_at=clock.now()))  # fmt: skip
            session.flush()


def test_a_fund_closes_when_nothing_is_bound(work, mall):
    with work():
        fund, now = mall.fund(fen=10_000), clock.now()
        ledger.move(Kind.RESERVE, fund.id, 4_000, 1, now=now)
        fund_id = fund.id
    with pytest.raises(RuleBroken, match="奖池里 40 元"), work() as session:
        services.close(session.get(Fund, fund_id, execution_options={"unionhall_scope": "test"}), actor=SYSTEM, now=now)
    with work() as session:
        fund = session.get(Fund, fund_id, execution_options={"unionhall_scope": "test"})
        assert fund.closed_at is None
        ledger.move(Kind.RELEASE, fund.id, 4_000, 1, now=now)
        services.close(fund, actor=SYSTEM, now=now)
        for kind in (Kind.RESERVE, Kind.GIVE, Kind.GRANT):
            with pytest.raises(RuleBroken, match="已经关闭"):
                ledger.move(kind, fund.id, 1, 77, now=now)
        ledger.move(Kind.WITHDRAW, fund.id, 10_000, 78, now=now)
        with pytest.raises(Conflict):
            services.close(fund, actor=SYSTEM, now=now)


def test_two_who_change_a_fund_lose_nothing(work, mall, make):
    with work():
        fund, actor = mall.fund(), make.actor(Role.ORG_ADMIN)
        seen = fund.version
        services.change(fund, services.FundFields("新名称"), seen, actor=actor, now=clock.now())
        with pytest.raises(Conflict, match="刚刚被别人改过"):
            services.change(fund, services.FundFields("另一个"), seen, actor=actor, now=clock.now())
        assert fund.name == "新名称"


def test_from_a_new_fund_to_money_in_it(person, send, work):
    operator, finance, admin = person(OPERATOR), person(FINANCE), person(Role.ORG_ADMIN)
    assert "还没有经费" in operator.get("/desk/rewards/").text
    wrong = send(operator, "/desk/rewards/funds/new", name="", freeze_percent="101")
    assert wrong.status_code == 422
    assert "还没有填经费名称" in wrong.text
    assert 'value="101"' in wrong.text
    made = send(operator, "/desk/rewards/funds/new", name="会员日经费", freeze_percent="90", monthly="50000", source_code="职工服务")
    assert made.status_code == 303
    page = made.headers["Location"]
    assert "还没有拨入" in operator.get(page).text
    ask = operator.get(f"{page}ask").text
    assert 'value="50000"' in ask
    assert 'value="2026-05"' in ask
    bad = send(operator, f"{page}ask", kind="grant", month="五月", yuan="12.345", document="")
    assert bad.status_code == 422
    assert "最多两位小数" in bad.text
    assert 'value="12.345"' in bad.text
    assert "现在填的是“五月”" in send(operator, f"{page}ask", kind="grant", month="五月", yuan="5", document="8 号").text
    assert send(operator, f"{page}ask", kind="grant", month="2026-05", yuan="50,000", document="8 号").status_code == 303
    with work():
        number = latest(Budget).id
    budget = f"/desk/rewards/budgets/{number}"
    assert "要由另一位同事批准" in operator.get(budget).text
    assert send(operator, "/desk/rewards/funds/new", budget, decision="approve").status_code == 403
    assert "拨款申请等你批" in finance.get("/desk/rewards/").text
    assert "原因" in send(finance, budget, decision="refuse").text
    assert send(finance, budget, decision="approve", answer="同意").status_code == 303
    assert send(finance, page + "close", budget, decision="approve").status_code == 409
    shown = finance.get(page).text
    assert "50,000 元" in shown
    assert "2026 年 5 月" in shown
    lines = admin.get(f"{page}movements/?kind=grant").text
    assert "共 1 笔" in lines
    assert "没有符合的流水" in admin.get(f"{page}movements/?kind=void&since=2026-05-01").text
    closed = send(finance, f"{page}close")
    assert closed.status_code == 303
    assert "已关闭" in admin.get("/desk/rewards/").text
    with work():
        rows = list(exports.rows(SYSTEM, "/", {"fund": str(latest().id)}))
        assert [row[3:7] for row in rows] == [["拨入", "拨款来源", "可用", 50_000.0]]
        assert list(exports.rows(SYSTEM, "/", {"fund": "x"})) == []


PAGES = ["/desk/rewards/", "/desk/rewards/funds/{id}/", "/desk/rewards/funds/{id}/movements/"]
WRITES = ["/desk/rewards/funds/new", "/desk/rewards/funds/{id}/edit", "/desk/rewards/funds/{id}/ask", "/desk/rewards/funds/{id}/close"]


def test_who_may_not(app, client, login, person, work, make, mall):
    with work():
        fund_id = mall.fund().id
        budget_id = latest(Budget).id
        neighbour_id = make.account(OPERATOR, make.org(make.root)).id
    member, neighbour, auditor = person(), app.test_client(), person(Role.AUDITOR)
    login(neighbour, neighbour_id)
    for path in (*PAGES, *WRITES, "/desk/rewards/budgets/{budget}"):
        url = path.format(id=fund_id, budget=budget_id)
        assert client.get(url).headers.get("Location", "").startswith("/login"), url
        assert member.get(url).status_code == 403, url
        if "{" in path:
            assert neighbour.get(url).status_code in {403, 404}, url
        assert auditor.get(url).status_code == (403 if path in WRITES else 200), url
    assert f"/funds/{fund_id}/" not in neighbour.get("/desk/rewards/").text
    assert auditor.get("/desk/rewards/funds/999999/").status_code == 404


def test_rules_of_spending():
    limits = rules.Limits(winners_percent=30, person_fen=50_000)
    fine = rules.Plan(participants=1000, winners=300, most_fen_each=50_000, total_fen=10, free_fen=10, source_code="职工服务")
    assert rules.warnings(fine, limits) == []
    bad = rules.Plan(participants=1000, winners=301, most_fen_each=50_001, total_fen=11, free_fen=10, instant=True, largest_fen=50_001)
    told = rules.warnings(bad, limits)
    assert [(one.code, one.grave) for one in told] == [
        ("over-budget", True), ("person", True), ("share", True), ("source", False), ("show-at-once", False),
    ]  # fmt: skip
    assert "500.01 元" in told[1].text
    assert rules.warnings(rules.Plan(None, 10**6, 1, 1, 1, "x"), limits) == []


def test_the_list_asks_no_more_for_three_funds(person, work, mall, queries):
    auditor = person(Role.AUDITOR)
    auditor.get("/desk/rewards/")
    counts = []
    for _number in range(3):
        with work():
            mall.fund()
        tries = []
        for _again in range(2):  # the host looks once a second at what is enabled
            with queries() as asked:
                auditor.get("/desk/rewards/")
            tries.append(len(asked))
        counts.append(min(tries))
    assert len(set(counts[1:])) == 1


def test_settings(person):
    admin = person(Role.SYSTEM_ADMIN)
    page = admin.get("/desk/system/plugins/rewards/settings")
    assert "每月几号出上个月的结算单" in page.text
    assert "当天可以撤销" in page.text
