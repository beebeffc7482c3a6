"""A coupon of a member, made through the tables and the ledger, and a till where codes are read without their part's machinery."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask_babel import force_locale

from unionhall.base import clock, db
from unionhall_rewards.coupons import codes, presenting
from unionhall_rewards.coupons.models import Coupon, CouponKind, Gift
from unionhall_rewards.fund import ledger
from unionhall_rewards.fund.models import Kind
from unionhall_stations.api import TillTurn
from unionhall_stations.models import Clerk, Station, Till, Turn

LATER_PAGES = ("stations.till", "stations.station")


@pytest.fixture(autouse=True)
def pages_of_stations(app):
    """Addresses that another part of the stations has; before it is there, any will do."""

    def stand_in(error, endpoint, _values):
        if endpoint in LATER_PAGES:
            return f"/{endpoint.replace('.', '/')}"
        raise error

    app.url_build_error_handlers.append(stand_in)
    yield
    app.url_build_error_handlers.remove(stand_in)


@pytest.fixture(autouse=True)
def reading(monkeypatch):
    """Codes are known by a list: `reading["code"] = coupon id`; a code of the real form is looked up, as in life."""
    known = {}

    def read(text, _now):
        return known.get(text.strip().upper())

    monkeypatch.setattr(presenting, "read", read)
    return known


@pytest.fixture
def coupon(mall, make, reading):
    """Return `coupon(kind or its id, member's id, **columns)`: an issued one inside the open unit of work, with its money in the ledger."""

    def build(kind=None, member=None, *, code="", **columns):
        now = clock.now()
        options = {"unionhall_scope": "test"}
        kind = db.session().get(CouponKind, kind, execution_options=options) if isinstance(kind, int) else kind or mall.kind(mall.fund())
        member_id = member if isinstance(member, int) else make.member(account=True, name="王晓梅").id
        gift = Gift(
            org_id=kind.org_id, kind_id=kind.id, member_ids=[member_id], reason="测试", state="done", asked_by=1, asked_at=now, first_by=2,
            first_at=now, second_by=3, second_at=now,
        )  # fmt: skip
        db.session().add(gift)
        db.session().flush()
        serial = columns.pop("serial", gift.id)
        made = codes.make(serial, key=codes.site_key())
        valid = {"valid_from": now - timedelta(days=1), "valid_to": now + timedelta(days=7)} | columns
        found = Coupon(
            kind_id=kind.id, fund_id=kind.fund_id, member_id=member_id, gift_id=gift.id, face_fen=kind.face_fen,
            lookup=codes.lookup(made, pepper=codes.site_pepper()), code_sealed="-", issued_at=now, **valid,
        )  # fmt: skip
        db.session().add(found)
        db.session().flush()
        ledger.move(Kind.GIVE, kind.fund_id, kind.face_fen, found.id, now=now)
        reading[code or f"CODE{found.id}"] = found.id
        return found

    return build


@pytest.fixture
def turn_of():
    """Return `turn_of(ids)`: the turn of a till that `at_till` began, for services."""

    def build(ids, clerk=None):
        session = db.session()
        options = {"unionhall_scope": "test"}
        station, till = session.get(Station, ids["station"], execution_options=options), session.get(Till, ids["till"])
        person = session.get(Clerk, clerk or ids["clerk"])
        turn = session.get(Turn, ids["turn"])
        return TillTurn(
            turn.id, till.id, till.label, station.id, station.name, till.store_id, till.store.name, station.org_id, station.org.path, person.id,
            person.name, person.manager,
        )  # fmt: skip

    return build


@pytest.fixture
def chinese(app):
    """A request's language for services that are called outside of one."""
    with app.test_request_context("/"), force_locale("zh_CN"):
        yield


@pytest.fixture
def counter(at_till):
    """Return `counter(store_id=None, name=…)`: somebody at a till, with what one does there."""

    def begin(store_id=None, name="孟白", **clerk):
        browser, ids = at_till(store_id, name, **clerk)
        return Counter(browser, ids)

    return begin


class Counter:
    """A clerk's browser at a till."""

    def __init__(self, browser, ids):
        self.browser, self.ids = browser, ids

    def token(self):
        page = self.browser.get("/rewards/till/").text
        return re.search(r'name="csrf[-_]token" (?:content|value)="([^"]+)"', page).group(1)

    def post(self, path, *, json=False, key=None, **fields):
        headers = {"Accept": "application/json"} if json else {}
        if key:
            headers["Idempotency-Key"] = key
        return self.browser.post(f"/rewards/till/{path}", data={"csrf_token": self.token(), **fields}, headers=headers)

    def look(self, code, **more):
        return self.post("look", code=code, **more)

    def ticket(self, code):
        return self.look(code, json=True).json["ticket"]

    def redeem(self, code, bill, *, key=""):
        """Do both steps as the page does; returns the last answer."""
        page = self.look(code)
        if page.status_code != 200:
            return page
        hidden = dict(re.findall(r'<input id="(ticket|key)"[^>]*value="([^"]*)"', page.text))
        return self.post("redeem", ticket=hidden["ticket"], key=key or hidden["key"], bill=bill) if "key" in hidden else page

    def receipt(self, answer):
        """Return the number of the receipt that an answer leads to."""
        assert answer.status_code == 303, answer.text
        return re.search(r"HX-\d{8}-\d{5}", answer.location).group(0)
