"""The screens: a member on the phone, the desk's operator and two who approve; and everybody who must not."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select, update

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.members.models import Membership
from unionhall.platform.access import unscoped
from unionhall_rewards.coupons import exports, holding, kinds, presenting, seams, shown, voidings
from unionhall_rewards.coupons.kinds import Rules
from unionhall_rewards.coupons.models import CouponKind, Extension, Gift, Voiding
from unionhall_rewards.coupons.seams import Used
from unionhall_stations.api import StationView

KIND = {"name": "早餐券", "form": "cash_off", "face": "5", "min_spend": "10", "valid_days": "7", "everywhere": "yes", "version": "1"}


def the_last(table):
    return db.session().scalars(unscoped(select(table).order_by(table.id.desc()), why="test")).first()


@pytest.mark.parametrize(
    "path",
    ["/rewards/", "/rewards/coupons/1/", "/rewards/coupons/1/qr", "/rewards/card", "/desk/rewards/coupons/", "/desk/rewards/coupons/1/", "/desk/rewards/kinds/",
     "/desk/rewards/kinds/new", "/desk/rewards/kinds/1/", "/desk/rewards/kinds/1/edit", "/desk/rewards/gifts/", "/desk/rewards/gifts/new", "/desk/rewards/gifts/1/",
     "/desk/rewards/voidings/", "/desk/rewards/voidings/1/", "/desk/rewards/extensions/"],
)  # fmt: skip
def test_strangers_log_in_and_others_see_nothing(app, work, hall, browser, path):
    with work():
        coupon = hall.give()[0]
        voidings.ask(hall.coupon(coupon), "误发", actor=hall.actor("operator"), now=clock.now())
    answer = app.test_client().get(path)
    assert (answer.status_code, "/login" in answer.headers["Location"]) == (302, True)
    if path.startswith("/desk"):
        assert browser("account").get(path).status_code == 403
        wrong = browser("outsider").get(path)
        assert wrong.status_code == (404 if re.search(r"/\d+/", path) else 200)
        assert "元消费券" not in wrong.text
    elif "/1/" in path:
        assert browser("other_account").get(path).status_code == 404
        assert browser("account").get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "who"),
    [("/desk/rewards/coupons/1/void", "finance"), ("/desk/rewards/gifts/1/approve", "operator"), ("/desk/rewards/gifts/1/refuse", "auditor"),
     ("/desk/rewards/voidings/1/decide", "operator"), ("/desk/rewards/voidings/1/answer", "operator"), ("/desk/rewards/extensions/", "operator"),
     ("/desk/rewards/kinds/1/state", "finance"), ("/desk/rewards/kinds/new", "auditor"), ("/desk/rewards/gifts/new", "finance")],
)  # fmt: skip
def test_the_wrong_editor_changes_nothing(work, hall, mall, browser, post, path, who):
    with work():
        coupon = hall.give()[0]
        asked = voidings.ask(hall.coupon(coupon), "误发", actor=hall.actor("operator"), now=clock.now()).id
    answer = post(browser(who), path, text="x", answer="x", act="retire", verdict="yes")
    assert answer.status_code == 403
    if not path.endswith(("/new", "/extensions/")):
        assert post(browser("outsider"), path, text="x", answer="x", act="retire", verdict="yes").status_code in (403, 404)
    with work():
        assert hall.coupon(coupon).state == "issued"
        assert (db.session().get(Voiding, asked).state, hall.the_kind().state) == ("asked", "active")


def test_a_kind_from_the_draft_to_its_end(work, hall, browser, post):
    me, path = browser("operator"), "/desk/rewards/kinds/new"
    for change, words in (
        ({"name": ""}, "还没有填名称"), ({"face": "-1"}, "金额要在 0.01 到 50,000 元之间"), ({"face": "abc"}, "请填数字"), ({"valid_days": ""}, "有效期填一种"),
        ({"form": "percent"}, "减百分之几"), ({"min_spend": "3"}, "不能比面值还小"), ({"everywhere": "no"}, "请选哪些门店"),
        ({"valid_from": "2026-06-01", "valid_until": "2026-05-01"}, "只填一种"), ({"face": "50000.01"}, "到 50,000 元之间"),
    ):  # fmt: skip
        wrong = post(me, path, **(KIND | {"fund_id": str(hall.fund)} | change))
        assert (wrong.status_code, words in wrong.text) == (422, True), words
        assert change.get("name") == "" or "早餐券" in wrong.text
    assert post(me, path, **KIND, fund_id=str(hall.fund)).status_code == 303
    with work():
        kind = the_last(CouponKind)
        kind_id = kind.id
        assert (kind.state, kind.face_fen, kind.min_spend_fen, kind.org_id) == ("draft", 500, 1000, hall.city)
    page = f"/desk/rewards/kinds/{kind_id}/"
    assert "会员看到的样子" in me.get(page).text
    assert post(me, page + "state", act="use").status_code == 303
    edit = KIND | {"fund_id": str(hall.fund), "version": "2"}
    assert post(me, page + "edit", **(edit | {"face": "6"})).status_code == 303
    stale = post(me, page + "edit", **(edit | {"name": "晚餐券"}))
    assert (stale.status_code, "别人刚改过" in stale.text, "晚餐券" in stale.text) == (409, True, True)
    with work():
        hall.give(kind_id=kind_id)
        version = str(hall.the_kind(kind_id).version)
    frozen = post(me, page + "edit", **(edit | {"face": "7", "version": version}))
    assert (frozen.status_code, "不能再改" in frozen.text) == (422, True)
    assert post(me, page + "edit", **(edit | {"face": "6", "name": "早点券", "version": version})).status_code == 303
    assert post(me, page + "state", act="remove").status_code == 303
    assert "可以停用" in me.get(page).text
    assert post(me, page + "state", act="retire").status_code == 303
    with work():
        assert (hall.the_kind(kind_id).state, hall.the_kind(kind_id).name) == ("retired", "早点券")


def test_a_published_draw_freezes_a_kind_and_a_draft_of_one_keeps_it(work, hall, mall):
    with work():
        kind = mall.kind(hall.the_kind().fund, state="draft")
        draw = mall.draw(kind.fund, {"kind": kind})
        with pytest.raises(Exception, match="停用"):
            kinds.remove(kind.id, actor=SYSTEM, now=clock.now())
        kinds.put_to_use(kind.id, actor=SYSTEM, now=clock.now())
        rules = kinds.rules_of(kind)
        draw.state, draw.spec_hash, draw.commit_hash = "published", "x", "y"
        db.session().flush()
        changed = Rules(**{name: getattr(rules, name) for name in rules.__slots__} | {"valid_days": 3})
        with pytest.raises(Exception, match="不能再改"):
            kinds.change(kind.id, changed, version=kind.version, actor=SYSTEM, now=clock.now())


def test_stores_of_a_kind_in_use_may_only_be_added(work, hall, mall):
    with work():
        stores = [mall.store(hall.the_kind().org).id for _n in range(2)]
        kind = mall.kind(hall.the_kind().fund)
        rules = kinds.rules_of(kind)
        only = Rules(**{name: getattr(rules, name) for name in rules.__slots__} | {"everywhere": False, "store_ids": (stores[0],)})
        kinds.change(kind.id, only, version=1, actor=SYSTEM, now=clock.now())
        hall.give(kind_id=kind.id)
        both = Rules(**{name: getattr(only, name) for name in rules.__slots__} | {"store_ids": tuple(stores)})
        assert len(kinds.change(kind.id, both, version=2, actor=SYSTEM, now=clock.now()).places) == 2
        with pytest.raises(Exception, match="只能加门店"):
            kinds.change(kind.id, only, version=3, actor=SYSTEM, now=clock.now())


def test_a_gift_over_the_desk(work, hall, browser, post):
    operator, finance, admin = browser("operator"), browser("finance"), browser("admin")
    new, fields = "/desk/rewards/gifts/new", {"kind_id": str(hall.kind), "number": "2", "reason": "台风值守", "key": "form-1"}
    page = post(operator, new, **fields, q="何秀英", act="search", members="程远桥")
    assert (page.status_code, f'value="{hall.member}"' in page.text, "程远桥" in page.text, "台风值守" in page.text) == (200, True, True, True)
    assert "139" not in re.sub(r"139\*+", "", page.text)
    nobody = post(operator, new, **fields)
    assert (nobody.status_code, "还没有选人" in nobody.text) == (422, True)
    unknown = post(operator, new, **fields, members="没有这人", picked=str(hall.member))
    assert (unknown.status_code, "找不到" in unknown.text, "已经选了 1 人" in unknown.text) == (422, True, True)
    for _again in range(2):
        assert post(operator, new, **fields, members="程远桥", picked=str(hall.member)).status_code == 303
    with work():
        gift = the_last(Gift)
        page, members = f"/desk/rewards/gifts/{gift.id}/", gift.member_ids
        assert (gift.id, sorted(members)) == (1, sorted([hall.member, hall.other]))
    assert "另外两位同事" in operator.get(page).text
    assert post(operator, page + "approve").status_code == 403
    assert post(finance, page + "approve").status_code == 303
    twice = post(finance, page + "approve")
    assert (twice.status_code, "另一位同事" in twice.text) == (422, True)
    assert "请写为什么" in post(admin, page + "refuse").text
    assert post(admin, page + "approve").status_code == 303
    assert post(admin, page + "approve").status_code == 409
    assert "已发放" in operator.get("/desk/rewards/gifts/").text
    listed = operator.get("/desk/rewards/coupons/?q=何秀英").text
    assert ("Q-000001" in listed, "程远桥" in listed) == (True, False)
    with work():
        printed = presenting.printed(hall.coupon(1))
    assert printed not in listed + operator.get("/desk/rewards/coupons/1/").text
    assert "没有符合的券" in operator.get(f"/desk/rewards/coupons/?q={printed}").text
    assert "没有符合的券" in operator.get("/desk/rewards/coupons/?state=voided").text


def test_taking_back_over_the_desk_and_on_the_phone(work, hall, browser, post):
    operator, finance, admin, me = browser("operator"), browser("finance"), browser("admin"), browser("account")
    with work():
        coupon = hall.give()[0]
    page, mine = f"/desk/rewards/coupons/{coupon}/", f"/rewards/coupons/{coupon}/"
    assert "请写原因" in post(operator, page + "void").text
    assert post(operator, page + "void", text="名单重复").status_code == 303
    assert post(operator, page + "void", text="名单重复").status_code == 409
    voiding = "/desk/rewards/voidings/1/"
    assert "名单重复" in operator.get(voiding).text
    assert "请写原因" in post(finance, voiding + "decide", verdict="no").text
    assert post(me, mine + "appeal", text="还没作废").status_code == 404
    assert post(finance, voiding + "decide", verdict="yes").status_code == 303
    assert post(admin, voiding + "decide", verdict="yes").status_code == 409
    seen = me.get(mine).text
    assert ("名单重复" in seen, "qr__code" in seen, "申诉一次" in seen) == (True, False, True)
    assert post(me, mine + "appeal", text="").status_code == 422
    assert post(me, mine + "appeal", text="我没有领过别的").status_code == 303
    assert post(me, mine + "appeal", text="再来").status_code == 409
    assert "我没有领过别的" in admin.get(voiding).text
    assert "作废是你批的" in post(finance, voiding + "answer", right="yes", text="核对有误").text
    assert post(admin, voiding + "answer", right="yes", text="核对有误，补发一张").status_code == 303
    assert "补发一张" in me.get(mine).text
    assert "申诉已答复" in operator.get("/desk/rewards/voidings/").text
    assert "我没有领过别的" in operator.get(page).text


def test_an_extension_over_the_desk(work, hall, browser, post):
    finance = browser("finance")
    with work():
        hall.give(number=2)
    path, fields = "/desk/rewards/extensions/", {"kind_ids": str(hall.kind), "days": "3", "reason": "驿站停业", "key": "once"}
    assert "请选要延期的券种" in post(finance, path, **(fields | {"kind_ids": ""})).text
    assert post(finance, path, **(fields | {"days": "0"})).status_code == 422
    for _again in range(2):
        assert post(finance, path, **fields).status_code == 303
    with work():
        assert (the_last(Extension).id, the_last(Extension).number) == (1, 2)
        assert str(clock.local_day(hall.coupon(1).valid_to)) == "2026-05-23"
    assert "驿站停业" in browser("auditor").get(path).text
    assert "延长 3 天" in browser("auditor").get("/desk/rewards/coupons/1/").text


def test_the_wallet_on_the_phone(work, hall, browser, at, monkeypatch):
    me = browser("account")
    assert "没有可用的消费券" in me.get("/rewards/").text
    with work():
        coupon, _second = hall.give(number=2)
        hall.give(hall.other)
        printed = presenting.printed(hall.coupon(coupon))
    page = me.get("/rewards/").text
    assert ("可用 2" in page, page.count('class="coupon"'), "2026-05-20 24:00" in page, printed in page) == (True, 2, True, False)
    assert "消费券" in me.get("/my/").text
    seen = me.get(f"/rewards/coupons/{coupon}/")
    assert (printed in seen.text, "data:image/svg+xml" in seen.text, seen.headers["Cache-Control"]) == (True, True, "no-store")
    first = me.get(f"/rewards/coupons/{coupon}/qr").text
    assert me.get(f"/rewards/coupons/{coupon}/qr").text == first
    at("2026-05-14 09:31")
    assert me.get(f"/rewards/coupons/{coupon}/qr").text != first
    at("2026-05-20 23:59")
    me = browser("account")
    assert "今天到期" in me.get("/rewards/").text
    at("2026-05-21 00:00")
    page = me.get("/rewards/").text
    assert "已过期 2" in page, page[page.index("filters") :][:600]
    over = me.get(f"/rewards/coupons/{coupon}/").text
    assert ("data:image/svg" in over, printed in over, "已过期" in over) == (False, False, True)
    assert "2026-05-20 到期" in me.get("/rewards/?tab=expired").text
    monkeypatch.setattr(seams, "USES", [lambda ids: {coupon: Used(clock.now(), "同心路驿站", 1000)} if coupon in ids else {}])
    with work():
        hall.coupon(coupon).state = "redeemed"
        db.session().flush()
        assert shown.tickets([hall.coupon(coupon)], clock.now())[0].notes == ("2026-05-21 00:00", "同心路驿站")
        db.session().rollback()


def test_where_a_coupon_can_be_used(work, hall, mall, browser, monkeypatch):
    with work():
        store = mall.store(hall.the_kind().org, name="联华便利")
        kind = hall.the_kind()
        kind.everywhere = False
        rules = kinds.rules_of(kind)
        kinds.change(kind.id, Rules(**{name: getattr(rules, name) for name in rules.__slots__} | {"store_ids": (store.id,)}), version=1, actor=SYSTEM, now=clock.now())
        coupon = hall.give()[0]
    views = [StationView(at, "worker", at, name, "同心路", hall.city, "/1/", 1, True, f"/stations/s{at}/") for at, name in ((1, "关门的驿站"), (2, "开门的驿站"))]
    monkeypatch.setattr(shown, "stations_of_store", lambda _store: views)
    monkeypatch.setattr(shown, "open_now", lambda _ids, _now: {2})
    page = browser("account").get(f"/rewards/coupons/{coupon}/").text
    assert page.index("开门的驿站") < page.index("关门的驿站")
    assert "/stations/s2/" in page
    assert "联华便利" in browser("operator").get(f"/desk/rewards/kinds/{hall.kind}/").text


def test_a_wallet_asks_no_more_for_many(work, hall, browser, queries):
    me = browser("account")
    counts = []
    for _n in range(2):
        with work():
            hall.give(number=5)
        me.get("/rewards/")
        with queries() as asked:
            me.get("/rewards/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("keeps", "shows"), [(True, True), (False, False)])
def test_who_left_may_use_coupons_unless_the_site_says_otherwise(work, hall, browser, monkeypatch, keeps, shows):
    with work() as session:
        coupon = hall.give()[0]
        session.execute(update(Membership).where(Membership.member_id == hall.member).values(status="left", ended_on=date(2026, 5, 14)))
    monkeypatch.setattr(holding, "plugin_settings", lambda _name: {"left_members_keep": keeps})
    page = browser("account").get(f"/rewards/coupons/{coupon}/").text
    assert ("data:image/svg" in page, "会籍已经结束" in page) == (shows, not shows)


def test_a_fund_gives_up_to_its_freeze_line(work, hall):
    with work():
        hall.the_kind().fund.freeze_percent = 1
        db.session().flush()
        hall.give(number=20)
        hall.give(hall.member, hall.other, number=15)
        with pytest.raises(Exception, match="冻结线"):
            hall.give()
        db.session().rollback()


def test_the_live_member_card(app, work, hall, make, browser):
    page = browser("account").get("/rewards/card").text
    assert ("何秀英" in page, "桐湾市总工会" in page, "data-clock" in page) == (True, True, True)
    with work():
        staff, away = make.account("editor").id, make.member(name="暂停的人", account=True, status="suspended").account_id
    assert "先激活" in browser(staff).get("/rewards/card").text
    assert "先激活" in browser(staff).get("/rewards/").text
    assert "不在有效期" in browser(away).get("/rewards/card").text


def test_the_export_holds_no_code(work, hall):
    with work():
        coupon = hall.give()[0]
        hall.give(hall.other)
        printed = presenting.printed(hall.coupon(coupon)).replace("-", "")
        rows = [list(row) for row in exports.rows(hall.actor("auditor"), "/", {})]
        assert len(exports.header({})) == len(rows[0])
        assert ("何秀英" in str(rows), printed in str(rows).replace("-", "")) == (True, False)
        assert list(exports.rows(hall.actor("outsider"), "/", {})) == []
        assert len(list(exports.rows(hall.actor("auditor"), "/", {"q": "何秀英"}))) == 1


def test_programs_read_their_owner_s_coupons(app, work, hall):
    from unionhall_rewards.coupons import rest

    with work():
        coupon = hall.coupon(hall.give()[0])
        with app.test_request_context():
            out = rest._out(coupon, type("Call", (), {"now": clock.now()})())
        assert (out.state, out.face_fen, out.valid_to.date()) == ("ready", 1000, date(2026, 5, 20))
        assert presenting.printed(coupon) not in out.model_dump_json()
