"""Revisions and the way an article took, at the HTTP seam."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import content as contents
from unionhall.news import editing, review
from unionhall.news.models import Article
from unionhall.platform import access
from unionhall.testing.factories import actor_of


def find(article_id):
    return db.session().scalar(access.unscoped(select(Article).where(Article.id == article_id), why="test"))


@pytest.fixture
def story(work, make, at):
    """An article with two revisions that was submitted and returned; ids."""
    with work():
        org = make.org()
        editor, auditor = make.account(Role.EDITOR, org, name="顾言"), make.account(Role.AUDITOR, org)
        article = make.article(org, content=make.content("一把焊枪传三代"))
        new = replace(contents.of(article.head), headline="一支焊枪传三代", body="<p>正文第一段，改过。</p>")
        editing.save(article, new, base_id=article.head_id, actor=actor_of(editor, clock.now()), now=at("2026-05-14 10:00"))
        review.submit(article, actor=SYSTEM, now=at("2026-05-14 10:30"))
        review.give_back(article, reason="请核对船厂档案。", actor=actor_of(editor, clock.now()), now=at("2026-05-14 13:30"))
        return {"id": article.id, "editor": editor.id, "auditor": auditor.id, "stranger": make.account(Role.EDITOR, make.org()).id}


def test_the_history_names_versions_steps_people_and_how_long(desk, story):
    page = desk(story["auditor"]).get(f"/desk/news/{story['id']}/history").get_data(as_text=True)
    for word in ("第 2 版", "第 1 版", "改了标题、正文", "顾言", "送审", "退回修改", "请核对船厂档案。", "用时 3 小时"):
        assert word in page, word


def test_a_comparison_is_readable(desk, story):
    browser = desk(story["auditor"])
    page = browser.get(f"/desk/news/{story['id']}/history/1..2").get_data(as_text=True)
    assert "一<del>把</del><ins>支</ins>焊枪传三代" in page
    assert "恢复第 1 版" not in page
    assert "恢复第 1 版" in desk(story["editor"]).get(f"/desk/news/{story['id']}/history/1..2").get_data(as_text=True)
    assert browser.get(f"/desk/news/{story['id']}/history/2..1").location.endswith("/history/1..2")
    assert browser.get(f"/desk/news/{story['id']}/history/1..9").status_code == 404
    assert browser.get(f"/desk/news/{story['id']}/history/1..99999999999999999999").status_code == 404


def test_restoring_makes_a_third_version(desk, work, story):
    browser, path = desk(story["editor"]), f"/desk/news/{story['id']}/restore"
    with work():
        base = find(story["id"]).head_id
    assert browser.post(path, number="1", base=str(base)).status_code == 303
    with work():
        head = find(story["id"]).head
        assert (head.number, head.headline, head.note) == (3, "一把焊枪传三代", "恢复第 1 版")
    late = browser.post(path, number="2", base=str(base))
    assert (late.status_code, "有人又保存了一版" in late.get_data(as_text=True)) == (409, True)
    assert browser.post(path, number="9", base=str(base)).status_code == 404
    assert browser.post(path, number="x", base="y").status_code == 404


def test_only_those_who_may_edit_restore(desk, work, story):
    with work():
        base = find(story["id"]).head_id
    assert desk(story["auditor"]).post(f"/desk/news/{story['id']}/restore", number="1", base=str(base)).status_code == 403
    assert desk(story["stranger"]).post(f"/desk/news/{story['id']}/restore", number="1", base=str(base)).status_code == 404
    with work():
        assert find(story["id"]).head.number == 2


def test_markup_in_an_old_version_does_nothing_in_the_comparison(desk, work, make, story):
    with work():
        article = find(story["id"])
        article.head.body = '<p>a<script>alert(1)</script><img src=x onerror="alert(2)"></p>'
        editing.save(article, make.content("<script>alert(3)</script>"), base_id=article.head_id, actor=SYSTEM, now=clock.now())
    page = desk(story["editor"]).get(f"/desk/news/{story['id']}/history/2..3").get_data(as_text=True)
    for word in ("<script>alert", "onerror="):
        assert word not in page
