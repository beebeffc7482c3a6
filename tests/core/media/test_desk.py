"""The library at the HTTP seam, as a browser without JavaScript meets it, and as the upload script does."""

from __future__ import annotations

import io
import re

import pytest
from media_samples import PDF, every, find, jpeg, packed

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.media import documents, folders, services, uses
from unionhall.media.services import Details
from unionhall.news.models import State
from unionhall.orgs.models import Org

JSON = {"Accept": "application/json"}
DOCM = packed(**{"word/vbaProject.bin": b"x"})
BOMB = packed(**{"word/big.bin": b"\0" * 5_000_000})


def text(answer):
    return answer.get_data(as_text=True)


def sent(browser, files, headers=None, **values):
    data = {"csrf_token": browser.token(), "file": [(io.BytesIO(data), name) for name, data in files], **values}
    return browser.client.post("/desk/media/upload", data=data, headers=headers)


def used_by(work, make, number, state=State.PUBLISHED, headline="用到它的稿"):
    with work():
        asset = find(number)
        words = {"cover_alt": "图", "cover_caption": "说明", "cover_credit": "周牧"}
        return make.article(asset.org, content=make.content(headline, cover_id=number, **words), state=state).id


def test_several_files_are_kept_each_for_itself(desk, work, people):
    browser = desk(people["writer"])
    files = [("车间.jpg", jpeg()), ("照片.heic", b"\0\0\0\x18ftypheic" + b"\0" * 32), ("年报.pdf", PDF), ("宏.docx", DOCM), ("炸弹.docx", BOMB)]
    answer = sent(browser, [*files, ("压缩.zip", packed())], folder="夜班", org=str(people["org"]))
    page = text(answer)
    assert answer.status_code == 422
    for part in ("存下 2 个", "4 个没有存下", "“照片.heic”：这张图是 HEIC 格式", "“宏.docx”：这个文件里有宏", "“炸弹.docx”：这个文件展开后太大",
                 "“压缩.zip”：压缩包不能直接上传", "车间.jpg", "年报.pdf"):  # fmt: skip
        assert part in page, part
    with work():
        assert [(item.file_name, item.folder.name, item.uploaded_by, item.org_id) for item in every()] == [
            ("车间.jpg", "夜班", people["writer"], people["org"]), ("年报.pdf", "夜班", people["writer"], people["org"]),
        ]  # fmt: skip
    again = sent(browser, [("别名.jpg", jpeg())])
    assert (again.status_code, "库里已有，用原来的" in text(again)) == (200, True)
    nothing = sent(browser, [])
    assert (nothing.status_code, "没有收到文件" in text(nothing)) == (422, True)


def test_the_script_sends_one_at_a_time(desk, work, people, monkeypatch):
    browser = desk(people["writer"])
    kept = sent(browser, [("车间.jpg", jpeg())], JSON)
    assert kept.status_code == 201
    assert kept.json == {"id": kept.json["id"], "name": "车间.jpg", "url": f"/desk/media/{kept.json['id']}/", "known": False}
    again = sent(browser, [("别名.jpg", jpeg())], JSON)
    assert (again.status_code, again.json["known"], again.json["id"]) == (200, True, kept.json["id"])
    refused = sent(browser, [("宏.docx", DOCM)], JSON)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "macros")
    monkeypatch.setattr(documents, "MOST_BYTES", 1000)
    large = sent(browser, [("大.pdf", b"%PDF-" + b"0" * 1000)], JSON)
    assert (large.status_code, large.json["error"]["code"]) == (413, "document-too-large")
    assert sent(browser, [], JSON).json["error"]["code"] == "empty"
    with work():
        assert len(every()) == 1


def test_a_request_beyond_all_bounds_is_not_read(desk, people):
    browser = desk(people["writer"])
    answer = browser.client.post("/desk/media/upload", content_type="multipart/form-data; boundary=x", environ_overrides={"CONTENT_LENGTH": str(2 * 1024**3)})
    assert answer.status_code == 413


def test_only_where_several_files_arrive_may_a_request_be_large(desk, people, keep):
    number = keep(people["org"])
    browser = desk(people["editor"])
    sizes = {path: browser.client.post(path, content_type="multipart/form-data; boundary=x", environ_overrides={"CONTENT_LENGTH": str(20 * 1024**2)})
             for path in ("/desk/media/upload", f"/desk/media/{number}/replace", "/desk/media/images", "/desk/media/bulk", "/login")}  # fmt: skip
    assert [path for path, answer in sizes.items() if answer.status_code == 413] == ["/desk/media/images", "/desk/media/bulk", "/login"]


def test_uploads_belong_to_orgs_of_ones_own(desk, work, people):
    browser = desk(people["writer"])
    assert sent(browser, [("a.jpg", jpeg())], org=str(people["other"])).status_code == 404
    assert sent(browser, [("a.jpg", jpeg())], org="x").status_code == 404
    assert sent(desk(people["auditor"]), [("a.jpg", jpeg())]).status_code == 403
    with work():
        assert every() == []


def test_the_grid_finds_and_says_what_is_not_there(desk, work, people, keep):
    number = keep(people["org"], name="IMG_1.jpg")
    keep(people["other"], jpeg("blue"), "邻居的.jpg")
    browser = desk(people["writer"])
    page = text(browser.get("/desk/media/"))
    assert (f'href="/desk/media/{number}/"' in page, "缺署名" in page, "邻居的" in page) == (True, True, False)
    assert "1 张图片" in page
    assert f'href="/desk/media/{number}/"' in text(browser.get("/desk/media/?q=IMG&state=no-credit&sort=old"))
    missing = text(browser.get("/desk/media/?q=没有的词"))
    assert ("关键词“没有的词”在这个范围里没有结果" in missing, "清除筛选" in missing) == (True, True)
    for wrong in ("kind=x", "state=x", "place=x", "sort=x"):
        assert browser.get(f"/desk/media/?{wrong}").status_code == 400
    assert "素材库还是空的" not in page
    with work():
        services.delete_asset(find(number), actor=SYSTEM, now=clock.now())
    assert "素材库还是空的" in text(browser.get("/desk/media/"))


def test_details_are_saved_shown_and_found_again(desk, work, people, keep):
    number = keep(people["org"], by=people["writer"])
    browser, page = desk(people["writer"]), f"/desk/media/{number}/"
    form = browser.form(page) | {
        "title": ["装配二车间"], "alt": ["两名职工"], "caption": ["说明"], "credit": ["周牧"], "licence": ["本网"], "consent": ["y"],
        "folder": ["竞赛"], "tags": ["夜班、技能"], "focal_x": ["900"],
    }  # fmt: skip
    answer = browser.post(page, **form)
    assert answer.status_code == 303
    shown = text(browser.get(page))
    for part in ("装配二车间", "资料已保存", 'value="900"', "竞赛", "夜班、技能", "改素材资料", "沈一禾", "AVIF 和按焦点裁切的图正在生成"):
        assert part in shown, part
    with work():
        asset = find(number)
        assert (asset.consent, asset.focal, asset.shared, asset.folder.name) == (True, (900, 500), False, "竞赛")


def test_a_documents_form_asks_nothing_of_pictures(desk, work, people, keep):
    number = keep(people["org"], PDF, "年报.pdf")
    browser, page = desk(people["editor"]), f"/desk/media/{number}/"
    form = browser.form(page)
    assert not {"alt", "focal_x", "focal_y"} & set(form)
    assert browser.post(page, **form | {"title": ["年报"], "shared": ["y"]}).status_code == 303
    with work():
        asset = find(number)
        assert (asset.title, asset.shared, asset.focal) == ("年报", True, (500, 500))
    assert browser.get("/desk/media/?page=99").status_code == 200


def test_what_is_too_long_keeps_what_was_typed(desk, people, keep):
    number = keep(people["org"])
    browser, page = desk(people["editor"]), f"/desk/media/{number}/"
    answer = browser.post(page, **browser.form(page) | {"title": ["长" * 121], "caption": ["刚写的"], "focal_x": ["2000"]})
    shown = text(answer)
    assert answer.status_code == 422
    for part in ("错误：", "刚写的", "长" * 121, "焦点要在图片之内"):
        assert part in shown, part


def test_who_saves_second_sees_both_and_may_decide(desk, work, people, keep):
    number = keep(people["org"])
    first, second, page = desk(people["editor"]), desk(people["above"]), f"/desk/media/{number}/"
    forms = [browser.form(page) for browser in (first, second)]
    assert first.post(page, **forms[0] | {"title": ["甲的名"]}).status_code == 303
    answer = second.post(page, **forms[1] | {"title": ["乙的名"]})
    shown = text(answer)
    assert answer.status_code == 409
    for part in ("不一样的地方", "甲的名", "乙的名", "有人先改过"):
        assert part in shown, part
    base = re.search(r'name="base" type="hidden" value="(\d+)"', shown)[1]
    assert second.post(page, **forms[1] | {"title": ["乙的名"], "base": [base]}).status_code == 303
    with work():
        assert find(number).title == "乙的名"


def test_others_assets_may_be_looked_at_and_used_not_changed(desk, work, people, keep):
    number = keep(people["org"], by=people["second"])
    browser, page = desk(people["writer"]), f"/desk/media/{number}/"
    shown = text(browser.get(page))
    assert ("你可以使用它，不能改" in shown, 'name="caption"' in shown) == (True, False)
    for path, values in ((page, {"title": "x"}), (f"{page}delete", {}), (f"{page}replace", {"file": (io.BytesIO(jpeg("blue")), "x.jpg")}),
                         ("/desk/media/bulk", {"action": "delete", "ids": str(number), "confirmed": "1"})):  # fmt: skip
        assert browser.client.post(path, data={"csrf_token": browser.token(), **values}).status_code == 403, path
    assert browser.get(f"{page}delete").status_code == 403
    stranger = desk(people["stranger"])
    for path in (page, f"{page}delete"):
        assert stranger.get(path).status_code == 404
    assert stranger.post("/desk/media/bulk", action="delete", ids=str(number), confirmed="1").status_code == 404
    with work():
        assert (find(number).title, find(number).version) == ("", 1)


def test_an_asset_in_use_is_not_deleted_and_says_where_it_is_used(desk, work, make, people, keep):
    number = keep(people["org"])
    article = used_by(work, make, number)
    with work():
        uses.note_uses("other.plugin", 9, [number])
    browser, page = desk(people["editor"]), f"/desk/media/{number}/delete"
    for answer in (browser.get(page), browser.post(page)):
        shown = text(answer)
        assert answer.status_code == 409
        for part in ("还在使用，不能删除", "用到它的稿", f"/desk/news/{article}/edit", "读者可见", "另有 1 处，不在你的权限范围内"):
            assert part in shown, part
    with work():
        assert find(number) is not None


def test_an_unused_asset_is_deleted_after_asking(desk, work, people, keep, stored):
    number = keep(people["org"], by=people["writer"])
    browser, page = desk(people["writer"]), f"/desk/media/{number}/delete"
    assert "不能恢复" in text(browser.get(page))
    answer = browser.post(page)
    assert (answer.status_code, answer.location) == (303, "/desk/media/")
    assert "已删除" in text(browser.get("/desk/media/"))
    assert (stored(), browser.get(f"/desk/media/{number}/").status_code) == ([], 404)


def test_a_file_is_replaced_or_it_is_said_why_not(desk, work, people, keep):
    number = keep(people["org"])
    browser, page = desk(people["editor"]), f"/desk/media/{number}/"
    base = browser.form(page, f"{page}replace")["base"]

    def replace(data, name="新.jpg", base=base):
        values = {"csrf_token": browser.token(), "base": base, "file": (io.BytesIO(data), name)}
        return browser.client.post(f"{page}replace", data=values)

    for data, name, why in ((b"", "x.jpg", "没有收到文件"), (b"MZ", "x.jpg", "不是图片"), (PDF, "x.pdf", "图片只能换成图片"),
                            (jpeg(), "x.jpg", "现在的那个文件"), (DOCM, "x.docx", "宏")):  # fmt: skip
        answer = replace(data, name)
        assert (answer.status_code, why in text(answer), "文件没有换" in text(answer)) == (422, True, True), why
    assert replace(jpeg("blue")).status_code == 303
    shown = text(browser.get(page))
    assert ("第 2 版" in shown, "替换文件" in shown, "用到它的地方都已经是新的" in shown) == (True, True, True)
    late = replace(jpeg("green"))
    assert (late.status_code, "有人改过" in text(late)) == (409, True)
    with work():
        assert find(number).version == 2


def test_several_are_moved_tagged_and_deleted_those_in_use_stay(desk, work, make, people, keep):
    first, second = keep(people["org"]), keep(people["org"], jpeg("blue"), "蓝.jpg")
    foreign = keep(people["other"], jpeg("green"))
    used_by(work, make, first)
    browser = desk(people["editor"])

    def bulk(**values):
        return browser.post("/desk/media/bulk", **{"ids": [str(first), str(second)], "next": "/desk/media/?sort=old"} | values)

    assert bulk(action="move", folder="夜班").location == "/desk/media/?sort=old"
    assert bulk(action="tag", tags="技能、夜班").status_code == 303
    with work():
        assert [(find(n).folder.name, len(find(n).tags)) for n in (first, second)] == [("夜班", 2), ("夜班", 2)]
    assert bulk(action="move", folder="").status_code == 303
    asked = text(bulk(action="delete"))
    for part in ("删除 1 个素材", "1 个还在使用，会留下", "蓝.jpg"):
        assert part in asked, part
    assert bulk(action="delete", ids=[str(first), str(foreign)], confirmed="1").status_code == 404
    with work():
        assert len(every()) == 3
    assert bulk(action="delete", confirmed="1").status_code == 303
    with work():
        assert [item.id for item in every()] == [first, foreign]
        assert find(first).folder is None
    assert "还在使用，没有删除" in text(browser.get("/desk/media/"))
    assert bulk(action="explode").status_code == 400
    assert bulk(action="move", ids=["x"]).status_code == 400
    browser.post("/desk/media/bulk", action="tag")
    assert "还没有勾选素材" in text(browser.get("/desk/media/"))


def test_folders_are_renamed_and_removed_by_who_looks_after_the_org(desk, work, people, keep):
    number = keep(people["org"])
    with work():
        folders.move([find(number)], "夜班", actor=SYSTEM, now=clock.now())
        folder = find(number).folder_id
    browser, page = desk(people["editor"]), f"/desk/media/folders/{folder}/"
    assert "1 个素材" in text(browser.get("/desk/media/folders/"))
    assert "给文件夹起个名字" in text(browser.post(page, name=" "))
    assert browser.post(page, name="中班").status_code == 303
    assert "中班" in text(browser.get(f"/desk/media/{number}/"))
    assert desk(people["stranger"]).get(page).status_code == 404
    assert desk(people["writer"]).get(page).status_code == 403
    assert "1 个素材会留在素材库里" in text(browser.get(f"{page}remove"))
    assert browser.post(f"{page}remove").status_code == 303
    assert "还没有文件夹" in text(browser.get("/desk/media/folders/"))
    with work():
        assert find(number).folder is None


def test_what_is_shared_from_above_is_offered(desk, work, people, keep):
    number = keep(people["city"], name="市里的.jpg")
    with work():
        services.edit(find(number), Details(shared=True, credit="市总"), base=0, actor=SYSTEM, now=clock.now())
    browser = desk(people["writer"])
    assert "市里的.jpg" not in text(browser.get("/desk/media/"))
    assert "市里的.jpg" in text(browser.get("/desk/media/?place=shared"))
    assert "你可以使用它，不能改" in text(browser.get(f"/desk/media/{number}/"))


def test_the_menu_leads_there_for_those_who_may(desk, people):
    assert 'href="/desk/media/"' in text(desk(people["writer"]).get("/desk/"))
    assert 'href="/desk/media/"' not in text(desk(people["auditor"]).get("/desk/"))


@pytest.mark.parametrize("number", ["0", "999999", str(2**40)])
def test_numbers_that_are_nobodys(desk, people, number):
    assert desk(people["editor"]).get(f"/desk/media/{number}/").status_code == 404


def test_a_closed_org_keeps_its_library_readable(desk, work, people, keep):
    number = keep(people["other"])
    with work():
        db.session().get_one(Org, people["other"]).status = "closed"
    assert desk(people["above"]).get(f"/desk/media/{number}/").status_code == 200
