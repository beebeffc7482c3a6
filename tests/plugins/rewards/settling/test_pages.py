"""The pages: the desk's way from a statement to the bank, the store's manager at the till, and everybody who must not."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select, text

from unionhall.base import clock, db
from unionhall.hooks.types import Role
from unionhall.platform.access import unscoped
from unionhall_rewards.rights import FINANCE, OPERATOR
from unionhall_rewards.settling import cutting, queries
from unionhall_rewards.settling.models import Adjustment, Dispute, PayRun, Statement
from unionhall_stations.models import Clerk
from unionhall_stations.tills.turns import DEVICE, TURN, token_hash


@pytest.fixture
def month(app, work, shop, at):
    """Return the ids of a store's statement of April with three lines, and of the store and its till."""
    with work():
        store = shop()
        for minute in range(3):
            store.redeem(at(f"2026-04-10 12:{minute:02d}"))
        ids = {"store": store.store.id, "till": store.till.id, "clerk": store.clerk.id, "org": store.fund.org_id}
    at("2026-05-14 09:30")
    with app.app_context():
        cutting.cut_month("2026-04", now=clock.now())
        ids["statement"] = db.session().scalar(unscoped(select(Statement.id), why="test"))
        db.session().remove()
    return ids


@pytest.fixture
def till(app, work, mall):
    """Return `till(ids, manager)`: the browser at a store's till with a turn."""

    def build(ids, manager=True):
        with work() as session:
            session.execute(text("UPDATE stations_till SET token_hash = :token WHERE id = :id"), {"token": token_hash("device"), "id": ids["till"]})
            session.execute(text("UPDATE stations_clerk SET manager = :manager WHERE id = :id"), {"manager": manager, "id": ids["clerk"]})
            turn, token = mall.turn(type("T", (), {"id": ids["till"]}), session.get(Clerk, ids["clerk"]))
            assert turn.id
        browser = app.test_client()
        browser.set_cookie(DEVICE, "device")
        browser.set_cookie(TURN, token)
        return browser

    return build


def only(kind):
    return db.session().scalars(unscoped(select(kind).order_by(kind.id.desc()), why="test")).first()


def test_the_desk_from_the_statement_to_the_bank(person, send, work, month):
    finance, other, auditor = person(FINANCE), person(FINANCE), person(Role.AUDITOR)
    page = f"/desk/rewards/statements/{month['statement']}/"
    shown = finance.get("/desk/rewards/settlements/").text
    assert "2026 年 4 月" in shown
    assert "30 元" in shown
    assert "没有符合的结算单" in finance.get("/desk/rewards/settlements/?q=没有这家店").text
    assert "和出单时一样" in auditor.get(page).text
    assert "发给门店</button>" not in auditor.get(page).text
    assert send(finance, page, "/desk/rewards/settlements/2026-04/send").status_code == 303
    late = send(finance, page, page + "send")
    assert late.status_code == 409
    assert "等门店确认" in late.text
    bad = send(finance, page, page + "confirm", **{"heard-words": ""})
    assert bad.status_code == 422
    assert "怎么答复" in bad.text
    wrong = send(finance, page, page + "dispute", **{"doubt-line": "", "doubt-words": "少"})
    assert wrong.status_code == 422
    assert "少</textarea>" in wrong.text
    assert send(finance, page, page + "dispute", **{"doubt-line": "", "doubt-words": "少了一笔"}).status_code == 303
    with work():
        dispute = only(Dispute).id
    answer = f"{page}disputes/{dispute}"
    assert "更正多少" in send(finance, answer, outcome="agreed", words="补上").text
    assert send(finance, answer, outcome="agreed", yuan="5", words="补上").status_code == 303
    with work():
        adjustment = f"/desk/rewards/adjustments/{only(Adjustment).id}"
    assert "要由另一位同事批准" in finance.get(adjustment).text
    assert send(finance, page, adjustment, decision="approve").status_code == 403
    assert send(other, adjustment, decision="refuse").status_code == 422
    assert send(other, adjustment, decision="approve").status_code == 303
    assert "已批准" in auditor.get("/desk/rewards/adjustments/").text
    assert send(finance, page, page + "confirm", **{"heard-words": "店长电话确认"}).status_code == 303
    nothing = send(finance, "/desk/rewards/payments/", ids=[])
    assert nothing.status_code == 422
    made = send(finance, "/desk/rewards/payments/", ids=[str(month["statement"])], label="四月")
    assert made.status_code == 303
    run = made.headers["Location"]
    assert "还没有登记收款账户的门店" in finance.get(run).text
    assert "要由另一位同事来登记" in finance.get(run).text
    assert send(finance, page, run, on="2026-05-14", reference="HD1").status_code == 403
    early = send(other, run, on="2026-05-15", reference="HD1")
    assert early.status_code == 422
    assert 'value="HD1"' in early.text
    assert send(other, run, on="2026-05-14", reference="HD1").status_code == 303
    assert send(other, page, run, on="2026-05-14", reference="HD2").status_code == 409
    assert "已付款" in finance.get(page).text
    assert send(finance, page, page + "close").status_code == 303
    assert "已关账" in auditor.get("/desk/rewards/settlements/?state=closed").text
    assert send(finance, page, page + "adjust", **{"adjust-yuan": "-3", "adjust-words": "多算了"}).status_code == 303


def test_the_manager_confirms_at_the_till(work, send, month, till, person):
    manager, page = till(month), f"/rewards/till/statements/{month['statement']}/"
    assert "还没有结算单" in manager.get("/rewards/till/statements/").text
    assert manager.get(page).status_code == 404
    finance = person(FINANCE)
    desk = f"/desk/rewards/statements/{month['statement']}/"
    send(finance, desk, desk + "send")
    assert "30 元" in manager.get("/rewards/till/statements/").text
    short = send(manager, page, page + "dispute", line="", words="")
    assert short.status_code == 422
    line = re.search(r'<option value="(\d+)"', manager.get(page).text).group(1)
    assert send(manager, page, page + "dispute", line=line, words="顾客没有用券").status_code == 303
    again = send(manager, page, page + "dispute", line=line, words="再说一次")
    assert again.status_code == 409
    assert "再说一次</textarea>" in again.text
    assert send(manager, page, page + "confirm").status_code == 409
    with work():
        dispute = only(Dispute).id
    assert send(finance, f"{desk}disputes/{dispute}", outcome="declined", words="有签名的小票").status_code == 303
    assert "有签名的小票" in manager.get(page).text
    assert send(manager, page, page + "confirm").status_code == 303
    assert "店长在收银台" in finance.get(desk).text
    with work() as session:
        line = session.execute(text("SELECT event FROM audit_entry WHERE act = 'rewards.statement_confirmed'")).scalar()
        assert f'"x_clerk":{month["clerk"]}' in line


def test_only_the_store_s_manager(app, client, work, send, month, till, mall, person, at_till):
    page = f"/rewards/till/statements/{month['statement']}/"
    finance, desk = person(FINANCE), f"/desk/rewards/statements/{month['statement']}/"
    send(finance, desk, desk + "send")
    clerk = till(month, manager=False)
    stranger, _ids = at_till(manager=True)
    for path in ("/rewards/till/statements/", page, page + "statement.pdf"):
        assert client.get(path).status_code == 404
        assert finance.get(path).status_code == 404
        assert clerk.get(path).status_code == 403
    assert stranger.get(page).status_code == 404
    assert "还没有结算单" in stranger.get("/rewards/till/statements/").text
    assert send(stranger, "/login", page + "confirm").status_code == 404
    assert send(clerk, "/login", page + "confirm").status_code == 403
    assert send(clerk, "/login", page + "dispute", words="哪里都不对").status_code == 403
    assert send(client, "/login", page + "confirm").status_code == 404
    with work():
        assert only(Statement).state == "sent"


def test_who_may_not_settle(app, client, login, person, send, work, make, month):
    with work():
        neighbour_id = make.account(FINANCE, make.org(make.root)).id
    neighbour, member, auditor, operator = app.test_client(), person(), person(Role.AUDITOR), person(OPERATOR)
    login(neighbour, neighbour_id)
    page = f"/desk/rewards/statements/{month['statement']}/"
    reads = ["/desk/rewards/settlements/", page, page + "statement.pdf", "/desk/rewards/adjustments/", "/desk/rewards/reconciliation/"]
    settles = ["/desk/rewards/payments/", "/desk/rewards/payments/1/", "/desk/rewards/adjustments/1", page + "disputes/1"]
    posts = [page + act for act in ("send", "confirm", "dispute", "close", "adjust")] + ["/desk/rewards/payments/1/dissolve",
             "/desk/rewards/settlements/2026-04/send", "/desk/rewards/settlements/2026-04/close"]  # fmt: skip
    for path in reads + settles:
        assert client.get(path).headers.get("Location", "").startswith("/login"), path
        assert member.get(path).status_code == 403, path
        assert auditor.get(path).status_code == (200 if path in reads else 403), path
    for path in posts:
        assert send(auditor, page, path).status_code == 403, path
        assert send(operator, page, path).status_code == 403, path
        assert send(client, "/login", path).headers.get("Location", "").startswith("/login"), path
    assert neighbour.get(page).status_code == 404
    assert "2026 年 4 月" not in neighbour.get("/desk/rewards/settlements/").text
    send(neighbour, "/desk/rewards/settlements/", "/desk/rewards/settlements/2026-04/send")
    assert send(neighbour, "/desk/", page + "send").status_code == 404
    with work():
        assert only(Statement).state == "cut"
        assert only(PayRun) is None


def test_the_paper(person, month):
    pdfium = pytest.importorskip("pypdfium2")
    answer = person(FINANCE).get(f"/desk/rewards/statements/{month['statement']}/statement.pdf")
    if answer.status_code == 404:
        pytest.skip("no PDF here")
    assert answer.headers["Cache-Control"] == "no-store"
    pages = pdfium.PdfDocument(io.BytesIO(answer.data))
    told = "".join(page.get_textpage().get_text_range() for page in pages)
    assert "应付合计" in told
    assert "30 元" in told
    assert told.count("10 元消费券") >= 3


def test_a_page_of_fifty_lines_asks_as_much_as_one_of_three(app, work, shop, at, person, queries):
    with work():
        store = shop()
        for number in range(60):
            store.redeem(at(f"2026-04-10 12:{number:02d}"))
        few = shop(store.fund, store.kind)
        few.redeem(at("2026-04-11 12:00"))
    at("2026-05-14 09:30")
    with app.app_context():
        assert cutting.cut_month("2026-04", now=clock.now()) == 2
        ids = list(db.session().scalars(unscoped(select(Statement.id).order_by(Statement.redeemed_count), why="test")))
        db.session().remove()
    auditor, counts = person(Role.AUDITOR), []
    for number in (ids[0], *ids):
        with queries() as asked:
            assert auditor.get(f"/desk/rewards/statements/{number}/").status_code == 200
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_the_commands(app, work, shop, at, runner, monkeypatch):
    from unionhall_rewards.settling import cli

    with work():
        shop().redeem(at("2026-04-10 12:00"))
    at("2026-05-14 09:30")
    with app.app_context():
        assert "出了 1 张" in runner.invoke(cli.rewards, ["settle", "--month", "2026-04"]).output
        assert "出了 0 张" in runner.invoke(cli.rewards, ["settle"]).output
        assert runner.invoke(cli.rewards, ["settle", "--month", "2026-05"]).exit_code == 1
        done = runner.invoke(cli.rewards, ["reconcile", "--json"])
        assert (done.exit_code, done.output.strip()) == (0, '{"ok": true, "findings": []}')
        monkeypatch.setattr(cli.reconcile, "run", lambda _now: ["I5 不平"])
        failed = runner.invoke(cli.rewards, ["reconcile"])
        assert (failed.exit_code, "I5 不平" in failed.output, "有 1 处" in failed.output) == (1, True, True)
        assert queries.last_proof().ok
