"""Figures of a fund: rates of what is over, money from the ledger, reversals do not count, a neighbour sees nothing."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from unionhall.base import clock
from unionhall.hooks.types import Role
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.draws.models import Entry
from unionhall_rewards.figures import queries
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Fund, Kind
from unionhall_rewards.redeeming import using
from unionhall_rewards.redeeming.models import Redemption
from unionhall_stations.api import Used

DAY = date(2026, 5, 14)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def month(work, make, mall):
    """Three members and four entries; three coupons: one used, one used and taken back, one expired."""
    with work() as session:
        now = clock.now()
        fund = mall.fund()
        kind, store = mall.kind(fund, face=1000), mall.store()
        station = mall.station(store)
        till, clerk = mall.till(station)[0], mall.clerk(store)
        draw = mall.draw(fund, {"kind": kind, "ppm": 500_000, "quantity": 10})
        ledger.move(Kind.RESERVE, fund.id, 10_000, draw.prizes[0].id, now=now)
        members = [make.member().id for _ in range(3)]
        entries = [
            Entry(draw_id=draw.id, member_id=member_id, day=day, holder=f"h{place}", code=f"c{place}", source="t", source_id=place, x=1, at=now)
            for place, (member_id, day) in enumerate([*((member_id, DAY) for member_id in members), (members[0], DAY - timedelta(days=1))])
        ]
        session.add_all(entries)
        session.flush()
        coupons = []
        for place, state in enumerate(("redeemed", "issued", "expired")):
            coupon = Coupon(
                kind_id=kind.id, fund_id=fund.id, member_id=members[place], entry_id=entries[place].id, state=state, face_fen=1000,
                lookup=f"l{place}", code_sealed="", valid_from=now, valid_to=now, issued_at=now,
            )  # fmt: skip
            session.add(coupon)
            session.flush()
            ledger.move(Kind.ISSUE, fund.id, 1000, coupon.id, now=now)
            coupons.append(coupon)
        ledger.move(Kind.EXPIRE, fund.id, 1000, coupons[2].id, now=now)
        common = {
            "fund_id": fund.id, "kind_id": kind.id, "store_id": store.id, "station_id": station.id, "till_id": till.id, "clerk_id": clerk.id,
            "fen": 1000, "body_hash": "", "day": DAY, "at": now,
        }  # fmt: skip
        for place, (coupon, live, over) in enumerate(((coupons[0], True, None), (coupons[1], False, None), (coupons[1], False, 2)), start=1):
            row = Redemption(coupon_id=coupon.id, live=live, reverses_id=over, receipt=f"R{place}", key=f"k{place}", **common)
            session.add(row)
            session.flush()
            ledger.move(Kind.REVERSE if over else Kind.REDEEM, fund.id, 1000, row.id, now=now)
        return fund.id, station.id


@pytest.mark.both
def test_the_numbers(work, month):
    with work() as session:
        found = queries.numbers(month[0], DAY, NEXT)
        assert (found.people, found.entries, found.issued, found.redeemed, found.expired) == (3, 3, 3, 1, 1)
        assert (found.spent_fen, found.returned_fen, found.rate, found.each_fen) == (1000, 1000, 50.0, 333)
        assert [(row.issued, row.redeemed, row.expired, row.rate) for row in queries.kinds(month[0], DAY, NEXT)] == [(3, 1, 1, 50.0)]
        assert queries.stations(month[0], DAY, NEXT) == [queries.StationLine(month[1], 1, 1, 1000)]
        assert queries.days(month[0], DAY, NEXT) == [(DAY, 1)]
        assert queries.numbers(month[0], NEXT, NEXT + timedelta(days=1)).rate is None
        path = session.get(Fund, month[0], execution_options={"unionhall_scope": "test"}).org.path
        assert (queries.won_at(path, DAY, NEXT), queries.won_at("/999/", DAY, NEXT)) == (3, 0)


def test_the_page(client, person, work, make, month):
    page = person(Role.AUDITOR).get("/desk/rewards/figures/").text
    assert ["10 元消费券" in page, "50%" in page, "¥10.00" in page, "¥3.33" in page] == [True] * 4
    assert person(Role.AUDITOR).get("/desk/rewards/figures/?period=2026-13").status_code == 422
    assert client.get("/desk/rewards/figures/").status_code == 302
    assert person().get("/desk/rewards/figures/").status_code == 403
    with work():
        there = make.org(make.root)
    neighbour = person(Role.AUDITOR, there)
    assert "10 元消费券" not in neighbour.get("/desk/rewards/figures/").text
    assert neighbour.get(f"/desk/rewards/figures/?fund={month[0]}").status_code == 404


@pytest.mark.both
def test_stations_count_what_stands_and_know_who_was_at_the_till(work, month):
    with work() as session:
        member = session.scalars(select(Coupon.member_id).where(Coupon.state == "redeemed").execution_options(unionhall_scope="test")).one()
        other = session.scalars(select(Coupon.member_id).where(Coupon.state == "issued").execution_options(unionhall_scope="test")).one()
        assert using.counted([month[1]], DAY, NEXT) == {month[1]: Used(1, 1000)}
        assert using.counted([month[1]], NEXT, NEXT + timedelta(days=1)) == {}
        assert (using.days(month[1], member, DAY, NEXT), using.days(month[1], other, DAY, NEXT)) == ({DAY}, set())


def test_the_stations_report_leads_to_the_redemptions_of_who_may_see_them(person, month):
    boss, keeper = person(Role.ORG_ADMIN), person("stations.keeper")
    report = "/desk/stations/figures/rows/?by=fen&period=2026-05"
    page = boss.get(report).text
    link = re.search(r'href="(/desk/rewards/redemptions/[^"]*)"', page).group(1).replace("&amp;", "&")
    assert "¥10.00" in page
    assert "R1" in boss.get(link).text
    seen = keeper.get(report).text
    assert "¥10.00" in seen
    assert "/desk/rewards/" not in seen


def test_the_chart_follows_the_period(person, at, month):
    at("2026-12-20 10:00")
    desk = person(Role.AUDITOR)
    for period, title, first in (("2026-05", "每天用掉的券", "05-01"), ("2026-Q2", "每周用掉的券", "04-01"), ("2026", "每月用掉的券", "2026-01")):
        page = desk.get(f"/desk/rewards/figures/?period={period}").text
        assert (title in page, f">{first}</text>" in page or f'datetime="2026-{first.removeprefix("2026-")}"' in page) == (True, True), period
