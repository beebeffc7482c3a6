"""The till's pages: look, redeem, refuse, count wrong codes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from unionhall.base import clock
from unionhall.members.models import Membership
from unionhall.notices.models import Notice
from unionhall.platform.access import unscoped
from unionhall_rewards.coupons import holding, seams
from unionhall_rewards.coupons.models import Coupon, KindStore
from unionhall_rewards.fund.models import Fund, Movement
from unionhall_rewards.redeeming import checking, hooks, telling
from unionhall_rewards.redeeming.models import Redemption
from unionhall_stations.models import Station, Store, Till, Turn


def test_a_coupon_is_looked_at_redeemed_and_has_a_receipt(counter, coupon, work):
    till = counter()
    with work():
        number = coupon(code="GOOD").id
    page = till.look(" good ")
    assert page.status_code == 200
    assert "王*梅" in page.text
    assert "王晓梅" not in page.text
    assert "¥10.00" in page.text
    done = till.redeem("good", "１６．５０")
    receipt = till.receipt(done)
    assert receipt == "HX-20260514-00001"
    shown = till.browser.get(done.location).text
    assert "核销成功" in shown
    assert "¥6.50" in shown
    assert receipt in till.browser.get("/rewards/till/").text
    with work() as session:
        kept = session.get(Coupon, number)
        assert (kept.state, kept.held_until, kept.held_turn_id) == ("redeemed", None, None)
        assert session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == "rewards.used")) == 1
        assert checking.findings(clock.now()) == []


@pytest.mark.parametrize("path", ["/rewards/till/", "/rewards/till/today", "/rewards/till/receipts/HX-20260514-00001"])
def test_nobody_else_learns_anything(client, person, path):
    assert client.get(path).status_code == 404
    assert person("org_admin").get(path).status_code == 404


@pytest.mark.parametrize("path", ["look", "redeem", "release", "receipts/HX-20260514-00001/reverse"])
def test_nobody_else_does_anything(person, path, coupon, work, client):
    with work():
        coupon(code="GOOD")
    insider = person()
    token = insider.get("/my/").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert insider.post(f"/rewards/till/{path}", data={"csrf_token": token, "code": "GOOD"}).status_code == 404
    assert client.post(f"/rewards/till/{path}", data={"code": "GOOD"}).status_code in (400, 404)


def test_without_a_turn_one_is_sent_to_the_pin(counter):
    till = counter()
    till.browser.delete_cookie("uh_turn")
    assert till.browser.get("/rewards/till/").status_code == 303


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"valid_to": timedelta(minutes=-1)}, "有效期到 2026-05-14 09:29 为止"),
        ({"valid_from": timedelta(days=1)}, "2026-05-15 09:30 起才能用"),
        ({"state": "voided"}, "已经作废"),
        ({"state": "expired", "valid_to": timedelta(days=-1)}, "2026-05-13 09:30"),
    ],
)
def test_a_clerk_reads_why_not(counter, coupon, work, columns, words):
    till, now = counter(), clock.now()
    with work():
        coupon(code="BAD", **{name: now + value if isinstance(value, timedelta) else value for name, value in columns.items()})
    page = till.look("bad")
    assert page.status_code == 422
    assert "不能核销" in page.text
    assert words in page.text


def test_a_used_coupon_says_when_where_and_who(counter, coupon, work):
    first, second = counter(name="孟白"), counter(name="江宁")
    with work():
        coupon(code="ONCE")
    receipt = first.receipt(first.redeem("once", "20"))
    with work() as session:
        station, store = (session.get(kind, first.ids[name], execution_options={"unionhall_scope": "test"}).name for kind, name in
                          ((Station, "station"), (Store, "store")))  # fmt: skip
    page = second.look("once")
    assert page.status_code == 422
    for words in ("这张券已经用过", "2026-05-14 09:30", "店员 孟白", receipt, station, store):
        assert words in page.text
    told = second.look("once", json=True).json["error"]
    assert (told["code"], told["told"]) == (
        "used", {"at": "2026-05-14 09:30", "station": station, "store": store, "clerk": "孟白", "receipt": receipt}
    )  # fmt: skip


def test_where_it_is_not_good_nobody_learns_where_it_was_used(counter, coupon, mall, work):
    here, elsewhere = counter(), counter()
    with work() as session:
        kind = mall.kind(mall.fund(), everywhere=False)
        session.add(KindStore(kind_id=kind.id, store_id=here.ids["store"]))
        coupon(kind, code="ONCE")
    receipt = here.receipt(here.redeem("once", "20"))
    page = elsewhere.look("once")
    assert page.status_code == 422
    assert "在本店不能用" in page.text
    assert receipt not in page.text and "已经用过" not in page.text
    assert receipt in here.look("once").text


@pytest.mark.parametrize(("keeps", "status"), [(True, 200), (False, 422)])
def test_somebody_who_left_the_union_at_the_till(counter, coupon, work, monkeypatch, keeps, status):
    till = counter()
    with work() as session:
        coupon(code="LEFT")
        session.execute(update(Membership).values(status="left", ended_on=clock.local_day(clock.now())))
    monkeypatch.setattr(holding, "plugin_settings", lambda _name: {"left_members_keep": keeps})
    page = till.look("left")
    assert (page.status_code, "已经退会" in page.text) == (status, not keeps)


def test_a_turn_that_ends_between_looking_and_redeeming(app, counter, coupon, work):
    """Nothing is redeemed before the next PIN; what was redeemed although the answer was lost is found by when and where."""
    till = counter()
    with work():
        number = coupon(code="MIDWAY").id
    order = {"ticket": till.ticket("midway"), "bill": "20"}
    token = till.token()
    with work() as session:
        session.execute(update(Turn).values(ended_at=clock.now()))
    sent = till.browser.post("/rewards/till/redeem", data={"csrf_token": token, "key": "k" * 16} | order)
    assert (sent.status_code, sent.location) == (303, "/stations/till")
    with work() as session:
        assert session.get(Coupon, number).state == "issued"
        session.execute(update(Turn).values(ended_at=None))
    receipt = till.receipt(till.post("redeem", key="k" * 16, **order))
    mate = counter(till.ids["store"], name="江宁")
    for again in (mate.post("redeem", key="k" * 16, **order), mate.look("midway")):
        assert again.status_code == 422
    assert receipt in mate.look("midway").text
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Redemption)) == 1


def test_a_coupon_of_other_stores_names_them(counter, coupon, mall, work):
    till = counter()
    with work() as session:
        kind, other = mall.kind(mall.fund(), everywhere=False), mall.store(name="河东便利")
        session.add(KindStore(kind_id=kind.id, store_id=other.id))
        found = coupon(kind, code="AWAY")
        number = found.id
    page = till.look("away")
    assert page.status_code == 422
    assert "河东便利" in page.text
    with work() as session:
        assert session.get(Coupon, number).held_until is None


def test_a_coupon_is_held_at_one_till_for_three_minutes(counter, coupon, at, work):
    first, second = counter(), counter()
    with work():
        coupon(code="HELD")
    assert first.look("held").status_code == 200
    page = second.look("held")
    assert "正在另一台收银台上" in page.text
    assert "3 分钟后可以再试" in page.text
    at("2026-05-14 09:33:01")
    assert second.look("held").status_code == 200
    assert "正在另一台收银台上" in first.look("held").text


def test_who_does_not_redeem_lets_go(counter, coupon, work):
    first, second = counter(), counter()
    with work():
        coupon(code="HELD")
    first.post("release", ticket=first.ticket("held"))
    assert second.look("held").status_code == 200
    assert first.post("release", ticket="forged").status_code == 303


def test_what_expires_while_it_is_held_is_still_good_and_not_held_for_longer(counter, coupon, at, work):
    till, now = counter(), clock.now()
    with work():
        coupon(code="LATE", valid_to=now + timedelta(minutes=1))
        coupon(code="LATER", valid_to=now + timedelta(minutes=1))
    late, later = till.ticket("late"), till.ticket("later")
    at("2026-05-14 09:32")
    assert till.look("late", json=True).json["held_until"] == (now + timedelta(minutes=3)).isoformat()
    assert till.post("redeem", json=True, key="a" * 16, ticket=late, bill="10").status_code == 200
    at("2026-05-14 09:33:01")
    refused = till.post("redeem", json=True, key="b" * 16, ticket=later, bill="10")
    assert refused.json["error"]["code"] == "expired"


def test_a_ticket_is_for_this_turn_and_not_for_long(counter, coupon, at, work):
    first, second = counter(), counter()
    with work():
        coupon(code="MINE")
    ticket = first.ticket("mine")
    for till, stolen in ((second, ticket), (first, "forged"), (first, "")):
        assert till.post("redeem", json=True, key="k" * 16, ticket=stolen, bill="10").json["error"]["code"] == "ticket"
    at("2026-05-14 09:46")
    assert first.post("redeem", json=True, key="k" * 16, ticket=ticket, bill="10").json["error"]["code"] == "ticket"


def test_too_little_was_spent_and_nothing_typed_is_lost(counter, coupon, mall, work):
    till = counter()
    with work():
        coupon(mall.kind(mall.fund(), min_spend_fen=1000), code="LEAST")
    page = till.redeem("least", "8.20")
    assert page.status_code == 422
    assert "还差 ¥1.80" in page.text
    assert 'value="8.20"' in page.text
    for typed, words in (("十块", "金额请填数字"), ("-3", "金额要在"), ("1.234", "金额要在"), ("", "还差 ¥10.00")):
        page = till.redeem("least", typed)
        assert page.status_code == 422
        assert words in page.text
    till.receipt(till.redeem("least", "￥1,000.00 元"))


def test_less_than_the_face_returns_the_rest_to_the_fund(counter, coupon, mall, work):
    till = counter()
    with work():
        fund = mall.fund()
        coupon(mall.kind(fund), code="SMALL")
        number, free = fund.id, 5_000_000 - 1000
    till.receipt(till.redeem("small", "6"))
    with work() as session:
        moves = select(Movement.kind, Movement.fen).where(Movement.fund_id == number, Movement.kind.in_(("redeem", "rest")))
        assert sorted(session.execute(moves).all()) == [("redeem", 600), ("rest", 400)]
        assert session.scalar(unscoped(select(Fund.free_fen).where(Fund.id == number), why="test")) == free + 400


def test_an_item_needs_no_bill(counter, coupon, mall, work):
    till = counter()
    with work():
        coupon(mall.kind(mall.fund(), form="item", face=500), code="BUN")
    assert "兑换实物" in till.look("bun").text
    done = till.redeem("bun", "")
    till.receipt(done)
    assert "¥5.00" in till.browser.get(done.location).text


def test_ten_wrong_codes_lock_the_till(counter, coupon, at, work, person):
    till, other = counter(), counter()
    with work():
        coupon(code="GOOD")
    for _time in range(9):
        page = till.look("nonsense")
        assert page.status_code == 422
        assert "没有这张券" in page.text
    assert till.look("good").status_code == 200
    page = till.look("nonsense", json=True)
    assert (page.status_code, page.json["error"]["code"]) == (429, "too-many")
    locked = till.look("good")
    assert locked.status_code == 429
    assert "锁到 09:45" in locked.text
    assert "锁到 09:45" in till.browser.get("/rewards/till/").text
    assert other.look("good").status_code == 422, "held at the first till, not locked"
    assert "锁到 09:45" in person("org_admin").get("/desk/rewards/redemptions/").text
    at("2026-05-14 09:45:01")
    assert till.look("good").status_code == 200


def test_wrong_codes_of_a_quiet_hour_do_not_lock(counter, at, work):
    till = counter()
    for minute in range(0, 44, 3):
        at(f"2026-05-14 10:{minute:02d}")
        with work() as session:  # the turn goes on
            session.execute(update(Turn).values(seen_at=clock.now()))
        assert till.look("nonsense").status_code == 422
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Till).where(Till.locked_until.is_not(None))) == 0


def test_an_empty_code_is_not_counted(counter):
    till = counter()
    for _time in range(12):
        assert till.look("").status_code == 422
    assert till.look("nonsense").status_code == 422


def test_a_store_whose_agreement_ended_redeems_nothing(counter, coupon, work):
    till = counter()
    with work() as session:
        coupon(code="GOOD")
        day = clock.local_day(clock.now())
        session.execute(update(Store).values(starts_on=day - timedelta(days=9), ends_on=day - timedelta(days=1)))
    with pytest.raises(AttributeError):  # the page has no form any more: nobody has a turn there
        till.look("good")
    assert "/stations/till" in till.browser.get("/rewards/till/").location


def test_receipts_are_the_stores_own(counter, coupon, work):
    first, second = counter(), counter()
    with work():
        coupon(code="GOOD")
    receipt = first.receipt(first.redeem("good", "10"))
    assert first.browser.get(f"/rewards/till/receipts/{receipt}").status_code == 200
    assert second.browser.get(f"/rewards/till/receipts/{receipt}").status_code == 404
    assert receipt not in second.browser.get(f"/rewards/till/today?q={receipt[-5:]}").text


def test_todays_list_counts_by_kind_and_finds_a_receipt(counter, coupon, mall, work):
    till = counter(name="孟白")
    mate = counter(till.ids["store"], name="江宁")
    with work():
        fund = mall.fund()
        small, big = mall.kind(fund, face=500), mall.kind(fund, face=2000)
        for number, kind in enumerate((small, small, big)):
            coupon(kind, code=f"C{number}")
    receipts = [who.receipt(who.redeem(f"c{number}", "30")) for number, who in enumerate((till, mate, till))]
    everybody, own = till.browser.get("/rewards/till/today").text, till.browser.get("/rewards/till/today?who=me").text
    assert "¥30.00" in everybody
    assert "3 张" in everybody
    assert "¥25.00" in own
    assert receipts[1] in everybody
    assert receipts[1] not in own
    found = till.browser.get("/rewards/till/today?q=00002").text
    assert receipts[1] in found
    assert receipts[0] not in found
    assert "没有单号以“99999”结尾的" in till.browser.get("/rewards/till/today?q=99999").text
    assert till.browser.get("/rewards/till/today?q=%25").status_code == 200


def test_where_a_coupon_was_used(counter, coupon, work, app):
    till = counter()
    with work():
        number, other = coupon(code="GOOD").id, coupon(code="REST").id
    till.receipt(till.redeem("good", "10"))
    with work(), app.test_request_context("/"):
        told = seams.used([number, other])
        assert (set(told), told[number].fen, told[number].at) == ({number}, 1000, clock.now())
        assert [str(step.text) for step in telling.steps(number)] == ["核销"]
        assert "/rewards/till/" in next(iter(hooks.unionhall_slot()))
