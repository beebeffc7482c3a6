"""Reads of statements, payments and proofs. A statement is for who settles at the fund's org, and for the store's manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from unionhall.plugin import Actor, NotFound, scoped, session, unscoped
from unionhall_rewards import rights
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.settling.models import (
    Adjustment,
    Dispute,
    PayRun,
    Reconciliation,
    State,
    Statement,
    StatementLine,
)

SIZE = 50
SHOWN_TO_STORES = (State.SENT, State.CONFIRMED, State.DISPUTED, State.PAID, State.CLOSED)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in the list of periods: how many statements in which state, and what they come to (fen)."""

    month: str
    states: Mapping[str, int]
    number: int
    fen: int
    open_fen: int


def months(actor: Actor, below: str) -> list[MonthRow]:
    """Return the months that have statements in the actor's reach, the newest first."""
    wanted = select(Statement.month, Statement.state, func.count(), func.sum(Statement.total_fen))
    wanted = wanted.group_by(Statement.month, Statement.state)
    found: dict[str, list[tuple[str, int, int]]] = {}
    for month, state, number, fen in session().execute(scoped(wanted, Statement, actor, rights.READ, below)):
        found.setdefault(month, []).append((state, int(number), int(fen)))
    return [
        MonthRow(
            month, {state: number for state, number, _fen in rows}, sum(number for _s, number, _f in rows),
            sum(fen for _s, _n, fen in rows), sum(fen for state, _n, fen in rows if state not in (State.PAID, State.CLOSED)),
        )
        for month, rows in sorted(found.items(), reverse=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of statements is narrowed to."""

    month: str = ""
    state: str = ""
    words: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Filter:
        """Return the filter in an address; what makes no sense is left out."""
        state, month = values.get("state", ""), values.get("month", "")
        return cls(month if len(month) == 7 else "", state if state in set(State) else "", values.get("q", "").strip()[:40])

    def values(self) -> dict[str, str]:
        """Return it as values of an address."""
        return {name: value for name, value in (("month", self.month), ("state", self.state), ("q", self.words)) if value}


def _narrowed(wanted: Select[Any], chosen: Filter) -> Select[Any]:
    if chosen.month:
        wanted = wanted.where(Statement.month == chosen.month)
    if chosen.state:
        wanted = wanted.where(Statement.state == chosen.state)
    if chosen.words:
        wanted = wanted.where(Statement.store_name.contains(chosen.words, autoescape=True))
    return wanted


def statements(actor: Actor, below: str, chosen: Filter, *, page: int = 1, size: int = SIZE) -> tuple[list[Statement], int]:
    """Return a page of statements in the actor's reach, the newest month first, and how many there are."""
    wanted = _narrowed(scoped(select(Statement), Statement, actor, rights.READ, below), chosen)
    counted = _narrowed(scoped(select(func.count()).select_from(Statement), Statement, actor, rights.READ, below), chosen)
    order = wanted.order_by(Statement.month.desc(), Statement.store_name, Statement.id)
    return list(session().scalars(order.offset((page - 1) * size).limit(size))), session().scalar(counted) or 0


def statement(statement_id: int, actor: Actor, right: str = rights.READ) -> Statement:
    """Return a statement where the actor has a right. Raises NotFound otherwise."""
    found = session().scalar(scoped(select(Statement).where(Statement.id == statement_id), Statement, actor, right))
    if found is None:
        raise NotFound()
    return found


def of_store(store_id: int) -> list[Statement]:
    """Return the statements that a store has been sent, the newest first."""
    wanted = select(Statement).where(Statement.store_id == store_id, Statement.state.in_(SHOWN_TO_STORES))
    newest = wanted.order_by(Statement.month.desc(), Statement.id.desc()).limit(120)
    return list(session().scalars(unscoped(newest, why="the store's manager")))


def store_statement(statement_id: int, store_id: int) -> Statement:
    """Return a statement that a store has been sent. Raises NotFound for another store's, or one that was not sent."""
    wanted = select(Statement).where(
        Statement.id == statement_id, Statement.store_id == store_id, Statement.state.in_(SHOWN_TO_STORES)
    )  # fmt: skip
    found = session().scalar(unscoped(wanted, why="the store's manager"))
    if found is None:
        raise NotFound()
    return found


def waiting_of_store(store_id: int) -> int:
    """Return how many statements wait for a store's answer."""
    wanted = select(func.count()).select_from(Statement).where(Statement.store_id == store_id, Statement.state == State.SENT)
    return session().scalar(unscoped(wanted, why="the store's manager")) or 0


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as it is shown: `kind` is "" for a correction, whose reason is in `note`; `fen` has a sign."""

    id: int
    receipt: str
    day: date | None
    at: datetime | None
    kind: str
    station_id: int | None
    bill_fen: int
    fen: int
    note: str
    adjustment_id: int | None


def _lines(statement_id: int) -> Select[*tuple[Any, ...]]:
    wanted = select(
        StatementLine.id, Redemption.receipt, Redemption.day, Redemption.at, CouponKind.name.label("kind"), Redemption.station_id,
        Redemption.bill_fen, StatementLine.fen, Adjustment.reason, Redemption.reason.label("why"), StatementLine.adjustment_id,
    )  # fmt: skip
    return wanted.outerjoin(Redemption, Redemption.id == StatementLine.redemption_id).outerjoin(
        CouponKind, CouponKind.id == Redemption.kind_id).outerjoin(Adjustment, Adjustment.id == StatementLine.adjustment_id).where(
        StatementLine.settlement_id == statement_id)  # fmt: skip


def _line(row: Any) -> LineView:
    return LineView(
        row.id, row.receipt or "", row.day, row.at, row.kind or "", row.station_id, row.bill_fen or 0, row.fen, row.reason or row.why or "",
        row.adjustment_id,
    )  # fmt: skip


def lines(statement_id: int, *, page: int = 1, size: int = SIZE) -> tuple[list[LineView], int]:
    """Return a page of a statement's lines in their order, and how many there are."""
    counted = select(func.count()).select_from(StatementLine).where(StatementLine.settlement_id == statement_id)
    wanted = _lines(statement_id).order_by(StatementLine.id).offset((page - 1) * size).limit(size)
    rows = session().execute(unscoped(wanted, why="the statement was judged"))
    return [_line(row) for row in rows], session().scalar(counted) or 0


def all_lines(statement_id: int, size: int = 1000) -> Iterator[LineView]:
    """Yield all lines of a statement, read page by page."""
    after = 0
    while True:
        wanted = _lines(statement_id).where(StatementLine.id > after).order_by(StatementLine.id).limit(size)
        rows = session().execute(unscoped(wanted, why="the statement was judged")).all()
        yield from (_line(row) for row in rows)
        if len(rows) < size:
            return
        after = rows[-1].id


def line(statement_id: int, line_id: int) -> LineView:
    """Return a line of a statement. Raises NotFound."""
    row = session().execute(unscoped(_lines(statement_id).where(StatementLine.id == line_id), why="the statement was judged")).one_or_none()
    if row is None:
        raise NotFound()
    return _line(row)


def disputes(statement_id: int) -> list[Dispute]:
    """Return what a store said is wrong with a statement, those without an answer first."""
    wanted = select(Dispute).where(Dispute.settlement_id == statement_id).order_by(Dispute.outcome != "", Dispute.id)
    return list(session().scalars(unscoped(wanted, why="the statement was judged")))


def dispute(statement_id: int, dispute_id: int) -> Dispute:
    """Return a dispute of a statement. Raises NotFound."""
    wanted = select(Dispute).where(Dispute.id == dispute_id, Dispute.settlement_id == statement_id)
    found = session().scalar(unscoped(wanted, why="the statement was judged"))
    if found is None:
        raise NotFound()
    return found


def unanswered(statement_id: int) -> int:
    """Return how many disputes of a statement have no answer."""
    wanted = select(func.count()).select_from(Dispute).where(Dispute.settlement_id == statement_id, Dispute.outcome == "")
    return session().scalar(wanted) or 0


def adjustments(actor: Actor, below: str, *, page: int = 1) -> tuple[list[Adjustment], int]:
    """Return a page of corrections in the actor's reach, those that wait first, and how many there are."""
    counted = select(func.count()).select_from(Adjustment).join(Statement, Statement.id == Adjustment.settlement_id)
    wanted = select(Adjustment).join(Statement, Statement.id == Adjustment.settlement_id)
    order = scoped(wanted, Statement, actor, rights.READ, below).order_by(Adjustment.state != "asked", Adjustment.id.desc())
    total = session().scalar(scoped(counted, Statement, actor, rights.READ, below)) or 0
    return list(session().scalars(order.offset((page - 1) * SIZE).limit(SIZE))), total


def adjustment(adjustment_id: int, actor: Actor, right: str = rights.READ) -> Adjustment:
    """Return a correction where the actor has a right. Raises NotFound otherwise."""
    wanted = select(Adjustment).join(Statement, Statement.id == Adjustment.settlement_id).where(Adjustment.id == adjustment_id)
    found = session().scalar(scoped(wanted, Statement, actor, right))
    if found is None:
        raise NotFound()
    return found


def adjustments_of(statement_id: int) -> list[Adjustment]:
    """Return the corrections of a statement."""
    wanted = select(Adjustment).where(Adjustment.settlement_id == statement_id).order_by(Adjustment.id)
    return list(session().scalars(unscoped(wanted, why="the statement was judged")))


def settled_in(adjustment_ids: Sequence[int]) -> dict[int, Statement]:
    """Return {correction id: the statement that it went into}."""
    wanted = select(StatementLine.adjustment_id, Statement).join(Statement, Statement.id == StatementLine.settlement_id)
    rows = session().execute(unscoped(wanted.where(StatementLine.adjustment_id.in_(adjustment_ids)), why="the corrections were judged"))
    return {number: found for number, found in rows if number}


def payable(actor: Actor, below: str) -> list[Statement]:
    """Return confirmed statements that stand in no run of payments yet, where the actor settles."""
    wanted = select(Statement).where(Statement.state == State.CONFIRMED, Statement.payment_id.is_(None), Statement.total_fen > 0)
    rows = scoped(wanted, Statement, actor, rights.SETTLE, below).order_by(Statement.month, Statement.store_name, Statement.id)
    return list(session().scalars(rows))


def payments(actor: Actor, below: str, *, page: int = 1) -> tuple[list[PayRun], int]:
    """Return a page of runs of payments in the actor's reach, the newest first, and how many there are."""
    counted = scoped(select(func.count()).select_from(PayRun), PayRun, actor, rights.SETTLE, below)
    wanted = scoped(select(PayRun), PayRun, actor, rights.SETTLE, below).order_by(PayRun.id.desc())
    return list(session().scalars(wanted.offset((page - 1) * SIZE).limit(SIZE))), session().scalar(counted) or 0


def payment(payment_id: int, actor: Actor) -> PayRun:
    """Return a run of payments where the actor settles. Raises NotFound otherwise."""
    found = session().scalar(scoped(select(PayRun).where(PayRun.id == payment_id), PayRun, actor, rights.SETTLE))
    if found is None:
        raise NotFound()
    return found


def in_payment(payment_id: int) -> list[Statement]:
    """Return the statements of a run of payments."""
    wanted = select(Statement).where(Statement.payment_id == payment_id).order_by(Statement.store_name, Statement.id)
    return list(session().scalars(unscoped(wanted, why="the run was judged")))


def waiting(actor: Actor) -> int:
    """Return how many statements wait for the desk where the actor settles: to be sent, disputed, or to be paid."""
    states = (State.CUT, State.DISPUTED, State.CONFIRMED)
    wanted = select(func.count()).select_from(Statement).where(Statement.state.in_(states), Statement.payment_id.is_(None))
    return session().scalar(scoped(wanted, Statement, actor, rights.SETTLE)) or 0


def last_proof() -> Reconciliation | None:
    """Return what the last proof of the accounts said; None before the first."""
    return session().scalars(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(1)).first()


def proofs(limit: int = 30) -> list[Reconciliation]:
    """Return the last proofs, the newest first."""
    return list(session().scalars(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(limit)))
