"""Put the body of a story together again: broken paragraphs joined, mid-heads, captions and credits told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from unionhall.news.newspaper.bylines import BULLETS, ROLE, read_credits, read_photo_credit
from unionhall.news.newspaper.lines import Line
from unionhall.news.newspaper.marks import NEVER_FIRST, is_finished, is_sentence_end
from unionhall.news.newspaper.model import Block, BlockKind, Byline, Flag, excerpt

CAPTION_LENGTH = 40
PHOTO_GAP = 2
MIDHEAD = re.compile(r"\*\*\s*([^*]+?)\s*\*\*")
CAPTION = re.compile(r"[（(]?(?:图为|图[①-⑨一二三四1-9][:：、 ]|[上下左右]图|图片说明|资料图)")
LIST_ITEM = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.、．]\s*\D)")
JUNK = re.compile(r"(?<![A-Za-z])(?<![A-Za-z] )(?:[Nn]one|NONE|null|NULL|undefined|NaN|nan)$")
IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
LOST_WORDS = re.compile(r"[了的地得着过是有和与在把被将]\|[的地得了着过们]")
OPENER = re.compile(r"[“‘《]|据了解|据悉|近日|日前|同时，|此外|目前，|截至|下一步|近年来|接下来|活动现场")
LATIN_SEAM = re.compile("[A-Za-z]{2}")
UNMARKED = re.compile(r"[\w ]{1,16}")


@dataclass(slots=True)
class Body:
    """The body while it is put together; `texts` holds the pieces of each block."""

    kinds: list[BlockKind] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    credits: list[Byline] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    joins: int = 0
    open: int | None = None

    def blocks(self) -> list[Block]:
        """Return the blocks as they stand."""
        return [Block(kind, "".join(pieces)) for kind, pieces in zip(self.kinds, self.texts, strict=True)]


def assemble(lines: list[Line]) -> Body:
    """Return the body of a story from its lines of text."""
    body = Body()
    for line in lines:
        text = _without_junk(body, line.text)
        if text and not (_midhead(body, line, text) or _photo(body, line, text) or _credit(body, text)):
            _paragraph(body, line, text)
    _close(body)
    return body


def join(before: str, after: str) -> str:
    """Return what has to stand between two pieces: a space between Latin words, nothing in Chinese."""
    return " " if LATIN_SEAM.fullmatch(before[-1:] + after[:1]) else ""


def _without_junk(body: Body, text: str) -> str:
    """Take off what a program wrote (`none`, image links, rules of dashes) and report it (rule of this reader)."""
    if IMAGE.fullmatch(text) or not (text[0] in NEVER_FIRST or any(character.isalnum() for character in text)):
        kept = ""
    else:
        kept = JUNK.sub("", text).rstrip()
    if kept != text:
        removed = text[len(kept) :].strip()
        body.flags.append(Flag("junk", len(body.kinds), excerpt(removed), {"text": removed}))
    return kept


def _add(body: Body, kind: BlockKind, text: str) -> int:
    body.kinds.append(kind)
    body.texts.append([text])
    return len(body.kinds) - 1


def _close(body: Body) -> None:
    """Finish the open paragraph and report it when its last sentence has no end."""
    if body.open is not None and not is_sentence_end(_tail(body)):
        tail = _tail(body)[-20:]
        body.flags.append(Flag("cut-off", body.open, tail, {"tail": tail}))
    body.open = None


def _tail(body: Body) -> str:
    if body.open is None:
        return ""
    pieces = body.texts[body.open]
    return "".join(pieces[-3:])[-200:]


def _midhead(body: Body, line: Line, text: str) -> bool:
    """A line set in bold from end to end, or a heading of the third level or deeper, is a mid-head 小标题."""
    match = MIDHEAD.fullmatch(text)
    if not match and line.level < 3:
        return False
    _close(body)
    _add(body, "midhead", match[1] if match else text)
    return True


def _photo(body: Body, line: Line, text: str) -> bool:
    """A photo leaves a gap of blank lines; a short whole sentence below it is the caption, and `某某 摄` the credit."""
    credit = read_photo_credit(text)
    caption = credit[0] if credit else text
    if credit:
        body.credits += credit[1]
    elif not (CAPTION.match(text) and len(text) <= 3 * CAPTION_LENGTH):
        if not body.kinds or line.gap < PHOTO_GAP or not _looks_like_caption(body, text):
            return False
        body.flags.append(Flag("caption-guess", len(body.kinds), excerpt(text), {"blank_lines": line.gap}))
    if caption:
        _add(body, "caption", caption)
    return True


def _looks_like_caption(body: Body, text: str) -> bool:
    finished = body.open is None or is_finished(_tail(body))
    return finished and len(text) <= CAPTION_LENGTH and is_finished(text) and text[0] not in NEVER_FIRST


def _credit(body: Body, text: str) -> bool:
    """A line of role words and names alone is a by-line, unless a sentence is still open above it."""
    if len(text) > 60 or (body.open is not None and not is_finished(_tail(body))):
        return False
    bare = text.lstrip(BULLETS + "（(")
    credits = read_credits(text) if ROLE.match(bare) else None
    if credits and bare == text and len(credits) == 1:
        body.flags.append(Flag("byline-guess", None, text))
    body.credits += credits or ()
    return bool(credits)


def _paragraph(body: Body, line: Line, text: str) -> None:
    """Start a paragraph, or go on with the open one if its sentence has no end yet or this cannot be a start."""
    if body.open is None or (is_finished(_tail(body)) and text[0] not in NEVER_FIRST) or LIST_ITEM.match(text):
        _close_if_cut(body)
        body.open = _add(body, "paragraph", text)
        return
    before = _tail(body)
    reason = _doubt(body, before, text, line.gap)
    if reason:
        seam = f"{before[-12:]}|{text[:12]}"
        body.flags.append(Flag("joined", body.open, seam, {"reason": reason, "line": line.number}))
    body.texts[body.open] += [join(before, text), text]
    body.joins += 1


def _close_if_cut(body: Body) -> None:
    if body.open is not None and not is_finished(_tail(body)):
        _close(body)


def _doubt(body: Body, before: str, after: str, gap: int) -> str:
    """Say why a join is doubtful: words lost at the seam, a likely new start, a likely mid-head, or a photo between."""
    if LOST_WORDS.search(f"{before[-1:]}|{after[:1]}"):
        return "lost-words"
    if before[-1:] not in tuple("，、—") and OPENER.match(after):
        return "new-start"
    if UNMARKED.fullmatch(before) and body.open is not None and len(body.texts[body.open]) == 1:
        return "short-line"
    return "gap" if gap >= PHOTO_GAP else ""
