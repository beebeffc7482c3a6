"""Redemptions with everything that stands behind them: gifts that two approved, coupons, movements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from jinja2 import DictLoader, TemplateNotFound
from werkzeug.routing import Rule

from unionhall.base import clock, db
from unionhall_rewards.coupons.models import Coupon, Gift
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind
from unionhall_rewards.redeeming.models import Redemption
from unionhall_rewards.settling import cutting, reconcile


@dataclass
class Shop:
    """A store with a till and a clerk, a fund and a kind of coupon; made inside the open unit of work."""

    mall: object
    fund: object
    kind: object
    store: object
    station: object
    till: object
    clerk: object
    number: int = 0

    def coupon(self, now, face=1000):
        """A coupon that was given by hand."""
        self.number += 1
        gift = Gift(org_id=self.fund.org_id, kind_id=self.kind.id, reason="补偿", state="done", asked_by=1, asked_at=now, first_by=2,
                    first_at=now, second_by=3, second_at=now)  # fmt: skip
        self.mall._kept(gift)
        made = Coupon(kind_id=self.kind.id, fund_id=self.fund.id, gift_id=gift.id, face_fen=face, lookup=f"{self.store.id}-{self.number}-{now}",
                      code_sealed="x", valid_from=now, valid_to=now + timedelta(days=400), issued_at=now)  # fmt: skip
        self.mall._kept(made)
        ledger.move(Kind.GIVE, self.fund.id, face, made.id, now=now)
        return made

    def redeem(self, at, fen=1000, face=1000, coupon=None, written=None):
        """A redemption at a moment; what the coupon was worth more comes back."""
        coupon = coupon or self.coupon(at, face)
        self.number += 1
        made = Redemption(
            coupon_id=coupon.id, fund_id=self.fund.id, kind_id=self.kind.id, store_id=self.store.id, station_id=self.station.id,
            till_id=self.till.id, clerk_id=self.clerk.id, bill_fen=fen * 3, fen=fen, receipt=f"R{self.store.id:03d}{self.number:06d}",
            key=f"k{self.number}", body_hash="0" * 64, day=clock.local_day(at), at=at,
        )  # fmt: skip
        self.mall._kept(made)
        coupon.state = "redeemed"
        ledger.move(Kind.REDEEM, self.fund.id, fen, made.id, now=at)
        if face > fen:
            ledger.move(Kind.REST, self.fund.id, face - fen, made.id, now=at)
        db.session().flush()
        return made

    def reverse(self, found, at):
        """Take a redemption back."""
        self.number += 1
        found.live = False
        db.session().flush()
        made = Redemption(
            coupon_id=found.coupon_id, reverses_id=found.id, live=False, fund_id=found.fund_id, kind_id=found.kind_id, store_id=found.store_id,
            station_id=found.station_id, till_id=found.till_id, clerk_id=found.clerk_id, fen=found.fen,
            receipt=f"R{self.store.id:03d}{self.number:06d}", key=f"k{self.number}", body_hash="0" * 64, reason="按错了",
            day=clock.local_day(at), at=at,
        )  # fmt: skip
        self.mall._kept(made)
        ledger.move(Kind.REVERSE, found.fund_id, found.fen, made.id, now=at)
        if found.coupon.face_fen > found.fen:
            ledger.move(Kind.UNREST, found.fund_id, found.coupon.face_fen - found.fen, made.id, now=at)
        found.coupon.state = "issued"
        db.session().flush()
        return made

    def cut(self, month):
        """This store's statement of a month."""
        return cutting.cut(cutting.stores_by_ids([self.store.id])[self.store.id], self.fund.id, month, now=clock.now())


@pytest.fixture
def shop(mall):
    """Return `shop(fund=None, kind=None)`."""

    def build(fund=None, kind=None, **store):
        fund = fund or mall.fund()
        kind = kind or mall.kind(fund)
        where = mall.store(**store)
        station = mall.station(where)
        return Shop(mall, fund, kind, where, station, mall.till(station)[0], mall.clerk(where))

    return build


@pytest.fixture(autouse=True)
def pages_of_stations(app):
    """Let addresses of the stations' pages be built, where those pages are not there."""
    for endpoint, rule in (("stations.station", "/stations/<slug>/"), ("stations.till", "/stations/till/")):
        if endpoint not in app.view_functions:
            app.view_functions[endpoint] = lambda **_given: ""
            app.url_map.add(Rule(rule, endpoint=endpoint))
    bare = "{% block title %}{% endblock %}{% for told in get_flashed_messages() %}{{ told }}{% endfor %}{% block main %}{% endblock %}"
    with app.app_context():
        try:
            app.jinja_env.get_template("stations/tills/base.html")
        except TemplateNotFound:
            app.jinja_loader = DictLoader({"stations/tills/base.html": bare})


@pytest.fixture(autouse=True)
def accounts_add_up(request, app):
    """After every test the accounts are proved; a test that breaks them asks for the fixture `broken`."""
    yield
    if "broken" in request.fixturenames:
        return
    with app.app_context():
        assert reconcile.prove(clock.now()) == []
        db.session().remove()


@pytest.fixture
def broken():
    """Say that this test leaves accounts that do not add up."""
