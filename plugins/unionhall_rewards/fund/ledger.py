"""The ledger: the one place where money moves. The caller is in a unit of work; a cause moves money once (I3, I5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Update, insert, select, update

from unionhall.plugin import RuleBroken, clock, session, unscoped, update_count
from unionhall_rewards.fund.labels import yuan
from unionhall_rewards.fund.models import PATHS, Account, Fund, Kind, Movement

AFTER = {"synchronize_session": False}
_TABLE: Any = Movement.__table__
_ADD = insert(_TABLE)
COMMITS = (Kind.RESERVE, Kind.GIVE)
"""What binds free money to coupons: up to the freeze line and no further."""
OPEN_ONLY = (*COMMITS, Kind.GRANT)
"""What a closed fund no longer takes."""


def move(kind: Kind, fund_id: int, fen: int, ref_id: int, *, now: datetime, actor_id: int | None = None) -> None:
    """Move an amount (fen) for a cause; what is free never falls below zero, nor below the freeze line for new coupons.

    Raises RuleBroken ("fund-empty", "fund-frozen", "fund-closed"); a cause that moved money already is an IntegrityError.
    """
    source, target = PATHS[kind]
    if Account.FREE in (source, target) and not update_count(_weighed(kind, fund_id, fen).execution_options(**AFTER)):
        raise _refusal(kind, fund_id, fen)
    line = {
        "fund_id": fund_id, "kind": kind.value, "source": source.value, "target": target.value, "fen": fen, "ref_id": ref_id,
        "day": clock.local_day(now), "at": now, "actor_id": actor_id,
    }  # fmt: skip
    session().execute(_ADD, line)


def _weighed(kind: Kind, fund_id: int, fen: int) -> Update:
    """Return the one statement that decides and counts: it changes no row when the money is not there."""
    gain = fen if PATHS[kind][1] == Account.FREE else -fen
    values: dict[str, Any] = {"free_fen": Fund.free_fen + gain}
    wanted = update(Fund).where(Fund.id == fund_id, Fund.free_fen + gain >= 0)
    if kind in OPEN_ONLY:
        wanted = wanted.where(Fund.closed_at.is_(None))
    if kind in COMMITS:
        wanted = wanted.where((Fund.granted_fen - Fund.free_fen + fen) * 100 <= Fund.granted_fen * Fund.freeze_percent)
    if kind in (Kind.GRANT, Kind.WITHDRAW):
        values["granted_fen"] = Fund.granted_fen + gain
    return wanted.values(values)


def _refusal(kind: Kind, fund_id: int, fen: int) -> RuleBroken:
    """Say what is in the way, with the numbers seen."""
    wanted = select(Fund.name, Fund.free_fen, Fund.granted_fen, Fund.freeze_percent, Fund.closed_at).where(Fund.id == fund_id)
    row = session().execute(unscoped(wanted, why="given")).one_or_none()
    if row is None:
        return RuleBroken(_("找不到这笔经费。"), code="fund-missing")
    if row.closed_at and kind in OPEN_ONLY:
        return RuleBroken(_("“%(name)s”已经关闭，不能再用。请换一笔经费。", name=row.name), code="fund-closed")
    if row.free_fen >= fen:
        line = row.granted_fen * row.freeze_percent // 100
        return RuleBroken(
            _("“%(name)s”到冻结线了：最多占用 %(line)s，已经占用 %(used)s，这次还要 %(fen)s。请先申请拨入，或者减少数量。",
              name=row.name, line=yuan(line), used=yuan(row.granted_fen - row.free_fen), fen=yuan(fen)),
            code="fund-frozen",
        )  # fmt: skip
    return RuleBroken(
        _("“%(name)s”的钱不够了：可用 %(free)s，这次要 %(fen)s。请先申请拨入，或者减少数量。",
          name=row.name, free=yuan(row.free_fen), fen=yuan(fen)),
        code="fund-empty",
    )  # fmt: skip


def name_of(fund_id: int) -> str:
    """Return a fund's name."""
    return session().scalar(unscoped(select(Fund.name).where(Fund.id == fund_id), why="given")) or ""
