"""Redlines: what changed between two texts or two bodies, in `<ins>` and `<del>`, readable in Chinese.

Blocks are aligned first, then words inside those that changed: a Chinese character counts alone, a Latin word or a
number as one. Everything is escaped; nothing of the content's own markup comes through.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser

from markupsafe import Markup, escape

TOKEN = re.compile(r"[A-Za-z0-9_.%'’-]+|\s+|.", re.DOTALL)
LONGEST_FINE = 6_000
SMALL_ISLAND = 2
SHOWN = {"p": "p", "h2": "h2", "h3": "h3", "li": "p", "td": "p", "th": "p", "blockquote": "blockquote", "figure": "p"}


@dataclass(frozen=True)
class Redline:
    """A redlined body: its markup, how many places changed, and characters added and removed."""

    markup: Markup
    changes: int
    added: int
    removed: int


@dataclass(frozen=True)
class Block:
    """One paragraph, heading, list item, cell or figure, as text."""

    kind: str
    text: str


Part = tuple[str, str]


def redline_text(old: str, new: str) -> Markup:
    """Return a plain text with its changes marked."""
    return _markup(_compare(old, new))


def redline_html(old_html: str, new_html: str) -> Redline:
    """Return a body with its changes marked, block by block."""
    old, new = blocks(old_html), blocks(new_html)
    out: list[Markup] = []
    changes = added = removed = 0
    for before, after in _pairs(old, new):
        parts = _compare(before.text if before else "", after.text if after else "")
        if before and after and before.kind != after.kind and before.text == after.text:
            parts = [("del", before.text), ("ins", after.text)]
        added += sum(len(text) for kind, text in parts if kind == "ins")
        removed += sum(len(text) for kind, text in parts if kind == "del")
        changes += _places(parts)
        tag = SHOWN.get((after or before or Block("p", "")).kind, "p")
        out.append(Markup("<{0}>{1}</{0}>").format(Markup(tag), _markup(parts)))  # noqa: S704 - tag is ours
    return Redline(Markup("\n").join(out), changes, added, removed)


def blocks(html: str) -> list[Block]:
    """Return a body's blocks in order; a figure as one line that names its file, caption and credit."""
    reader = _Blocks()
    reader.feed(html)
    reader.close()
    return reader.done()


def _pairs(old: list[Block], new: list[Block]) -> list[tuple[Block | None, Block | None]]:
    """Align blocks: equal ones with each other; inside a replaced stretch the most alike, in order."""
    found: list[tuple[Block | None, Block | None]] = []
    for act, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if act == "equal":
            found += list(zip(old[a:b], new[c:d], strict=True))
        elif act == "replace":
            found += _alike(old[a:b], new[c:d])
        else:
            found += [(block, None) for block in old[a:b]] + [(None, block) for block in new[c:d]]
    return found


def _alike(old: list[Block], new: list[Block]) -> list[tuple[Block | None, Block | None]]:
    found: list[tuple[Block | None, Block | None]] = []
    at = 0
    for block in new:
        match = next((n for n in range(at, len(old)) if _ratio(old[n].text, block.text) > 0.4), None)
        if match is None:
            found.append((None, block))
            continue
        found += [(gone, None) for gone in old[at:match]]
        found.append((old[match], block))
        at = match + 1
    return found + [(gone, None) for gone in old[at:]]


def _ratio(old: str, new: str) -> float:
    rough = SequenceMatcher(None, old[:LONGEST_FINE], new[:LONGEST_FINE], autojunk=False)
    return rough.ratio() if rough.quick_ratio() > 0.4 else 0.0


def _compare(old: str, new: str) -> list[Part]:
    """Return (kind, text) parts; kind is "same", "ins" or "del"."""
    if old == new:
        return [("same", old)] if old else []
    if len(old) + len(new) > 2 * LONGEST_FINE:
        return [("del", old), ("ins", new)]
    left, right = TOKEN.findall(old), TOKEN.findall(new)
    parts: list[Part] = []
    for act, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if act == "equal":
            parts.append(("same", "".join(left[a:b])))
            continue
        if b > a:
            parts.append(("del", "".join(left[a:b])))
        if d > c:
            parts.append(("ins", "".join(right[c:d])))
    return _without_islands(parts)


def _without_islands(parts: list[Part]) -> list[Part]:
    """Join changes that only a character or two keep apart: one readable change instead of many splinters."""
    out: list[Part] = []
    gone = come = ""
    for at, (kind, text) in enumerate(parts):
        island = kind == "same" and len(text) <= SMALL_ISLAND and (gone or come) and at + 1 < len(parts)
        if kind == "same" and not island:
            out += [(k, t) for k, t in (("del", gone), ("ins", come)) if t]
            gone = come = ""
            out.append((kind, text))
        else:
            gone += text if kind != "ins" else ""
            come += text if kind != "del" else ""
    return out + [(k, t) for k, t in (("del", gone), ("ins", come)) if t]


def _places(parts: list[Part]) -> int:
    kinds = [kind for kind, _text in parts]
    return sum(kind != "same" and (at == 0 or kinds[at - 1] == "same") for at, kind in enumerate(kinds))


def _markup(parts: list[Part]) -> Markup:
    wrap = {"same": "{}", "ins": "<ins>{}</ins>", "del": "<del>{}</del>"}
    return Markup("").join(Markup(wrap[kind]).format(escape(text)) for kind, text in parts)  # noqa: S704 - ours


class _Blocks(HTMLParser):
    """Cuts a body into blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[Block] = []
        self._kinds: list[str] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SHOWN and "figure" not in self._kinds:
            self._close()
            self._kinds.append(tag)
        elif tag == "img":
            self._text += f"[{dict(attrs).get('src') or ''}] "
        elif tag == "br":
            self._text += "\n"
        elif tag == "span":
            self._text += " — "

    def handle_endtag(self, tag: str) -> None:
        if self._kinds and tag == self._kinds[-1]:
            self._close()
            self._kinds.pop()

    def handle_data(self, data: str) -> None:
        self._text += data

    def _close(self) -> None:
        if text := self._text.strip():
            self._found.append(Block(self._kinds[-1] if self._kinds else "p", text))
        self._text = ""

    def done(self) -> list[Block]:
        self._close()
        return self._found
