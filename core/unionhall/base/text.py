"""Text: tidy what people type, fold it for look-ups, make addresses, cut excerpts."""

from __future__ import annotations

import re
import unicodedata

_PLANE_ENDS = "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_CONTROL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_PLANE_ENDS}]")
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    f"\ufff9-\ufffb\U000e0000-\U000e007f]|(?<![{_EMOJI}])\u200d|\u200d(?![{_EMOJI}])"
)
_SPACE = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BREAK = re.compile(r"\r\n|[\r\u2028\u2029]")
_UNSAFE = re.compile(r"[^a-z0-9]+")
_JOINED = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]")


def without_marks(text: str) -> str:
    """Return the text without control characters, bidi controls, zero-width marks, lone surrogates and noncharacters.

    A zero-width joiner stays between two emoji; line feeds, carriage returns and tabs stay.
    """
    return _INVISIBLE.sub("", _CONTROL.sub("", text))


def without_tricks(text: str) -> str:
    """Return the text in NFC and without_marks."""
    return unicodedata.normalize("NFC", without_marks(text))


def tidy(text: str, *, one_line: bool = True) -> str:
    """Return a name or title as it is stored: no tricks, single spaces, no line breaks unless allowed."""
    clean = _BREAK.sub("\n", without_tricks(text))
    if one_line:
        return _SPACE.sub(" ", clean.replace("\n", " ")).strip()
    return "\n".join(_SPACE.sub(" ", line).strip() for line in clean.split("\n")).strip()


def fold(text: str) -> str:
    """Return the key under which a text is looked up: NFKC, case folded, so that full-width digits match."""
    once = unicodedata.normalize("NFKC", tidy(text)).casefold()
    return tidy(unicodedata.normalize("NFKC", once).casefold())


def like_escape(text: str) -> str:
    r"""Return the text with `%`, `_` and `\` escaped for LIKE … ESCAPE '\'."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def slugify(text: str, max_length: int = 60) -> str:
    """Return an address part `a-z0-9-`, Chinese read as pinyin and cut between syllables; empty when nothing is left.

    One word longer than `max_length` characters is cut inside.
    """
    from pypinyin import lazy_pinyin  # its dictionaries take 0.3 s to load

    parts = [part for item in lazy_pinyin(fold(text)) for part in _UNSAFE.split(_unaccented(item)) if part]
    slug = parts[0][:max_length] if parts else ""
    for part in parts[1:]:
        if len(slug) + 1 + len(part) > max_length:
            break
        slug = f"{slug}-{part}"
    return slug


def _unaccented(text: str) -> str:
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))


def excerpt(text: str, length: int) -> str:
    """Return at most `length` characters, with an ellipsis where something was cut; never inside an emoji or accent."""
    clean = tidy(text)
    if len(clean) <= length:
        return clean
    end = max(0, length - 1)
    while end and (_clings(clean[end]) or clean[end - 1] == "\u200d"):
        end -= 1
    return clean[:end].rstrip("，、；： ") + "…" if length > 0 else ""


def _clings(mark: str) -> bool:
    return bool(unicodedata.combining(mark) or _JOINED.match(mark))


def masked_name(name: str) -> str:
    """Return a name of which a stranger learns little: 何*英, 张*."""
    return name[:1] + "*" * max(1, min(2, len(name) - 2)) + (name[-1:] if len(name) > 2 else "")
