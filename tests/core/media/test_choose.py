"""The chooser: what may be chosen by whom, what is chosen so far, files sent along, and what was typed elsewhere."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import timedelta

import pytest
from PIL import Image as Pillow

from unionhall.base import clock, db
from unionhall.hooks.types import Role
from unionhall.media import folders, queries, services
from unionhall.media.models import AssetTag
from unionhall.orgs.models import Org, OrgKind

PATH = "/desk/media/choose"


def photo(colour="red"):
    file = io.BytesIO()
    Pillow.new("RGB", (600, 400), colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def library(work, make):
    """A city with two districts; pictures and a document in them, one shared by the city; ids by name."""
    with work():
        city = make.org(name="青禾市总工会")
        ours, theirs = make.org(city, OrgKind.DISTRICT), make.org(city, OrgKind.DISTRICT)
        writer = make.account(Role.CORRESPONDENT, ours)
        found = {"writer": writer.id, "auditor": make.account(Role.AUDITOR, ours).id, "ours": ours.id, "theirs": theirs.id}

        def put(name, org, minutes, **fields):
            now = clock.now() - timedelta(minutes=minutes)
            asset = make.picture(org, title=name, created_at=now, **fields)
            services.note_words(asset)
            found[name] = asset.id
            return asset

        put("夜班食堂", ours, 3, credit="周牧", tags=[AssetTag(name="食堂")]).folder_id = folders.named(ours.id, "竞赛", now=clock.now()).id
        put("晨练", ours, 1, uploaded_by=writer.id)
        put("报名表", ours, 2, kind="document", extension="pdf", mime="application/pdf", width=0, height=0, bytes=1_258_291, renditions={})
        put("市里共享", city, 4, shared=True)
        put("市里不共享", city, 5)
        put("邻区的", theirs, 6)
    return found


@pytest.fixture
def browser(client, login, library):
    login(client, library["writer"])
    return client


def names(page):
    return re.findall(r'asset__name">([^<]+)<', page)


def chosen(page):
    return [int(number) for number in re.findall(r'name="pick-ids" value="(\d+)"[^>]* checked', page)]


def look(browser, **asked):
    answer = browser.get(PATH, query_string={f"pick-{name.removesuffix('_')}": value for name, value in asked.items()})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.both
def test_it_shows_what_the_library_shows_this_person_newest_first(browser):
    assert names(look(browser)) == ["晨练", "报名表", "夜班食堂"]
    assert names(look(browser, want="image")) == ["晨练", "夜班食堂"]
    assert names(look(browser, kind="document")) == ["报名表"]
    assert names(look(browser, want="image", kind="document")) == ["晨练", "夜班食堂"]
    assert names(look(browser, q="食堂")) == ["夜班食堂"]
    assert names(look(browser, q="周牧")) == ["夜班食堂"]
    assert names(look(browser, folder="竞赛")) == names(look(browser, tag="食堂")) == ["夜班食堂"]
    assert names(look(browser, place="mine")) == ["晨练"]
    assert names(look(browser, place="shared")) == ["市里共享"]
    assert names(look(browser, sort="old")) == ["夜班食堂", "报名表", "晨练"]
    page = look(browser, q="没有的")
    assert (names(page), "关键词“没有的”在这个范围里没有结果" in page) == ([], True)


def test_a_tile_tells_name_credit_size_and_what_a_script_needs(browser):
    page = look(browser, q="夜班")
    assert ("摄影 周牧" in page, "1600 × 1000" in page, "缺替代文字" in page) == (True, True, True)
    data = json.loads(html.unescape(re.search(r'data-asset="([^"]+)"', page)[1]))
    assert (data["credit"], data["width"], data["lacks"]) == ("周牧", 1600, "缺替代文字")
    english = browser.get(f"{PATH}?lang=en&pick-q=夜班").get_data(as_text=True)
    assert json.loads(html.unescape(re.search(r'data-asset="([^"]+)"', english)[1]))["creditLine"] == "摄影 周牧"
    data = re.search(r'data-asset="([^"]+)"', look(browser, want="document"))[1]
    assert json.loads(html.unescape(data))["text"] == "《报名表》（PDF，1.2 MB）"


def test_only_who_may_use_the_library_gets_in(app, login, library):
    for account, status in ((None, 302), (library["auditor"], 403), (library["writer"], 200)):
        client = app.test_client()
        if account:
            login(client, account)
        answer = client.get(PATH)
        assert answer.status_code == status
        assert account or answer.location.startswith("/login?next=/desk/media/choose")


def test_what_is_chosen_stays_through_a_search_in_its_order(browser, library):
    ids = [library["夜班食堂"], library["晨练"]]
    page = look(browser, many="1", ids=ids, q="没有的")
    assert (chosen(page), names(page), page.count('type="checkbox" name="pick-ids"')) == (ids, ["夜班食堂", "晨练"], 2)
    page = look(browser, ids=ids)
    assert (chosen(page), names(page)) == (ids[:1], ["夜班食堂", "晨练", "报名表"])
    assert 'type="radio" name="pick-ids"' in page


def test_what_cannot_be_chosen_is_not_chosen(browser, work, library):
    gone = library["晨练"]
    with work():
        db.session().delete(queries.by_ids([gone])[gone])
    foreign = [library["邻区的"], library["市里不共享"], gone, 99999, "x", "99999999999"]
    page = look(browser, many="1", ids=[*foreign, library["市里共享"]])
    assert (chosen(page), "邻区的" in page) == ([library["市里共享"]], False)
    assert chosen(look(browser, many="1", want="image", ids=[library["报名表"]])) == []


def test_it_is_turned_page_by_page_with_buttons(browser, work, make, library):
    with work():
        org = db.session().get_one(Org, library["ours"])
        for number in range(30):
            make.picture(org, title=f"第{number}张", created_at=clock.now() + timedelta(minutes=number))
    first, second = look(browser), look(browser, page="2")
    assert (len(names(first)), len(names(second))) == (24, 9)
    assert not set(names(first)) & set(names(second))
    assert '<button name="pick-page" value="2">' in first


@pytest.mark.parametrize("asked", [{"want": "film"}, {"kind": "film"}, {"place": "x"}, {"sort": "org_id"}, {"field": "a b"}])
def test_what_nobody_offers_is_a_bad_request(browser, asked):
    assert browser.get(PATH, query_string={f"pick-{name}": value for name, value in asked.items()}).status_code == 400


def test_files_sent_along_are_kept_and_chosen_and_refused_ones_are_told(browser, post, work, library):
    files = [(io.BytesIO(photo()), "一.jpg"), (io.BytesIO(b"%PDF-1.4 nothing"), "二.pdf"), (io.BytesIO(b"MZ"), "三.jpg"), (io.BytesIO(photo("blue")), "四.jpg")]
    answer = post(browser, PATH, **{"pick-want": "image", "pick-many": "1", "pick-ids": str(library["晨练"]), "pick-file": files})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "<title>错误：" in page) == (422, True)
    assert ("“三.jpg”：这个文件不是图片" in page, "“二.pdf”：" in page) == (True, True)
    assert names(page)[:3] == ["晨练", "一.jpg", "四.jpg"]
    assert len(chosen(page)) == 3
    page = post(browser, PATH, **{"pick-file": [(io.BytesIO(photo("green")), "五.jpg")], "pick-ids": str(library["晨练"])}).get_data(as_text=True)
    assert (names(page)[0], len(chosen(page))) == ("五.jpg", 1)


def test_a_file_of_the_wrong_kind_is_not_kept(browser, post):
    paper = [(io.BytesIO("姓名,单位\n林晓棠,二车间\n".encode()), "名单.csv")]
    page = post(browser, PATH, **{"pick-want": "image", "pick-file": paper}).get_data(as_text=True)
    assert "“名单.csv”：这里只放图片" in page
    paper = [(io.BytesIO("姓名,单位\n林晓棠,二车间\n".encode()), "名单.csv")]
    answer = browser.post("/desk/media/upload", data={"csrf_token": token(browser), "want": "image", "file": paper}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "only-image")
    assert names(look(browser, want="document")) == ["报名表"]


def test_uploads_go_to_the_org_that_is_asked_for_if_it_may_be(browser, post, work, library):
    sent = {"pick-file": [(io.BytesIO(photo()), "一.jpg")], "pick-org": str(library["theirs"])}
    assert post(browser, PATH, **sent).status_code == 404
    assert f'<input type="hidden" name="pick-org" value="{library["ours"]}">' in look(browser, org=library["theirs"])


def test_what_was_typed_comes_along_and_goes_back(browser, post):
    typed = {"headline": '“引号”与"<b>"', "names": ["甲", "乙"], "rows": "bylines:add", "pick-field": "cover_id", "pick-back": "/desk/news/new"}
    page = post(browser, PATH, **typed).get_data(as_text=True)
    assert 'name="headline" value="“引号”与&#34;&lt;b&gt;&#34;"' in page
    assert re.findall(r'name="names" value="(.)"', page) == ["甲", "乙"]
    assert 'formaction="/desk/news/new" name="rows" value="cover_id:use"' in page
    assert ("bylines:add" in page, page.count('name="csrf_token"') < 5) == (False, True)


@pytest.mark.parametrize("back", ["https://example.cn/", "//example.cn/desk/", "/news/", "javascript:alert(1)", ""])
def test_it_leads_back_into_the_desk_only(browser, post, back):
    page = post(browser, PATH, **{"pick-field": "cover_id", "pick-back": back}).get_data(as_text=True)
    assert "formaction=" not in page


def test_a_link_cannot_say_where_its_button_leads(browser):
    page = browser.get(f"{PATH}?pick-field=cover_id&pick-back=/desk/news/1/archive").get_data(as_text=True)
    assert ("formaction=" in page, 'name="pick-back"' in page) == (False, False)


def test_a_post_needs_its_token(browser):
    assert browser.post(PATH, data={"headline": "x"}).status_code == 400


def token(browser):
    return re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/desk/").get_data(as_text=True))[1]
