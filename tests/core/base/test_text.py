"""Text: tidying, look-up keys, addresses, excerpts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unionhall.base.text import excerpt, fold, like_escape, slugify, tidy

ANY = st.text(alphabet=st.characters(), max_size=40)


@pytest.mark.parametrize(("text", "wanted"), [
    ("  东方　　市 ", "东方 市"), ("买买提·艾力", "买买提·艾力"), ("a\u200b\u202eb\ufeff", "ab"), ("a\x00\x07b", "ab"), ("一\r\n二\u2028三", "一 二 三"),
    ("e\u0301", "é"), ("a\tb\u00a0c", "a b c"), ("👨‍👩‍👧", "👨‍👩‍👧"), ("张\u200d三", "张三"), ("\ud800x\ufffe\U0001fffe", "x"), ("\u3164", ""), ("a\U000e0041b", "ab"),
    ("葛\U000e0100", "葛\U000e0100"),
])  # fmt: skip
def test_names_are_tidied(text, wanted):
    assert tidy(text) == wanted


def test_lines_stay_where_they_may():
    assert tidy(" 一 \r\n　二\r三 ", one_line=False) == "一\n二\n三"


@settings(max_examples=300, deadline=None)
@given(ANY)
def test_tidy_and_fold_change_nothing_the_second_time(text):
    once = tidy(text)
    assert tidy(once) == once
    assert "\n" not in once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(("one", "other"), [("ＡＢＣ１２３", "abc123"), ("Straße", "STRASSE"), ("ﬁ", "FI"), ("工会　甲", "工会 甲"), ("①", "1")])
def test_folded_texts_meet(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("text", "wanted"), [
    ("东津市总工会", "dong-jin-shi-zong-gong-hui"), ("重庆工会2024年", "chong-qing-gong-hui-2024-nian"), ("Café 劳模", "cafe-lao-mo"), ("绿色", "lv-se"),
    ("Hello, World!", "hello-world"), ("！！！", ""), ("", ""), ("😀", ""), ("ＡＢＣ", "abc"), ("a/../b", "a-b"), ("女儿", "nv-er"),
])  # fmt: skip
def test_addresses_are_pinyin(text, wanted):
    assert slugify(text) == wanted


def test_addresses_are_cut_between_syllables():
    assert slugify("东津市总工会", 13) == "dong-jin-shi"
    assert slugify("东津市总工会", 12) == "dong-jin-shi"
    assert slugify("东津市总工会", 11) == "dong-jin"
    assert slugify("a" * 80) == "a" * 60


@settings(max_examples=200, deadline=None)
@given(ANY, st.integers(1, 70))
def test_addresses_hold_nothing_else(text, most):
    slug = slugify(text, most)
    assert len(slug) <= most
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert "--" not in slug


@pytest.mark.parametrize(("text", "length", "wanted"), [
    ("一二三", 3, "一二三"), ("一二三四", 3, "一二…"), ("一二，三四", 4, "一二…"), ("", 5, ""), ("一二三", 1, "…"), ("一二三", 0, ""), ("一👨‍👩‍👧二三", 4, "一…"), ("ab👍🏽c", 4, "ab…"),
    ("一\n二", 5, "一 二"),
])  # fmt: skip
def test_excerpts_are_cut_at_a_character(text, length, wanted):
    assert excerpt(text, length) == wanted


@given(ANY, st.integers(0, 30))
def test_excerpts_are_never_longer(text, length):
    assert len(excerpt(text, length)) <= length


def test_like_is_escaped():
    assert like_escape(r"50%_\a") == r"50\%\_\\a"
    assert like_escape("工会") == "工会"
