"""A coupon as its member sees it: in a list, and on its own page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from unionhall.plugin import clock
from unionhall_rewards.coupons import labels, seams
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState, Form
from unionhall_stations.api import StationView, open_now, stations_of_store, stores_by_ids

READY, LATER, HELD, USED, EXPIRED, VOIDED = "ready", "later", "held", "used", "expired", "voided"
LOOKS = {READY: "ready", LATER: "frozen", HELD: "frozen", USED: "used", EXPIRED: "expired", VOIDED: "expired"}
"""What the style sheet calls each state."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A coupon as a ticket: `big` is its amount with `sign` before and `unit` behind it, `word` its state, `notes` what stands below."""

    id: int
    name: str
    sign: str
    big: str
    unit: str
    state: str
    word: str
    notes: tuple[str, ...]
    valid_to: datetime
    today: bool = False

    @property
    def look(self) -> str:
        """Return the state as the style sheet calls it."""
        return LOOKS[self.state]


def state_of(coupon: Coupon, now: datetime) -> str:
    """Return how a coupon stands now; one that ran out is expired although the books were not written yet."""
    if coupon.state == CouponState.REDEEMED:
        return USED
    if coupon.state == CouponState.VOIDED:
        return VOIDED
    if coupon.state == CouponState.EXPIRED:
        return EXPIRED
    if coupon.held_until and coupon.held_until > now:
        return HELD
    if coupon.valid_to < now:
        return EXPIRED
    return LATER if coupon.valid_from > now else READY


def tickets(rows: Iterable[Coupon], now: datetime) -> list[Ticket]:
    """Return coupons as tickets, with where each was used."""
    found = list(rows)
    used = seams.used(row.id for row in found if row.state == CouponState.REDEEMED)
    return [_ticket(row, now, used.get(row.id)) for row in found]


def preview(kind: CouponKind, since: datetime, until: datetime) -> Ticket:
    """Return what a member would see of a coupon of a kind that is made now."""
    sign, big, unit = _amount(kind)
    notes = (_until(until), labels.value_words(kind))
    return Ticket(0, labels.name(kind), sign, big, unit, READY, _("可用"), notes, until)


def _ticket(row: Coupon, now: datetime, used: seams.Used | None) -> Ticket:
    state, today = state_of(row, now), clock.local_day(row.valid_to) == clock.local_day(now)
    sign, big, unit = _amount(row.kind)
    words = {
        READY: _("今天到期") if today else _("可用"), LATER: _("还没到时间"), HELD: _("正在核验"), USED: _("已使用"), EXPIRED: _("已过期"),
        VOIDED: _("已作废"),
    }  # fmt: skip
    return Ticket(
        row.id, labels.name(row.kind), sign, big, unit, state, words[state], _notes(row, state, now, used), row.valid_to, today
    )  # fmt: skip


def _notes(row: Coupon, state: str, now: datetime, used: seams.Used | None) -> tuple[str, ...]:
    if state == USED:
        at = used.at if used else row.closed_at
        return tuple(part for part in (_moment(at) if at else "", used.place if used else "") if part)
    if state == VOIDED:
        return (_("%(day)s 作废", day=_day(row.closed_at or now)),)
    if state == EXPIRED:
        return (_("%(day)s 到期", day=_day(row.valid_to)),)
    since = (_("%(day)s 起可以用", day=_day(row.valid_from)),) if state == LATER else ()
    return (*since, _until(row.valid_to), labels.value_words(row.kind))


def _amount(kind: CouponKind) -> tuple[str, str, str]:
    if kind.form == Form.PERCENT:
        return "", f"{(100 - kind.percent) / 10:g}", _("折")
    if kind.form == Form.ITEM:
        return "", _("兑"), ""
    return "¥", labels.plain_yuan(kind.face_fen), ""


def _until(moment: datetime) -> str:
    return _("%(day)s 24:00 前有效", day=_day(moment))


def _day(moment: datetime) -> str:
    return format_date(clock.local_day(moment), "y-MM-dd")


def _moment(moment: datetime) -> str:
    return clock.local(moment).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class Place:
    """A station where a coupon can be used, and whether it is open now."""

    station: StationView
    open: bool


def places(kind: CouponKind, now: datetime) -> list[Place]:
    """Return the stations where coupons of a kind can be used, open ones first; none for a kind that is good everywhere."""
    if kind.everywhere:
        return []
    rows = [row for store in kind.places for row in stations_of_store(store.store_id)]
    found = open_now([row.id for row in rows], now) if rows else set()
    return sorted((Place(row, row.id in found) for row in rows), key=lambda place: (not place.open, place.station.number))


def store_names(kind: CouponKind) -> Sequence[str]:
    """Return the names of the stores of a kind."""
    return sorted(store.name for store in stores_by_ids(place.store_id for place in kind.places).values())


def days_left(coupon: Coupon, now: datetime) -> int:
    """Return how many days a coupon is still good, today being 0."""
    return max(0, (clock.local_day(coupon.valid_to) - clock.local_day(now)) // timedelta(days=1))
