"""Imports of WordPress exports and Markdown folders, through the command: each article once, truthfully reported."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parent))
import blog

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM
from unionhall.media import services as media
from unionhall.media.models import Asset
from unionhall.news import editing
from unionhall.news.cli import imports
from unionhall.news.exchange import front_matter, html, markdown, shortcodes, wxr
from unionhall.news.models import Article, Redirect, State
from unionhall.platform.access import unscoped

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>旧站</title><link>https://old.example</link><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
<wp:author><wp:author_login><![CDATA[lin]]></wp:author_login><wp:author_display_name><![CDATA[林晓棠]]></wp:author_display_name></wp:author>
"""
TAIL = "</channel></rss>"


def post(number, title="标题", body="<p>正文</p>", status="publish", kind="post", at="2013-01-05 08:00:00", extra=""):
    return f"""<item><title><![CDATA[{title}]]></title><link>https://old.example/2013/01/05/post-{number}/</link>
<dc:creator><![CDATA[lin]]></dc:creator><content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{number}</wp:post_id><wp:post_date>{at}</wp:post_date><wp:post_date_gmt>{at}</wp:post_date_gmt><wp:post_name>post-{number}</wp:post_name>
<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{extra}</item>
"""


@pytest.fixture
def bring(app, runner, tmp_path):
    """Return a function that imports and gives the report."""

    def run(kind, source, *options):
        if not isinstance(source, Path):
            path = tmp_path / "export.xml"
            path.write_bytes(source if isinstance(source, bytes) else source.encode())
            source = path
        with app.app_context():
            done = runner.invoke(imports, [kind, str(source), "--json", *options], catch_exceptions=False)
            db.session().remove()
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run


@pytest.fixture
def articles(app):
    """Return a function that gives {headline: article} of everything there is."""

    def read():
        with app.app_context():
            found = db.session().scalars(unscoped(select(Article).order_by(Article.id), why="test")).all()
            return {article.head.headline: article for article in found if article.head and article.head.bylines is not None and article.url}

    return read


@pytest.mark.both
def test_a_blog_of_three_hundred_posts_arrives_once(bring, articles, client, tmp_path):
    blog.write(tmp_path / "blog")
    tried = bring("markdown", tmp_path / "blog", "--dry-run")
    assert (tried["created"], articles()) == (300, {})
    first = bring("markdown", tmp_path / "blog")
    assert (first["created"], first["updated"], first["skipped"], first["problems"]) == (300, 0, 0, [])
    found = articles()
    assert len(found) == 300
    assert {article.state for article in found.values()} == {State.PUBLISHED}
    one = found["青川技能竞赛第1期见闻"]
    assert clock.local(one.published_at).isoformat() == "2024-01-01T09:30:00+08:00"
    page = client.get(one.url).get_data(as_text=True)
    assert "<h2>现场</h2>" in page
    assert '<th scope' in page or "<th>" in page
    again = bring("markdown", tmp_path / "blog")
    assert (again["created"], again["updated"], again["skipped"], again["problems"]) == (0, 0, 300, [])


def test_pictures_beside_the_file_come_along(bring, articles, client, tmp_path):
    blog.write(tmp_path / "blog", 6, pictures=2)
    assert bring("markdown", tmp_path / "blog")["problems"] == []
    page = client.get(articles()[next(title for title in articles() if "第3期" in title)].url).get_data(as_text=True)
    assert 'src="/media/' in page
    assert "活动现场" in page


def test_the_same_blog_from_another_folder_changes_nothing(bring, tmp_path):
    for name in ("one", "two"):
        blog.write(tmp_path / name / "blog", 12, pictures=4)
        (tmp_path / name / "blog" / "圖 %20#.jpg").write_bytes(blog.picture(random.Random(5)))
        (tmp_path / name / "blog" / "odd.md").write_text("---\ntitle: 怪名字\ndate: 2024-05-01\n---\n![](<圖 %2520%23.jpg>)", "utf-8")
    first = bring("markdown", tmp_path / "one" / "blog")
    assert (first["created"], first["problems"]) == (13, [])
    assert bring("markdown", tmp_path / "two" / "blog") == {"created": 0, "updated": 0, "skipped": 13, "problems": []}


def test_what_changed_at_the_source_is_brought_over_and_what_was_edited_here_is_not(bring, articles, app, work, tmp_path):
    folder = tmp_path / "blog"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.md").write_text(f"---\ntitle: 原题{name}\ndate: 2024-05-01\n---\n正文", "utf-8")
    bring("markdown", folder)
    with work():
        b = db.session().scalars(unscoped(select(Article).where(Article.id == articles()["原题b"].id), why="test")).one()
        editing.renew(b, editing.contents.Content("这里改过", body="<p>这里的正文</p>", bylines=(editing.contents.BylineLine("reporter", ("某",)),)),
                      actor=SYSTEM, now=clock.now())
    for name in ("a", "b"):
        (folder / f"{name}.md").write_text(f"---\ntitle: 新题{name}\ndate: 2024-05-01\n---\n新正文", "utf-8")
    report = bring("markdown", folder)
    assert (report["created"], report["updated"], report["skipped"]) == (0, 1, 1)
    assert [problem["code"] for problem in report["problems"]] == ["edited-here"]
    assert set(articles()) == {"新题a", "这里改过"}


def test_old_addresses_lead_to_the_article_for_good(bring, articles, client, app):
    bring("wxr", HEAD + post(17, "旧文") + post(18, "草稿", status="draft") + TAIL)
    url = articles()["旧文"].url
    for old in ("/2013/01/05/post-17/", "/2013/01/05/post-17", "/?p=17"):
        answer = client.get(old)
        assert (answer.status_code, answer.location) == (301, url), old
    for none in ("/2013/01/05/post-18/", "/?p=18", "/?p=99", "/?p=<x>", "/2013/"):
        assert client.get(none).status_code in {200, 404}
        assert client.get(none).location is None
    with app.app_context():
        assert db.session().query(Redirect).count() == 4


def test_every_status_becomes_what_it_was(bring, articles):
    source = HEAD + "".join([
        post(1, "已发"), post(2, "草稿", status="draft"), post(3, "私密", status="private"), post(4, "垃圾", status="trash"),
        post(5, "将来", status="future", at="2030-01-01 00:00:00"), post(6, "页面", kind="page"), post(7, "菜单", kind="nav_menu_item"),
        post(8, "加密", extra="<wp:post_password>x</wp:post_password>"), post(9, "", body="没有标题"), post(10, "长" * 200), post(11, "零", at="0000-00-00 00:00:00"),
    ]) + TAIL  # fmt: skip
    report = bring("wxr", source)
    found = {title: (article.state, article.section.slug) for title, article in articles().items()}
    assert found["已发"][0] == found["零"][0] == State.PUBLISHED
    assert found["草稿"][0] == found["私密"][0] == found["加密"][0] == State.DRAFT
    assert found["将来"][0] == State.SCHEDULED
    assert found["页面"] == (State.PUBLISHED, "pages")
    assert {"垃圾", "菜单"}.isdisjoint(found)
    assert {"（无标题）", "长" * 119 + "…"} <= set(found)
    assert {problem["code"] for problem in report["problems"]} == {"private", "password", "no-title", "long-title"}
    assert report["created"] == 9


def test_markup_of_wordpress(bring, articles, client, tmp_path):
    (tmp_path / "up" / "2013" / "03").mkdir(parents=True)
    (tmp_path / "up" / "2013" / "03" / "x.jpg").write_bytes(blog.picture(random.Random(1)))
    body = """第一段
换行

[caption id="a" width="300"]<a href="https://old.example/x"><img src="https://old.example/wp-content/uploads/2013/03/x-300x200.jpg" alt="图" /></a> 说明[/caption]

<!--more-->

[gallery ids="77,78"]

[audio mp3="x.mp3"] 与 [unknown a=1]里面[/unknown]

<pre>if a:
    b &lt; c</pre>

<h1>大</h1><h5>小</h5><div><p onclick="x()">框里</p><script>alert(1)</script></div>
<img src="https://old.example/wp-content/uploads/nope.png" alt="缺图">"""
    attachment = post(77, "附件", kind="attachment", status="inherit",
                      extra="<wp:attachment_url>https://old.example/wp-content/uploads/2013/03/x.jpg</wp:attachment_url>")
    report = bring("wxr", HEAD + attachment + post(1, "标记", body) + TAIL, "--attachments", str(tmp_path / "up"))
    page = client.get(articles()["标记"].url).get_data(as_text=True)
    assert page.count('src="/media/') == 2
    for shown in ("<p>第一段<br>换行</p>", "说明</figcaption>", "[audio mp3=", "[unknown a=1]里面[/unknown]", "b &lt; c", "<h2>大</h2>", "<h3>小</h3>",
                  "<p>框里</p>", "（图片没有导入：缺图）"):
        assert shown in page, shown
    assert "alert(1)" not in page
    assert "old.example/wp-content" not in page
    assert [problem["code"] for problem in report["problems"]] == ["picture-missing"]


@pytest.mark.parametrize(("broken", "codes", "left"), [
    (post(2, "坏") .replace("</wp:status>", ""), ["broken-item"], 2),
    (post(2, "坏").replace("</item>", ""), ["broken-item"], 2),
    ("<item><title>A & B</title><wp:post_id>2</wp:post_id><wp:status>publish</wp:status></item>", ["mended"], 3),
    ("<item><title>a&nbsp;b &copy;</title><wp:post_id>2</wp:post_id><wp:status>publish</wp:status></item>", ["mended"], 3),
    ("<item><title>\x01\x0b控制</title><wp:post_id>2</wp:post_id><wp:status>publish</wp:status></item>", [], 3),
])
def test_a_broken_item_is_named_with_its_line_and_the_rest_arrives(bring, articles, broken, codes, left):
    report = bring("wxr", HEAD + post(1, "前") + broken + post(3, "后") + TAIL)
    assert [problem["code"] for problem in report["problems"]] == codes
    assert all(problem["line"] > 5 for problem in report["problems"])
    assert "前" in articles()
    assert len(articles()) == left


def test_a_cut_file_gives_what_is_whole(bring, articles):
    whole = (HEAD + post(1, "一") + post(2, "二")).encode()
    report = bring("wxr", whole[:-60])
    assert list(articles()) == ["一"]
    assert [problem["code"] for problem in report["problems"]] == ["broken-item"]


@pytest.mark.parametrize(("content", "code"), [(b"", "file-size"), (b"\x89PNG....", "not-wxr"), (b"<html></html>", "not-wxr"), (None, "file-unreadable")])
def test_what_is_no_export_is_refused_with_what_to_do(app, runner, tmp_path, content, code):
    path = tmp_path / "x.xml"
    if content is not None:
        path.write_bytes(content)
    with app.app_context():
        done = runner.invoke(imports, ["wxr", str(path)])
    assert done.exit_code != 0
    assert isinstance(done.exception, (wxr.NotAnExport, SystemExit))
    if isinstance(done.exception, wxr.NotAnExport):
        assert done.exception.code == code


def test_entities_are_not_read(bring, articles):
    bomb = HEAD.replace('?>\n', '?>\n<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n', 1)
    report = bring("wxr", bomb + "<item><title>&x;</title><wp:post_id>1</wp:post_id><wp:status>publish</wp:status></item>" + post(2, "二") + TAIL)
    assert "root:" not in json.dumps(report)
    assert "二" in articles()
    assert all("root:" not in title for title in articles())


def test_nothing_outside_the_folder_is_read(bring, articles, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("---\ntitle: 秘密\n---\n秘密", "utf-8")
    folder = tmp_path / "deep" / "blog"
    folder.mkdir(parents=True)
    os.symlink(secret, folder / "link.md")
    (folder / "a.md").write_text("---\ntitle: 甲\ndate: 2024-01-01\n---\n![](../../../../../../etc/hostname)![](/etc/passwd)", "utf-8")
    report = bring("markdown", folder)
    assert list(articles()) == ["甲"]
    assert [problem["code"] for problem in report["problems"]] == ["picture-missing"] * 2


def test_front_matter_in_three_languages():
    for text in ('---\ntitle: 甲\ntags: [a, b]\n---\n文', '+++\ntitle = "甲"\ntags = ["a", "b"]\n+++\n文', '{"title": "甲", "tags": ["a", "b"]}\n\n文',
                 "title: 甲\ntags:\n- a\n- b\n---\n文"):
        values, body, _line = front_matter.split(text)
        assert (values["title"], front_matter.texts(values["tags"]), body.strip()) == ("甲", ("a", "b"), "文")
    for wrong in ("---\na: [\n---\n", "+++\na =\n+++\n", "---\n- a\n---\nx", "---\na: &x [1]\nb: *x\n---\n", '{"a"'):
        with pytest.raises(front_matter.Unreadable):
            front_matter.split(wrong)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=300))
def test_whatever_stands_in_a_file_is_read_or_refused(text):
    for start in ("---\n", "+++\n", "{", ""):
        try:
            _values, body, _line = front_matter.split(start + text)
        except front_matter.Unreadable:
            continue
        assert isinstance(markdown.rendered(body), str)
    assert isinstance(html.settled(html.paragraphs(text)), str)


@pytest.mark.parametrize("beginning", ["<!--", "<pre>", "[caption]", "<a", "<img ", "[gallery", "<table>", "<b>", "&#", "<p"])
def test_a_text_of_beginnings_is_read_in_one_go(beginning):
    """A quadratic reader would take hours for this."""
    text = beginning * (400_000 // len(beginning))
    assert isinstance(html.settled(html.paragraphs(shortcodes.pictures(text, {}))), str)


def test_a_file_of_beginnings_is_read_in_one_go(tmp_path, app):
    for beginning in ("<![CDATA[", "<item", "<item>", "<wp:author>", "<item><![CDATA[", "<item></item>"):
        (tmp_path / "x.xml").write_text(HEAD + beginning * 20_000, "utf-8")
        with app.app_context():
            export, records = wxr.read(tmp_path / "x.xml", clock.now())
            assert all(record.title == "" for record in records)
            assert export.site == "https://old.example"


def test_boxes_galleries_and_lists_of_terms_become_what_articles_have():
    for source, wanted in {
        "<div>a<div>b<p>c</p></div></div>d": "<p>a</p><p>b</p><p>c</p><p>d</p>",
        '<figure class="g"><ul><li><figure><img src="/a.jpg"><figcaption>c</figcaption></figure></li><li><img src="/b.jpg"></li></ul><figcaption>w</figcaption></figure>':
            '<figure><img src="/a.jpg"><figcaption>c</figcaption></figure><p><img src="/b.jpg"></p><p>w</p>',
        "<dl><dt>词</dt><dd>义</dd></dl>": "<p><strong>词</strong></p><p>义</p>",
        '<aside class="fact"><dl><dt>3</dt><dd>人</dd></dl></aside>': '<aside class="fact"><dl><dt>3</dt><dd>人</dd></dl></aside>',
        "<figure><table><tr><td>1</td></tr></table><figcaption>表</figcaption></figure>": "<table><tbody><tr><td>1</td></tr></tbody></table><p>表</p>",
        "<blockquote>话<footer>某</footer></blockquote>": "<blockquote><p>话</p><footer>某</footer></blockquote>",
        "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>": "<ul><li>a<ul><li>b</li></ul></li></ul>",
        '<a href="/x"><figure><img src="/q.jpg"></figure></a>': '<figure><img src="/q.jpg"></figure>',
        "<!-- 没有结束": "<p>没有结束</p>", "<address>同心路18号</address>": "<p>同心路18号</p>", "<div>" * 3000 + "深": "<p>深</p>",
    }.items():  # fmt: skip
        assert html.settled(html.paragraphs(source)) == wanted


def test_the_site_stays_writable_while_pictures_are_decoded(bring, articles, app, tmp_path, monkeypatch):
    blog.write(tmp_path / "blog", 30, pictures=10)
    prepare, free = media.prepare, []

    def watched(data):
        place = db.engine().url.database
        with closing(sqlite3.connect(place, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")
            free.append(True)
        return prepare(data)

    monkeypatch.setattr(media, "prepare", watched)
    report = bring("markdown", tmp_path / "blog")
    assert (report["created"], report["problems"], len(free)) == (30, [], 10)
    assert bring("markdown", tmp_path / "blog")["skipped"] == 30


def test_a_picture_that_several_articles_show_is_kept_once(bring, articles, app, tmp_path):
    folder = tmp_path / "blog"
    folder.mkdir()
    (folder / "p.jpg").write_bytes(blog.picture(random.Random(4)))
    for n in range(60):
        (folder / f"{n:02}.md").write_text(f"---\ntitle: 第{n}\ndate: 2024-05-01\n---\n![](p.jpg)", "utf-8")
    assert bring("markdown", folder, "--dry-run") == bring("markdown", folder)
    with app.app_context():
        assert db.session().scalar(unscoped(select(func.count()).select_from(Asset), why="test")) == 1
