"""Rich text: one allow-list, applied when it is saved and again when it is shown (ASVS 1.2.1, 1.3.1)."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path

import nh3

from unionhall.base import richtext_rules as rules
from unionhall.base.crypto import keyed_hash
from unionhall.base.text import without_marks

LONGEST = 2_000_000
MOST_TAGS = 20_000
BLOCKS = {"p", "h2", "h3", "li", "blockquote", "footer", "caption", "th", "td", "figcaption", "dt", "dd", "aside", "hr", "br"}
_ROUNDS = 6
_RULES = hashlib.sha256(b"".join(Path(name).read_bytes() for name in (__file__, rules.__file__)) + version("nh3").encode()).hexdigest()
_TAG_START = re.compile(r"<[a-z/]", re.IGNORECASE)
_UNCLEAN = re.compile(r"<[!?]|<[^<>]*(?:<|\Z)")
_TAG = re.compile(r"<[a-z/!][^<>]*>", re.IGNORECASE)
_BLOCK = re.compile(rf"</?(?:{'|'.join(sorted(BLOCKS))})\b[^<>]*>", re.IGNORECASE)
_CJK = re.compile(r"[\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.-]*")


class TooLong(ValueError):
    """More than a body may hold: `code` is "too-long" (characters) or "too-many-tags", with the `size` found and the `limit`."""

    def __init__(self, code: str, *, size: int, limit: int) -> None:
        super().__init__(code)
        self.code, self.size, self.limit = code, size, limit


@dataclass(frozen=True)
class Figure:
    """A picture in a body, with what stands below it."""

    src: str
    alt: str
    caption: str
    credit: str


def clean(html: str) -> str:
    """Return the allowed part of a body; cleaning twice changes nothing.

    Raises TooLong over LONGEST characters or MOST_TAGS tags (start and end): the parser's time grows with the square of the nesting.
    """
    _measure(html)
    for _round in range(_ROUNDS):
        # Taking a tag out can leave a tree that reads differently the next time (mXSS); only what stays the same is safe.
        after = _once(html)
        if after == html:
            break
        html = after
        _measure(html)
    else:
        html = _paragraphs(plain_text(html))
    return html


def stamp(clean_html: str) -> str:
    """Return a mark that only this site can make: this very text came out of `clean`, by the rules of today."""
    return keyed_hash("richtext", _RULES + clean_html)


def trusted(html: str, mark: str) -> str:
    """Return a body for showing: as it is when its stamp is right, else cleaned. Raises TooLong as `clean` does."""
    return html if mark and hmac.compare_digest(mark, stamp(html)) else clean(html)


def _measure(html: str) -> None:
    if len(html) > LONGEST:
        raise TooLong("too-long", size=len(html), limit=LONGEST)
    tags = len(_TAG_START.findall(html))
    if tags > MOST_TAGS:
        raise TooLong("too-many-tags", size=tags, limit=MOST_TAGS)


def _once(html: str) -> str:
    safe = nh3.clean(
        without_marks(html), tags=rules.TAGS, attributes=rules.ATTRIBUTES, allowed_classes=rules.CLASSES,
        attribute_filter=rules.allowed_value_or_class, url_schemes=rules.SCHEMES, link_rel=None, strip_comments=True,
        clean_content_tags=rules.DROPPED_WHOLE,
    )  # fmt: skip
    return rules.rewrite(safe)


class _Reader(HTMLParser):
    """Collects text by block, and figures."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.figures: list[Figure] = []
        self._figure: dict[str, str] | None = None
        self._place = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in BLOCKS:
            self.parts.append("\n")
        if tag == "figure":
            self._figure = {"src": "", "alt": "", "caption": "", "credit": ""}
        elif self._figure is not None and tag == "img":
            self._figure |= {"src": found.get("src", ""), "alt": found.get("alt", "")}
        elif tag == "img":
            self.figures.append(Figure(found.get("src", ""), found.get("alt", ""), "", ""))
        elif tag in {"figcaption", "span"} and self._figure is not None:
            self._place = "credit" if tag == "span" else "caption"

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.parts.append("\n")
        if self._figure is None:
            return
        if tag == "figure":
            if self._figure["src"]:
                self.figures.append(Figure(**{name: value.strip() for name, value in self._figure.items()}))
            self._figure = None
        elif tag in {"figcaption", "span"}:
            self._place = "caption" if tag == "span" else ""

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
        if self._figure is not None and self._place:
            self._figure[self._place] += data


def _read(html: str) -> _Reader:
    reader = _Reader()
    # The standard parser takes quadratic time on markup that never closes; a cleaned body has none.
    reader.feed(clean(html) if _UNCLEAN.search(html) else html)
    reader.close()
    return reader


def plain_text(html: str) -> str:
    """Return a body's text, a line for each block. Raises TooLong as `clean` does when the body was not cleaned before."""
    lines = "".join(_read(html).parts).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def figures(html: str) -> list[Figure]:
    """Return the pictures of a body, in order."""
    return _read(html).figures


def count_chars(html: str) -> int:
    """Return a body's length as Chinese editors count it: each Chinese character, each Latin word."""
    text = plain_text(html) if _UNCLEAN.search(html) else unescape(_TAG.sub("", _BLOCK.sub("\n", html)))
    return len(_CJK.findall(text)) + len(_WORD.findall(_CJK.sub(" ", text)))


def from_plain(text: str) -> str:
    """Return HTML for what was typed without the editor: lines become paragraphs, `## ` a mid-head; HTML passes."""
    return text if _TAG.search(text) else _paragraphs(text)


def _paragraphs(text: str) -> str:
    blocks = (line.strip(" \t\u3000") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "".join(
        f"<h2>{escape(line[3:].strip())}</h2>" if line.startswith("## ") else f"<p>{escape(line)}</p>" for line in blocks if line
    )
