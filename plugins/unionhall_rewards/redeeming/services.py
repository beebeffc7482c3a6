"""Redeeming a coupon, and taking a redemption back: one transaction each, once for each Idempotency-Key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, update
from sqlalchemy.exc import IntegrityError, OperationalError

from unionhall.plugin import (
    Conflict,
    Event,
    RuleBroken,
    clock,
    member_names,
    notify,
    publish,
    record_audit,
    session,
    tidy,
    update_count,
)
from unionhall_rewards.coupons.models import Coupon, CouponState
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind
from unionhall_rewards.redeeming import judging, looking, notes, queries
from unionhall_rewards.redeeming.judging import Refused
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.redeeming.once import Done, answered, body_hash, next_receipt
from unionhall_rewards.redeeming.queries import Seen
from unionhall_stations.api import TillTurn, clerks_by_ids

LOCK_TIMED_OUT = "55P03"
LONGEST_REASON = 200


def redeem(ticket: str, bill_fen: int, key: str, *, turn: TillTurn, now: datetime) -> Done:
    """Redeem the coupon of a ticket against a bill (fen). Raises KeyMissing, Refused, RuleBroken at "bill", Conflict, TooMany."""
    coupon_id = looking.read_ticket(ticket, turn, age=looking.FOR_EVER)
    body = body_hash(["redeem", coupon_id or ticket, bill_fen])
    if done := answered(key, body, turn):
        return done
    looking.check_open(turn, now)
    if coupon_id is None or looking.read_ticket(ticket, turn) is None:
        raise Refused(_("这一页开了太久，或者已经换人。请再扫一次会员的码。"), code="ticket")
    try:
        coupon, fen = _take(coupon_id, bill_fen, turn, now)
    except Refused:
        if done := answered(key, body, turn):  # the same click was a moment earlier
            return done
        raise
    found = _write(
        turn, now, coupon_id=coupon.id, fund_id=coupon.fund_id, kind_id=coupon.kind_id, bill_fen=bill_fen, fen=fen, key=key,
        body_hash=body,
    )  # fmt: skip
    ledger.move(Kind.REDEEM, coupon.fund_id, fen, found.id, now=now)
    if coupon.face_fen > fen:
        ledger.move(Kind.REST, coupon.fund_id, coupon.face_fen - fen, found.id, now=now)
    _tell("redeemed", found, coupon, turn, now)
    return Done(found.receipt)


def reverse(receipt: str, reason: str, key: str, *, turn: TillTurn, now: datetime) -> Done:
    """Take a redemption back on the day it was made; another person of the store does it, and says why. The coupon is good again as long as
    it was. Raises NotFound, Refused, RuleBroken at "reason", Conflict, TooMany.

    Settling takes whole months that are over, and this only takes the present day: nothing can be both reversed and settled.
    """
    why = tidy(reason)[:LONGEST_REASON]
    body = body_hash(["reverse", receipt, why])
    if done := answered(key, body, turn):
        return done
    looking.check_open(turn, now)
    if not why:
        raise RuleBroken(_("请写明撤销的原因，工会对账时会看。"), code="reason", field="reason")
    found = queries.by_receipt(receipt, turn.store_id)
    try:
        coupon = _undo(found, turn, now)
    except (Conflict, Refused):
        if done := answered(key, body, turn):
            return done
        raise
    made = _write(
        turn, now, coupon_id=found.coupon_id, fund_id=found.fund_id, kind_id=found.kind_id, bill_fen=found.bill_fen, fen=found.fen, key=key,
        body_hash=body, reverses_id=found.id, live=False, reason=why,
    )  # fmt: skip
    ledger.move(Kind.REVERSE, found.fund_id, found.fen, made.id, now=now)
    if coupon.face_fen > found.fen:
        _unrest(found.fund_id, coupon.face_fen - found.fen, made.id, now)
    _tell("reversed", made, coupon, turn, now, reverses=found.id)
    return Done(made.receipt)


def _undo(found: Redemption, turn: TillTurn, now: datetime) -> Seen:
    """Take a redemption back: one of many tries does. Returns the coupon."""
    _judge_reversal(found, turn, now)
    coupon = queries.seen(found.coupon_id, turn.store_id)
    stands = update(Redemption).where(Redemption.id == found.id, Redemption.live).values(live=False)
    back = update(Coupon).where(Coupon.id == found.coupon_id, Coupon.state == CouponState.REDEEMED).values(
        state=CouponState.ISSUED.value, closed_at=None, held_until=None, held_turn_id=None
    )  # fmt: skip
    if coupon is None or not _counted(stands) or not _counted(back):
        raise _reversed_already(found)
    return coupon


def _judge_reversal(found: Redemption, turn: TillTurn, now: datetime) -> None:
    if found.reverses_id is not None:
        raise Refused(_("这张单子本身就是一次撤销，不能再撤销。"), code="is-reversal")
    if not found.live:
        raise _reversed_already(found)
    if found.day != clock.local_day(now):
        raise Refused(_("只能在核销当天撤销，这笔是 %(day)s 的。请联系工会处理。", day=found.day.isoformat()), code="too-late")
    if found.clerk_id == turn.clerk_id:
        raise Refused(_("这笔是你自己核销的，要由本店另一位店员或店长来撤销。请先换人再办。"), code="same-person")


def _reversed_already(found: Redemption) -> Conflict:
    back = queries.counterpart(found)
    if back is None:
        return Conflict(_("刚刚有人撤销了这笔。"), code="reversed")
    clerk = clerks_by_ids([back.clerk_id])[back.clerk_id].name
    return Conflict(_("这笔已经在 %(at)s 由 %(clerk)s 撤销，单号 %(receipt)s。", at=judging.until_words(back.at), clerk=clerk,
                      receipt=back.receipt), code="reversed")  # fmt: skip


def _unrest(fund_id: int, fen: int, ref_id: int, now: datetime) -> None:
    try:
        ledger.move(Kind.UNREST, fund_id, fen, ref_id, now=now)
    except RuleBroken as error:
        told = _("撤销不了：没用完的 %(yuan)s 已经回到经费、用到了别处，现在不够退回来。请联系工会。", yuan=judging.yuan(fen))
        raise Refused(told, code="fund-empty") from error


def _take(coupon_id: int, bill_fen: int, turn: TillTurn, now: datetime) -> tuple[Seen, int]:
    """Make a coupon redeemed: one of many tries does. Returns it, and what it takes off (fen).

    What was held before it expired is good until the hold ends.
    """
    coupon = queries.seen(coupon_id, turn.store_id)
    if coupon is None:
        raise Refused(_("没有这张券。请再扫一次会员的码。"), code="ticket")
    if coupon.state != CouponState.ISSUED or not coupon.allowed:
        raise looking.why_not(coupon, turn, now)
    fen = judging.deduction(coupon.form, coupon.face_fen, coupon.percent, coupon.min_spend_fen, bill_fen)
    held = and_(Coupon.held_turn_id == turn.turn_id, Coupon.held_until > now)
    valid = or_(held, and_(Coupon.valid_from <= now, Coupon.valid_to >= now))
    one = update(Coupon).where(
        Coupon.id == coupon.id, Coupon.state == CouponState.ISSUED, valid, looking.free_for(turn, now), looking.good_at(turn)
    )  # fmt: skip
    if not _counted(one.values(state=CouponState.REDEEMED.value, closed_at=now, held_until=None, held_turn_id=None)):
        raise looking.why_not(queries.seen(coupon.id, turn.store_id) or coupon, turn, now)
    return coupon, fen


def _counted(statement: Any) -> int:
    try:
        return update_count(statement.execution_options(synchronize_session=False))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != LOCK_TIMED_OUT:
            raise
        session().rollback()
        raise _running() from error


def _running() -> Conflict:
    return Conflict(_("同一张券正在办理，还没有结果。请等几秒再看“今天”里有没有这一笔。"), code="running")


def _write(turn: TillTurn, now: datetime, **columns: Any) -> Redemption:
    day = clock.local_day(now)
    row = {
        "store_id": turn.store_id, "station_id": turn.station_id, "till_id": turn.till_id, "clerk_id": turn.clerk_id, "day": day, "at": now,
        "receipt": next_receipt(day), **columns,
    }  # fmt: skip
    found = Redemption(**row)
    session().add(found)
    try:
        session().flush()
    except IntegrityError as error:  # another coupon with the same key, at the same moment
        session().rollback()
        raise _running() from error
    return found


def _tell(act: str, found: Redemption, coupon: Seen, turn: TillTurn, now: datetime, **more: Any) -> None:
    record_audit(
        f"rewards.{act}", f"redemption:{found.id}", actor=looking.actor_of(turn), now=now, org_id=coupon.org_id, coupon=coupon.id,
        fen=found.fen, clerk=turn.clerk_id, till=turn.till_id, **more,
    )  # fmt: skip
    publish(Event(f"rewards.{act}", found.id, coupon.org_id, {"coupon": coupon.id, "fen": found.fen}), now=now)
    account = member_names([coupon.member_id]).get(coupon.member_id, ("", None))[1] if coupon.member_id else None
    if account:
        values = {"coupon": coupon.name, "fen": judging.yuan(found.fen), "place": turn.station_name, "time": judging.until_words(now)}
        notify(notes.KIND_OF[act], [account], values, key=f"redemption-{found.id}", now=now, url=f"/rewards/coupons/{coupon.id}/")
