"""Funds: making them, asking for money, and the other person who approves it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import (
    Actor,
    Conflict,
    NotAllowed,
    Org,
    RuleBroken,
    accounts_with,
    can,
    notify,
    record_audit,
    require,
    session,
    tidy,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.fund import ledger, queries
from unionhall_rewards.fund.labels import yuan
from unionhall_rewards.fund.models import Account, Budget, Fund, Kind

AFTER = {"synchronize_session": False}
MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class FundFields:
    """What a fund says of itself; money in fen."""

    name: str
    source_code: str = ""
    freeze_percent: int = 100
    monthly_fen: int = 0
    note: str = ""


def create(org: Org, fields: FundFields, *, actor: Actor, now: datetime) -> Fund:
    """Make an empty fund of an org. Raises RuleBroken."""
    require(actor, rights.FUND, org)
    made = Fund(org_id=org.id, org=org, created_by=actor.account_id, created_at=now, granted_fen=0, free_fen=0)
    _fill(made, fields)
    session().add(made)
    session().flush()
    record_audit("rewards.fund_created", f"rewards_fund:{made.id}", actor=actor, now=now, org_id=org.id)
    return made


def change(fund: Fund, fields: FundFields, version: int, *, actor: Actor, now: datetime) -> None:
    """Change what a fund says. Raises RuleBroken, Conflict when somebody else changed it first."""
    require(actor, rights.FUND, fund.org)
    _open(fund)
    fresh = update(Fund).where(Fund.id == fund.id, Fund.version == version).values(version=version + 1).execution_options(**AFTER)
    if not update_count(fresh):
        raise Conflict(_("这笔经费刚刚被别人改过，你的改动还没有保存。请对照现在的内容再改一次。"))
    session().refresh(fund)
    _fill(fund, fields)
    session().flush()
    record_audit("rewards.fund_changed", f"rewards_fund:{fund.id}", actor=actor, now=now, org_id=fund.org_id)


def _fill(fund: Fund, fields: FundFields) -> None:
    name = tidy(fields.name)[:80]
    if not name:
        raise RuleBroken(_("还没有填经费名称。"), field="name")
    if not 1 <= fields.freeze_percent <= 100:
        raise RuleBroken(_("冻结线填 1 到 100 之间的整数。"), field="freeze_percent")
    fund.name, fund.source_code, fund.freeze_percent = name, tidy(fields.source_code)[:40], fields.freeze_percent
    fund.monthly_fen, fund.note = fields.monthly_fen, tidy(fields.note)[:300]


def _open(fund: Fund) -> None:
    if fund.closed_at:
        raise Conflict(_("“%(name)s”已经关闭，只能看，不能改。", name=fund.name))


def close(fund: Fund, *, actor: Actor, now: datetime) -> None:
    """Close a fund in which nothing is bound any more: no pool, no live coupons, nothing owed to stores. Raises RuleBroken, Conflict."""
    require(actor, rights.APPROVE, fund.org)
    closed = update(Fund).where(Fund.id == fund.id, Fund.closed_at.is_(None)).values(closed_at=now, version=Fund.version + 1)
    if not update_count(closed.execution_options(**AFTER)):
        raise Conflict(_("这笔经费已经关闭了。"))
    balance = queries.sums([fund.id])[fund.id]  # after the UPDATE: whoever binds money waits for this row
    bound = {account: balance[account] for account in (Account.POOL, Account.LIVE, Account.SPENT) if balance[account]}
    if bound:
        raise RuleBroken(
            _("还不能关闭：奖池里 %(pool)s，会员手里 %(live)s，待结算 %(spent)s。等券用完、过期、和门店结清以后再来。",
              pool=yuan(balance[Account.POOL]), live=yuan(balance[Account.LIVE]), spent=yuan(balance[Account.SPENT])),
            code="fund-bound",
        )  # fmt: skip
    if any(row.state == "asked" for row in queries.budgets(fund.id)):
        raise RuleBroken(_("还有拨款申请没有答复，先答复再关闭。"), code="fund-asked")
    session().refresh(fund)
    record_audit("rewards.fund_closed", f"rewards_fund:{fund.id}", actor=actor, now=now, org_id=fund.org_id)


def ask(fund: Fund, kind: str, month: str, fen: int, document: str, note: str = "", *, actor: Actor, now: datetime) -> Budget:
    """Ask for money (fen) to be put in or taken out, once for a document and month. Raises RuleBroken, Conflict."""
    require(actor, rights.FUND, fund.org)
    if kind == Kind.GRANT.value:
        _open(fund)
    if kind not in (Kind.GRANT.value, Kind.WITHDRAW.value):
        raise RuleBroken(_("请选拨入还是拨出。"), field="kind")
    if not MONTH.fullmatch(month):
        raise RuleBroken(_("月份请写成 2026-05 的样子，现在填的是“%(month)s”。", month=month[:20]), field="month")
    words = tidy(document)[:80]
    if not words:
        raise RuleBroken(_("请填批文或会议纪要的文号，方便对账。"), field="document")
    if fen <= 0:
        raise RuleBroken(_("金额要大于 0。"), field="yuan")
    made = Budget(
        fund_id=fund.id, kind=kind, month=month, fen=fen, document=words, note=tidy(note)[:300], asked_by=_who(actor), asked_at=now
    )  # fmt: skip
    try:
        with session().begin_nested():
            session().add(made)
            session().flush()
    except IntegrityError:
        raise RuleBroken(_("“%(document)s”在这个月已经申请过一次了，没有重复提交。", document=words), field="document") from None
    record_audit("rewards.budget_asked", f"rewards_budget:{made.id}", actor=actor, now=now, org_id=fund.org_id, fen=fen, kind=kind)
    waits = [number for number in accounts_with(rights.APPROVE, fund.org.path, now) if number != actor.account_id]
    notify("rewards.budget_waits", waits, {"fund": fund.name, "amount": yuan(fen)}, key=f"budget-{made.id}", now=now,
           url=f"/desk/rewards/funds/{fund.id}/", org_id=fund.org_id)  # fmt: skip
    return made


def _who(actor: Actor) -> int:
    """Return who asks or decides; the system (a demo, a command) is nobody, 0."""
    return actor.account_id or 0


def approve(budget: Budget, *, actor: Actor, now: datetime, answer: str = "") -> None:
    """Approve a request of somebody else's: the money moves. Raises NotAllowed, RuleBroken, Conflict."""
    _decide(budget, "approved", answer, actor=actor, now=now)
    ledger.move(Kind(budget.kind), budget.fund_id, budget.fen, budget.id, now=now, actor_id=actor.account_id)
    session().refresh(budget.fund)


def refuse(budget: Budget, answer: str, *, actor: Actor, now: datetime) -> None:
    """Refuse a request, with a reason. Raises NotAllowed, RuleBroken, Conflict."""
    if not tidy(answer):
        raise RuleBroken(_("不批准要写原因，让申请的人知道怎么改。"), field="answer")
    _decide(budget, "refused", answer, actor=actor, now=now)


def _decide(budget: Budget, state: str, answer: str, *, actor: Actor, now: datetime) -> None:
    require(actor, rights.APPROVE, budget.fund.org)
    if budget.asked_by == _who(actor):
        raise NotAllowed(_("自己申请的要由另一位同事批准。"))
    values: dict[str, Any] = {"state": state, "decided_by": _who(actor), "decided_at": now, "answer": tidy(answer)[:300]}
    decided = update(Budget).where(Budget.id == budget.id, Budget.state == "asked").values(values)
    if not update_count(decided.execution_options(**AFTER)):
        raise Conflict(_("这份申请已经有人答复了，请刷新看看。"))
    session().refresh(budget)
    org_id = budget.fund.org_id
    record_audit(f"rewards.budget_{state}", f"rewards_budget:{budget.id}", actor=actor, now=now, org_id=org_id, fen=budget.fen)
    if budget.asked_by:
        notify("rewards.budget_decided", [budget.asked_by], {"fund": budget.fund.name, "amount": yuan(budget.fen)}, now=now,
               key=f"budget-decided-{budget.id}", url=f"/desk/rewards/funds/{budget.fund_id}/", org_id=org_id)  # fmt: skip




def may_decide(budget: Budget, actor: Actor) -> bool:
    """Say whether somebody may answer a request: one that waits, and not their own."""
    return budget.state == "asked" and budget.asked_by != _who(actor) and can(actor, rights.APPROVE, budget.fund.org)


def hand_over(source_id: int, target_id: int) -> None:
    """Give an org's funds to the org that it becomes part of."""
    session().execute(update(Fund).where(Fund.org_id == source_id).values(org_id=target_id).execution_options(**AFTER))
