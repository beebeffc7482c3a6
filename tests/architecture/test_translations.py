"""English is complete: every message that code and templates ask for is translated, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

import unionhall
from unionhall.testing import catalogues

HOME = Path(unionhall.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
KEPT_CHINESE = {"中文", "身份宝", "本报讯", "本网讯", "公网安备", "ICP备", "记者甲", "某某"}


def english():
    return catalogues.read(HOME / "translations" / "en.po", "en")


def texts(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def test_every_message_is_translated():
    wanted = {texts(message.id)[0] for message in catalogues.extract(HOME) if message.id}
    known = {texts(message.id)[0] for message in english() if message.id}
    assert (wanted - known, known - wanted, catalogues.missing(english())) == (set(), set(), [])


def test_placeholders_are_the_same():
    wrong = []
    for message in english():
        if message.id:
            wanted = set(PLACEHOLDER.findall(texts(message.id)[0]))
            wrong += [texts(message.id)[0] for text in texts(message.string) if not set(PLACEHOLDER.findall(text)) <= wanted | {"num"}]
            wrong += [texts(message.id)[0] for text in texts(message.string)[-1:] if wanted - {"num"} - set(PLACEHOLDER.findall(text))]
    assert wrong == []


def test_english_is_english():
    left = [text for message in english() if message.id for text in texts(message.string) if CHINESE.search(text)]
    assert [text for text in left if not any(kept in text for kept in KEPT_CHINESE)] == []
