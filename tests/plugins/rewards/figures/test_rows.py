"""The figures of coupons open the list of exactly those coupons, and of their redemptions."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from unionhall.base import clock
from unionhall.hooks.types import SYSTEM, Role
from unionhall_rewards.coupons import queries
from unionhall_rewards.coupons.models import Coupon
from unionhall_rewards.coupons.queries import Filter
from unionhall_rewards.draws.models import Entry
from unionhall_rewards.figures import hooks
from unionhall_rewards.figures import queries as figures
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind
from unionhall_rewards.redeeming.listing import Filter as Narrowed

DAY = date(2026, 5, 14)


@pytest.fixture
def given(work, make, mall):
    """A fund that gave two coupons on 14 May and three on 15 May, and another that gave one; returns (fund, kind) of the first."""
    with work() as session:
        member, told = make.member(account=True), []
        for fund, days in ((mall.fund(), (0, 0, 1, 1, 1)), (mall.fund(), (0,))):
            kind = mall.kind(fund)
            draw = mall.draw(fund, {"kind": kind, "quantity": 9})
            ledger.move(Kind.RESERVE, fund.id, 9_000, draw.prizes[0].id, now=clock.now())
            for place, later in enumerate(days):
                at = clock.now() + timedelta(days=later)
                entry = Entry(
                    draw_id=draw.id, member_id=member.id, day=DAY, number=place + 1, holder="h", code=f"h.{place}", source="t", source_id=place, x=1, at=at
                )
                session.add(entry)
                session.flush()
                coupon = Coupon(
                    kind_id=kind.id, fund_id=fund.id, member_id=member.id, entry_id=entry.id, state="issued", face_fen=1000, lookup=f"{fund.id}-{place}",
                    code_sealed="", valid_from=at, valid_to=at + timedelta(days=7), issued_at=at,
                )  # fmt: skip
                session.add(coupon)
                session.flush()
                ledger.move(Kind.ISSUE, fund.id, 1000, coupon.id, now=at)
            told.append((fund.id, kind.id))
        return told[0]


@pytest.mark.both
def test_the_report_opens_as_many_coupons_as_it_counts(work, given):
    with work():
        for since, until, number in ((DAY, DAY + timedelta(days=1), 3), (DAY, DAY + timedelta(days=2), 6), (DAY + timedelta(days=2),) * 2 + (0,)):
            url = next(iter(hooks.unionhall_report_figures())).rows_url("/", since, until)
            asked = dict(part.split("=") for part in url.split("?")[1].split("&"))
            _rows, total = queries.coupons(SYSTEM, "/", Filter.of(asked))
            assert (total, figures.won_at("/", since, until)) == (number, number)
        narrow = Filter.of({"fund": str(given[0]), "since": "2026-05-15", "until": "2026-05-15"})
        assert queries.coupons(SYSTEM, "/", narrow)[1] == 3
        assert Filter.of(narrow.values()) == narrow
        assert Filter.of({"fund": "x", "since": "2026-13-01", "until": "9999"}) == Filter()


def test_the_page_of_figures_leads_to_its_rows(at, person, given, work, make):
    at("2026-05-16 09:30")
    boss = person(Role.AUDITOR)
    page = boss.get(f"/desk/rewards/figures/?fund={given[0]}&period=2026-05").text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/desk/rewards/(?:coupons|redemptions)/[^"]*since=[^"]*)"', page)]
    assert len(links) >= 4
    for link in links:
        assert boss.get(link).status_code == 200
    listed = boss.get(next(link for link in links if "coupons" in link and "state" not in link)).text
    assert "导出（5 张）" in listed and "不限经费" in listed
    with work():
        there = make.org(make.root)
    assert "导出（0 张）" in person(Role.AUDITOR, there).get(links[0]).text


def test_redemptions_are_narrowed_to_a_fund():
    assert Narrowed.of({"fund": "7"}).values() == {"fund": "7"}
