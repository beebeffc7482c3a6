"""The demo's statements: months of redemptions, settled as far as they would be today. All invented.

Where the other demos told of no redemptions in past months, some are told here, for the tills that there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from unionhall.plugin import Model, clock, keyed_hash, session, unscoped
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState, Gift
from unionhall_rewards.fund import demo as funds
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Fund, Kind
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.settling import adjusting, cutting, paying, periods, services
from unionhall_rewards.settling.models import State, Statement
from unionhall_stations.api import stores_by_ids

MONTHS, EACH = 5, 9
FACES = (500, 1000, 2000)


@dataclass(frozen=True, slots=True)
class Place:
    """A till with somebody who serves at it."""

    store_id: int
    station_id: int
    till_id: int
    clerk_id: int


def load(now: datetime) -> None:
    """Tell it, when there are a fund and tills."""
    fund = session().scalars(unscoped(select(Fund).where(Fund.closed_at.is_(None)).order_by(Fund.id), why="demo")).first()
    places = _places()
    if fund is None or not places:
        return
    first = clock.local_day(now).replace(day=1)
    past = select(Redemption.id).where(Redemption.day < first).limit(1)
    if session().scalar(past) is None:
        _invent(fund, places, first)
    for month in _months(first):
        _settle(month, now)


def _places() -> list[Place]:
    """Return a till for each store that has one and a clerk, by the tables' names: they are another plugin's, and its api names none."""
    tills, clerks = Model.metadata.tables["stations_till"], Model.metadata.tables["stations_clerk"]
    columns = tills.c.store_id, tills.c.station_id, tills.c.id, clerks.c.id.label("clerk")
    wanted = select(*columns).join(clerks, clerks.c.store_id == tills.c.store_id)
    found: dict[int, Place] = {}
    for row in session().execute(wanted.order_by(tills.c.id, clerks.c.id)):
        found.setdefault(row.store_id, Place(row.store_id, row.station_id, row.id, row.clerk))
    return list(found.values())[:8]


def _invent(fund: Fund, places: list[Place], first: date) -> None:
    asks, approves = funds.people()
    kinds = [_kind(fund, face, clock.first_moment(first) - timedelta(days=180)) for face in FACES]
    month = first
    for back in range(MONTHS):
        month = (month - timedelta(days=1)).replace(day=1)
        begin = clock.first_moment(month) + timedelta(hours=4)
        for at, place in enumerate(places):
            kind = kinds[(at + back) % len(kinds)]
            gift = Gift(
                org_id=fund.org_id, kind_id=kind.id, number=EACH, reason="高温一线慰问", state="done", asked_by=asks.account_id or 0,
                asked_at=begin, first_by=approves.account_id, first_at=begin, second_by=0, second_at=begin,
            )  # fmt: skip
            session().add(gift)
            session().flush()
            times = [begin + timedelta(days=number * 3 % 27, minutes=37 * number) for number in range(EACH - at % 3)]
            made = [_redeemed(kind, gift, place, number, moment) for number, moment in enumerate(times)]
            if at % 2 == 0:
                _reverse(made[0], place)


def _kind(fund: Fund, face: int, now: datetime) -> CouponKind:
    known = select(CouponKind).where(CouponKind.fund_id == fund.id, CouponKind.face_fen == face, CouponKind.form == "cash_off")
    found = session().scalars(unscoped(known, why="demo")).first()
    if found is None:
        found = CouponKind(
            org_id=fund.org_id, fund_id=fund.id, name=f"{face // 100} 元驿站消费券", form="cash_off", face_fen=face, valid_days=30,
            state="active", created_at=now, updated_at=now,
        )  # fmt: skip
        session().add(found)
        session().flush()
    return found


def _redeemed(kind: CouponKind, gift: Gift, place: Place, number: int, at: datetime) -> Redemption:
    coupon = Coupon(
        kind_id=kind.id, fund_id=kind.fund_id, gift_id=gift.id, number=number + 1, face_fen=kind.face_fen, state=CouponState.REDEEMED.value,
        lookup=keyed_hash("rewards.demo", f"{gift.id}-{number}"), code_sealed="", valid_from=gift.asked_at, closed_at=at,
        valid_to=gift.asked_at + timedelta(days=30), issued_at=gift.asked_at,
    )  # fmt: skip
    session().add(coupon)
    session().flush()
    ledger.move(Kind.GIVE, kind.fund_id, kind.face_fen, coupon.id, now=gift.asked_at)
    return _record(coupon, place, f"D{gift.id}-{number}", at)


def _record(coupon: Coupon, place: Place, key: str, at: datetime, reverses: Redemption | None = None) -> Redemption:
    fields: dict[str, Any] = {"bill_fen": coupon.face_fen * 3}
    if reverses:
        fields = {"reverses_id": reverses.id, "live": False, "reason": "扫错了"}
    made = Redemption(
        coupon_id=coupon.id, fund_id=coupon.fund_id, kind_id=coupon.kind_id, store_id=place.store_id, station_id=place.station_id,
        till_id=place.till_id, clerk_id=place.clerk_id, fen=coupon.face_fen, receipt=f"Y{key}", key=f"demo-{key}", body_hash="",
        day=clock.local_day(at), at=at, **fields,
    )  # fmt: skip
    session().add(made)
    session().flush()
    ledger.move(Kind.REVERSE if reverses else Kind.REDEEM, coupon.fund_id, coupon.face_fen, made.id, now=at)
    return made


def _reverse(found: Redemption, place: Place) -> None:
    """Take one back a minute later; its coupon has expired by now."""
    found.live = False
    session().flush()
    coupon = found.coupon
    _record(coupon, place, f"{found.id}-C", found.at + timedelta(minutes=1), reverses=found)
    coupon.state, coupon.closed_at = CouponState.EXPIRED.value, coupon.valid_to
    ledger.move(Kind.EXPIRE, coupon.fund_id, coupon.face_fen, coupon.id, now=coupon.valid_to)


def _months(first: date) -> list[str]:
    days = session().scalars(select(Redemption.day).where(Redemption.day < first).distinct())
    return sorted({f"{day:%Y-%m}" for day in days})


def _settle(month: str, now: datetime) -> None:
    """Cut a month and take it as far as it would be: old ones are closed, last month's are in every state."""
    asks, approves = funds.people()
    at = min(now, clock.first_moment(periods.last_day(month)) + timedelta(days=2, hours=3))
    wanted = select(Redemption.store_id, Redemption.fund_id).where(Redemption.day <= periods.last_day(month)).distinct()
    pairs = sorted((row.store_id, row.fund_id) for row in session().execute(wanted))
    stores = stores_by_ids({store_id for store_id, _fund in pairs})
    made = [found for store_id, fund_id in pairs if (found := cutting.cut(stores[store_id], fund_id, month, now=at))]
    cutting.note_done(month, at)
    age = (now - at).days // 28
    for number, row in enumerate(made):
        if age >= 1 or number % 4:
            services.send(row, actor=asks, now=at)
        if age >= 1 or number % 4 == 2:
            services.confirm(row, actor=asks, now=at, words="店长在店里核对后确认。")
        elif number % 4 == 3:
            services.dispute(row, None, "少了一笔，5 号中午有一张券没算进来。", actor=asks, now=at)
    ready = [row for row in made if row.state == State.CONFIRMED and row.total_fen]
    if age >= 2 and ready:
        run = paying.draw_up(ready[0].org, [row.id for row in ready], f"{month} 门店结算款", actor=asks, now=at)
        paying.mark_paid(run, clock.local_day(at), f"HD{month.replace('-', '')}001", actor=approves, now=at)
    if age >= 3:
        services.close_paid(_fresh(made), actor=approves, now=at)
    elif age == 2 and made:
        adjusting.approve(adjusting.ask(made[0], -500, "有一张券重复计了 5 元。", actor=asks, now=at), actor=approves, now=at)


def _fresh(rows: list[Statement]) -> list[Statement]:
    for row in rows:
        session().refresh(row)
    return rows
