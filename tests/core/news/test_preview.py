"""The signed preview: the newest revision for somebody without a login, for a few days."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from unionhall.base import clock, crypto, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.news import editing, publishing
from unionhall.news.models import Article
from unionhall.platform import access


def find(article_id):
    return db.session().scalar(access.unscoped(select(Article).where(Article.id == article_id), why="test"))


@pytest.fixture
def story(work, make):
    """A draft and its editor; ids."""
    with work():
        org = make.org()
        editor, auditor = make.account(Role.EDITOR, org), make.account(Role.AUDITOR, org)
        return {"id": make.article(org, content=make.content("还没发的标题")).id, "editor": editor.id, "auditor": auditor.id}


def link(browser, story):
    page = browser.post(f"/desk/news/{story['id']}/preview-link").get_data(as_text=True)
    return re.search(r'value="http://[^/"]+(/news/preview/[^"]+)"', page)[1]


def test_a_link_shows_the_newest_revision_without_a_login(desk, client, work, make, story):
    path = link(desk(story["auditor"]), story)
    frame = client.get(path)
    assert (frame.status_code, f'src="{path}/page"' in frame.get_data(as_text=True)) == (200, True)
    assert 'width="390"' in frame.get_data(as_text=True)
    assert 'width="1280"' in client.get(f"{path}?size=desktop").get_data(as_text=True)
    for answer in (frame, client.get(f"{path}/page")):
        assert "还没发的标题" in answer.get_data(as_text=True)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    with work():
        article = find(story["id"])
        editing.save(article, make.content("又改了"), base_id=article.head_id, actor=SYSTEM, now=clock.now())
    assert "又改了" in client.get(f"{path}/page").get_data(as_text=True)


def test_the_editors_preview_button_saves_first(desk, client, work, story):
    browser, path = desk(story["editor"]), f"/desk/news/{story['id']}/edit"
    answer = browser.post(path, **browser.form(path) | {"headline": ["预览的标题"], "then": ["preview"]})
    assert answer.status_code == 303
    assert "预览的标题" in client.get(f"{answer.location}/page").get_data(as_text=True)


@pytest.mark.parametrize("tail", ["", "/page"])
def test_a_link_that_is_forged_old_or_of_another_purpose_leads_nowhere(app, desk, client, story, at, tail):
    path = link(desk(story["editor"]), story)
    with app.app_context():
        other = crypto.sign("something.else", story["id"])
    token = path.rsplit("/", 1)[1]
    for forged in (token[:-2] + "xx", other, "x", "a.b.c", token + "x"):
        assert client.get(f"/news/preview/{forged}{tail}").status_code == 404, forged
    at("2026-05-21 09:29")
    assert client.get(path + tail).status_code == 200
    at("2026-05-21 09:31")
    assert client.get(path + tail).status_code == 404


def test_an_article_that_was_put_away_has_no_preview(desk, client, work, story):
    browser = desk(story["editor"])
    path = link(browser, story)
    with work():
        publishing.archive(find(story["id"]), actor=SYSTEM, now=clock.now())
    assert (client.get(path).status_code, client.get(f"{path}/page").status_code) == (404, 404)
    assert browser.post(f"/desk/news/{story['id']}/preview-link").status_code == 409
