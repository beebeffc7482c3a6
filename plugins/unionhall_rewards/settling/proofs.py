"""The proof's questions (security.md 3.6), each one SQL statement that finds only what should not be there: constant memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, case, func, or_, select

from unionhall.plugin import clock, session, unscoped, verify_audit
from unionhall_rewards.coupons.models import Coupon, CouponState, Gift
from unionhall_rewards.draws.models import Entry, Forfeit, Prize, Result
from unionhall_rewards.fund import checks
from unionhall_rewards.fund.models import Fund, Kind, Movement
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.settling.models import Adjustment, State, Statement, StatementLine

SIGNED = case((Redemption.reverses_id.is_(None), Redemption.fen), else_=-Redemption.fen)
DONE = (State.PAID, State.CLOSED)


def _by_fund(wanted: Any) -> dict[int, int]:
    return {number: int(fen or 0) for number, fen in session().execute(unscoped(wanted, why="proof"))}


def _of_kinds(**signs: int) -> dict[int, int]:
    """Return {fund id: sum of movements}, each kind with its sign."""
    value = func.sum(case(*((Movement.kind == kind, sign * Movement.fen) for kind, sign in signs.items()), else_=0))
    return _by_fund(select(Movement.fund_id, value).where(Movement.kind.in_(list(signs))).group_by(Movement.fund_id))


def _differ(told: str, one: dict[int, int], other: dict[int, int]) -> list[str]:
    return [
        _("%(what)s：经费 %(id)s，一边是 %(one)s 分，另一边是 %(other)s 分",
          what=told, id=number, one=one.get(number, 0), other=other.get(number, 0))
        for number in sorted(set(one) | set(other))
        if one.get(number, 0) != other.get(number, 0)
    ][: checks.MOST]


def coupons(_now: datetime) -> list[str]:
    """I1: what was issued is live, redeemed, expired or voided, in coupons and in money."""
    states = {state: _by_fund(select(Coupon.fund_id, func.sum(Coupon.face_fen)).where(Coupon.state == state).group_by(Coupon.fund_id))
              for state in CouponState}  # fmt: skip
    issued = _by_fund(select(Coupon.fund_id, func.sum(Coupon.face_fen)).group_by(Coupon.fund_id))
    spent = _of_kinds(redeem=1, rest=1, reverse=-1, unrest=-1)
    return [
        *_differ(_("I1 发出的券和账上发出的钱"), issued, _of_kinds(issue=1, give=1)),
        *_differ(_("I1 过期的券和账上退回的钱"), states[CouponState.EXPIRED], _of_kinds(expire=1)),
        *_differ(_("I1 作废的券和账上退回的钱"), states[CouponState.VOIDED], _of_kinds(void=1)),
        *_differ(_("I1 用掉的券和账上核销的钱"), states[CouponState.REDEEMED], spent),
    ]


def budget(_now: datetime) -> list[str]:
    """I2: no draw gave more than was set aside for it, and no fund more than it was granted."""
    kept = func.sum(case((Movement.kind == Kind.RESERVE, Movement.fen), else_=-Movement.fen)).label("fen")
    of_prize = and_(Movement.ref_id == Prize.id, Movement.kind.in_([Kind.RESERVE, Kind.RELEASE]))
    reserved = select(Prize.draw_id, kept).join(Movement, of_prize).group_by(Prize.draw_id).subquery()
    issued = select(Entry.draw_id, func.sum(Movement.fen).label("fen")).join(Coupon, Coupon.entry_id == Entry.id).join(
        Movement, and_(Movement.ref_id == Coupon.id, Movement.kind == Kind.ISSUE)).group_by(Entry.draw_id).subquery()  # fmt: skip
    over = select(issued.c.draw_id, issued.c.fen, func.coalesce(reserved.c.fen, 0).label("reserved")).outerjoin(
        reserved, reserved.c.draw_id == issued.c.draw_id).where(issued.c.fen > func.coalesce(reserved.c.fen, 0))  # fmt: skip
    told = [_("I2 抽奖 %(id)s 发出 %(fen)s 分，只留了 %(reserved)s 分", id=row.draw_id, fen=row.fen, reserved=row.reserved)
            for row in checks.found(over)]  # fmt: skip
    beyond = select(Fund.id).where(or_(Fund.free_fen < 0, Fund.free_fen > Fund.granted_fen))
    return told + [_("I2 经费 %(id)s 占用的比拨入的还多", id=row.id) for row in checks.found(beyond)]


def redemptions(_now: datetime) -> list[str]:
    """I3: each redemption moved its money once, a whole coupon's worth with what came back; each reversal undid exactly that."""
    kind = case((Redemption.reverses_id.is_(None), Kind.REDEEM.value), else_=Kind.REVERSE.value)
    joined = and_(Movement.ref_id == Redemption.id, Movement.kind == kind)
    bare = select(Redemption.id).outerjoin(Movement, joined).where(
        or_(Movement.id.is_(None), Movement.fen != Redemption.fen, Movement.fund_id != Redemption.fund_id)
    )  # fmt: skip
    turned = and_(Redemption.id == Movement.ref_id, Redemption.reverses_id.is_(None) == (Movement.kind == Kind.REDEEM.value))
    alone = select(Movement.id).outerjoin(Redemption, turned).where(
        Movement.kind.in_([Kind.REDEEM, Kind.REVERSE]), Redemption.id.is_(None)
    )  # fmt: skip
    rest = select(Redemption.id).join(Coupon, Coupon.id == Redemption.coupon_id).outerjoin(
        Movement, and_(Movement.ref_id == Redemption.id, Movement.kind == Kind.REST)).where(
        Redemption.reverses_id.is_(None), Redemption.fen + func.coalesce(Movement.fen, 0) != Coupon.face_fen)  # fmt: skip
    back = Redemption.__table__.alias()
    undone = select(Redemption.id).join(back, back.c.id == Redemption.reverses_id).where(
        or_(Redemption.fen != back.c.fen, Redemption.coupon_id != back.c.coupon_id, Redemption.store_id != back.c.store_id)
    )  # fmt: skip
    return [
        *(_("I3 核销 %(id)s 在账上没有同样的一笔", id=row.id) for row in checks.found(bare)),
        *(_("I3 流水 %(id)s 记着核销，却没有核销记录", id=row.id) for row in checks.found(alone)),
        *(_("I3 核销 %(id)s 加上退回的余额不等于券面", id=row.id) for row in checks.found(rest)),
        *(_("I3 撤销 %(id)s 和它撤销的核销对不上", id=row.id) for row in checks.found(undone)),
    ]


def statements(now: datetime) -> list[str]:
    """I4: a statement is the sum of its lines, a line is its redemption, what was paid is what it says, and nothing is left behind."""
    summed = select(StatementLine.settlement_id, func.sum(StatementLine.fen).label("fen")).group_by(StatementLine.settlement_id).subquery()
    off = select(Statement.id).outerjoin(summed, summed.c.settlement_id == Statement.id).where(
        or_(Statement.total_fen != func.coalesce(summed.c.fen, 0), Statement.hash == "")
    )  # fmt: skip
    wrong = select(StatementLine.id).join(Statement, Statement.id == StatementLine.settlement_id).join(
        Redemption, Redemption.id == StatementLine.redemption_id).where(or_(
            StatementLine.fen != SIGNED, Redemption.store_id != Statement.store_id, Redemption.fund_id != Statement.fund_id,
            Redemption.day > Statement.until))  # fmt: skip
    paid = and_(Movement.ref_id == Statement.id, Movement.kind == Kind.SETTLE)
    unpaid = select(Statement.id).outerjoin(Movement, paid).where(Statement.total_fen > 0, or_(
        Statement.state.in_(DONE) != Movement.id.is_not(None), Movement.fen != Statement.total_fen))  # fmt: skip
    forgotten = select(Redemption.id).outerjoin(StatementLine, StatementLine.redemption_id == Redemption.id).where(
        Redemption.day < clock.local_day(now) - timedelta(days=400), StatementLine.id.is_(None))  # fmt: skip
    return [
        *(_("I4 结算单 %(id)s 的合计不等于各行相加", id=row.id) for row in checks.found(off)),
        *(_("I4 结算单的行 %(id)s 和核销记录对不上", id=row.id) for row in checks.found(wrong)),
        *(_("I4 结算单 %(id)s 的状态和付款流水对不上", id=row.id) for row in checks.found(unpaid)),
        *(_("I4 核销 %(id)s 一年多了还没有结算", id=row.id) for row in checks.found(forgotten)),
    ]


def owed(_now: datetime) -> list[str]:
    """W9: what stores are owed by the ledger is redemptions less reversals, and corrections, less what was paid."""
    should = _by_fund(select(Redemption.fund_id, func.sum(SIGNED)).group_by(Redemption.fund_id))
    in_line = select(StatementLine.adjustment_id).where(StatementLine.adjustment_id.is_not(None))
    counts = Adjustment.state == "approved", or_(Adjustment.fen > 0, Adjustment.id.in_(in_line))
    corrected = select(Adjustment.fund_id, func.sum(Adjustment.fen)).where(*counts).group_by(Adjustment.fund_id)
    paid = select(Statement.fund_id, func.sum(Statement.total_fen)).where(Statement.state.in_(DONE)).group_by(Statement.fund_id)
    for part, sign in ((corrected, 1), (paid, -1)):
        for number, fen in _by_fund(part).items():
            should[number] = should.get(number, 0) + sign * fen
    spent = _of_kinds(redeem=1, reverse=-1, settle=-1, add=1, deduct=-1)
    return _differ(_("I5 欠门店的钱和账上待结算"), should, spent)


def winners(_now: datetime) -> list[str]:
    """I6: no prize has more winners than there are of it; a prize that went on to the reserve counts once."""
    counted = select(Prize.id, Prize.quantity, func.count().label("won")).group_by(Prize.id, Prize.quantity)
    at_once, drawn = counted.join(Entry, Entry.prize_id == Prize.id), counted.join(Result, Result.prize_id == Prize.id)
    return [
        _("I6 奖项 %(id)s 只有 %(n)s 份，却有 %(won)s 人中奖", id=row.id, n=row.quantity, won=row.won)
        for wanted in (at_once, drawn) for row in checks.found(wanted.having(func.count() > Prize.quantity))
    ]  # fmt: skip


def causes(_now: datetime) -> list[str]:
    """I8: every coupon comes from an entry that won (or was next in the reserve), or from a gift that two approved."""
    next_one = select(Forfeit.to_slot).where(Forfeit.draw_id == Result.draw_id, Forfeit.to_slot == Result.slot).exists()
    won = select(Result.slot).where(Result.entry_id == Entry.id, or_(Result.prize_id.is_not(None), next_one)).exists()
    luckless = select(Coupon.id).join(Entry, Entry.id == Coupon.entry_id).where(Entry.prize_id.is_(None), ~won)
    unapproved = select(Coupon.id).join(Gift, Gift.id == Coupon.gift_id).where(
        or_(Gift.state != "done", Gift.first_by.is_(None), Gift.second_by.is_(None), Gift.first_by == Gift.second_by)
    )  # fmt: skip
    return [
        *(_("I8 券 %(id)s 说是中奖得来的，却没有中奖记录", id=row.id) for row in checks.found(luckless)),
        *(_("I8 券 %(id)s 是人工发的，却没有两个人批准", id=row.id) for row in checks.found(unapproved)),
    ]


def trail(_now: datetime) -> list[str]:
    """I10: the audit chain verifies from its first line to its head."""
    verdict = verify_audit()
    return [] if verdict.bad is None else [_("I10 操作记录从第 %(n)s 条起断了：有人绕过系统改过、删过或插过记录", n=verdict.bad)]


checks.CHECKS += [coupons, budget, redemptions, statements, owed, winners, causes, trail]
