"""A fund, a kind in use, people who ask and approve, members; and browsers of all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.orgs.models import OrgKind
from unionhall.platform.access import unscoped
from unionhall_rewards import rights
from unionhall_rewards.coupons import checking, gifts
from unionhall_rewards.coupons.models import Coupon, CouponKind
from unionhall_rewards.fund.models import Fund


@dataclass
class Hall:
    """Ids of what the tests are about."""

    make: object
    city: int
    fund: int
    kind: int
    operator: int
    finance: int
    admin: int
    auditor: int
    outsider: int
    member: int
    account: int
    other: int
    other_account: int

    def actor(self, name):
        row = db.session().get(Account, getattr(self, name), execution_options={"unionhall_scope": "test"})
        return self.make.actor_of(row)

    def the_kind(self, kind_id=None):
        return db.session().get(CouponKind, kind_id or self.kind, execution_options={"unionhall_scope": "test"}, populate_existing=True)

    def free(self):
        return db.session().scalar(unscoped(select(Fund.free_fen).where(Fund.id == self.fund), why="test"))

    def give(self, *members, number=1, kind_id=None, reason="慰问"):
        """Coupons by hand, asked and approved by three; returns their ids."""
        now = clock.now()
        gift = gifts.ask(self.the_kind(kind_id), list(members or (self.member,)), number, reason, actor=self.actor("operator"), now=now)
        gifts.approve(gift.id, actor=self.actor("finance"), now=now)
        gifts.approve(gift.id, actor=self.actor("admin"), now=now)
        return list(db.session().scalars(select(Coupon.id).where(Coupon.gift_id == gift.id).order_by(Coupon.id)))

    def coupon(self, coupon_id):
        return db.session().get(Coupon, coupon_id, execution_options={"unionhall_scope": "test"}, populate_existing=True)


@pytest.fixture
def hall(work, make, mall):
    with work():
        city = make.org(kind=OrgKind.CITY, name="桐湾市总工会")
        far = make.org(kind=OrgKind.CITY, name="青禾市总工会")
        fund = mall.fund(city)
        kind = mall.kind(fund, terms="一次一张。")
        people = [make.member(city, name=name, account=True) for name in ("何秀英", "程远桥")]
        accounts = {
            "operator": make.account(rights.OPERATOR, city, name="经办"), "finance": make.account(rights.FINANCE, city, name="财务"),
            "admin": make.account("org_admin", city, name="主席"), "auditor": make.account("auditor", city, name="审计"),
            "outsider": make.account("org_admin", far, name="外市"),
        }  # fmt: skip
        return Hall(
            make, city.id, fund.id, kind.id, **{name: row.id for name, row in accounts.items()}, member=people[0].id,
            account=people[0].account_id, other=people[1].id, other_account=people[1].account_id,
        )  # fmt: skip


@pytest.fixture
def browser(app, login, hall):
    """Return `browser("operator")`, or of an account's id."""

    def opened(who):
        client = app.test_client()
        login(client, getattr(hall, who) if isinstance(who, str) else who)
        return client

    return opened


@pytest.fixture
def post():
    """Return `post(client, path, **fields)` with the token of a page of the same browser."""

    def send(client, path, /, **fields):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1)
        return client.post(path, data={"csrf_token": token, **fields})

    return send


@pytest.fixture(autouse=True)
def the_books_agree(app, work):
    """After every test the coupons agree with the ledger."""
    yield
    with work():
        assert checking.findings(clock.now()) == []
