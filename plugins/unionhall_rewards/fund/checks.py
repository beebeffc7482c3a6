"""What must always be true of the money (security.md 3.6): every part adds its own check to `CHECKS`.

A check reads with SQL alone, in constant memory, and returns a sentence for each thing that is wrong; none when all is well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select

from unionhall.plugin import session, unscoped
from unionhall_rewards.fund import queries
from unionhall_rewards.fund.models import Account, Budget, Fund, Kind, Movement

Check = Callable[[datetime], list[str]]
CHECKS: list[Check] = []
MOST = 20
"""How many findings of one kind are named."""


def found(statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """Return the first rows of what should not be there."""
    return session().execute(unscoped(statement.limit(MOST), why="proof")).all()


def balances(_now: datetime) -> list[str]:
    """I5: the balance that is kept is the ledger's, and no account is below zero."""
    told, ledger = [], queries.sums()
    for row in session().execute(unscoped(select(Fund.id, Fund.free_fen, Fund.granted_fen).order_by(Fund.id), why="proof")):
        sums = ledger.pop(row.id, queries.Balance())
        if (row.free_fen, row.granted_fen) != (sums[Account.FREE], sums.granted):
            told.append(_("I5 经费 %(id)s：记着可用 %(kept)s 分、拨入 %(given)s 分，账上是 %(free)s 分、%(granted)s 分",
                id=row.id, kept=row.free_fen, given=row.granted_fen, free=sums[Account.FREE], granted=sums.granted))  # fmt: skip
        if below := [account.value for account in queries.SHOWN if sums[account] < 0]:
            told.append(_("I5 经费 %(id)s：%(accounts)s 小于零", id=row.id, accounts="、".join(below)))
    return told


def budgets(_now: datetime) -> list[str]:
    """Every approved request moved its amount, and nothing moved without one."""
    joined = (Movement.kind == Budget.kind) & (Movement.ref_id == Budget.id)
    missing = select(Budget.id).outerjoin(Movement, joined).where(
        Budget.state == "approved", (Movement.id.is_(None)) | (Movement.fen != Budget.fen) | (Movement.fund_id != Budget.fund_id)
    )  # fmt: skip
    alone = select(Movement.id).outerjoin(Budget, joined).where(
        Movement.kind.in_([Kind.GRANT, Kind.WITHDRAW]), (Budget.id.is_(None)) | (Budget.state != "approved")
    )  # fmt: skip
    told = [_("I5 拨款申请 %(id)s 批准了，账上没有同样的一笔", id=row.id) for row in found(missing)]
    return told + [_("I5 流水 %(id)s 是拨款，却没有批准的申请", id=row.id) for row in found(alone)]


CHECKS += [balances, budgets]
