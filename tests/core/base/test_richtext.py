"""Rich text: what may stay stays, nothing that could run does, and cleaning twice changes nothing."""

from __future__ import annotations

import re
import time
import unicodedata
from contextlib import suppress
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionhall.base import richtext
from unionhall.base.richtext import clean

VECTORS = Path(__file__).with_name("xss_vectors.txt").read_text("utf-8").splitlines()
MAY_HAVE = {
    "a": {"href", "rel"}, "img": {"src", "alt", "width", "height"}, "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"}, "blockquote": {"class"}, "figure": {"class"}, "span": {"class"}, "aside": {"class"},
}  # fmt: skip
BARE = {
    "p", "h2", "h3", "strong", "em", "s", "ul", "ol", "li", "footer", "hr", "br", "mark", "table", "caption", "thead",
    "tbody", "tr", "figcaption", "dl", "dt", "dd",
}  # fmt: skip
CLASS = {"blockquote": "pull", "figure": "figure", "span": "figure__credit", "aside": "fact"}
LINK = re.compile(r"(https?://|mailto:|tel:|#|/(?![/\\]))", re.IGNORECASE)
IMAGE = re.compile(r"/media/[a-z0-9]{2}/[a-z0-9-]+\.[a-z0-9]+")
TRICKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")


class Walk(HTMLParser):
    """Fails on any tag, attribute, class or address that is not on the test's own list."""

    def handle_starttag(self, tag, attrs):
        assert tag in BARE or tag in MAY_HAVE, tag
        names = [name for name, _value in attrs]
        assert set(names) <= MAY_HAVE.get(tag, set()), (tag, names)
        assert len(set(names)) == len(names)
        for name, value in attrs:
            assert not TRICKS.search(value)
            if name == "class":
                assert value == CLASS[tag]
            if name == "href":
                assert LINK.match(re.sub(r"[\x00-\x20\xa0]", "", unescape(value))), value
            if name == "src":
                assert IMAGE.fullmatch(value), value

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def check(html):
    out = clean(html)
    walk = Walk()
    walk.feed(out)
    walk.close()
    assert clean(out) == out
    assert not TRICKS.search(out)
    assert unicodedata.is_normalized("NFC", out)
    return out


def decoded(line):
    return re.sub(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|[ntr\\])", lambda found: _character(found[1]), line)


def _character(code):
    return {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}.get(code) or chr(int(code[1:], 16))


def test_the_corpus_is_as_large_as_promised():
    assert len(set(VECTORS)) >= 200


@pytest.mark.parametrize("line", VECTORS)
def test_no_vector_leaves_anything_that_could_run(line):
    check(decoded(line))


@pytest.mark.parametrize("wrap", ["<p>{}</p>", "<table><tr><td>{}", "<b><i>{}", "<p title='{}'>x</p>", '<p title="{}">x</p>',
                                  "<svg><desc>{}", "<select>{}", "<!--{}-->", "<a href=/x>{}", "<math><mtext>{}"])  # fmt: skip
def test_no_vector_runs_in_another_place(wrap):
    for line in VECTORS:
        check(wrap.format(decoded(line)))


@pytest.mark.parametrize("html", [
    "<p>通 <strong>重</strong><em>e</em><s>s</s><mark>m</mark><br>二</p>", "<h2>一</h2><h3>二</h3><hr>",
    "<ul><li>一<ul><li>二</li></ul></li></ul><ol><li>x</li></ol>", '<blockquote class="pull"><p>x</p><footer>张三</footer></blockquote>',
    '<p><a href="https://e.example/?a=1&amp;b=2" rel="noopener noreferrer">x</a></p>', '<p><a href="/news/a-1/">x</a><a href="#a">y</a></p>',
    '<p><a href="mailto:a@e.example">x</a><a href="tel:12351">y</a></p>',
    '<table><caption>c</caption><thead><tr><th colspan="2" scope="col">h</th></tr></thead><tbody><tr><td rowspan="2">a</td></tr></tbody></table>',
    '<figure class="figure"><img src="/media/ab/cd-12.jpg" alt="图" width="9" height="8"><figcaption>说明<span class="figure__credit">摄影 李四</span></figcaption></figure>',
    '<aside class="fact"><p>x</p></aside>', "<dl><dt>a</dt><dd>b</dd></dl>", "<p>1 &lt; 2 &amp; 3</p>", "<p>👨‍👩‍👧‍👦 é</p>",
])  # fmt: skip
def test_what_editors_use_stays_as_it_is(html):
    assert check(html) == html


@pytest.mark.parametrize(("html", "wanted"), [
    ("<p><b>x</b></p>", "<p><strong>x</strong></p>"),
    ("<footer>x</footer>", "x"), ("<figcaption>x</figcaption>", "x"), ("<p><span>x</span></p>", "<p>x</p>"),
    ("<p><a href='https://e.example'>x</a></p>", '<p><a href="https://e.example" rel="noopener noreferrer">x</a></p>'),
    ("<p><a href=' https://e.example/\ta '>x</a></p>", '<p><a href="https://e.example/a" rel="noopener noreferrer">x</a></p>'),
    ("<p><a href='javascript:x'>x</a></p>", "<p>x</p>"), ("<p><a>x</a></p>", "<p>x</p>"),
    ("<img src='https://e.example/a.jpg'><p>x</p>", "<p>x</p>"),
    ("<figure><img src='/media/ab/c.jpg'></figure>", '<figure class="figure"><img src="/media/ab/c.jpg"></figure>'),
    ("<blockquote class='x'>a</blockquote>", "<blockquote>a</blockquote>"), ("<p>a\x00\u202eb\u200b\ufffe</p>", "<p>ab</p>"),
    ("<p>a&#x202e;b&#0;</p>", "<p>ab\ufffd</p>"), ("<p>e\u0301</p>", "<p>\u00e9</p>"), ("<p>\u0338x</p>", "<p>x</p>"),
    ("<p><button><p>x</p></button></p>", "<p>x</p>"), ("<td colspan=9999>x</td>", "x"), ("", ""), (" \n ", ""),
])  # fmt: skip
def test_what_is_changed(html, wanted):
    assert check(html) == wanted


FRAGMENTS = st.sampled_from([
    "<p>", "</p>", "<b>", "</b>", "<a href=/x>", "<a href='javascript:x'>", "</a>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<svg>",
    "</svg>", "<math>", "<mtext>", "<style>", "</style>", "<title>", "<button>", "<form>", "<select>", "<option>", "<li>", "<ul>", "</ul>",
    "<dl>", "<dt>", "<blockquote>", "<footer>", "<figure>", "<figcaption>", "<img src=/media/ab/c.jpg>", "<img src=x onerror=x>", "<!--", "-->",
    "<noscript>", "<template>", "<script>", "</script>", "<![CDATA[", "]]>", "&lt;", "&#x338;", "\u0338", "&#8238;", "<", ">", "'", '"', "&", "汉", "\r",
    "\u200d", "😀", "\ud800", "<h2>", "<i>", "<nobr>", "<frameset>", "<body onload=x>", "<plaintext>", "<textarea>", "<caption>", "<br>", "</br>",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(FRAGMENTS | st.text(max_size=4), max_size=30).map("".join))
def test_any_soup_is_clean_and_stays_the_same(html):
    check(html)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_without_the_editor_comes_out_as_paragraphs(text):
    html = check(richtext.from_plain(text))
    assert "<script" not in html


@pytest.mark.parametrize("html", ["x" * 2_000_001, "<p>" * 20_001, "< " * 900_000])
def test_too_much_is_refused(html):
    with pytest.raises(richtext.TooLong) as caught:
        clean(html)
    assert caught.value.code in {"too-long", "too-many-tags"}
    assert caught.value.size > caught.value.limit


@pytest.mark.parametrize("part", ["<blockquote>", "<b>", "<b><p>", "<table>", "<svg><td>", "<!--", "<a", "&lt;", "</b>", "<p a=1 ", "<p>" * 9 + "<b>"])
def test_hostile_nesting_ends_in_time(part):
    html = (part * 9_000)[:1_900_000]
    began = time.process_time()
    with suppress(richtext.TooLong):
        clean(html)
    richtext.plain_text(part * 1_000)
    assert time.process_time() - began < 8


def test_an_article_is_cleaned_in_a_moment():
    html = "<p>" + "工会主席到<strong>一线</strong>慰问。" * 8 + "</p>"
    began = time.process_time()
    clean(html * 100)
    assert time.process_time() - began < 0.5


def test_plain_text_has_a_line_for_each_block():
    html = "<h2>头</h2><p>一<br>二 <strong>三</strong></p><ul><li>四</li></ul><table><tr><td>五</td><td>六</td></tr></table>"
    assert richtext.plain_text(html) == "头\n一\n二 三\n四\n五\n六"
    assert richtext.plain_text("<p>a &lt;b&gt; c</p>") == "a <b> c"


def test_figures_tell_caption_and_credit_apart():
    html = ('<figure class="figure"><img src="/media/ab/c.jpg" alt="图"><figcaption>说明<span class="figure__credit">摄影 李四</span></figcaption></figure>'
            '<p><img src="/media/ab/d.jpg" alt=""></p><figure class="figure"><figcaption>空</figcaption></figure>')  # fmt: skip
    found = richtext.figures(clean(html))
    assert found == [richtext.Figure("/media/ab/c.jpg", "图", "说明", "摄影 李四"), richtext.Figure("/media/ab/d.jpg", "", "", "")]


@pytest.mark.parametrize(("html", "count"), [
    ("<p>工会2024年</p>", 4), ("<p>hello 世界</p>", 3), ("<p>don't stop</p>", 2), ("<p>3.5%，增长</p>", 3), ("", 0), ("<p>𠮷野家〇</p>", 4),
])  # fmt: skip
def test_characters_are_counted_as_editors_do(html, count):
    assert richtext.count_chars(html) == count


def test_typed_text_becomes_paragraphs():
    assert richtext.from_plain("　　一\r\n\r\n## 二\n1 < 2 & 3 > 2") == "<p>一</p><h2>二</h2><p>1 &lt; 2 &amp; 3 &gt; 2</p>"
    assert richtext.from_plain("<p>x</p>") == "<p>x</p>"
    assert richtext.from_plain("") == ""


def test_a_stamped_body_is_trusted_and_any_other_is_cleaned(app):
    with app.app_context():
        body = "<p>正文</p>"
        assert richtext.trusted(body, richtext.stamp(body)) == body
        forged = body + "<script>alert(1)</script>"
        for mark in ("", "0" * 64, richtext.stamp(body)):
            assert richtext.trusted(forged, mark) == body
