"""Redlines: what changed between two texts or two bodies, in `<ins>` and `<del>`, readable in Chinese.

Blocks are aligned first, then words inside those that changed: a Chinese character counts alone, a Latin word or a
number as one. Everything is escaped; of the content's own markup only the kind of a block comes through (Wagtail
CVE-2020-11001: a comparison is a page like any other).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from unionhall.news.redline_blocks import Block, blocks
from unionhall.news.redline_steps import Part, compare, pairs, steps

SHOWN = {"h2": "h2", "h3": "h3", "li": "li", "blockquote": "blockquote"}
_WRAP = {"same": "{}", "ins": "<ins>{}</ins>", "del": "<del>{}</del>"}


@dataclass(frozen=True)
class Redline:
    """A redlined body: its markup, how many places changed, and characters added and removed.

    A link's target or a picture's file is written out where it changed, and counted with the characters. A block that
    only got another kind or other emphasis is one change and no characters.
    """

    markup: Markup
    changes: int
    added: int
    removed: int


@dataclass(frozen=True)
class _Line:
    tag: str
    markup: Markup
    changes: int = 0
    added: int = 0
    removed: int = 0


def redline_text(old: str, new: str) -> Markup:
    """Return a plain text with its changes marked."""
    return _markup(compare(old, new))


def redline_html(old_html: str, new_html: str) -> Redline:
    """Return a sanitised body with its changes marked, block by block."""
    lines = [_line(before, after) for before, after in _pairs(blocks(old_html), blocks(new_html))]
    out: list[Markup] = []
    for tag, run in groupby(lines, key=lambda line: line.tag):
        items = [Markup("<{0}>{1}</{0}>").format(tag, line.markup) for line in run]
        out += [Markup("<ul>{}</ul>").format(Markup("").join(items))] if tag == "li" else items
    counts = (sum(line.changes for line in lines), sum(line.added for line in lines), sum(line.removed for line in lines))
    return Redline(Markup("\n").join(out), *counts)


def _pairs(old: list[Block], new: list[Block]) -> Iterator[tuple[Block | None, Block | None]]:
    """Align blocks: equal ones with each other; inside a changed stretch the most alike, in order."""
    for same, a, b, c, d in steps(old, new):
        if same:
            yield from zip(old[a:b], new[c:d], strict=True)
            continue
        left, right = old[a:b], new[c:d]
        for i, j in pairs([block.text for block in left], [block.text for block in right]):
            yield left[i] if i is not None else None, right[j] if j is not None else None


def _line(before: Block | None, after: Block | None) -> _Line:
    tag = SHOWN.get((after or before or Block("p", "")).kind, "p")
    if before and after and before.detail == after.detail and before != after:
        return _Line(tag, Markup("<del>{}</del><ins>{}</ins>").format(_styled(before), _styled(after)), changes=1)
    if before and after and before.targets == after.targets and before.text != after.text:
        parts = compare(before.text, after.text)
    else:
        parts = compare(before.detail if before else "", after.detail if after else "")
    added = sum(len(text) for kind, text in parts if kind == "ins")
    return _Line(tag, _markup(parts), _places(parts), added, sum(len(text) for kind, text in parts if kind == "del"))


def _styled(block: Block) -> Markup:
    """Return a block's text with its own emphasis, in tags of ours."""
    cuts = sorted({0, len(block.text), *(at for start, end, _tag in block.styles for at in (start, end))})
    out = Markup("")
    for start, end in pairwise(cuts):
        piece = Markup("{}").format(block.text[start:end])
        for tag in sorted({tag for first, last, tag in block.styles if first <= start and end <= last}):
            piece = Markup("<{0}>{1}</{0}>").format(tag, piece)
        out += piece
    return out


def _places(parts: list[Part]) -> int:
    kinds = [kind for kind, _text in parts]
    return sum(kind != "same" and (at == 0 or kinds[at - 1] == "same") for at, kind in enumerate(kinds))


def _markup(parts: list[Part]) -> Markup:
    return Markup("").join(Markup(_WRAP[kind]).format(text) for kind, text in parts)
