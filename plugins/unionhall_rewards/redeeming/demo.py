"""The demo's redemptions: some in each of the last three months and today, some taken back; at the demo's tills. All invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, cycle

from sqlalchemy import select

from unionhall.plugin import (
    SYSTEM,
    RuleBroken,
    clock,
    demo_account,
    members_at,
    members_below,
    orgs_where,
    seal,
    session,
    sign,
    unscoped,
)
from unionhall_rewards import rights
from unionhall_rewards.coupons import codes
from unionhall_rewards.coupons.models import Coupon, CouponKind, Gift
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Budget, Fund, Kind
from unionhall_rewards.redeeming import looking, services
from unionhall_stations.api import (
    ClerkView,
    StoreView,
    TillTurn,
    TillView,
    clerks_of_store,
    station_names,
    store_choices,
    tills_of_store,
)

MONTHS, EACH, TODAY, PEOPLE = 3, 14, 6, 12
BILLS = (1650, 2380, 900, 3200, 1280, 560, 4150)
SERIALS = 1 << 34
Place = tuple[StoreView, list[TillView], list[ClerkView]]


def load(now: datetime) -> None:
    """Tell it; nothing where no store has a till and a clerk, or no member an account."""
    places, people = _places(), _people()
    if not places or not people:
        return
    kinds = _kinds(now)
    numbers, kind_of, who, place_of = count(1), cycle(kinds), cycle(people), cycle(places)
    for at in _moments(now):
        store, tills, clerks = next(place_of)
        number = next(numbers)
        turn = _turn(store, tills[number % len(tills)], clerks[number % len(clerks)])
        try:
            coupon = _coupon(next(kind_of), next(who), number, at)
            bill = max(BILLS[number % len(BILLS)], coupon.kind.min_spend_fen)
            ticket = sign(looking.PURPOSE, [coupon.id, turn.turn_id])
            done = services.redeem(ticket, bill, f"demo-redemption-{number}", turn=turn, now=at)
        except RuleBroken:  # the fund is empty, or the store's agreement began later
            return
        if len(clerks) > 1 and clock.local_day(at) == clock.local_day(now) and number % 3 == 0:
            other = _turn(store, tills[number % len(tills)], clerks[(number + 1) % len(clerks)])
            services.reverse(done.receipt, "金额输错了", f"demo-reversal-{number}", turn=other, now=at + timedelta(minutes=4))


def _moments(now: datetime) -> Iterator[datetime]:
    """Yield moments between breakfast and evening, oldest first; today's lie before now."""
    for back in range(MONTHS, 0, -1):
        month = (now - timedelta(days=30 * back)).replace(minute=12, second=0, microsecond=0)
        for number in range(EACH):
            yield clock.from_local(clock.local(month).replace(tzinfo=None, hour=7 + number % 12)) + timedelta(days=number)
    begins = clock.first_moment(clock.local_day(now))
    begins += timedelta(hours=7) if now > begins + timedelta(hours=7, minutes=30) else timedelta()
    step = (now - begins) / (TODAY + 2)
    yield from (begins + step * number for number in range(1, TODAY + 1))


def _places() -> list[Place]:
    found = [(store, tills_of_store(store.id), clerks_of_store(store.id)) for store in store_choices(SYSTEM)]
    return [place for place in found if place[1] and place[2]]


def _people() -> list[int]:
    """Return members, the one whose account is shown first: their wallet has coupons that were used."""
    places = orgs_where(SYSTEM, rights.READ)
    found = [member for member, account in members_below(places[0].path) if account == demo_account("member")] if places else []
    for org in places:
        found += [member_id for member_id in members_at(org.id, PEOPLE) if member_id not in found]
        if len(found) >= PEOPLE:
            break
    return found[:PEOPLE]


def _kinds(now: datetime) -> list[CouponKind]:
    """Return kinds that are good at every store, of the fund with most to spend; made here where the demo has none."""
    funds = select(Fund).where(Fund.closed_at.is_(None)).order_by(Fund.free_fen.desc(), Fund.id)
    fund = session().scalars(unscoped(funds, why="demo")).first() or _fund(now)
    good = (CouponKind.fund_id == fund.id, CouponKind.state == "active", CouponKind.everywhere)
    wanted = select(CouponKind).where(*good).order_by(CouponKind.id)
    found = list(session().scalars(unscoped(wanted, why="demo")).unique())
    if not found:
        shared = {"org_id": fund.org_id, "fund_id": fund.id, "state": "active", "valid_days": 14, "created_at": now, "updated_at": now}
        found = [
            CouponKind(name="驿站通用消费券", name_en="Station voucher", form="cash_off", face_fen=1000, min_spend_fen=1000, **shared),
            CouponKind(name="早餐券", name_en="Breakfast voucher", form="cash_off", face_fen=500, **shared),
        ]
        session().add_all(found)
        session().flush()
    return found


def _fund(now: datetime) -> Fund:
    since = now - timedelta(days=120)
    made = Fund(org_id=orgs_where(SYSTEM, rights.READ)[0].id, name="会员日活动经费", created_at=since)
    session().add(made)
    session().flush()
    asked, decided = demo_account("orgadmin"), demo_account("admin")
    budget = Budget(
        fund_id=made.id, kind="grant", month=clock.local_day(since).strftime("%Y-%m"), fen=500_000, document="云工发〔演示〕1 号",
        state="approved", asked_by=asked, asked_at=since, decided_by=decided, decided_at=since,
    )  # fmt: skip
    session().add(budget)
    session().flush()
    ledger.move(Kind.GRANT, made.id, budget.fen, budget.id, now=since)
    made.granted_fen = budget.fen
    session().flush()
    session().refresh(made)
    return made


def _coupon(kind: CouponKind, member_id: int, number: int, at: datetime) -> Coupon:
    """Return a coupon that was given by hand the day before, approved by two others."""
    since = at - timedelta(days=1)
    asked, first, second = (demo_account(login) for login in ("orgadmin", "clerk", "admin"))
    gift = Gift(
        org_id=kind.org_id, kind_id=kind.id, member_ids=[member_id], reason="高温慰问", state="done", asked_by=asked,
        asked_at=since, first_by=first, first_at=since, second_by=second, second_at=since,
    )  # fmt: skip
    session().add(gift)
    session().flush()
    code = codes.make(SERIALS + number, key=codes.site_key())
    made = Coupon(
        kind_id=kind.id, kind=kind, fund_id=kind.fund_id, member_id=member_id, gift_id=gift.id, face_fen=kind.face_fen,
        lookup=codes.lookup(code, pepper=codes.site_pepper()), code_sealed=seal("rewards.coupon", code.text), valid_from=since,
        valid_to=clock.first_moment(clock.local_day(at) + timedelta(days=14)) - timedelta(microseconds=1), issued_at=since,
    )  # fmt: skip
    session().add(made)
    session().flush()
    ledger.move(Kind.GIVE, kind.fund_id, kind.face_fen, made.id, now=since)
    return made


def _turn(store: StoreView, till: TillView, clerk: ClerkView) -> TillTurn:
    """Return a turn that is not kept: nothing is held in the demo."""
    name = station_names([till.station_id])[till.station_id]
    return TillTurn(
        0, till.id, till.label, till.station_id, name, store.id, store.name, store.org_id, store.org_path, clerk.id, clerk.name,
        clerk.manager,
    )  # fmt: skip
