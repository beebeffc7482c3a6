"""Looking at a coupon at a till: reading the code, holding the coupon for some minutes, saying why not; counting wrong codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, or_, select, update

from unionhall.plugin import (
    Actor,
    ThrottleLimit,
    TooMany,
    clock,
    masked_name,
    member_names,
    plugin_settings,
    record_audit,
    sign,
    throttle,
    unsign,
    update_count,
)
from unionhall_rewards.coupons import holding, presenting
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState
from unionhall_rewards.redeeming import queries
from unionhall_rewards.redeeming.judging import Refused, until_words
from unionhall_rewards.redeeming.queries import Seen
from unionhall_stations.api import TillTurn, clerks_by_ids, lock_till, station_names, stores_by_ids

HOLD_MINUTES, TICKET_SECONDS = 3, 900
WRONG = ThrottleLimit(9, timedelta(minutes=10))
"""The tenth wrong code within ten minutes locks the till."""
LOCKED = timedelta(minutes=15)
PURPOSE = "rewards.ticket"
FOR_EVER = 10**9
AFTER = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Found:
    """A coupon that this till holds now: who holds it (masked), the ticket that step two needs, and until when it is held."""

    coupon: Seen
    holder: str
    ticket: str
    held_until: datetime


@dataclass(frozen=True, slots=True)
class Wrong:
    """A code that is no coupon's; `locked_until` when it was one too many."""

    locked_until: datetime | None = None


def actor_of(turn: TillTurn) -> Actor:
    """Return who acts at a till: a clerk has a name and no account; the audit trail notes the clerk's id beside it."""
    return Actor(name=turn.clerk_name)


def hold_minutes() -> int:
    """Return for how long a till keeps a coupon that it looked at, in minutes: the site's choice."""
    return int(plugin_settings("rewards").get("hold_minutes", HOLD_MINUTES))


def reversal_rule() -> str:
    """Return what the site has to say of taking a redemption back, beside what always holds; "" for nothing."""
    return str(plugin_settings("rewards").get("reversal_rule", ""))


def check_open(turn: TillTurn, now: datetime) -> None:
    """Raise TooMany while the till is locked, Refused when its store's agreement does not cover this day."""
    if turn.locked_until and turn.locked_until > now:
        seconds = int((turn.locked_until - now).total_seconds()) + 1
        raise TooMany(locked_words(turn.locked_until), retry_after=seconds)
    store, today = stores_by_ids([turn.store_id]).get(turn.store_id), clock.local_day(now)
    if store is None or today < store.starts_on or (store.ends_on is not None and today > store.ends_on):
        raise Refused(_("%(store)s和工会的协议今天不在有效期内，不能核销。请联系工会。", store=turn.store_name), code="store-ended")


def locked_words(until: datetime) -> str:
    """Return the sentence of a till that is locked."""
    return _("这台收银台输错券码太多次，锁到 %(time)s。到时会自己解开；急用请联系工会。", time=clock.local(until).strftime("%H:%M"))


def look(text: str, *, turn: TillTurn, now: datetime) -> Found | Wrong:
    """Read a code and hold its coupon for this turn. A wrong code is counted: keep the unit of work. Raises Refused, saying why."""
    check_open(turn, now)
    coupon_id = presenting.read(text, now)
    coupon = queries.seen(coupon_id, turn.store_id) if coupon_id is not None else None
    if coupon is None:
        return _wrong(turn, now)
    if not coupon.allowed:
        raise _other_stores(coupon)
    if not holding.may_use(coupon.member_id):
        raise Refused(_("这位会员已经退会，按规定券不能再用了。请会员联系工会。"), code="member-left")
    held_until = _hold(coupon, turn, now)
    ticket = sign(PURPOSE, [coupon.id, turn.turn_id])
    return Found(coupon, holder_of(coupon.member_id), ticket, held_until)


def again(ticket: str, *, turn: TillTurn, now: datetime) -> Found | None:
    """Return what a ticket of this turn shows, to be shown once more beside an error; None when it holds no more."""
    coupon_id = read_ticket(ticket, turn)
    coupon = queries.seen(coupon_id, turn.store_id) if coupon_id else None
    return Found(coupon, holder_of(coupon.member_id), ticket, coupon.held_until or now) if coupon else None


def read_ticket(ticket: str, turn: TillTurn, *, age: int = TICKET_SECONDS) -> int | None:
    """Return the coupon of a ticket that this turn was given; None for a forged, another's, or an old one."""
    value = unsign(PURPOSE, ticket[:200], age)
    if not isinstance(value, list) or len(value) != 2 or value[1] != turn.turn_id:
        return None
    return cast(int, value[0])


def release(ticket: str, *, turn: TillTurn) -> None:
    """Let a coupon go that this turn held and does not redeem."""
    coupon_id = read_ticket(ticket, turn)
    if coupon_id is not None:
        held = update(Coupon).where(Coupon.id == coupon_id, Coupon.held_turn_id == turn.turn_id)
        update_count(held.values(held_until=None, held_turn_id=None).execution_options(**AFTER))


def holder_of(member_id: int | None) -> str:
    """Return a member's masked name."""
    return masked(member_names([member_id]).get(member_id) if member_id else None)


def masked(person: tuple[str, int | None] | None) -> str:
    """Return the masked name of (name, account id); words for somebody who is not there any more."""
    return masked_name(person[0]) if person and person[0] else _("（会员已注销）")


def free_for(turn: TillTurn, now: datetime) -> ColumnElement[bool]:
    """Return the condition that no other turn holds a coupon."""
    return or_(Coupon.held_until.is_(None), Coupon.held_until < now, Coupon.held_turn_id == turn.turn_id)


def good_at(turn: TillTurn) -> ColumnElement[bool]:
    """Return the condition that a turn's store takes a coupon."""
    return Coupon.kind_id.in_(select(CouponKind.id).where(CouponKind.id == Coupon.kind_id, queries.taken_at(Coupon.kind_id, turn.store_id)))


def _hold(coupon: Seen, turn: TillTurn, now: datetime) -> datetime:
    valid = and_(Coupon.state == CouponState.ISSUED, Coupon.valid_from <= now, Coupon.valid_to >= now)
    until = now + timedelta(minutes=hold_minutes())
    free = update(Coupon).where(Coupon.id == coupon.id, valid, free_for(turn, now), good_at(turn))
    if update_count(free.values(held_until=until, held_turn_id=turn.turn_id).execution_options(**AFTER)):
        return until
    latest = queries.seen(coupon.id, turn.store_id) or coupon
    if latest.held_until and holds(latest, turn, now):
        return latest.held_until  # it expired while it was held: the hold goes on to its end, and no further
    raise why_not(latest, turn, now)


def holds(coupon: Seen, turn: TillTurn, now: datetime) -> bool:
    """Say whether this turn holds a coupon that is still issued."""
    return coupon.state == CouponState.ISSUED and coupon.held_turn_id == turn.turn_id and (coupon.held_until or now) > now


def why_not(coupon: Seen, turn: TillTurn, now: datetime) -> Refused:
    """Return why a coupon cannot be redeemed at this till now."""
    if not coupon.allowed:
        return _other_stores(coupon)
    if coupon.state == CouponState.REDEEMED:
        return _used(coupon)
    if coupon.state == CouponState.VOIDED:
        return Refused(_("这张券已经作废，会员收到过通知和原因。"), code="voided")
    if coupon.state == CouponState.EXPIRED or coupon.valid_to < now:
        told = until_words(coupon.valid_to)
        return Refused(_("有效期到 %(time)s 为止，已经过了。", time=told), code="expired", told={"valid_to": told})
    if coupon.valid_from > now:
        told = until_words(coupon.valid_from)
        return Refused(_("%(time)s 起才能用。", time=told), code="early", told={"valid_from": told})
    seconds = max(1, int(((coupon.held_until or now) - now).total_seconds()))
    minutes = -(-seconds // 60)
    wait = ngettext("%(num)d 分钟后可以再试", "%(num)d 分钟后可以再试", minutes)
    return Refused(_("这张券正在另一台收银台上。那边不用的话，%(wait)s。", wait=wait), code="held", told={"seconds": seconds})


def _other_stores(coupon: Seen) -> Refused:
    names = queries.stores_of_kind(coupon.kind_id)
    told = _("“%(coupon)s”在本店不能用，可以用的是：%(stores)s。", coupon=coupon.name, stores="、".join(names) or "—")
    return Refused(told, code="wrong-store", told={"stores": names})


def _used(coupon: Seen) -> Refused:
    found = queries.standing(coupon.id)
    if found is None:
        return Refused(_("这张券已经用过。"), code="used")
    station = station_names([found.station_id]).get(found.station_id, "")
    clerk = clerks_by_ids([found.clerk_id])[found.clerk_id].name
    store = stores_by_ids([found.store_id])[found.store_id].name
    told = {"at": until_words(found.at), "station": station, "store": store, "clerk": clerk, "receipt": found.receipt}
    words = _("%(at)s 在%(station)s（%(store)s）核销，店员 %(clerk)s，单号 %(receipt)s。", **told)
    return Refused(words, code="used", told=told)


def _wrong(turn: TillTurn, now: datetime) -> Wrong:
    try:
        throttle("rewards.till", str(turn.till_id), WRONG, now=now)
    except TooMany:
        until = now + LOCKED
        lock_till(turn.till_id, until)
        record_audit(
            "rewards.till_locked", f"till:{turn.till_id}", actor=actor_of(turn), now=now, org_id=turn.org_id, clerk=turn.clerk_id,
            until=until.isoformat(),
        )  # fmt: skip
        return Wrong(until)
    return Wrong()
