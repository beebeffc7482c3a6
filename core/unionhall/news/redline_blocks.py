"""A body cut into blocks that can be compared: paragraphs, headings, list items, table rows, figures, rules."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

KINDS = {"p", "h2", "h3", "li", "blockquote", "footer", "figure", "caption", "tr", "dt", "dd", "aside"}
CELLS = {"td", "th"}
STYLES = {"strong", "em", "s", "mark"}
QUOTE = "blockquote"


@dataclass(frozen=True)
class Block:
    """One block as text; `detail` is the text with link targets and picture files written out.

    `targets` are those links and files; `styles` are (start, end, tag) over the text, end excluded, for strong, em, s and mark.
    """

    kind: str
    text: str
    detail: str = ""
    styles: tuple[tuple[int, int, str], ...] = ()
    targets: tuple[str, ...] = ()


def blocks(html: str) -> list[Block]:
    """Return a body's blocks in order; a figure as "[caption — credit]", a row as its cells with " | " between."""
    reader = _Blocks()
    reader.feed(html)
    reader.close()
    return reader.done()


class _Blocks(HTMLParser):
    """Cuts a body into blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[Block] = []
        self._open: list[str] = []
        self._links: list[str] = []
        self._targets: list[str] = []
        self._begun: list[tuple[int, str]] = []
        self._styles: list[tuple[int, int, str]] = []
        self._text = self._detail = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in KINDS and not self._within():
            self._finish()
            self._open.append(tag)
        elif tag in CELLS and self._text.strip():
            self._add(" | ")
        elif tag == "a":
            self._links.append(given.get("href", ""))
            self._targets.append(self._links[-1])
        elif tag == "img":
            self._targets += [given.get("src", ""), given.get("alt", "")]
            self._detail += f"({' '.join(filter(None, (self._targets[-2].rpartition('/')[2], self._targets[-1])))}) "
        elif tag in STYLES:
            self._begun.append((len(self._text), tag))
        elif tag in {"br", "hr", "span"}:
            self._inline(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._detail += f" ‹{self._links.pop()}›"
        elif tag in STYLES and self._begun and self._begun[-1][1] == tag:
            start, _tag = self._begun.pop()
            self._styles.append((start, len(self._text), tag))
        elif self._open and tag == self._open[-1]:
            self._finish()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._add(data if self._text.strip() else data.lstrip())

    def _within(self) -> bool:
        """Say whether a row or a figure is open: what stands in it belongs to it."""
        return bool(self._open) and self._open[-1] in {"tr", "figure"}

    def _inline(self, tag: str) -> None:
        if tag == "br":
            self._add("\n")
        elif tag == "hr":
            self._finish()
            self._found.append(Block("p", "———", "———"))
        elif self._within() and self._text.strip():
            self._add(" — ")

    def _add(self, text: str) -> None:
        self._text += text
        self._detail += text

    def _kind(self) -> str:
        kind = self._open[-1] if self._open else "p"
        if kind in {"p", "footer"}:
            return QUOTE if QUOTE in self._open else "p"
        return kind

    def _finish(self) -> None:
        text, detail = self._text.strip(), self._detail.strip()
        if self._kind() == "figure":
            text, detail = f"[{text}]" if detail else "", f"[{detail}]" if detail else ""
        if text:
            styles = () if self._kind() == "figure" else tuple(style for style in sorted(self._styles) if style[1] <= len(text))
            self._found.append(Block(self._kind(), text, detail, styles, tuple(self._targets)))
        self._text = self._detail = ""
        self._styles, self._begun, self._targets = [], [], []

    def done(self) -> list[Block]:
        """Return the blocks, the last one included."""
        self._finish()
        return self._found
