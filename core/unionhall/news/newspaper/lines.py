"""From bytes to cleaned lines: encodings, invisible characters, headings apart from text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

from unionhall.news.newspaper.marks import full_width
from unionhall.news.newspaper.model import PageUnreadable

MAX_BYTES = 1024 * 1024
MAX_LINES = 20_000
BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
SPACES = re.compile(r"[\s\u3000]+")
DEEPEST = 6
HASHTAG = re.compile(r"[#＃][^\s#＃][^#＃]*[#＃].*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with text: its number in the file, its heading level (0 for text), and the blank lines above it."""

    number: int
    level: int
    text: str
    gap: int


def decode(data: bytes) -> str:
    """Return the text of a file as UTF-8 or else GB18030, which is what Chinese newsrooms save (GB 18030-2022)."""
    if len(data) > MAX_BYTES:
        raise PageUnreadable("too-large")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data:
        raise PageUnreadable("binary")
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PageUnreadable("binary")


def clean(text: str) -> str:
    """Return NFC text without control, bidi and zero-width characters (Unicode UAX #15, UTR #36)."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise PageUnreadable("too-large")
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise PageUnreadable("empty")
    if "\0" in text:
        raise PageUnreadable("binary")
    text = unicodedata.normalize("NFC", BREAKS.sub("\n", text))
    strange = {ord(character): _harmless(character) for character in set(text)}
    cleaned = text.translate(strange)
    if not cleaned.strip():
        raise PageUnreadable("empty")
    controls = sum(text.count(chr(sign)) for sign in strange if unicodedata.category(chr(sign)) in {"Cc", "Cs"})
    if (controls - text.count("\n") - text.count("\t") + text.count("\ufffd")) * 10 > len(text):
        raise PageUnreadable("binary")
    return cleaned


def split(text: str) -> list[Line]:
    """Return the lines that hold text, spaces collapsed and punctuation made Chinese. Raises PageUnreadable."""
    lines: list[Line] = []
    gap = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        collapsed = SPACES.sub(" ", raw).strip()
        if not collapsed:
            gap += 1
            continue
        level, content = _heading(collapsed)
        if len(lines) == MAX_LINES:
            raise PageUnreadable("too-large")
        lines.append(Line(number, level, full_width(content), gap))
        gap = 0
    return lines


def _harmless(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return "" if category in {"Cc", "Cf"} else character


def _heading(text: str) -> tuple[int, str]:
    """A heading starts with one to six # (CommonMark 4.2); the scan may lose the space, but #topic# is body text."""
    if text[0] not in "#＃" or HASHTAG.fullmatch(text):
        return 0, text
    content = text.lstrip("#＃")
    level = min(len(text) - len(content), DEEPEST)
    return level, content.rstrip(" #＃").replace("**", "").strip()
