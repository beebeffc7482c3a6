"""The allow-list of rich text, and the second pass that rewrites what the parser left in one fixed form.

Source of the rules: ASVS 1.2.1, 1.2.2, 1.3.1 and the component list of the style guide (ui.md 6).
"""

from __future__ import annotations

import re
from html import escape, unescape
from html.parser import HTMLParser

from unionhall.base.text import without_tricks

TAGS = {
    "p", "h2", "h3", "strong", "b", "em", "s", "ul", "ol", "li", "blockquote", "footer", "a", "hr", "br", "mark",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "img", "figcaption", "span", "aside", "dl", "dt", "dd",
}  # fmt: skip
VOID = {"hr", "br", "img"}
ATTRIBUTES = {
    "a": {"href"}, "img": {"src", "alt", "width", "height"}, "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}  # fmt: skip
CLASSES = {"blockquote": {"pull"}, "figure": {"figure"}, "span": {"figure__credit"}, "aside": {"fact"}}
DROPPED_WHOLE = {
    "script", "style", "template", "noscript", "iframe", "object", "title", "textarea", "select", "svg", "math", "xmp",
    "noembed", "noframes", "plaintext", "head",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel"}
EXTERNAL_REL = "noopener noreferrer"

_ALWAYS = {"figure": "figure", "aside": "fact"}
_INSIDE = {"footer": "blockquote", "figcaption": "figure"}
_ORDER = ("href", "src", "alt", "width", "height", "colspan", "rowspan", "scope")
_PIXELS = re.compile(r"[0-9]{1,5}", re.ASCII)
_CELLS = re.compile(r"[0-9]{1,3}", re.ASCII)
_BLANK = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_IN_LINK = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_MEDIA = re.compile(r"/media/[a-z0-9]{2}/[a-z0-9-]{1,120}\.[a-z0-9]{2,5}")


def allowed_value(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value as it may stay, or None when the attribute goes; `value` has its entities decoded."""
    if name == "href":
        return safe_link(value)
    if name == "src":
        return value if _MEDIA.fullmatch(value) else None
    if name in {"width", "height"}:
        return value if _PIXELS.fullmatch(value) else None
    if name in {"colspan", "rowspan"}:
        return value if _CELLS.fullmatch(value) else None
    if name == "scope":
        return value if value in {"row", "col"} else None
    return without_tricks(value) if name in ATTRIBUTES.get(tag, set()) else None


def allowed_value_or_class(tag: str, name: str, value: str) -> str | None:
    """Return what the parser's own filter may keep; classes are judged by its class list."""
    return value if name == "class" else allowed_value(tag, name, value)


def safe_link(value: str) -> str | None:
    """Return a link's target, or None; judged as the most lenient browser reads it (ASVS 1.2.2).

    Entities are decoded once more, and tabs, line breaks, blanks and control bytes taken out, before the scheme is read.
    """
    link = _IN_LINK.sub("", without_tricks(value)).strip()
    seen = _BLANK.sub("", unescape(link)).casefold()
    if seen.startswith(("http://", "https://", "mailto:", "tel:", "#")):
        return link
    return link if seen.startswith("/") and not seen.startswith(("//", "/\\")) else None


def rewrite(html: str) -> str:
    """Return the parser's output in one form: no b, no empty anchor or image, own classes, tidy text."""
    rewriter = _Rewriter()
    rewriter.feed(html)
    rewriter.close()
    return rewriter.html()


class _Rewriter(HTMLParser):
    """Walks balanced HTML; writes what the rules keep, everything escaped anew."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kept = self._attributes(tag, {name: value or "" for name, value in attrs})
        name = "" if kept is None else {"b": "strong"}.get(tag, tag)
        if name:
            self._out.append(f"<{name}{kept}>")
        if tag not in VOID:
            self._open.append((tag, name))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._close()

    def handle_data(self, data: str) -> None:
        # U+0338 straight after a tag would melt with its ">" into "≯" the next time somebody normalises the page.
        text = without_tricks(data.replace("\r\n", "\n").replace("\r", "\n")).lstrip("\u0338")
        self._out.append(escape(text, quote=False))

    def _close(self) -> None:
        _tag, name = self._open.pop()
        if name:
            self._out.append(f"</{name}>")

    def _attributes(self, tag: str, given: dict[str, str]) -> str | None:
        """Return the tag's attributes as written, or None when the tag itself goes and only its text stays."""
        if tag not in TAGS or (tag in _INSIDE and all(name != _INSIDE[tag] for _tag, name in self._open)):
            return None
        values = {name: allowed_value(tag, name, given[name]) for name in _ORDER if name in given and name in ATTRIBUTES.get(tag, ())}
        values["class"] = _ALWAYS.get(tag) or (given.get("class") if given.get("class") in CLASSES.get(tag, ()) else None)
        needed = {"a": "href", "img": "src", "span": "class"}.get(tag)
        if needed and values.get(needed) is None:
            return None
        if (values.get("href") or "").lower().startswith(("http:", "https:")):
            values["rel"] = EXTERNAL_REL
        return "".join(f' {name}="{escape(value)}"' for name, value in values.items() if value is not None)

    def html(self) -> str:
        """Return what was written, without empty paragraphs; tags left open by a broken parser are closed."""
        while self._open:
            self._close()
        return "".join(self._out).replace("<p></p>", "").strip()
