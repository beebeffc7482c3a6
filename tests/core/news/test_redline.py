"""Redlines: both versions can be read from them, nothing runs in them, and they are quick and readable."""

from __future__ import annotations

import random
import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from unionhall.base.richtext import clean, plain_text
from unionhall.news.redline import redline_html, redline_text
from unionhall.news.redline_blocks import Block, blocks

WORDS = st.text(alphabet="工会劳动，。a1 <&>\n", max_size=30)


def read(markup, without):
    return unescape(re.sub(r"</?(ins|del)>", "", re.sub(rf"<{without}>.*?</{without}>", "", str(markup), flags=re.DOTALL)))


@settings(max_examples=400, deadline=None)
@given(WORDS, WORDS)
def test_both_versions_can_be_read_from_a_redline(old, new):
    markup = redline_text(old, new)
    assert isinstance(markup, Markup)
    assert read(markup, "ins") == old
    assert read(markup, "del") == new


@pytest.mark.parametrize(("old", "new", "wanted"), [
    ("", "", ""), ("同", "同", "同"), ("", "新", "<ins>新</ins>"), ("旧", "", "<del>旧</del>"),
    ("举行劳动竞赛", "举行劳动技能竞赛", "举行劳动<ins>技能</ins>竞赛"),
    ("共有35人参加", "共有42人参加", "共有<del>35</del><ins>42</ins>人参加"),
    ("于2024年5月12日开幕", "于2025年6月12日开幕", "于<del>2024年5</del><ins>2025年6</ins>月12日开幕"),
    ("完全不同的话", "另写了一句", "<del>完全不同的话</del><ins>另写了一句</ins>"),
    ("<b>甲</b>", "<b>乙</b>", "&lt;b&gt;<del>甲</del><ins>乙</ins>&lt;/b&gt;"),
    ("Hello world 你好", "Hello there 你好", "Hello <del>world</del><ins>there</ins> 你好"),
])  # fmt: skip
def test_changes_are_readable(old, new, wanted):
    assert redline_text(old, new) == wanted


FIGURE = '<figure class="figure"><img src="/media/ab/{}.jpg" alt="图"><figcaption>{}<span class="figure__credit">摄影 李四</span></figcaption></figure>'


@pytest.mark.parametrize(("old", "new", "wanted", "counts"), [
    ("<p>甲</p>", "<p>甲</p>", "<p>甲</p>", (0, 0, 0)),
    ("<p>一段话</p>", "<p>一段话</p><p>又一段</p>", "<p>一段话</p>\n<p><ins>又一段</ins></p>", (1, 3, 0)),
    ("<p>一段话</p><p>又一段</p>", "<p>又一段</p>", "<p><del>一段话</del></p>\n<p>又一段</p>", (1, 0, 3)),
    ("<p>小标题</p>", "<h2>小标题</h2>", "<h2><del>小标题</del><ins>小标题</ins></h2>", (1, 0, 0)),
    ("<p>要点</p>", "<p><strong>要</strong>点</p>", "<p><del>要点</del><ins><strong>要</strong>点</ins></p>", (1, 0, 0)),
    ("<ul><li>甲</li><li>乙</li></ul>", "<ul><li>甲</li><li>乙丙</li></ul>", "<ul><li>甲</li><li>乙<ins>丙</ins></li></ul>", (1, 1, 0)),
    ('<p>见<a href="/a">这里</a></p>', '<p>见<a href="/b">这里</a></p>', "<p>见这里 <del>‹/a›</del><ins>‹/b›</ins></p>", (1, 4, 4)),
    ('<p>见<a href="/a">这里</a></p>', '<p>看<a href="/a">这里</a></p>', "<p><del>见</del><ins>看</ins>这里</p>", (1, 1, 1)),
    ('<p><a href="/a">甲</a>乙</p>', '<p>甲<a href="/a">乙</a></p>', "<p>甲<ins>乙</ins> ‹/a›<del>乙</del></p>", (2, 1, 1)),
    (FIGURE.format("x", "会场"), FIGURE.format("x", "现场"), "<p>[<del>会</del><ins>现</ins>场 — 摄影 李四]</p>", (1, 1, 1)),
    (FIGURE.format("x", "会场"), FIGURE.format("y", "会场"), "<p>[(<del>x.jpg</del><ins>y.jpg</ins> 图) 会场 — 摄影 李四]</p>", (1, 5, 5)),
    ("<table><tr><td>一</td><td>2</td></tr></table>", "<table><tr><td>一</td><td>3</td></tr></table>", "<p>一 | <del>2</del><ins>3</ins></p>", (1, 1, 1)),
    ("<blockquote><p>话</p><footer>甲</footer></blockquote>", "<blockquote><p>话</p></blockquote>",
     "<blockquote>话</blockquote>\n<blockquote><del>甲</del></blockquote>", (1, 0, 1)),
    ("<dl><dt>时间</dt><dd>五月</dd></dl>", "<dl><dt>时间</dt><dd>六月</dd></dl>", "<p>时间</p>\n<p><del>五</del><ins>六</ins>月</p>", (1, 1, 1)),
    ("<p>a</p><hr>", "<p>a</p>", "<p>a</p>\n<p><del>———</del></p>", (1, 0, 3)), ("", "", "", (0, 0, 0)),
])  # fmt: skip
def test_bodies(old, new, wanted, counts):
    found = redline_html(clean(old), clean(new))
    assert found.markup == wanted
    assert (found.changes, found.added, found.removed) == counts


def test_a_body_is_cut_into_blocks():
    html = "<h2>头</h2><p>一<br>二</p><ul><li>三<ul><li>四</li></ul></li></ul><aside class='fact'><p>五</p>六</aside>七"
    found = [(block.kind, block.text) for block in blocks(html)]
    assert found == [("h2", "头"), ("p", "一\n二"), ("li", "三"), ("li", "四"), ("p", "五"), ("aside", "六"), ("p", "七")]
    assert blocks("<p>甲<strong>乙<em>丙</em></strong></p>") == [Block("p", "甲乙丙", "甲乙丙", ((1, 3, "strong"), (2, 3, "em")))]


class Only(HTMLParser):
    """Fails on any tag that is not ours and on every attribute."""

    def handle_starttag(self, tag, attrs):
        assert tag in {"p", "h2", "h3", "ul", "li", "blockquote", "ins", "del", "strong", "em", "s", "mark"}
        assert attrs == []

    def handle_comment(self, data):
        raise AssertionError(data)


PIECES = st.sampled_from(["<p>", "</p>", "<h2>", "</h2>", "<li>", "<ul>", "</ul>", "<strong>", "</strong>", "<a href='/x\"><b>'>", "</a>", "<table>", "<tr>",
                          "<td>", "</table>", "<script>alert(1)</script>", "<img src=x onerror=alert(1) alt='<b>'>", "&lt;b&gt;", "工会", "，", "‹", "<blockquote>",
                          "<figure class=figure>", "</figure>", "<figcaption>", "<hr>", "<br>", "<svg onload=x>", "{0}", "%s"])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join), st.lists(PIECES, max_size=20).map("".join))
def test_nothing_of_the_contents_markup_comes_through(old, new):
    for one, other in ((old, new), (clean(old), clean(new))):
        found = redline_html(one, other)
        walk = Only()
        walk.feed(found.markup)
        walk.close()
    assert (found.changes == 0) == (blocks(one) == blocks(other))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="工会劳动竞赛职工之家，。一二三", min_size=1, max_size=20), max_size=8),
       st.lists(st.text(alphabet="工会劳动竞赛职工之家，。一二三", min_size=1, max_size=20), max_size=8))  # fmt: skip
def test_every_paragraph_of_both_bodies_is_there(old, new):
    before, after = ("".join(f"<p>{text}</p>" for text in texts) for texts in (old, new))
    markup = str(redline_html(before, after).markup)
    for body, without in ((before, "ins"), (after, "del")):
        left = re.sub(rf"<{without}>.*?</{without}>", "", markup)
        assert "".join(plain_text(left).split("\n")) == "".join(plain_text(body).split("\n"))


def prose(chars, paragraph, luck):
    text = "".join(luck.choice("的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会" + "，。" * 2) if luck.random() < 0.6
                   else chr(0x4E00 + luck.randrange(3000)) for _ in range(chars))  # fmt: skip
    return "".join(f"<p>{text[at : at + paragraph]}</p>" for at in range(0, chars, paragraph))


def edited(html, luck):
    return "".join(luck.choice(["", "新", "改动"]) if char > "z" and luck.random() < 0.03 else char for char in html)


@pytest.mark.parametrize("paragraph", [20, 100, 500, 2000, 10_000])
@pytest.mark.parametrize("how", ["edited", "rewritten"])
def test_ten_thousand_characters_take_less_than_a_second(paragraph, how):
    luck = random.Random(paragraph)
    old = prose(10_000, paragraph, luck)
    new = edited(old, luck) if how == "edited" else prose(10_000, paragraph, luck)
    began = time.process_time()
    assert redline_html(old, new).changes
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("old", "new"), [
    ("的" * 10_000, "的了" * 5_000), ("的，" * 5_000, "了。的" * 3_000), ("a b " * 2_500, "b a c " * 1_700), ("‹" * 10_000, "›‹" * 5_000),
    ("甲。" * 5_000, "乙。甲。" * 2_500), ("</p><p>甲" * 5_000, "</p><p>乙</p><p>甲" * 2_500),
])  # fmt: skip
def test_repeats_do_not_slow_it_down(old, new):
    began = time.process_time()
    assert redline_html(f"<p>{old}</p>", f"<p>{new}</p>").changes
    assert time.process_time() - began < 1
