"""Text: tidy what people type, fold it for look-ups, make addresses, cut excerpts."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]")
_SPACE = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_UNSAFE = re.compile(r"[^a-z0-9]+")


def without_tricks(text: str) -> str:
    """Return the text in NFC without control characters, bidi controls, zero-width marks and noncharacters."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _CONTROL.sub("", text)))


def tidy(text: str, *, one_line: bool = True) -> str:
    """Return a name or title as it is stored: no tricks, single spaces, no line breaks unless allowed."""
    clean = without_tricks(text.replace("\r\n", "\n").replace("\r", "\n"))
    if one_line:
        return _SPACE.sub(" ", re.sub(r"[\n\u2028\u2029]+", " ", clean)).strip()
    return "\n".join(_SPACE.sub(" ", line).strip() for line in clean.split("\n")).strip()


def fold(text: str) -> str:
    """Return the key under which a text is looked up: NFKC, case folded, so that full-width digits match."""
    return unicodedata.normalize("NFKC", tidy(text)).casefold()


def like_escape(text: str) -> str:
    r"""Return the text with `%`, `_` and `\` escaped for LIKE … ESCAPE '\'."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def slugify(text: str, max_length: int = 60) -> str:
    """Return an address part `a-z0-9-`, Chinese read as pinyin and cut between syllables; empty when nothing is left."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - slow import

    syllables = lazy_pinyin(fold(text), errors=lambda rest: list(_UNSAFE.sub(" ", rest).split()))
    slug = ""
    for part in (_UNSAFE.sub("", unicodedata.normalize("NFKD", item)) for item in syllables):
        longer = f"{slug}-{part}" if slug and part else slug or part
        if len(longer) > max_length:
            break
        slug = longer
    return slug


def excerpt(text: str, length: int) -> str:
    """Return at most `length` characters, with an ellipsis where something was cut."""
    clean = tidy(text)
    return clean if len(clean) <= length else clean[: length - 1].rstrip("，、；： ") + "…"
