"""The desk's org screens at the HTTP seam."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news.models import State
from unionhall.orgs import services
from unionhall.orgs.models import Org, OrgKind
from unionhall.orgs.services import OrgFields

FILLED = {"name": "东津区总工会", "short_name": "东津区总", "kind": "district", "version": "1"}


@pytest.fixture
def place(work, make):
    """A city with two districts, an administrator of the city and of the first district, others; ids."""
    with work():
        city = make.org(name="青禾市总工会")
        ours, theirs = make.org(city, OrgKind.DISTRICT, name="东津区总工会"), make.org(city, OrgKind.DISTRICT, name="柳浦区总工会")
        street = make.org(ours, OrgKind.STREET, name="同心街道总工会")
        return {
            "root": make.root.id, "city": city.id, "ours": ours.id, "theirs": theirs.id, "street": street.id,
            "boss": make.account(Role.SYSTEM_ADMIN).id, "city_admin": make.account(Role.ORG_ADMIN, city).id,
            "admin": make.account(Role.ORG_ADMIN, ours).id, "neighbour": make.account(Role.ORG_ADMIN, theirs).id,
            "auditor": make.account(Role.AUDITOR, city).id, "editor": make.account(Role.EDITOR, city).id,
        }


@pytest.fixture
def enter(app, login, place):
    """Return `enter("admin")`: a browser in which that person is logged in."""

    def browser(who):
        client = app.test_client()
        login(client, place[who])
        return client

    return browser


@pytest.fixture
def org(app, place):
    """Return `org("ours")`, read anew."""

    def read(name):
        with app.app_context():
            db.session().remove()
            found = db.session().get(Org, place[name])
            db.session().expunge(found)
            return found

    return read


def number(app):
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(Org))


def test_the_tree_holds_what_one_looks_after(enter):
    words = ("青禾市总工会", "东津区总工会", "同心街道总工会", "柳浦区总工会")
    seen = {"city_admin": (True, True, True, True), "auditor": (True,) * 4, "admin": (False, True, True, False)}
    for who, wanted in seen.items():
        page = enter(who).get("/desk/orgs/").text.partition("<main")[2]
        assert tuple(word in page for word in words) == wanted, who
    assert enter("editor").get("/desk/orgs/").status_code == 403


def test_searching_says_where_each_stands_and_what_was_not_found(enter):
    client = enter("city_admin")
    page = client.get("/desk/orgs/?q=街道").text.partition("<main")[2]
    assert ("同心街道总工会" in page, "柳浦区总工会" in page, "东津区总工会" in page) == (True, False, True)
    assert "没有找到“%”" in client.get("/desk/orgs/?q=%25").text
    assert "没有找到“&lt;b&gt;”" in client.get("/desk/orgs/?q=<b>").text


def test_closed_ones_are_shown_when_asked_for(enter, post, place):
    client = enter("city_admin")
    client.get(post(client, f"/desk/orgs/{place['theirs']}/close").location)
    assert "柳浦区总工会" not in client.get("/desk/orgs/").text.partition("<main")[2]
    page = client.get("/desk/orgs/?closed=1").text.partition("<main")[2]
    assert "柳浦区总工会" in page
    assert "已关闭" in page


@pytest.mark.parametrize("tail", ["", "/new", "/edit", "/move", "/merge", "/close", "/reopen"])
def test_doors(app, enter, place, tail):
    path = f"/desk/orgs/{place['ours']}{tail}"
    stranger = app.test_client().get(path)
    assert (stranger.status_code, "/login" in stranger.location) == (302, True)
    assert enter("editor").get(path).status_code == 403
    assert enter("neighbour").get(path).status_code == 404
    assert enter("auditor").get(path).status_code == (200 if tail == "" else 403)
    assert enter("boss").get(path).status_code == 200
    assert enter("boss").get(f"/desk/orgs/999999{tail}").status_code == 404
    above = tail in {"/move", "/merge", "/close", "/reopen"}
    assert enter("admin").get(path).status_code == (403 if above else 200)


@pytest.mark.both
def test_founding_an_org(enter, post, place, org, app):
    client, before = enter("admin"), number(app)
    answer = post(client, f"/desk/orgs/{place['ours']}/new", name="石桥 船厂工会", short_name="石桥船厂", kind="enterprise")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "“石桥 船厂工会”建好了。" in page
    assert "/orgs/shi-qiao-chuan-chang/" in page
    assert number(app) == before + 1


def test_a_form_with_mistakes_comes_back_as_it_was(enter, post, place, app):
    before = number(app)
    answer = post(
        enter("admin"), f"/desk/orgs/{place['ours']}/new", name="同心街道总工会", short_name="", kind="street", phone="打总机",
        term_ends="去年", summary="<b>还没写完",
    )
    assert answer.status_code == 422
    assert "<title>错误：" in answer.text
    for part in ("还没有填简称。", "电话只写数字", "看不懂这个日期", 'value="打总机"', 'value="去年"', "&lt;b&gt;还没写完"):
        assert part in answer.text, part
    twin = post(enter("admin"), f"/desk/orgs/{place['ours']}/new", name="同心街道总工会", short_name="同心", kind="street")
    assert (twin.status_code, "已经有“同心街道总工会”" in twin.text, 'href="#name"' in twin.text) == (422, True, True)
    assert number(app) == before


def test_only_levels_that_fit_are_offered(enter, post, place):
    client, path = enter("admin"), f"/desk/orgs/{place['street']}/new"
    page = client.get(path).text
    assert [f'value="{kind}"' in page for kind in OrgKind] == [False, False, False, False, True, True]
    assert post(client, path, **FILLED | {"kind": "city"}).status_code == 422


@pytest.mark.both
def test_changing_what_is_said(enter, post, place, org):
    client = enter("admin")
    answer = post(client, f"/desk/orgs/{place['ours']}/edit", **FILLED, phone="0570-123", term_ends="2026-06-01", certificate_until="2026-08-01")
    assert answer.status_code == 303
    found = org("ours")
    assert (found.short_name, found.phone, str(found.term_ends), found.version) == ("东津区总", "0570-123", "2026-06-01", 2)


@pytest.mark.both
def test_who_saves_second_sees_both_and_loses_nothing(enter, post, place, org):
    first, second = enter("admin"), enter("city_admin")
    path = f"/desk/orgs/{place['ours']}/edit"
    assert post(first, path, **FILLED, phone="111", address="甲路 1 号").status_code == 303
    late = post(second, path, **FILLED, phone="222", address="甲路 1 号")
    assert late.status_code == 409
    assert "有人改过“东津区总工会”" in late.text
    stored, typed = late.text.partition("不一样的地方")[2].partition("<form")[::2]
    assert ("111" in stored, "222" in stored, "甲路" in stored) == (True, True, False)
    assert 'value="222"' in typed
    assert 'name="version" type="hidden" value="2"' in typed
    assert org("ours").phone == "111"
    assert post(second, path, **FILLED | {"version": "2"}, phone="222").status_code == 303
    assert org("ours").phone == "222"


@pytest.mark.both
def test_moving_is_chosen_then_seen_then_done(enter, post, place, org, work, make):
    with work():
        place["west"] = make.org(name="云州市总工会").id
    client, path = enter("boss"), f"/desk/orgs/{place['ours']}/move"
    choice = client.get(path).text
    offered = {name: f'<option value="{place[name]}"' in choice for name in ("root", "west", "city", "ours", "street", "theirs")}
    assert offered == {"root": True, "west": True, "city": False, "ours": False, "street": False, "theirs": False}
    preview = client.get(f"{path}?target={place['west']}").text
    for part in ("移到“云州市总工会”下面", "下面的 1 个组织一起移过去", "青禾市总工会"):
        assert part in preview, part
    assert org("ours").parent_id == place["city"]
    answer = post(client, path, target=place["west"])
    assert (answer.status_code, org("ours").parent_id) == (303, place["west"])
    assert org("street").path == f"{org('west').path}{place['ours']}/{place['street']}/"
    again = post(client, path, target=place["west"])
    assert (again.status_code, org("ours").parent_id) == (422, place["west"])


@pytest.mark.parametrize("target", ["street", "ours", "theirs", "nothing", ""])
def test_a_place_that_cannot_be_is_refused(enter, post, place, org, target):
    asked = {"nothing": "abc", "": ""}.get(target, place.get(target))
    answer = post(enter("boss"), f"/desk/orgs/{place['ours']}/move", target=asked)
    assert (answer.status_code, org("ours").parent_id) == (422, place["city"])


@pytest.mark.both
def test_merging_says_what_goes_along(enter, post, place, org, work, make):
    with work() as session:
        for state in (State.DRAFT, State.PUBLISHED):
            make.article(session.get(Org, place["ours"]), state=state)
    client, path = enter("city_admin"), f"/desk/orgs/{place['ours']}/merge"
    preview = client.get(f"{path}?target={place['theirs']}").text
    for part in ("并入“柳浦区总工会”", "1 个直接下级组织", "2 篇文章", "1 个账号", "1 项授权", "合并后不能撤销"):
        assert part in preview, part
    answer = post(client, path, target=place["theirs"])
    assert (answer.status_code, answer.location) == (303, f"/desk/orgs/{place['theirs']}")
    assert (org("ours").status, org("ours").merged_into_id, org("street").parent_id) == ("merged", place["theirs"], place["theirs"])
    gone = client.get(f"/desk/orgs/{place['ours']}").text
    assert "已并入“柳浦区总工会”" in gone
    assert f"/desk/orgs/{place['ours']}/reopen" not in gone
    assert post(client, path, target=place["city"]).status_code == 422


def test_closing_asks_and_reopening_too(enter, post, place, org):
    client = enter("city_admin")
    page = client.get(f"/desk/orgs/{place['ours']}/close").text
    assert ("关闭“东津区总工会”" in page, "还有 1 个组织在运行" in page) == (True, True)
    refused = post(client, f"/desk/orgs/{place['ours']}/close")
    assert (refused.status_code, org("ours").status) == (422, "active")
    assert post(client, f"/desk/orgs/{place['theirs']}/close").status_code == 303
    assert org("theirs").status == "closed"
    assert "恢复“柳浦区总工会”" in client.get(f"/desk/orgs/{place['theirs']}/reopen").text
    assert org("theirs").status == "closed"
    assert post(client, f"/desk/orgs/{place['theirs']}/reopen").status_code == 303
    assert org("theirs").status == "active"
    assert post(client, f"/desk/orgs/{place['theirs']}/reopen").status_code == 422


def test_the_root_has_no_such_doors(enter, place, post):
    client = enter("boss")
    for act in ("move", "merge", "close", "reopen"):
        assert client.get(f"/desk/orgs/{place['root']}/{act}").status_code == 422
        assert post(client, f"/desk/orgs/{place['root']}/{act}", target=place["city"]).status_code == 422


def test_the_history_is_told(enter, post, place):
    client = enter("boss")
    post(client, f"/desk/orgs/{place['ours']}/edit", **FILLED | {"name": "东津总工会"})
    page = client.get(f"/desk/orgs/{place['ours']}").text
    for part in ("改名", "名称：东津区总工会 → 东津总工会", "成立", "上级：青禾市总工会"):
        assert part in page, part


def test_titles_with_markup_stay_text(enter, post, place):
    client = enter("boss")
    post(client, f"/desk/orgs/{place['theirs']}/edit", **FILLED | {"name": "<script>alert(1)</script>", "short_name": '"><img src=x>'})
    for tail in ("", "/edit", "/close", "/merge", f"/move?target={place['root']}"):
        page = client.get(f"/desk/orgs/{place['theirs']}{tail}").text
        assert ("<script>alert" in page, "<img src=x>" in page) == (False, False), tail


def test_a_large_tree_shows_its_upper_levels(enter, place, work, make, monkeypatch):
    from unionhall.orgs import desk

    monkeypatch.setattr(desk, "MANY", 3)
    page = enter("boss").get("/desk/orgs/").text.partition("<main")[2]
    assert ("青禾市总工会" in page, "同心街道总工会" in page, "只列上面几级" in page, "下级 2 个" in page) == (True, False, True, True)
    assert "同心街道总工会" in enter("boss").get("/desk/orgs/?q=同心").text.partition("<main")[2]


def test_reminders_of_certificates_and_terms(enter, post, place, at, work, make):
    days = {"ours": ("2026-06-12", "2026-08-12"), "theirs": ("2026-08-13", ""), "street": ("", "2026-05-01")}
    for name, (term, until) in days.items():
        with work() as session:
            found = session.get(Org, place[name])
            fields = OrgFields(found.name, found.short_name, OrgKind(found.kind), term_ends=_day(term), certificate_until=_day(until))
            services.rename_org(found, fields, version=found.version, actor=SYSTEM, now=clock.now())
    card = enter("city_admin").get("/desk/").text.partition("到期提醒")[2].partition("</section>")[0]
    assert [part in card for part in ("还有 29 天", "还有 90 天", "已过期", "柳浦区总工会")] == [True, True, True, False]
    assert card.index("同心街道总工会") < card.index("东津区总工会")
    assert "到期提醒" not in enter("neighbour").get("/desk/").text
    assert "到期提醒" not in enter("editor").get("/desk/").text


def _day(text):
    return date.fromisoformat(text) if text else None
