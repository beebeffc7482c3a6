"""Imports and exports in the desk: tried first, done by the worker, reported, collected by the one who asked."""

from __future__ import annotations

import io
import json
import os
import random
import sys
import threading
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parent / "exchange"))
import blog

from unionhall.accounts.models import AccountGrant
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import services as media
from unionhall.news import desk_transfer
from unionhall.news.models import Article, State, Transition
from unionhall.news.transfers import files, running, services, steps
from unionhall.news.transfers.models import Transfer, TransferLine
from unionhall.orgs.models import OrgKind
from unionhall.orgs.services import merge_org
from unionhall.platform import audit
from unionhall.platform.access import unscoped

WXR = """<?xml version="1.0"?><rss xmlns:content="c" xmlns:wp="w" xmlns:dc="d"><channel><wp:base_blog_url>https://old.example</wp:base_blog_url>{}</channel></rss>"""


def item(number, body="<p>正文</p>"):
    return (f"<item><title>第{number}篇</title><content:encoded><![CDATA[{body}]]></content:encoded><wp:post_id>{number}</wp:post_id>"
            f"<wp:status>publish</wp:status><wp:post_date>2013-01-05 08:00:00</wp:post_date><wp:post_type>post</wp:post_type></item>")  # fmt: skip


def wxr(number=3, body="<p>正文</p>"):
    return WXR.format("".join(item(n, body) for n in range(1, number + 1))).encode()


def packed(members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


@pytest.fixture
def house(work, make):
    """A city with a chief editor and an editor, and a neighbour with a chief editor of its own."""
    with work():
        city, other = make.org(name="青禾市总工会", slug="qinghe"), make.org(name="邻市总工会", slug="lin")
        return {
            "chief": make.account(Role.CHIEF_EDITOR, city, name="温予").id, "colleague": make.account(Role.CHIEF_EDITOR, city).id,
            "editor": make.account(Role.EDITOR, city).id, "neighbour": make.account(Role.CHIEF_EDITOR, other).id,
            "org": city.id, "other": other.id, "section": make.section(slug="jiceng", name="基层").id,
        }  # fmt: skip


@pytest.fixture
def worker(app):
    """Return a function that lets the worker do what waits."""

    def run():
        with app.app_context():
            running.work(clock.now())
            db.session().remove()

    return run


@pytest.fixture
def send(house):
    """Return a function that uploads a file in a browser and gives the transfer's address."""

    def upload(browser, data, form="wxr", name="export.xml", media=None, **values):
        fields = {"format": form, "org_id": str(house["org"]), "section_id": str(house["section"]), "file": (io.BytesIO(data), name)}
        if media is not None:
            fields["media"] = (io.BytesIO(media), "media.zip")
        answer = browser.post("/desk/news/transfer/import", **fields | values)
        assert answer.status_code == 303, answer.text
        return answer.location

    return upload


def row(work, address):
    number = int(address.rstrip("/").rpartition("/")[2])
    with work() as session:
        found = session.scalars(unscoped(select(Transfer).where(Transfer.id == number), why="test")).one()
        session.refresh(found)
        session.expunge(found)
        return found


def articles(work):
    with work() as session:
        return {item.head.headline: (item.state, item.org.slug, item.section.slug) for item in session.scalars(unscoped(select(Article), why="test"))}


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


def files_of(app, work, address):
    token = row(work, address).token
    with app.app_context():
        place = files.folder(token)
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


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


def test_cancelled_before_it_began_and_while_it_runs(desk, house, send, worker, work, app, monkeypatch):
    browser = desk(house["chief"])
    waiting = send(browser, wxr())
    assert browser.post(f"{waiting}cancel").status_code == 303
    worker()
    assert (row(work, waiting).state, row(work, waiting).done) == ("cancelled", 0)
    assert files_of(app, work, waiting) == []
    address = send(browser, wxr(60))
    worker()
    browser.post(f"{address}apply")
    between, seen = steps.Importing._between, []

    def cancelling(self, done):
        between(self, done)
        seen.append(done)
        if len(seen) == 1:
            with db.unit_of_work() as session:
                found = session.scalars(unscoped(select(Transfer).where(Transfer.id == self.held.id), why="test")).one()
                services.cancel(found, actor=self.plan.actor, now=clock.now())

    monkeypatch.setattr(steps.Importing, "_between", cancelling)
    worker()
    found = row(work, address)
    assert (found.state, found.done, found.created) == ("cancelled", 25, 25)
    assert len(articles(work)) == 25, "what was in by then stays, and nothing comes after"
    assert browser.post(f"{address}cancel").status_code == 409


@pytest.mark.both
def test_a_dead_workers_transfer_goes_on_where_it_was(desk, house, send, worker, work, app, at, monkeypatch):
    browser = desk(house["chief"])
    address = send(browser, wxr(60))
    worker()
    browser.post(f"{address}apply")

    def die(self, done):
        if done >= 50:
            raise SystemExit

    between = steps.Importing._between
    monkeypatch.setattr(steps.Importing, "_between", die)
    with pytest.raises(SystemExit):
        worker()
    monkeypatch.setattr(steps.Importing, "_between", between)
    found = row(work, address)
    assert (found.state, found.done, found.created) == ("running", 50, 50)
    worker()
    assert row(work, address).state == "running", "the lease still holds"
    at("2026-05-14 09:33")
    worker()
    found = row(work, address)
    assert (found.state, found.done, found.created, found.skipped, found.problems) == ("done", 60, 60, 0, 0)
    with work() as session:
        made = session.scalars(select(TransferLine.article_id).where(TransferLine.transfer_id == found.id, TransferLine.kind == "created")).all()
        assert len(set(made)) == len(made) == 60


def test_a_worker_that_is_told_to_stop_leaves_off_and_the_next_goes_on(desk, house, send, worker, work, monkeypatch):
    browser = desk(house["chief"])
    address = send(browser, wxr(60))
    worker()
    browser.post(f"{address}apply")
    stop = []
    monkeypatch.setattr("unionhall.platform.jobs.asked_to_stop", lambda: bool(stop))
    between = steps.Importing._between
    monkeypatch.setattr(steps.Importing, "_between", lambda self, done: (stop.append(1), between(self, done)))
    worker()
    found = row(work, address)
    assert (found.state, found.done, found.lease, found.tries) == ("waiting", 25, "", 0)
    stop.clear()
    monkeypatch.setattr(steps.Importing, "_between", between)
    worker()
    assert (row(work, address).state, row(work, address).created) == ("done", 60)


def test_one_that_kills_every_worker_is_given_up(desk, house, send, worker, work, at, monkeypatch):
    browser = desk(house["chief"])
    address = send(browser, wxr())
    go = steps.Importing.go
    monkeypatch.setattr(steps.Importing, "go", lambda self: (_ for _ in ()).throw(SystemExit))
    for number in range(5):
        at(f"2026-05-14 1{number}:00")
        with pytest.raises(SystemExit):
            worker()
    monkeypatch.setattr(steps.Importing, "go", go)
    at("2026-05-14 15:00")
    worker()
    found = row(work, address)
    assert found.state == "failed"
    assert "试了 5 次" in found.error


def test_rights_are_judged_again_when_the_worker_begins(desk, house, send, worker, work):
    address = send(desk(house["chief"]), wxr())
    with work() as session:
        session.scalars(select(AccountGrant).where(AccountGrant.account_id == house["chief"])).one().revoked_at = clock.now()
    worker()
    found = row(work, address)
    assert (found.state, "没有整批导入和导出的权限" in found.error) == ("failed", True)


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


@pytest.mark.postgres
def test_several_workers_do_everything_once(desk, house, send, app, work):
    browser = desk(house["chief"])
    sent = [send(browser, wxr(10)), send(browser, wxr(30)), browser.post("/desk/news/transfer/export", format="jsonl", org_id=house["org"], purpose="存").location]
    gate, taken = threading.Barrier(4), []

    def one():
        with app.app_context():
            gate.wait()
            while held := running.take(clock.now()):
                taken.append(held.id)
                running.run(held)
            db.session().remove()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(row(work, address).id for address in sent)
    assert [row(work, address).state for address in sent] == ["tried", "tried", "done"]


def test_clearing_up_takes_strays_and_old_reports(desk, house, send, worker, work, app, at):
    browser = desk(house["chief"])
    address = send(browser, wxr())
    worker()
    with app.app_context():
        files.keep("stray", files.UPLOAD, io.BytesIO(b"x"))
        files.clear(clock.now() + timedelta(hours=1))
        assert files.folder("stray").exists()
        old = (clock.now() - timedelta(days=2)).timestamp()
        os.utime(files.folder("stray"), (old, old))
        files.clear(clock.now())
        assert not files.folder("stray").exists()
        assert files.folder(row(work, address).token).exists()
        files.clear(clock.now() + timedelta(days=8))
        assert not files.folder(row(work, address).token).exists()
        assert db.session().query(TransferLine).count() == 3
        files.clear(clock.now() + timedelta(days=91))
        assert db.session().query(TransferLine).count() == 0
    at("2026-05-23 09:00")
    assert desk(house["chief"]).post(f"{address}apply").status_code == 422


def test_transfers_follow_a_merger(desk, house, send, work, make):
    with work():
        district = make.org(make.root, OrgKind.CITY, name="撤并市总工会")
        chief, number, org = make.account(Role.CHIEF_EDITOR, district).id, district.id, type(district)
    address = send(desk(chief), wxr(), org_id=str(number))
    with work() as session:
        merge_org(session.get(org, number), session.get(org, house["org"]), actor=SYSTEM, now=clock.now())
    assert row(work, address).org_id == house["org"]
