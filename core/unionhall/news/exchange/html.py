"""HTML from elsewhere, brought into the few forms that our articles have; what has no form here stays as text."""

from __future__ import annotations

import re
from html import escape, unescape
from html.parser import HTMLParser

from unionhall.news.exchange import arranging

RENAMED = {
    "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "b": "strong", "i": "em", "cite": "em", "strike": "s", "del": "s",
}  # fmt: skip
UNWRAPPED = frozenset({"div", "section", "article", "main", "header", "nav", "center", "form", "fieldset", "details", "summary", "address"})
BLOCKS = frozenset({
    "p", "h2", "h3", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "td", "th", "figure", "figcaption", "hr", "dl",
    "dt", "dd", "aside", "caption", "pre",
})  # fmt: skip
KEPT = ("href", "src", "alt", "colspan", "rowspan", "scope", "class")
DROPPED = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "embed", "video", "audio", "canvas"})
# What never ends takes the rest in one match, so that a text of nothing but beginnings is still read in one go.
_COMMENT = re.compile(r"<!--(?:.*?-->|(.*)\Z)", re.DOTALL)
_PRE = re.compile(r"<pre[^>]{0,500}>(?:(.*?)</pre>|(.*)\Z)", re.DOTALL | re.IGNORECASE)
_BLOCK_START = re.compile(rf"\s*</?(?:{'|'.join(sorted(BLOCKS | UNWRAPPED))})\b", re.IGNORECASE)
_ALONE = r"(?:h[1-6]|blockquote|ul|ol|table|figure|div|hr|dl|address|section|p)"
_STARTS, _ENDS = re.compile(rf"(<{_ALONE}[\s/>])", re.IGNORECASE), re.compile(rf"(</{_ALONE}>|<hr\s*/?>)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_OPEN = re.compile(r"<(?![^<>]*>)")
MOST_OPEN = 200  # the standard parser takes quadratic time on tags that never close; a text has a few of them at most


def paragraphs(text: str) -> str:
    """Return text with blank lines between its paragraphs as HTML, as WordPress shows it (wpautop)."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\n\n\ue001{len(kept) - 1}\ue001\n\n"

    text = _PRE.sub(keep, _COMMENT.sub(lambda found: found[1] or "", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = _ENDS.sub("\\1\n\n", _STARTS.sub("\n\n\\1", text))
    pieces = []
    for piece in re.split(r"\n\s*\n", text):
        if not (piece := piece.strip()):
            continue
        own = _BLOCK_START.match(piece) or piece.startswith("\ue001")
        pieces.append(piece if own else "<p>" + piece.replace("\n", "<br>") + "</p>")
    return re.sub("\ue001(\\d+)\ue001", lambda found: kept[int(found[1])], "\n".join(pieces))


def settled(html: str) -> str:
    """Return the HTML with only tags that articles know, in the places they may have: see `arranging`.

    Other tags are renamed or taken off, code is kept as lines, nothing is hidden.
    """
    reader = _Settler()
    if html.count("<") > html.count(">") + MOST_OPEN:
        html = _OPEN.sub("&lt;", html)
    reader.feed(_PRE.sub(_lines, html))
    reader.close()
    return arranging.arranged("".join(reader.out))


def plain(html: str) -> str:
    """Return the text of HTML in one line."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _lines(found: re.Match[str]) -> str:
    inside = found[1] if found[1] is not None else found[2]
    text = unescape(_TAG.sub("", re.sub(r"<br\s*/?>", "\n", inside))).strip("\n").expandtabs(4)
    lines = (escape(line).replace("  ", "\u00a0 ") for line in text.split("\n"))
    return "<p>" + "<br>".join(lines) + "</p>"


class _Settler(HTMLParser):
    """Writes what it reads under the names that articles use; a container without meaning becomes a plain one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED:
            self._inside += tag not in {"embed"}
            source = dict(attrs).get("src") or ""
            if tag in {"iframe", "video", "audio", "embed"} and source.startswith(("http://", "https://")):
                self.out.append(f'<p><a href="{escape(source)}">{escape(source)}</a></p>')
        elif self._inside:
            return
        elif tag in UNWRAPPED:
            self.out.append("<div>")
        else:
            given = dict(attrs)
            kept = "".join(f' {name}="{escape(given[name] or "")}"' for name in KEPT if name in given)
            self.out.append(f"<{RENAMED.get(tag, tag)}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self._inside = max(0, self._inside - 1)
        elif not self._inside:
            self.out.append(f"</{'div' if tag in UNWRAPPED else RENAMED.get(tag, tag)}>")

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.out.append(escape(data, quote=False))
