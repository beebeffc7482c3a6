"""I3: each redemption has one coupon and moved its money once; coupon, redemption and ledger say the same. Checked hourly and by tests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from unionhall.plugin import session, unscoped
from unionhall_rewards.coupons.models import Coupon, CouponState
from unionhall_rewards.fund import checks
from unionhall_rewards.fund.models import Kind, Movement
from unionhall_rewards.redeeming.models import Redemption

SHOWN = 5


def findings(_now: datetime) -> list[str]:
    """Return what is wrong, a line each with the first ids; an empty list when all is well."""
    found = [_line(name, wanted) for name, wanted in _checks().items()]
    return [line for line in found if line]


def _line(name: str, wanted: Select[int]) -> str:
    number = session().scalar(unscoped(select(func.count()).select_from(wanted.subquery()), why="checked")) or 0
    if not number:
        return ""
    ids = session().scalars(unscoped(wanted.limit(SHOWN), why="checked"))
    return f"I3 {name}: {number} ({', '.join(str(value) for value in ids)})"


def _checks() -> dict[str, Select[int]]:
    back = aliased(Redemption)
    first, reversal = Redemption.reverses_id.is_(None), Redemption.reverses_id.is_not(None)
    stands = exists().where(Redemption.coupon_id == Coupon.id, Redemption.live)
    rest = Coupon.face_fen - Redemption.fen
    with_coupon = select(Redemption.id).join(Coupon, Coupon.id == Redemption.coupon_id)
    reversed_ = exists().where(back.reverses_id == Redemption.id)
    columns = ("coupon_id", "fund_id", "fen", "day")
    same = and_(*(getattr(back, name) == getattr(Redemption, name) for name in columns))
    return {
        "coupon redeemed without a redemption": select(Coupon.id).where(Coupon.state == CouponState.REDEEMED, ~stands),
        "redemption of a coupon that is not redeemed": select(Coupon.id).where(Coupon.state != CouponState.REDEEMED, stands),
        "redemption not live without a reversal, or live with one": select(Redemption.id).where(
            first, or_(and_(Redemption.live, reversed_), and_(~Redemption.live, ~reversed_))
        ),
        "reversal unlike what it reverses": select(Redemption.id).where(
            first, reversed_, ~exists().where(back.reverses_id == Redemption.id, same)
        ),
        "redemption that took more than the face": with_coupon.where(rest < 0),
        "redemption without its movement": select(Redemption.id).where(first, ~_moved(Kind.REDEEM, Redemption.fen)),
        "redemption whose rest did not return": with_coupon.where(first, rest > 0, ~_moved(Kind.REST, rest)),
        "reversal without its movement": select(Redemption.id).where(reversal, ~_moved(Kind.REVERSE, Redemption.fen)),
        "reversal whose rest was not taken again": with_coupon.where(reversal, rest > 0, ~_moved(Kind.UNREST, rest)),
        "movement without a redemption": select(Movement.id).where(
            Movement.kind.in_((Kind.REDEEM, Kind.REST, Kind.REVERSE, Kind.UNREST)), ~exists().where(Redemption.id == Movement.ref_id)
        ),
    }  # fmt: skip


def _moved(kind: Kind, fen: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return exists().where(
        Movement.kind == kind.value, Movement.ref_id == Redemption.id, Movement.fund_id == Redemption.fund_id, Movement.fen == fen
    )  # fmt: skip


checks.CHECKS.append(findings)
