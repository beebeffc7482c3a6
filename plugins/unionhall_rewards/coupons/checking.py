"""Do the coupons agree with the ledger? What must hold at every moment (security.md 3.6: I1, I8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Integer, column, exists, func, select, table
from sqlalchemy.orm import InstrumentedAttribute, aliased

from unionhall.plugin import session, unscoped
from unionhall_rewards.coupons import labels
from unionhall_rewards.coupons.models import Coupon, CouponState, Gift
from unionhall_rewards.fund import bulk, checks
from unionhall_rewards.fund.labels import yuan
from unionhall_rewards.fund.models import Fund, Kind, Movement

_ENTRY = table("rewards_entry", column("id", Integer), column("prize_id", Integer))
_RESULT = table("rewards_result", column("entry_id", Integer), column("prize_id", Integer))
MOST = 20


def findings(now: datetime) -> list[str]:
    """Return a sentence for everything that does not agree; an empty list is what it should be. Asks a few statements."""
    return [*_balances(), *_causes(), *_moved(), *_late(now)]


def _balances() -> list[str]:
    """I1: what live coupons are worth is what the ledger keeps for them, fund by fund."""
    held = select(Coupon.fund_id, func.sum(Coupon.face_fen)).where(Coupon.state == CouponState.ISSUED.value).group_by(Coupon.fund_id)
    live = {fund_id: int(fen) for fund_id, fen in session().execute(held)}
    books = bulk.live_balances()
    names = {row.id: row.name for row in session().execute(unscoped(select(Fund.id, Fund.name), why="checked"))}
    return [
        _("%(fund)s：没用的券共 %(held)s，账上是 %(books)s。", fund=names.get(fund_id, fund_id), held=yuan(live.get(fund_id, 0)),
          books=yuan(books.get(fund_id, 0)))
        for fund_id in sorted(live.keys() | books.keys()) if live.get(fund_id, 0) != books.get(fund_id, 0)
    ]  # fmt: skip


def _causes() -> list[str]:
    """I8: every coupon points to a prize that was won, or to a gift that two people approved."""
    won = exists().where(_ENTRY.c.id == Coupon.entry_id, _ENTRY.c.prize_id.is_not(None))
    drawn = exists().where(_RESULT.c.entry_id == Coupon.entry_id, _RESULT.c.prize_id.is_not(None))
    given = exists().where(
        Gift.id == Coupon.gift_id, Gift.state == "done", Gift.first_by.is_not(None), Gift.second_by.is_not(None)
    )  # fmt: skip
    wanted = select(Coupon.id).where(~won, ~drawn, ~given).order_by(Coupon.id).limit(MOST)
    rows = session().scalars(unscoped(wanted, why="checked"))
    return [_("%(number)s 没有中奖记录，也没有两个人批准的发放。", number=labels.number(row)) for row in rows]


def _moved() -> list[str]:
    """Each coupon was paid for once with its face, and its money returned exactly when it expired or was voided."""
    found = []
    given = _movement((Kind.ISSUE, Kind.GIVE), Coupon.face_fen)
    for row in session().scalars(select(Coupon.id).where(~given).order_by(Coupon.id).limit(MOST)):
        found.append(_("%(number)s 在账上没有发放，或者金额不对。", number=labels.number(row)))
    for state, kind in ((CouponState.EXPIRED, Kind.EXPIRE), (CouponState.VOIDED, Kind.VOID)):
        back = _movement((kind,), Coupon.face_fen)
        wrong = select(Coupon.id).where((Coupon.state == state.value) != back).order_by(Coupon.id).limit(MOST)
        for row in session().scalars(wrong):
            found.append(_("%(number)s 的状态和账上退回的钱对不上。", number=labels.number(row)))
    return found


def _late(now: datetime) -> list[str]:
    """Coupons that ran out more than a day ago and were not settled: the job does not run."""
    late = (Coupon.state == CouponState.ISSUED.value, Coupon.valid_to < now - timedelta(days=1))
    number = session().scalar(select(func.count()).select_from(Coupon).where(*late)) or 0
    return [_("%(n)s 张券过期一天以上还没有退钱，过期处理没有在跑。", n=number)] if number else []


def _movement(kinds: Iterable[Kind], fen: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    line = aliased(Movement)
    return exists().where(line.kind.in_([kind.value for kind in kinds]), line.ref_id == Coupon.id, line.fen == fen)


checks.CHECKS.append(findings)
