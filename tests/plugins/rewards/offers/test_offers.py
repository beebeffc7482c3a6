"""Offers of merchants: two people, days, limits, and the page for the shop."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall_rewards.offers import demo, keeping, queries, services
from unionhall_rewards.offers.models import Merchant, Offer, OfferUse
from unionhall_rewards.offers.services import MerchantFields, OfferFields

DAY = date(2026, 5, 14)
SCOPE = {"execution_options": {"unionhall_scope": "test"}}


@pytest.fixture
def merchant(make):
    """Return `merchant(org, **fields)`, inside the open unit of work."""

    def build(org=None, **fields):
        given = MerchantFields(**({"name": "禾江面馆", "trade": "food", "starts_on": DAY - timedelta(days=9)} | fields))
        return services.keep_merchant(None, org or make.root, given, actor=SYSTEM, now=clock.now())

    return build


@pytest.fixture
def offer(merchant):
    """Return `offer(state="approved", **fields)`, inside the open unit of work."""

    def build(of=None, *, state="approved", **fields):
        given = OfferFields(**({"title": "早餐 8 折", "since": DAY, "until": DAY + timedelta(days=9)} | fields))
        made = services.write(None, of or merchant(), given, actor=SYSTEM, now=clock.now())
        made.written_by, made.state, made.approved_by = 1, state, 2 if state == "approved" else None
        db.session().flush()
        return made

    return build


def test_one_writes_another_agrees_and_a_change_waits_again(work, make, merchant):
    with work():
        writer, other = make.actor(Role.ORG_ADMIN), make.actor(Role.ORG_ADMIN)
        fields = OfferFields("早餐 8 折", DAY, DAY + timedelta(days=5))
        made = services.write(None, merchant(), fields, actor=writer, now=clock.now())
        services.submit(made, actor=writer, now=clock.now())
        with pytest.raises(NotAllowed):
            services.approve(made, actor=writer, now=clock.now())
        services.approve(made, actor=other, now=clock.now())
        assert [row.id for row in queries.shown(DAY)] == [made.id]
        services.write(made, made.merchant, fields, actor=writer, now=clock.now(), version=made.version)
        assert (made.state, made.approved_by, queries.shown(DAY)) == ("submitted", None, [])
        with pytest.raises(Conflict):
            services.write(made, made.merchant, fields, actor=writer, now=clock.now(), version=1)
        with pytest.raises(RuleBroken) as told:
            services.give_back(made, " ", actor=other, now=clock.now())
        assert told.value.field == "reason"


def test_readers_see_what_is_agreed_and_within_its_days(work, client, merchant, offer, at):
    with work():
        offer(title="今天开始")
        offer(title="明天开始", since=DAY + timedelta(days=1))
        offer(merchant(ends_on=DAY - timedelta(days=1)), title="协议到期")
        offer(state="submitted", title="还没同意")
        shop = offer(merchant(name="南屏书院", trade="culture"), title="图书 85 折").id
    page = client.get("/rewards/offers/").text
    assert ["今天开始" in page, "明天开始" in page, "协议到期" in page, "还没同意" in page] == [True, False, False, False]
    assert "今天开始" not in client.get("/rewards/offers/?trade=culture").text
    assert "图书 85 折" in client.get("/rewards/offers/?q=书院").text
    assert client.get("/rewards/offers/?trade=nothing").status_code == 404
    at("2026-06-30 09:30")
    assert "现在不能用" in client.get(f"/rewards/offers/{shop}/").text


def test_a_member_shows_it_at_the_shop(app, work, client, person, login, send, make, offer, at):
    with work():
        number, account_id = offer(per_member=2).id, make.member(account=True).account_id
    assert client.get(f"/rewards/offers/{number}/use").status_code == 302
    member = app.test_client()
    login(member, account_id)
    first = send(member, f"/rewards/offers/{number}/use")
    again = send(member, f"/rewards/offers/{number}/use")
    assert (first.status_code, first.location) == (303, again.location)
    shown = member.get(first.location)
    assert ("实名会员" in shown.text, "no-store" in shown.headers["Cache-Control"]) == (True, True)
    assert person().get(first.location).status_code == 404
    at("2026-05-14 09:41")
    assert "过时了" in member.get(first.location).text
    for day, status in (("2026-05-15", 303), ("2026-05-16", 422)):
        at(f"{day} 09:30")
        login(member, account_id)
        answer = send(member, f"/rewards/offers/{number}/use")
        assert answer.status_code == status
    assert "已经用完" in answer.text
    assert "激活会员身份" in person(Role.EDITOR).get(f"/rewards/offers/{number}/use").text


@pytest.mark.both
def test_the_last_ones_go_to_as_many_as_there_are(at_once, work, make, offer):
    with work():
        number = offer(total=3).id
        members = [make.member().id for _ in range(8)]

    def use(member_id):
        services.use(db.session().get(Offer, number, **SCOPE), member_id, now=clock.now())

    found = at_once([lambda member_id=member_id: use(member_id) for member_id in members])
    failed = [answer.code for answer in found if isinstance(answer, RuleBroken)]
    with work() as session:
        used = session.get(Offer, number, **SCOPE).used
        assert (failed, used, len(session.scalars(select(OfferUse)).all())) == (["offer-gone"] * 5, 3, 3)


def test_a_merchant_writes_and_sees_their_own_alone(work, client, person, login, send, make, merchant, offer):
    with work() as session:
        mine = make.member(account=True).account_id
        shop, other = merchant(account_id=mine), merchant(name="别家")
        theirs = offer(other).id
        shop_id, other_id = shop.id, other.id
        assert session.get(Account, mine, **SCOPE) is not None
    assert client.get("/rewards/merchant/").status_code == 302
    assert "还没有对应的商户" in person().get("/rewards/merchant/").text
    login(client, mine)
    filled = {"title": "第二份半价", "since": "2026-05-14", "until": "2026-06-01", "per_member": "1"}
    assert send(client, f"/rewards/merchant/{shop_id}/new", **(filled | {"until": "2026-05-01"})).status_code == 422
    assert send(client, f"/rewards/merchant/{shop_id}/new", **filled).status_code == 303
    page = client.get("/rewards/merchant/").text
    assert ("第二份半价" in page, "待审" in page, "别家" in page) == (True, True, False)
    assert client.get(f"/rewards/merchant/{other_id}/new").status_code == 404
    assert client.get(f"/rewards/merchant/offers/{theirs}/").status_code == 404
    assert send(client, f"/rewards/merchant/{shop_id}/new", to=f"/rewards/merchant/offers/{theirs}/withdraw").status_code == 404


@pytest.mark.parametrize("path", ["offers/", "merchants/", "merchants/new"])
def test_others_do_not_get_in(client, person, path):
    assert client.get(f"/desk/rewards/{path}").status_code == 302
    assert person().get(f"/desk/rewards/{path}").status_code == 403


def test_the_desk_by_hand_and_a_neighbour(work, make, person, send):
    with work():
        there = make.org(make.root)
    admin = person(Role.ORG_ADMIN)
    wrong = send(admin, "/desk/rewards/merchants/new", name="面馆", trade="food", starts_on="2026-05-01", login="nobody-there")
    assert (wrong.status_code, "没有叫“nobody-there”的账号" in wrong.text) == (422, True)
    assert send(admin, "/desk/rewards/merchants/new", name="面馆", trade="food", starts_on="2026-05-01").status_code == 303
    with work() as session:
        shop = session.scalar(select(Merchant).execution_options(unionhall_scope="test")).id
    filled = {"title": "8 折", "since": "2026-05-14", "until": "2026-06-01", "per_member": "1"}
    made = send(admin, f"/desk/rewards/merchants/{shop}/offers/new", **filled).location
    assert send(admin, made, to=f"{made}submit").status_code == 303
    assert "自己写的优惠要请别人同意" in admin.get(made).text
    assert send(admin, made, to=f"{made}approve").status_code == 403
    second = person(Role.ORG_ADMIN)
    assert send(second, made, to=f"{made}return").status_code == 422
    assert send(second, made, to=f"{made}approve").status_code == 303
    neighbour = person(Role.ORG_ADMIN, there)
    assert neighbour.get(made).status_code == 404
    assert neighbour.get(f"/desk/rewards/merchants/{shop}/").status_code == 404
    for act in ("submit", "approve", "return", "withdraw"):
        assert send(neighbour, "/desk/rewards/merchants/new", to=f"{made}{act}").status_code == 404
    assert "8 折" not in neighbour.get("/desk/rewards/offers/").text
    assert person(Role.AUDITOR).get(made).status_code == 200


def test_demo_and_personal_data(app, work, make, monkeypatch):
    monkeypatch.setattr(demo, "demo_account", {"orgadmin": 11, "admin": 12}.get)
    from unionhall.plugin import Person

    with app.test_request_context(), work() as session:
        demo.load(clock.now())
        rows = session.scalars(select(Offer).execution_options(unionhall_scope="test")).all()
        assert {row.state for row in rows} == {"approved", "draft", "submitted", "returned"}
        member = make.member()
        services.use(next(row for row in rows if queries.is_shown(row, DAY)), member.id, now=clock.now())
        who = Person(member_id=member.id)
        assert len(keeping.export(who)["用过的商户优惠"]) == 1
        keeping.erase(who, clock.now())
        assert keeping.export(who) == {}
