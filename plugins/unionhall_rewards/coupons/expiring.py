"""The end of coupons: money returns when they run out, members are reminded before, and a grace extends them in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, or_, select, update

from unionhall.plugin import (
    Actor,
    RuleBroken,
    clock,
    member_names,
    plugin_settings,
    record_audit,
    require,
    session,
    tidy,
    unit_of_work,
    unscoped,
    update_count,
)
from unionhall_rewards import rights
from unionhall_rewards.coupons import notes
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState, Extension
from unionhall_rewards.fund import bulk
from unionhall_rewards.fund.models import Kind, Movement

BATCH, MOST_DAYS = 1000, 90
REMINDERS = (3, 1)
FIRST_HOUR, LAST_HOUR = 9, 20
AFTER = {"synchronize_session": False}


def tend(now: datetime) -> None:
    """Expire what ran out, a batch at a time, then remind; may be called again at any moment."""
    while True:
        with unit_of_work():
            if not expire(now):
                break
    if FIRST_HOUR <= clock.local(now).hour < LAST_HOUR:
        for days in sorted(reminder_days()):
            while True:
                with unit_of_work():
                    if not remind(days, now):
                        break


def expire(now: datetime, *, limit: int = BATCH) -> int:
    """Expire up to `limit` coupons that ran out, and return their money to their funds: for each coupon once, whatever happens.

    One that a till holds at this moment waits until it is let go. Returns how many.
    """
    over = (
        Coupon.state == CouponState.ISSUED.value, Coupon.valid_to < now, or_(Coupon.held_until.is_(None), Coupon.held_until <= now)
    )  # fmt: skip
    due = list(session().scalars(select(Coupon.id).where(*over).order_by(Coupon.valid_to, Coupon.id).limit(limit)))
    if not due:
        return 0
    values = {"state": CouponState.EXPIRED.value, "closed_at": now, "held_until": None, "held_turn_id": None}
    done = list(session().scalars(
        update(Coupon).where(Coupon.id.in_(due), *over).values(**values).returning(Coupon.id).execution_options(**AFTER)
    ))  # fmt: skip
    if not done:
        return 0
    paid = select(Movement.id).where(Movement.kind == Kind.EXPIRE.value, Movement.ref_id == Coupon.id)
    mine = (Coupon.id.in_(done), ~paid.exists())
    sums = session().execute(select(Coupon.fund_id, func.sum(Coupon.face_fen)).where(*mine).group_by(Coupon.fund_id)).all()
    causes = select(Coupon.fund_id, Coupon.face_fen, Coupon.id).where(*mine)
    bulk.move_selected(Kind.EXPIRE, causes, [(fund_id, int(fen)) for fund_id, fen in sums], now=now)
    return len(done)


def reminder_days() -> tuple[int, ...]:
    """Return how many days before the end members are reminded: the site's choice ("3,1"; "" for never), or 3 and 1."""
    chosen = plugin_settings("rewards").get("reminder_days")
    if chosen is None:
        return REMINDERS
    parts = (part.strip() for part in str(chosen).replace("，", ",").replace("、", ",").split(","))
    return tuple(sorted({int(part) for part in parts if part.isdecimal() and 0 < int(part) < 100}, reverse=True))


def remind(days: int, now: datetime, *, limit: int = BATCH) -> int:
    """Remind the members of up to `limit` coupons that end within so many days; each coupon once for each number of days.

    A coupon that was got today is not spoken of yet. Returns how many coupons were noted.
    """
    today = clock.local_day(now)
    end = clock.first_moment(today + timedelta(days=days + 1))
    wanted = select(Coupon).where(
        Coupon.state == CouponState.ISSUED.value, Coupon.valid_to >= now, Coupon.valid_to < end, Coupon.member_id.is_not(None),
        or_(Coupon.reminded == 0, Coupon.reminded > days), Coupon.issued_at < clock.first_moment(today),
    )  # fmt: skip
    rows = list(session().scalars(wanted.order_by(Coupon.valid_to, Coupon.id).limit(limit)).unique())
    session().execute(update(Coupon).where(Coupon.id.in_([row.id for row in rows])).values(reminded=days).execution_options(**AFTER))
    for (kind, until), found in _grouped(rows).items():
        left = (clock.local_day(until) - today).days
        values = {"name": kind.name, "until": str(clock.local_day(until)), "days": str(left)}
        _tell("ends", found, values, key=f"coupon-ends-{kind.id}-{clock.local_day(until)}-{days}", kind=kind, now=now)
    return len(rows)


def extend(kinds: Sequence[CouponKind], days: int, reason: str, *, key: str = "", actor: Actor, now: datetime) -> Extension:
    """Make live coupons of some kinds good for so many days longer, and tell their members; the same form sent twice does it once.

    Raises NotAllowed, RuleBroken.
    """
    if not kinds:
        raise RuleBroken(_("请选要延期的券种。"), field="kind_ids", code="kinds")
    for kind in kinds:
        require(actor, rights.APPROVE, kind.org)
    said = tidy(reason)
    if not 1 <= days <= MOST_DAYS:
        raise RuleBroken(_("延长 1 到 %(n)s 天。", n=MOST_DAYS), field="days", code="days")
    if not said:
        raise RuleBroken(_("请写延期的原因，会员会看到。"), field="reason", code="reason")
    ids = sorted(kind.id for kind in kinds)
    # Who extends or changes these kinds at the same moment waits: a coupon is never left out between two extensions.
    locked = select(CouponKind.id).where(CouponKind.id.in_(ids)).order_by(CouponKind.id).with_for_update()
    session().execute(unscoped(locked, why="judged above"))
    if key and (known := session().scalar(unscoped(select(Extension).where(Extension.key == key), why="sent twice"))):
        return known
    made = Extension(
        org_id=min(kinds, key=lambda kind: len(kind.org.path)).org_id,
        kind_ids=ids, days=days, reason=said[:300], made_by=actor.account_id or 0,
        made_at=now, key=key or None,
    )  # fmt: skip
    session().add(made)
    session().flush()
    for kind in kinds:
        made.number += _extended(kind, made, now)
    session().flush()
    noted = {"org_id": made.org_id, "days": days, "coupons": made.number}
    record_audit("rewards.coupons_extended", f"coupon_extension:{made.id}", actor=actor, now=now, **noted)
    return made


def _extended(kind: CouponKind, made: Extension, now: datetime) -> int:
    """Move the ends of a kind's live coupons, the latest first: none is moved onto an end that is still to be moved."""
    live = (Coupon.kind_id == kind.id, Coupon.state == CouponState.ISSUED.value, Coupon.valid_to >= now)
    number = 0
    for end in session().scalars(select(Coupon.valid_to).where(*live).distinct().order_by(Coupon.valid_to.desc())).all():
        until = end + timedelta(days=made.days)
        holders = select(Coupon.member_id).where(*live, Coupon.valid_to == end, Coupon.member_id.is_not(None))
        people = session().scalars(holders.distinct()).all()
        moved = update(Coupon).where(*live, Coupon.valid_to == end).values(valid_to=until, reminded=0)
        number += update_count(moved.execution_options(**AFTER))
        values = {"name": kind.name, "until": str(clock.local_day(until)), "days": str(made.days), "text": made.reason}
        accounts = [account for _name, account in member_names(member for member in people if member).values()]
        notes.tell("extended", accounts, values, key=f"extension-{made.id}-{kind.id}-{end.date()}", now=now, org_id=kind.org_id)
    session().expire_all()
    return number


def _grouped(rows: Iterable[Coupon]) -> dict[tuple[CouponKind, datetime], list[int]]:
    found: dict[tuple[CouponKind, datetime], list[int]] = {}
    for row in rows:
        found.setdefault((row.kind, row.valid_to), []).append(row.member_id or 0)
    return found


def _tell(what: str, member_ids: list[int], values: dict[str, str], *, key: str, kind: CouponKind, now: datetime) -> None:
    accounts = [account for _name, account in member_names(member_ids).values()]
    notes.tell(what, accounts, values, key=key, now=now, org_id=kind.org_id)
