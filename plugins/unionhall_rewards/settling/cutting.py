"""Cutting statements: lines in bulk, totals, canonical JSON and its hash, in one transaction for each store and fund.

A kill in the middle leaves that one undone and all others whole; the next run goes on.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, and_, case, func, insert, literal, null, select, union, update
from sqlalchemy.exc import IntegrityError

from unionhall.plugin import SYSTEM, clock, keyed_hash, plugin_settings, record_audit, session, unit_of_work, unscoped
from unionhall_rewards.coupons.models import CouponKind
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Fund, Kind
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.settling import periods
from unionhall_rewards.settling.models import Adjustment, SettledMonth, Statement, StatementLine
from unionhall_stations.api import StoreView, stores_by_ids

FORMAT, SEAL = "UHS1", "rewards.statement"
LATE = timedelta(days=400)
"""How far back a redemption that came late is looked for; the proof of the accounts names any older one."""
AFTER = {"synchronize_session": False}
SIGNED = case((Redemption.reverses_id.is_(None), Redemption.fen), else_=-Redemption.fen)
log = structlog.get_logger("unionhall.rewards")


def settle(now: datetime) -> int:
    """Job: cut every month whose day has come; opens units of work of its own. Returns how many statements it made."""
    with unit_of_work():
        done = session().scalar(select(func.max(SettledMonth.month)))
        day = int(plugin_settings("rewards").settlement_day)
    return sum(cut_month(month, now=now) for month in periods.due(clock.local_day(now), day, done))


def cut_month(month: str, *, now: datetime) -> int:
    """Cut a month for every store and fund that has something in it, each in its own unit of work; what fails is tried again next time.

    Returns how many statements were made. Raises what the first failure raised, after all others are done.
    """
    until, problems, made = periods.last_day(month), [], 0
    with unit_of_work():
        pairs = _pairs(month, until)
        stores = stores_by_ids({store_id for store_id, _fund in pairs})
    for store_id, fund_id in pairs:
        try:
            with unit_of_work():
                made += cut(stores[store_id], fund_id, month, now=now) is not None
        except Exception as error:
            log.exception("rewards.cut_failed", store=store_id, fund=fund_id, month=month)
            problems.append(error)
        finally:
            session().remove()
    if problems:
        raise problems[0]
    with unit_of_work():
        note_done(month, now)
    return made


def _pairs(month: str, until: date) -> list[tuple[int, int]]:
    """Return (store id, fund id) of everything that is in no statement yet, without those that have one of this month."""
    lately = select(Redemption.store_id, Redemption.fund_id).outerjoin(StatementLine, StatementLine.redemption_id == Redemption.id).where(
        Redemption.day > until - LATE, Redemption.day <= until, StatementLine.id.is_(None)
    )  # fmt: skip
    corrected = select(Adjustment.store_id, Adjustment.fund_id).outerjoin(
        StatementLine, StatementLine.adjustment_id == Adjustment.id).where(
        Adjustment.state == "approved", StatementLine.id.is_(None)
    )  # fmt: skip
    cut_already = unscoped(select(Statement.store_id, Statement.fund_id).where(Statement.month == month), why="job")
    there = {(store_id, fund_id) for store_id, fund_id in session().execute(cut_already)}
    every = {(store_id, fund_id) for store_id, fund_id in session().execute(union(lately, corrected))}
    return sorted(every - there)


def note_done(month: str, now: datetime) -> None:
    """Keep that a month was cut for every store."""
    if session().get(SettledMonth, month) is None:
        counted = select(func.count(), func.coalesce(func.sum(Statement.total_fen), 0)).where(Statement.month == month)
        number, fen = session().execute(unscoped(counted, why="job")).one()
        session().add(SettledMonth(month=month, number=number, fen=int(fen), done_at=now))
        record_audit("rewards.month_cut", f"rewards_month:{month}", actor=SYSTEM, now=now, number=number, fen=int(fen))


def cut(store: StoreView, fund_id: int, month: str, *, now: datetime) -> Statement | None:
    """Make a store's statement of a month for a fund, in the unit of work that is open; None when there is nothing to say.

    A sum below zero (late reversals, deductions) makes none either: it goes into the next period.
    """
    until, fund = periods.last_day(month), session().get_one(Fund, fund_id, execution_options={"unionhall_scope": "job"})
    with session().begin_nested() as savepoint:
        made = Statement(
            org_id=fund.org_id, store_id=store.id, fund_id=fund_id, month=month, until=until, store_name=store.name,
            legal_name=store.legal_name, cut_at=now,
        )  # fmt: skip
        session().add(made)
        try:
            session().flush()
        except IntegrityError:  # cut already, by another run
            savepoint.rollback()
            return None
        _fill(made)
        totals = _totals(made.id)
        if not totals["lines"] or totals["total_fen"] < 0:
            savepoint.rollback()
            return None
        _deduct(made.id, now)
        lines_sha256, kinds = read_lines(made.id)
        body = canonical({
            "format": FORMAT, "store": [store.id, store.name, store.legal_name], "fund": [fund.id, fund.name, fund.source_code],
            "month": month, "until": until.isoformat(), "kinds": kinds, "lines_sha256": lines_sha256, **totals,
        })  # fmt: skip
        digest = hashlib.sha256(body.encode()).hexdigest()
        del totals["lines"]
        sealing = update(Statement).where(Statement.id == made.id).values(body=body, hash=digest, seal=keyed_hash(SEAL, digest), **totals)
        session().execute(sealing.execution_options(**AFTER))
    session().refresh(made)
    record_audit("rewards.statement_cut", f"rewards_statement:{made.id}", actor=SYSTEM, now=now, org_id=made.org_id, fen=made.total_fen)
    return made


def _fill(made: Statement) -> None:
    """Put in everything up to the period's end that is in no statement of this store and fund yet."""
    stands = select(StatementLine.redemption_id).join(Statement, Statement.id == StatementLine.settlement_id).where(
        Statement.store_id == made.store_id, Statement.fund_id == made.fund_id, Statement.until > made.until - LATE,
        StatementLine.redemption_id.is_not(None),
    )  # fmt: skip
    redeemed = select(literal(made.id), Redemption.id, null(), SIGNED).where(
        Redemption.store_id == made.store_id, Redemption.fund_id == made.fund_id, Redemption.day > made.until - LATE,
        Redemption.day <= made.until, Redemption.id.not_in(stands),
    ).order_by(Redemption.id)  # fmt: skip
    corrected = select(literal(made.id), null(), Adjustment.id, Adjustment.fen).outerjoin(
        StatementLine, StatementLine.adjustment_id == Adjustment.id).join(Statement, Statement.id == Adjustment.settlement_id).where(
        Adjustment.store_id == made.store_id, Adjustment.fund_id == made.fund_id, Adjustment.state == "approved",
        StatementLine.id.is_(None), Statement.month < made.month,
    ).order_by(Adjustment.id)  # fmt: skip
    for found in (redeemed, corrected):
        columns = ["settlement_id", "redemption_id", "adjustment_id", "fen"]
        session().execute(insert(StatementLine).from_select(columns, unscoped(found, why="job")))


def _totals(statement_id: int) -> dict[str, int]:
    """Return the sums of a statement's lines, as its columns are called, and "lines"."""
    correction = StatementLine.adjustment_id.is_not(None)
    plus, minus = and_(~correction, StatementLine.fen > 0), and_(~correction, StatementLine.fen < 0)

    def total(condition: Any, value: Any) -> Any:
        return func.coalesce(func.sum(case((condition, value), else_=0)), 0)

    wanted = select(
        func.count().label("lines"), total(plus, 1).label("redeemed_count"), total(plus, StatementLine.fen).label("redeemed_fen"),
        total(minus, 1).label("reversed_count"), total(minus, -StatementLine.fen).label("reversed_fen"),
        total(correction, StatementLine.fen).label("adjusted_fen"), func.coalesce(func.sum(StatementLine.fen), 0).label("total_fen"),
    ).where(StatementLine.settlement_id == statement_id)  # fmt: skip
    return {name: int(value) for name, value in session().execute(wanted).one()._mapping.items()}


def _deduct(statement_id: int, now: datetime) -> None:
    """Move what corrections take from the store: only now is it sure that enough is owed to take it from."""
    wanted = select(Adjustment.id, Adjustment.fund_id, Adjustment.fen).join(StatementLine, StatementLine.adjustment_id == Adjustment.id)
    for row in session().execute(wanted.where(StatementLine.settlement_id == statement_id, Adjustment.fen < 0)):
        ledger.move(Kind.DEDUCT, row.fund_id, -row.fen, row.id, now=now)


def by_kind(statement_id: int) -> list[dict[str, Any]]:
    """Return what a statement says of each kind of coupon: name, how many stand after reversals, fen."""
    number = func.sum(case((StatementLine.fen > 0, 1), else_=-1))
    wanted = select(CouponKind.id, CouponKind.name, number.label("pieces"), func.sum(StatementLine.fen).label("fen")).join(
        Redemption, Redemption.kind_id == CouponKind.id).join(StatementLine, StatementLine.redemption_id == Redemption.id).where(
        StatementLine.settlement_id == statement_id).group_by(CouponKind.id, CouponKind.name).order_by(CouponKind.id)  # fmt: skip
    rows = session().execute(unscoped(wanted, why="the statement was judged"))
    return [{"id": row.id, "name": row.name, "count": int(row.pieces), "fen": int(row.fen)} for row in rows]


def _printed_lines(statement_id: int) -> Select[*tuple[Any, ...]]:
    wanted = select(StatementLine.fen, Redemption.receipt, Redemption.day, Redemption.kind_id, StatementLine.adjustment_id)
    return wanted.outerjoin(Redemption, Redemption.id == StatementLine.redemption_id).where(
        StatementLine.settlement_id == statement_id).order_by(StatementLine.id)  # fmt: skip


def lines_hash(statement_id: int) -> str:
    """Return the SHA-256 of a statement's lines: receipt, day, kind, fen; or the correction's id, fen."""
    return read_lines(statement_id)[0]


def read_lines(statement_id: int) -> tuple[str, list[list[int]]]:
    """Return the SHA-256 of a statement's lines, and [kind id, how many stand after reversals, fen] of each kind, in constant memory."""
    told, kinds = hashlib.sha256(), dict[int, list[int]]()
    streamed = session().connection().execute(_printed_lines(statement_id).execution_options(yield_per=2000))
    for rows in streamed.partitions():
        printed = []
        for fen, receipt, day, kind_id, adjustment_id in rows:
            if receipt is None:
                printed.append(f"adjustment {adjustment_id} {fen}\n")
                continue
            printed.append(f"{receipt} {day} {kind_id} {fen}\n")
            counted = kinds.setdefault(kind_id, [0, 0])
            counted[0] += 1 if fen > 0 else -1
            counted[1] += fen
        told.update("".join(printed).encode())
    return told.hexdigest(), [[number, *kinds[number]] for number in sorted(kinds)]


def canonical(value: dict[str, Any]) -> str:
    """Return the one spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def is_genuine(found: Statement) -> bool:
    """Say whether a statement is the one that was cut: body, hash, seal, and its lines as they are now."""
    digest = hashlib.sha256(found.body.encode()).hexdigest()
    return found.hash == digest and found.seal == keyed_hash(SEAL, digest) and f'"lines_sha256":"{lines_hash(found.id)}"' in found.body
