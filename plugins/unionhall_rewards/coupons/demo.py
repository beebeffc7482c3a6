"""The demo's coupons, all given by hand: kinds, some in each state, one gift and one request to take back that wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from unionhall.plugin import SYSTEM, Actor, clock, demo_account, find_members, session, unscoped
from unionhall_rewards.coupons import expiring, gifts, kinds, labels, voidings
from unionhall_rewards.coupons.kinds import Rules
from unionhall_rewards.coupons.models import Coupon, CouponKind, CouponState, Form
from unionhall_rewards.fund.models import Fund
from unionhall_stations.api import store_choices

TERMS = "每次付款用一张，不找零、不兑现。\n付款前把二维码给店员扫，或者报券码。"
NEEDED = 100_000


def load(now: datetime) -> None:
    """Tell it for the fund that has the most to give; nothing without a fund, or without members."""
    room = (Fund.granted_fen - Fund.free_fen + NEEDED) * 100 <= Fund.granted_fen * Fund.freeze_percent
    wanted = select(Fund).where(Fund.closed_at.is_(None), Fund.free_fen >= NEEDED, room).order_by(Fund.free_fen.desc()).limit(1)
    fund = session().scalar(unscoped(wanted, why="demo"))
    if fund is None:
        return
    people = find_members(fund.org.path, words="何秀英") + find_members(fund.org.path, words="程远桥")
    others = [row.id for row in find_members(fund.org.path, ids=range(1, 60), limit=12)]
    others = [member for member in others if member not in {row.id for row in people}]
    known = [row for row in people if row.account_id in (demo_account("member"), demo_account("member2"))]
    if not known:
        return
    made = _kinds(fund, now - timedelta(days=30))
    _told(made, [row.id for row in known], others, now)


def _kinds(fund: Fund, now: datetime) -> list[CouponKind]:
    stores = tuple(store.id for store in store_choices(SYSTEM)[:2])
    year = clock.local_day(now).year
    rules = (
        Rules(fund.id, "驿站通用消费券", Form.CASH_OFF.value, 1000, "Station coupon", 1000, valid_days=20, terms=TERMS, family=True),
        Rules(fund.id, "早餐券", Form.CASH_OFF.value, 500, "Breakfast coupon", valid_days=14, terms="限早上 6:00 到 9:30 用。\n" + TERMS),
        Rules(fund.id, "夏日清凉饮料券", Form.ITEM.value, 400, "Cold drink", valid_days=30, everywhere=not stores, store_ids=stores,
              terms="换指定的饮料一瓶。"),
        Rules(fund.id, "书店八折券", Form.PERCENT.value, 3000, "20 % off books", 2000, 20, 60,
              terms="图书八折，最多减 30 元。", stackable=True),
        Rules(fund.id, "年货券", Form.CASH_OFF.value, 5000, "New Year coupon", 10000,
              valid_from=clock.local_day(now).replace(year=year + 1, month=1, day=10),
              valid_until=clock.local_day(now).replace(year=year + 1, month=2, day=5), terms=TERMS),
    )  # fmt: skip
    found = [kinds.add(row, actor=SYSTEM, now=now) for row in rules]
    for kind in found[:4]:
        kinds.put_to_use(kind.id, actor=SYSTEM, now=now)
    return found


def _given(kind: CouponKind, people: list[int], reason: str, now: datetime, number: int = 1) -> None:
    gift = gifts.ask(kind, people, number, reason, actor=_who("cityadmin"), now=now)
    gifts.approve(gift.id, actor=_who("orgadmin"), now=now)
    gifts.approve(gift.id, actor=_who("admin"), now=now)


def _told(made: list[CouponKind], known: list[int], others: list[int], now: datetime) -> None:
    common, breakfast, drink, books, _new_year = made
    old = now - timedelta(days=25)
    _given(breakfast, [*known, *others[:3]], "会员日答题活动补发", old)
    while expiring.expire(now):
        pass
    _given(common, [*known, *others[:6]], "高温天一线职工慰问", now - timedelta(days=6), 2)
    _given(breakfast, known, "夜班职工早餐", now - timedelta(days=13))
    _given(drink, [*known, *others[:4]], "送清凉", now - timedelta(days=3))
    _given(books, known, "读书月", now - timedelta(days=2))
    mine = select(Coupon).where(Coupon.member_id == known[0], Coupon.state == CouponState.ISSUED.value, Coupon.kind_id == common.id)
    rows = list(session().scalars(mine.order_by(Coupon.id)).unique())
    if len(rows) > 1:
        asked = voidings.ask(rows[0], "名单重复，多发了一张", actor=_who("cityadmin"), now=now - timedelta(days=2))
        voidings.decide(asked.id, yes=True, actor=_who("orgadmin"), now=now - timedelta(days=1))
    theirs = select(Coupon).where(Coupon.member_id.in_(others[:1]), Coupon.kind_id == common.id, Coupon.state == CouponState.ISSUED.value)
    if row := session().scalars(theirs).first():
        voidings.ask(row, f"{labels.number(row.id)} 的本人已经不在名单里", actor=_who("cityadmin"), now=now - timedelta(hours=3))
    gifts.ask(common, [*others[:5]] or known, 1, "台风值守人员补助", actor=_who("cityadmin"), now=now - timedelta(hours=5))
    expiring.extend([drink], 3, "同心路驿站装修停业三天", actor=_who("orgadmin"), now=now - timedelta(days=1))


def _who(login: str) -> Actor:
    """Return somebody of the demo with the system's rights: what is told happened before they had grants."""
    return Actor(account_id=demo_account(login), name=login, system=True)
