"""Imports and exports in the desk: tried first, reported, collected by the one who asked; each within their rights."""

from __future__ import annotations

import io
import json
import random
import sys
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "exchange"))
import blog
from uploads import WXR, articles, files_of, item, packed, row, wxr

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import services as media
from unionhall.media.models import Asset
from unionhall.news import desk_transfer
from unionhall.news.models import Article, State, Transition
from unionhall.news.transfers import files
from unionhall.platform import audit
from unionhall.platform.access import unscoped


@pytest.mark.both
def test_an_upload_is_tried_and_then_imported_without_sending_it_again(desk, house, send, worker, work, client):
    browser = desk(house["chief"])
    bad = WXR.format(item(1) + "<item><title>坏</item>" + item(2)).encode()
    address = send(browser, bad)
    page = browser.get(address).text
    assert "排队中" in page
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert browser.get(f"{address}progress").json["state"] == "waiting"
    worker()
    page = browser.get(address).text
    assert "会新建 2 篇，更新 0 篇，跳过 0 篇。" in page
    assert "读不懂，跳过了这一条" in page
    assert "重新保存后再导出" in page, "what to do about it"
    assert articles(work) == {}
    assert browser.post(f"{address}apply").status_code == 303
    assert browser.post(f"{address}apply").status_code == 409
    worker()
    page = browser.get(address).text
    assert "新建 2 篇，更新 0 篇，跳过 0 篇。" in page
    assert articles(work) == {f"第{n}篇": ("published", "qinghe", "jiceng") for n in (1, 2)}
    made = browser.get(f"{address}?show=made").text
    assert made.count("/edit") == 2
    report = browser.get(f"{address}report.csv")
    assert report.headers["Content-Disposition"].startswith("attachment")
    lines = report.get_data().decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["结果", "要看一下", "新建", "新建"]
    with work() as session:
        acts = session.scalars(select(audit.AuditEntry.act).where(audit.AuditEntry.obj.like("transfer:%")).order_by(audit.AuditEntry.n)).all()
        assert acts == ["news.import_asked", "news.import_tried", "news.import_confirmed", "news.imported"]
        assert audit.verify().bad is None
    second = send(browser, bad)
    worker()
    assert "会新建 0 篇，更新 0 篇，跳过 2 篇。" in browser.get(second).text
    assert row(work, second).problems == 1


def test_the_three_kinds_packed_and_with_pictures(desk, house, send, worker, work, tmp_path):
    browser, picture = desk(house["chief"]), blog.picture(random.Random(1))
    body = '<p>图</p><img src="https://old.example/wp-content/uploads/2013/01/a.jpg">'
    sent = [
        send(browser, wxr(1, body), media=packed({"uploads/2013/01/a.jpg": picture})),
        send(browser, packed({"blog/content/b.md": "---\ntitle: 乙\ndate: 2024-01-01\n---\n![](/img/c.jpg)", "blog/static/img/c.jpg": picture, "blog/static/other/c.jpg": picture, "__MACOSX/x.md": b"x"}), "markdown", "blog.zip"),
        send(browser, packed({"export.xml": wxr(1, body).replace("第1篇".encode(), "丙".encode()).replace(b"old.example", b"older.example"), "a.jpg": picture}), "wxr", "x.zip"),
    ]
    worker()
    for address in sent:
        assert (row(work, address).state, row(work, address).problems) == ("tried", 0), browser.get(address).text
        browser.post(f"{address}apply")
    worker()
    with work() as session:
        bodies = [found.head.body for found in session.scalars(unscoped(select(Article), why="test"))]
        assert len(bodies) == 3
        assert all('src="/media/' in text for text in bodies)


def test_an_export_is_written_collected_by_its_owner_and_cleared_away(desk, house, worker, work, make, at, tmp_path, app):
    with work():
        city = make.org(name="远市总工会", slug="yuan")
        make.article(db.session().get(type(city), house["org"]), state=State.PUBLISHED, content=make.content("青禾的"))
        make.article(db.session().get(type(city), house["org"]), content=make.content("草稿"))
        make.article(city, state=State.PUBLISHED, content=make.content("远市的"))
    browser = desk(house["chief"])
    form = browser.form("/desk/news/transfer/export")
    assert form["org_id"] == [str(house["org"])]
    asked = {"format": "jsonl", "org_id": house["org"], "media": "y"}
    refused = browser.post("/desk/news/transfer/export", **asked)
    assert refused.status_code == 422
    assert "请写明导出做什么用" in refused.text
    address = browser.post("/desk/news/transfer/export", **asked, purpose="搬到新网站").location
    assert browser.post(f"{address}file").status_code == 404, "not written yet"
    worker()
    assert "写好了 2 篇" in browser.get(address).text
    with browser.post(f"{address}file") as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=articles-qinghe-20260514.zip"
        data = answer.get_data()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        lines = [json.loads(line) for line in archive.read("articles.jsonl").splitlines()]
    assert [line["revisions"][0]["headline"] for line in lines if line["type"] == "article"] == ["青禾的", "草稿"]
    assert lines[0]["note"] == "温予 2026-05-14 09:30 搬到新网站"
    assert desk(house["colleague"]).post(f"{address}file").status_code == 404
    assert "只有发起的人能下载" in desk(house["colleague"]).get(address).text
    with work() as session:
        assert session.scalar(select(func.count()).where(audit.AuditEntry.act == "news.export_collected")) == 1
    at("2026-05-21 09:31")
    with app.app_context():
        files.clear(clock.now())
    browser = desk(house["chief"])
    assert not files_of(app, work, address)
    assert browser.post(f"{address}file").status_code == 422
    assert "已经过期删除了" in browser.get(address).text


def test_an_export_with_pictures_can_be_uploaded_as_it_is(desk, house, send, worker, work, make):
    with work() as session:
        org = session.get(type(make.root), house["org"])
        image = media.store_image(blog.picture(random.Random(1)), "a.jpg", org=org, actor=SYSTEM, now=clock.now())
        make.article(org, content=make.content(body=f'<p>图</p><img src="{image.src}" alt="">'))
    browser = desk(house["chief"])
    address = browser.post("/desk/news/transfer/export", format="jsonl", org_id=house["org"], media="y", purpose="存" * 200).location
    worker()
    with browser.post(f"{address}file") as answer:
        data = answer.get_data()
    again = send(browser, data, "jsonl", "articles.zip")
    worker()
    found = row(work, again)
    assert (found.state, found.created, found.skipped, found.problems) == ("tried", 0, 1, 0), found.error


def test_documents_are_taken_from_the_same_archive_as_the_articles(desk, house, send, worker, work):
    at = "2026-05-01T00:00:00+00:00"
    revision = {"number": 1, "at": at, "headline": "题", "body": '<p><a href="/media/file/aa1/x">表</a></p>', "bylines": [{"role": "reporter", "names": ["某"]}]}
    article = {"type": "article", "id": "a-1", "slug": "x-1", "org": "elsewhere", "section": "jiceng", "state": "draft", "created_at": at, "updated_at": at,
               "head": 1, "revisions": [revision], "documents": {"aa/aa1.csv": {"name": "名单.csv"}}}  # fmt: skip
    head = {"type": "site", "format": "unionhall-news", "version": 1, "at": at, "root": "other"}
    lines = "\n".join(json.dumps(line) for line in (head, article))
    together = {"articles.jsonl": lines, "media/aa/aa1.csv": "姓名\n".encode()}
    address = send(desk(house["chief"]), packed(together), "jsonl", "articles.zip")
    worker()
    desk(house["chief"]).post(f"{address}apply")
    worker()
    with work() as session:
        asset = session.scalars(unscoped(select(Asset).where(Asset.kind == "document"), why="test")).one()
        assert asset.src in session.scalars(unscoped(select(Article), why="test")).one().head.body


def test_wordpress_export_of_a_section_and_a_period(desk, house, worker, work, make, app):
    with work() as session:
        org = session.get(type(make.root), house["org"])
        make.article(org, state=State.PUBLISHED, content=make.content("要的"))
    browser = desk(house["chief"])
    asked = {"format": "wxr", "org_id": house["org"], "purpose": "存档", "since": "2026-05-14", "until": "2026-05-14", "states": "published"}
    address = browser.post("/desk/news/transfer/export", **asked).location
    later = browser.post("/desk/news/transfer/export", **asked | {"since": "2026-05-15", "until": ""}).location
    worker()
    with browser.post(f"{address}file") as answer:
        assert "<title><![CDATA[要的]]></title>" in answer.text
    assert (row(work, address).done, row(work, later).done) == (1, 0)


def test_a_neighbours_transfer_is_not_there(desk, house, send, worker, work):
    address = send(desk(house["chief"]), wxr())
    neighbour, editor = desk(house["neighbour"]), desk(house["editor"])
    for path in ("", "progress", "report.csv"):
        assert neighbour.get(address + path).status_code == 404
        assert editor.get(address + path).status_code == 403
    for path in ("apply", "cancel", "file"):
        assert neighbour.post(address + path).status_code == 404
        assert editor.post(address + path).status_code == 403
    assert "export.xml" not in neighbour.get("/desk/news/transfer/").text
    assert "export.xml" in desk(house["colleague"]).get("/desk/news/transfer/").text
    assert neighbour.get("/desk/news/transfer/99999999999999/").status_code == 404


@pytest.mark.parametrize("path", ["import", "export"])
def test_nobody_reaches_into_another_org(desk, house, path):
    browser = desk(house["neighbour"])
    values = {"org_id": house["org"], "section_id": house["section"], "format": "wxr", "purpose": "看看"}
    if path == "import":
        values["file"] = (io.BytesIO(wxr()), "x.xml")
    answer = browser.post(f"/desk/news/transfer/{path}", **values)
    assert answer.status_code == 422
    assert "请从列表里选一个组织" in answer.text


def test_no_upload_is_read_from_those_who_may_not_send_it(app, desk, house, client, monkeypatch):
    """Neither the form's token nor its files are looked at before the sender is known."""
    from werkzeug.formparser import FormDataParser

    read = []
    monkeypatch.setattr(FormDataParser, "parse", lambda self, *rest, **more: read.append(1))
    data = {"file": (io.BytesIO(wxr()), "x.xml")}
    assert client.post("/desk/news/transfer/import", data=data).status_code == 302
    assert desk(house["editor"]).client.post("/desk/news/transfer/import", data={"file": (io.BytesIO(wxr()), "x.xml")}).status_code == 403
    assert read == []


def test_without_its_token_an_upload_is_refused(desk, house, app):
    answer = desk(house["chief"]).client.post("/desk/news/transfer/import", data={"file": (io.BytesIO(wxr()), "x.xml")})
    assert answer.status_code == 400


def test_an_upload_that_is_too_large_is_refused_with_what_to_do(desk, house, monkeypatch):
    monkeypatch.setattr(desk_transfer, "MOST_BYTES", 1024 * 1024 // 10)
    browser = desk(house["chief"])
    answer = browser.post("/desk/news/transfer/import", format="wxr", file=(io.BytesIO(b"x" * 200_000), "x.xml"))
    assert answer.status_code == 413
    assert "请分几次导出、分几次导入" in answer.text


@pytest.mark.parametrize(("data", "form", "told"), [
    (b"", "wxr", "文件是空的"), (b"hello", "wxr", "这不是 WordPress 的导出文件"), (b"hello", "jsonl", "这不是职工之家导出的"),
    (b"# hello", "markdown", "压缩成一个 .zip"), (packed({"a.txt": b"x"}), "wxr", "要有一个 .xml 文件"), (packed({"a.txt": b"x"}), "markdown", "没有 .md 文件"),
    (packed({"../../a.md": b"x"}), "markdown", "没有打开它"), (packed({"a.md": b"0" * 5_000_000}), "markdown", "大得不正常"),
    (packed({"a.xml": wxr()})[:-30], "wxr", "这不是 .zip 文件"),
])  # fmt: skip
def test_what_cannot_be_used_says_why_and_what_to_do(desk, house, send, worker, work, data, form, told):
    browser = desk(house["chief"])
    address = send(browser, data, form)
    worker()
    found = row(work, address)
    assert found.state == "failed"
    assert told in found.error
    page = browser.get(address).text
    assert told in page
    assert "再试一次" in page


def test_a_form_without_a_file_keeps_what_was_chosen(desk, house):
    browser = desk(house["chief"])
    answer = browser.post("/desk/news/transfer/import", format="jsonl", org_id=house["org"], section_id=house["section"])
    assert answer.status_code == 422
    assert "请选择要导入的文件" in answer.text
    assert 'value="jsonl"' in answer.text.split("checked")[0].rsplit("<input", 1)[1] + answer.text.split("checked")[1][:80]


def test_three_at_once_are_enough(desk, house, send, app, work):
    browser = desk(house["chief"])
    with app.app_context():
        before = len(list(files.folder("").glob("*")))
    for _n in range(3):
        send(browser, wxr())
    answer = browser.post("/desk/news/transfer/import", format="wxr", org_id=house["org"], section_id=house["section"], file=(io.BytesIO(wxr()), "x.xml"))
    assert answer.status_code == 422
    assert "已有 3 个" in answer.text
    with app.app_context():
        assert len(list(files.folder("").iterdir())) == before + 3, "what was refused is not kept"


def test_a_file_cannot_reach_beyond_the_rights_of_the_one_who_brings_it(desk, house, send, worker, work, make):
    with work():
        make.account(Role.EDITOR, make.org(name="外市总工会", slug="wai"), login="wai", name="外人")
        near = make.account(Role.EDITOR, make.root, login="near", name="近人").id
    at = "2026-05-01T00:00:00+00:00"
    person = {"login": "wai", "name": "外人"}
    head = {"type": "site", "format": "unionhall-news", "version": 1, "at": at, "root": "elsewhere"}
    org = {"type": "org", "slug": "new", "parent": "qinghe", "name": "新组织", "short_name": "新", "kind": "district"}
    section = {"type": "section", "slug": "mine", "name": "我的", "steps": [["审核", "news.review"]]}
    revision = {"number": 1, "at": at, "by": person, "headline": "题", "body": "<p>文</p>", "bylines": [{"role": "reporter", "names": ["外人"], "account": person}, {"role": "editor", "names": ["近人"], "account": {"login": "near", "name": "近人"}}]}
    article = {"type": "article", "id": "a-1", "slug": "x-1", "org": "lin", "section": "mine", "state": "published", "author": person, "created_at": at, "updated_at": at,
               "published_at": at, "lead_at": at, "head": 1, "live": 1, "revisions": [revision],
               "steps": [{"action": "pass", "source": "submitted", "target": "approved", "round": 1, "step": 0, "org": "qinghe", "at": at, "by": {"login": "near", "name": "近人"}}]}  # fmt: skip
    data = "\n".join(json.dumps(line) for line in (head, org, section, article, article | {"id": "a-2", "slug": "x-2", "org": "elsewhere"})).encode()
    address = send(desk(house["chief"]), data, "jsonl", "a.jsonl")
    worker()
    desk(house["chief"]).post(f"{address}apply")
    worker()
    assert row(work, address).state == "done"
    with work() as session:
        found = session.scalars(unscoped(select(Article).order_by(Article.id), why="test")).all()
        assert [(item.org.slug, item.section.slug, item.state, item.lead_at, item.author_id) for item in found] == [("qinghe", "jiceng", "published", None, None)] * 2
        assert [[credit.account_id for credit in item.head.bylines] for item in found] == [[None, near]] * 2, "as far as the editor's form would link"
        assert {item.head.account_id for item in found} == {None}
        assert set(session.scalars(select(Transition.account_id).where(Transition.action == "pass"))) == {None}, "nobody passes for others"
        assert session.scalar(select(func.count()).where(type(make.root).slug == "new")) == 0
