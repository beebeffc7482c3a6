"""Many movements of one kind at once: the same rules as `ledger.move`, in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, case, func, insert, literal, select, update

from unionhall.plugin import RuleBroken, UTCDateTime, clock, session, update_count
from unionhall_rewards.fund.models import PATHS, Account, Fund, Kind, Movement

Line = tuple[int, int, int]
"""(fund id, fen, id of the cause)"""
AFTER = {"synchronize_session": False}
_TABLE: Any = Movement.__table__
_ADD = insert(_TABLE)
COMMITS = (Kind.RESERVE, Kind.GIVE)
"""What binds free money to coupons: of a fund that is open, up to its freeze line and no further."""


def move_all(kind: Kind, lines: Sequence[Line], *, now: datetime, actor_id: int | None = None) -> None:
    """Move an amount for each of many causes. Raises RuleBroken ("fund-empty"); a cause that moved money already is an IntegrityError."""
    if not lines:
        return
    _gain(kind, [(fund_id, fen) for fund_id, fen, _ref in lines])
    source, target = PATHS[kind]
    same: dict[str, object] = {"kind": kind.value, "source": source.value, "target": target.value, "day": clock.local_day(now), "at": now}
    same["actor_id"] = actor_id
    session().execute(_ADD, [{"fund_id": fund, "fen": fen, "ref_id": ref, **same} for fund, fen, ref in lines])


def move_selected(kind: Kind, causes: Select[int, int, int], sums: Iterable[tuple[int, int]], *, now: datetime) -> int:
    """Move what a SELECT of (fund id, fen, id of the cause) gives; `sums` are (fund id, fen) of the same rows. Returns how many."""
    _gain(kind, sums)
    source, target = PATHS[kind]
    given: list[ColumnElement[object]] = [
        literal(kind.value), literal(source.value), literal(target.value), literal(clock.local_day(now)), literal(now, UTCDateTime()),
    ]  # fmt: skip
    rows = causes.add_columns(*given)
    return update_count(insert(Movement).from_select(["fund_id", "fen", "ref_id", "kind", "source", "target", "day", "at"], rows))


def _gain(kind: Kind, sums: Iterable[tuple[int, int]]) -> None:
    """Add to or take from what is free of each fund, in the order of their ids, so that two never wait for each other."""
    source, target = PATHS[kind]
    if Account.FREE not in (source, target):
        return
    totals: dict[int, int] = {}
    for fund_id, fen in sums:
        totals[fund_id] = totals.get(fund_id, 0) + (fen if target == Account.FREE else -fen)
    for fund_id, gain in sorted(totals.items()):
        enough = update(Fund).where(Fund.id == fund_id, Fund.free_fen + gain >= 0)
        if kind in COMMITS:
            bound = (Fund.granted_fen - Fund.free_fen - gain) * 100 <= Fund.granted_fen * Fund.freeze_percent
            enough = enough.where(Fund.closed_at.is_(None), bound)
        if not update_count(enough.values(free_fen=Fund.free_fen + gain).execution_options(**AFTER)):
            raise RuleBroken(_("经费不够了，或者到了冻结线、已经关闭。请先申请拨入，减少数量，或者换一笔经费。"), code="fund-empty")


def live_balances() -> dict[int, int]:
    """Return {fund id: fen that the ledger says live coupons are worth}."""
    signed = case((Movement.target == Account.LIVE.value, Movement.fen), else_=-Movement.fen)
    moved = (Movement.target == Account.LIVE.value) | (Movement.source == Account.LIVE.value)
    held = select(Movement.fund_id, func.sum(signed)).where(moved)
    return {fund_id: int(fen) for fund_id, fen in session().execute(held.group_by(Movement.fund_id))}
