"""What a read page consists of: frozen values without any sentence for people, so that the caller can translate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Literal

Role = Literal["reporter", "correspondent", "photographer"]
BlockKind = Literal["paragraph", "midhead", "caption"]
FlagKind = Literal[
    "before-headline",
    "byline-guess",
    "byline-unread",
    "caption-guess",
    "cut-off",
    "doubled",
    "headline-break",
    "joined",
    "junk",
    "kicker-guess",
    "no-body",
    "no-byline",
    "repeated",
    "repeated-story",
]

BOLD = re.compile(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*")
TAGS: Mapping[BlockKind, tuple[str, str]] = {
    "paragraph": ("<p>", "</p>"),
    "midhead": ("<h2>", "</h2>"),
    "caption": ("<p><em>", "</em></p>"),
}


class PageUnreadable(ValueError):
    """The text is no newspaper page; `code` is empty, binary, too-large, too-many-stories or no-headline."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Byline:
    """Who is credited in one role, in the order of the page (features C2: ordered credits, several names per role)."""

    role: Role
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something the editor has to look at; `paragraph` is the index of the block, None for the story as a whole."""

    kind: FlagKind
    paragraph: int | None = None
    excerpt: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the body; `marks` are the (start, end) spans of `text` that already stood earlier on the page."""

    kind: BlockKind
    text: str
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def repeated(self) -> bool:
        """Whether some of it already stood earlier on the page."""
        return bool(self.marks)

    def html(self) -> str:
        """Return escaped HTML, repeated spans in `<mark>` so that the editor sees them in the draft itself."""
        pieces: list[str] = []
        position = 0
        for start, end in self.marks:
            pieces += [_inline(self.text[position:start]), "<mark>", _inline(self.text[start:end]), "</mark>"]
            position = end
        opening, closing = TAGS[self.kind]
        return f"{opening}{''.join(pieces)}{_inline(self.text[position:])}{closing}"


@dataclass(frozen=True, slots=True)
class Story:
    """One story of the page; `line` is the line of its headline and `fingerprint` survives another scan of it."""

    kicker: str
    headline: str
    subhead: str
    slug_line: str
    bylines: tuple[Byline, ...]
    blocks: tuple[Block, ...]
    flags: tuple[Flag, ...]
    line: int
    fingerprint: str
    joins: int = 0

    @property
    def captions(self) -> tuple[str, ...]:
        """The photo captions, which also stand among the blocks."""
        return tuple(block.text for block in self.blocks if block.kind == "caption")

    def html(self) -> str:
        """Return the body as escaped HTML: p, h2, em (captions), strong and mark only."""
        return "\n".join(block.html() for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Page:
    """A read page; `leftovers` report what belongs to no story, with the whole text in `params["text"]`."""

    stories: tuple[Story, ...]
    leftovers: tuple[Flag, ...] = ()


def excerpt(text: str, *, length: int = 40) -> str:
    """Return the first characters of a text, with an ellipsis when there is more."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _inline(text: str) -> str:
    return BOLD.sub(r"<strong>\1</strong>", escape(text, quote=False))
