"""A newspaper page becomes drafts, each story once, and what was unsure stands beside its draft."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from unionhall.base import clock, db
from unionhall.base.errors import NotAllowed, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import newspaper_flags, newspaper_import, publishing, review
from unionhall.news.models import Article, ImportFlag, Section
from unionhall.news.newspaper import decode
from unionhall.orgs import queries as orgs
from unionhall.platform.access import unscoped

SAMPLE = (Path(__file__).parent / "newspaper_samples" / "page.txt").read_bytes()
TEXT = decode(SAMPLE)
HEADLINES = ["云溪市总工会把流动书屋开进二十家小微工厂", "青禾区办起 焊工夜校", "守住清凉一夏 松岭高温慰问走进百个工地"]


@pytest.fixture
def room(work, make):
    """A city with an editor and a correspondent, and an editor elsewhere."""
    with work():
        org = make.org(name="青禾市总工会")
        return {
            "org": org.id, "slug": org.slug, "editor": make.account(Role.EDITOR, org).id,
            "writer": make.account(Role.CORRESPONDENT, org).id, "stranger": make.account(Role.EDITOR, make.org()).id,
        }


def section():
    return db.session().scalars(select(Section).order_by(Section.id)).first()


def articles():
    return list(db.session().scalars(unscoped(select(Article).order_by(Article.id), why="test")))


def load(org, text=TEXT, actor=SYSTEM):
    return newspaper_import.apply(text, org, section(), actor=actor, now=clock.now())


def test_each_story_becomes_a_draft_that_an_editor_can_go_on_with(work, room):
    with work():
        report = load(orgs.by_slug(room["slug"]))
        assert (report.created, report.skipped, [item.content.headline for item in report.items]) == (3, 0, HEADLINES)
        first, second, _third = articles()
        head = first.head
        assert (first.state, first.origin.startswith(f"newspaper:{room['org']}:"), head.kicker) == ("draft", True, "让车间飘起书香")
        assert (head.slug_line, [(item.role, item.name) for item in head.bylines]) == (
            "本报讯", [("correspondent", "林小满"), ("correspondent", "贺知秋")]
        )
        assert head.body.startswith("<p>为了让倒班职工也有书可读，")
        assert (head.note, newspaper_flags.of(first)) == ("报纸导入：1 处要核对", ["“让车间飘起书香”是按版式猜作引题的，请对照原版。"])
        assert "<mark>" in second.head.body
        assert any("前面已有这段话" in message for message in newspaper_flags.of(second))
        assert all(item.flags == tuple(newspaper_flags.of(report.made[item.origin])) for item in report.items)


def test_a_plan_writes_nothing_and_says_the_same(work, room):
    with work():
        org = orgs.by_slug(room["slug"])
        planned = newspaper_import.plan(TEXT, org)
        assert (articles(), db.session().scalar(select(func.count()).select_from(ImportFlag))) == ([], 0)
        assert planned.counts() == load(org).counts()


def test_readers_never_see_the_marks(client, desk, work, room):
    with work():
        article = load(orgs.by_slug(room["slug"])).made
        second = list(article.values())[1]
        review.submit(second, actor=SYSTEM, now=clock.now())
        second_id = second.id
    assert "<mark>" in desk(room["editor"]).get(f"/desk/news/{second_id}/review").text
    with work():
        second = articles()[1]
        review.pass_step(second, revision_id=second.head_id, actor=SYSTEM, now=clock.now())
        publishing.publish(second, actor=SYSTEM, now=clock.now())
        url = second.url
    for page in (url, "/feed.xml"):
        text = client.get(page).text
        assert "第一课讲的是防火毯" in text
        assert "mark&gt;" not in text
        assert "<mark>" not in text


def test_a_second_run_makes_nothing_and_another_org_its_own(work, make, room):
    with work():
        org = orgs.by_slug(room["slug"])
        load(org)
        again = load(org)
        assert (again.created, again.skipped, len(articles())) == (0, 3, 3)
        assert [item.existing.head.headline for item in again.items] == HEADLINES
        assert newspaper_import.plan(TEXT, org).skipped == 3
        assert load(make.org()).created == 3


def test_a_story_that_stands_twice_on_the_page_comes_once(work, room):
    story = "## 凉茶送到工地\n\n本报讯 记者石见山报道 " + "工友们说今年的凉茶比去年甜，也比去年来得早，一直会送到处暑那天为止。" * 3
    with work():
        report = load(orgs.by_slug(room["slug"]), f"{story}\n\n{story}")
        assert (report.created, report.skipped, len(articles())) == (1, 1, 1)


@pytest.mark.both
def test_two_imports_at_once_make_each_story_once(app, room):
    gate = Barrier(2)

    def run(_):
        with app.app_context():
            org = orgs.by_slug(room["slug"])
            db.session().rollback()
            gate.wait()
            try:
                with db.unit_of_work():
                    report = load(orgs.by_slug(org.slug))
                    return report.created, report.skipped
            finally:
                db.session().remove()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(run, range(2)))
    assert sum(created for created, _skipped in found) == 3
    assert sum(skipped for _created, skipped in found) == 3
    with app.app_context():
        assert len(articles()) == 3


def test_what_cannot_be_stored_is_reported_and_the_rest_imported(work, room):
    with work():
        report = load(orgs.by_slug(room["slug"]), "## " + "长" * 121 + "\n\n正文一段。\n\n## 短标题\n\n正文一段。")
        assert (report.created, report.skipped, [item.head.headline for item in articles()]) == (1, 0, ["短标题"])
        assert "没有导入：最多 120 个字" in report.counts()["problems"][0]["message"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "page-empty"), (" \n\u3000", "page-empty"), ("没有标题的文字", "page-no-headline"), ("## 长\n" + "字" * 400_000, "page-too-large"),
     ("## 题\x00", "page-binary")],
)
def test_what_is_no_page_is_refused_with_a_reason(work, room, text, code):
    with work():
        with pytest.raises(newspaper_import.PageRefused) as refused:
            load(orgs.by_slug(room["slug"]), text)
        assert (refused.value.code, refused.value.exit_code, str(refused.value) != code) == (code, 3, True)


def test_who_may_not_write_there_imports_nothing(work, make, room):
    with work():
        org = orgs.by_slug(room["slug"])
        for actor in (make.actor(Role.EDITOR, make.org()), make.actor(Role.CORRESPONDENT, org)):
            with pytest.raises(NotAllowed):
                load(org, actor=actor)
        section().open = False
        with pytest.raises(RuleBroken):
            load(org)
    with work():
        assert articles() == []


def test_in_the_desk_the_report_comes_first(desk, work, room):
    browser = desk(room["editor"])
    page = browser.get("/desk/news/import").text
    assert "青禾市总工会" in page
    form = browser.form("/desk/news/import")
    file = {"file": (io.BytesIO(SAMPLE), "第一版.txt"), "then": "check"}
    answer = browser.client.post("/desk/news/import", data={**form, **file}, content_type="multipart/form-data")
    assert answer.status_code == 200
    for part in ("会导入 3 篇草稿", *HEADLINES, "林小满、贺知秋", "接上 1 处断行", "是按版式猜作引题的"):
        assert part in answer.text, part
    with work():
        assert articles() == []


def test_in_the_desk_importing_twice_is_harmless(desk, work, room, read):
    browser = desk(room["editor"])
    form = browser.form("/desk/news/import")
    checked = browser.client.post("/desk/news/import", data={**form, "text": TEXT, "then": "check"})
    again = {**read(checked.text, "/desk/news/import"), "then": "apply"}
    done = browser.client.post("/desk/news/import", data=again)
    assert "已导入 3 篇草稿" in done.text
    with work():
        ids = [article.id for article in articles()]
        assert all(article.author_id == room["editor"] for article in articles())
    assert all(f"/desk/news/{item}/edit" in done.text for item in ids)
    assert "跳过 3 篇已有的" in browser.client.post("/desk/news/import", data=again).text
    with work():
        assert len(articles()) == 3


def test_flags_stand_in_the_editor_until_dismissed(desk, work, room):
    with work():
        load(orgs.by_slug(room["slug"]))
        first, second, _third = [item.id for item in articles()]
    browser, path = desk(room["editor"]), f"/desk/news/{first}/import-flags"
    assert "导入时有 1 处拿不准" in browser.get(f"/desk/news/{first}/edit").text
    assert desk(room["stranger"]).post(path).status_code == 404
    assert desk(room["writer"]).post(path).status_code == 404
    assert browser.post(path).location == f"/desk/news/{first}/edit"
    assert "导入时有" not in browser.get(f"/desk/news/{first}/edit").text
    assert "导入时有" in browser.get(f"/desk/news/{second}/edit").text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": ""}, "里面没有文字"), ({"text": "没有标题"}, "没有找到标题"), ({"org_id": "999"}, "哪个组织"), ({"org_id": "x"}, "哪个组织"),
        ({"section_id": "999"}, "在收稿的栏目"), ({"file": (io.BytesIO(b"\x00\x01\x02"), "a.txt")}, "不是文本文件"),
    ],
)
def test_a_bad_upload_is_refused_and_the_text_kept(desk, work, room, fields, message):
    browser = desk(room["editor"])
    form = {**browser.form("/desk/news/import"), "text": "## 题\n\n写好的<b>正文</b>。", "then": "check", **fields}
    answer = browser.client.post("/desk/news/import", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert message in answer.text
    assert "<title>错误：" in answer.text
    if "text" not in fields:
        assert "写好的&lt;b&gt;正文" in answer.text


def test_a_text_that_is_too_long_is_refused(desk, room):
    browser = desk(room["editor"])
    form = {**browser.form("/desk/news/import"), "text": "## 题\n" + "字" * 360_000, "then": "check"}
    answer = browser.client.post("/desk/news/import", data=form)
    assert (answer.status_code, "超过 1 MB" in answer.text) == (422, True)


def test_another_orgs_name_cannot_be_used(desk, work, make, room):
    with work():
        other = make.org().id
    browser = desk(room["editor"])
    form = {**browser.form("/desk/news/import"), "text": TEXT, "then": "apply", "org_id": str(other)}
    assert browser.client.post("/desk/news/import", data=form).status_code == 422
    for who, status in (("writer", 403), ("editor", 200)):
        assert desk(room[who]).get("/desk/news/import").status_code == status
    with work():
        assert articles() == []
