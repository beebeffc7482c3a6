"""Names of people: tidied for storage, keyed for sorting by pinyin, the family name first."""

from __future__ import annotations

import re
from functools import lru_cache

from unionhall.base.text import fold, tidy

MOST = 60
_KEY_MOST = 200
_DOTS = re.compile(r"[·•‧・．˙]")
_ODD = re.compile(r"[^a-z0-9]+")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Family names that are read otherwise than the same character in ordinary text (GB/T 28039-2011, Chinese names)
_FAMILY = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "朴": "piao", "任": "ren", "华": "hua",
    "翟": "zhai", "员": "yun", "缪": "miao", "乐": "yue", "尉迟": "yu chi", "万俟": "mo qi", "纪": "ji", "宁": "ning", "卜": "bu",
    "冼": "xian",
    "召": "shao", "种": "chong", "秘": "bi", "折": "she", "黑": "he", "繁": "po", "谌": "chen", "晁": "chao", "逄": "pang", "郇": "xun",
}  # fmt: skip


def tidied(name: str) -> str:
    """Return a name as it is stored: no tricks, single spaces, one kind of dot between the parts of a name."""
    return _DOTS.sub("·", tidy(name))


def problem(name: str) -> str:
    """Return "" for a tidied name that can be stored, else "empty", "long", "formula", "private" or "digits"."""
    if not name:
        return "empty"
    if len(name) > MOST:
        return "long"
    if name.lstrip(" \u3000").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "#")):
        return "formula"
    if _PRIVATE.search(name):
        return "private"
    return "digits" if sum(mark.isdigit() for mark in name) > len(name) // 2 else ""


def same(one: str, other: str) -> bool:
    """Say whether two names are one, whatever width, case and dots they are written with."""
    return fold(_DOTS.sub("·", one)).replace(" ", "") == fold(_DOTS.sub("·", other)).replace(" ", "")


def name_key(name: str) -> str:
    """Return what a name is sorted and found by: its pinyin, syllables apart, "shan xiao yu"."""
    if name.isascii():
        return _latin(name)
    family = next((known for known in (name[:2], name[:1]) if known in _FAMILY), "")
    syllables = [_FAMILY[family]] if family else []
    return " ".join(filter(None, [*syllables, *map(_syllable, name[len(family) :])]))[:_KEY_MOST]


def _latin(name: str) -> str:
    return _ODD.sub(" ", fold(name)).strip()[:_KEY_MOST]


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    from pypinyin import lazy_pinyin  # its dictionaries take 0.3 s to load

    return _ODD.sub("", fold(lazy_pinyin(character, v_to_u=False)[0])) or ("" if character in " ·" else f"~{ord(character):x}")
