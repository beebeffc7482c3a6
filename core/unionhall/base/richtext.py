"""Rich text: one allow-list, applied when it is saved and again when it is shown (ASVS 1.2.1, 1.3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser

import nh3

from unionhall.base.text import without_tricks

LONGEST = 2_000_000
TAGS = {
    "p", "h2", "h3", "strong", "b", "em", "s", "ul", "ol", "li", "blockquote", "footer", "a", "hr", "br", "mark",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "img", "figcaption", "span", "aside", "dl", "dt", "dd",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"}, "img": {"src", "alt", "width", "height"}, "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}  # fmt: skip
CLASSES = {"blockquote": {"pull"}, "figure": {"figure"}, "span": {"figure__credit"}, "aside": {"fact"}}
BLOCKS = {"p", "h2", "h3", "li", "blockquote", "footer", "caption", "th", "td", "figcaption", "dt", "dd", "aside", "hr", "br"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_BLANK = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_MEDIA = re.compile(r"/media/[a-z0-9]{2}/[a-z0-9-]{1,120}\.[a-z0-9]{2,5}")
_NO_SOURCE = re.compile(r"<img(?![^>]* src=)[^>]*>")
_TAG = re.compile(r"<[a-z/!][^>]*>", re.IGNORECASE)
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’.-]*")


class TooLong(ValueError):
    """More text than an article may hold; `code` is for programs."""

    code = "too-long"


@dataclass(frozen=True)
class Figure:
    """A picture in a body, with what stands below it."""

    src: str
    alt: str
    caption: str
    credit: str


def clean(html: str) -> str:
    """Return the allowed part of a body; cleaning twice changes nothing. Raises TooLong over LONGEST characters."""
    if len(html) > LONGEST:
        raise TooLong(str(len(html)))
    safe = nh3.clean(
        without_tricks(html), tags=TAGS, attributes=ATTRIBUTES, allowed_classes=CLASSES, attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener noreferrer", strip_comments=True,
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "title", "textarea", "select"},
    )  # fmt: skip
    return _NO_SOURCE.sub("", safe).strip()


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _safe_link(value) else None
    if name == "src":
        return value if _MEDIA.fullmatch(value) else None
    if name in {"width", "height", "colspan", "rowspan"}:
        return value if value.isascii() and value.isdigit() and len(value) < 6 else None
    if name == "scope":
        return value if value in {"row", "col"} else None
    return value


def _safe_link(value: str) -> bool:
    """Judge a link as a browser reads it: entities, tabs, newlines and control bytes taken out first (ASVS 1.2.2)."""
    seen = _BLANK.sub("", unescape(value)).casefold()
    if seen.startswith(("http://", "https://", "mailto:", "tel:", "#")):
        return True
    return seen.startswith("/") and not seen.startswith(("//", "/\\")) and not _SCHEME.match(seen)


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
    reader.feed(html)
    reader.close()
    return reader


def plain_text(html: str) -> str:
    """Return a body's text, a line for each block."""
    lines = "".join(_read(html).parts).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def figures(html: str) -> list[Figure]:
    """Return the pictures of a body, in order."""
    return _read(html).figures


def count_chars(html: str) -> int:
    """Return a body's length as Chinese editors count it: each Chinese character, each Latin word."""
    text = plain_text(html)
    return len(_CJK.findall(text)) + len(_WORD.findall(_CJK.sub(" ", text)))


def from_plain(text: str) -> str:
    """Return HTML for what was typed without the editor: lines become paragraphs, `## ` a mid-head; HTML passes."""
    if _TAG.search(text):
        return text
    blocks = (line.strip(" \t\u3000") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "".join(
        f"<h2>{escape(line[3:].strip())}</h2>" if line.startswith("## ") else f"<p>{escape(line)}</p>" for line in blocks if line
    )
