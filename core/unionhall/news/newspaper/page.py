"""Read a page: headings to stories, each with its head, credits, body and flags."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from hashlib import sha256

from unionhall.news.newspaper.bylines import Header, merge, read_header, read_photo_credit, read_signature
from unionhall.news.newspaper.headlines import Head, break_flag, group, read_head
from unionhall.news.newspaper.lines import Line, clean, split
from unionhall.news.newspaper.marks import is_finished, significant
from unionhall.news.newspaper.model import Block, Byline, Flag, FlagKind, Page, PageUnreadable, Story, excerpt
from unionhall.news.newspaper.paragraphs import CAPTION, Body, assemble, join
from unionhall.news.newspaper.repeats import find_doubled, find_repeats

MAX_STORIES = 500
FINGERPRINT_LENGTH = 60
HEADER_LINES = 3


def read_page(text: str) -> Page:
    """Return the stories of a page's scanned text. Raises PageUnreadable."""
    lines = split(clean(text))
    first = next((index for index, line in enumerate(lines) if line.level and line.text), None)
    if first is None:
        raise PageUnreadable("no-headline")
    leftovers = [_leftover(line) for line in lines if line.number < lines[first].number or not line.text]
    cut = _cut([line for line in lines[first:] if line.text])
    if len(cut) > MAX_STORIES:
        raise PageUnreadable("too-many-stories")
    stories = [_story(read_head(heads), texts) for heads, texts in cut]
    return Page(tuple(_same_stories(_with_repeats(stories))), tuple(leftovers))


def fingerprint(headline: str, blocks: list[Block]) -> str:
    """Return a hash of headline and first 60 letters of the body, so that spaces, marks and breaks do not count."""
    start = ""
    for block in blocks:
        if block.kind == "paragraph" and len(start) < FINGERPRINT_LENGTH:
            start += _folded(block.text[: 4 * FINGERPRINT_LENGTH])
    return sha256(f"{_folded(headline)}\n{start[:FINGERPRINT_LENGTH]}".encode()).hexdigest()


def _folded(text: str) -> str:
    return significant(unicodedata.normalize("NFKC", text).casefold())


def _leftover(line: Line) -> Flag:
    kind: FlagKind = "before-headline" if line.text and not line.level else "junk"
    text = line.text or "#" * line.level
    return Flag(kind, None, excerpt(text), {"text": text, "line": line.number})


def _cut(lines: list[Line]) -> list[tuple[list[Line], list[Line]]]:
    """Cut at each heading of the first or second level; deeper ones are mid-heads once a story has begun."""
    cut: list[tuple[list[Line], list[Line]]] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if 1 <= line.level <= 2 or not cut:
            heads = group(lines[index : index + 3])
            cut.append((heads, []))
            index += len(heads)
        else:
            cut[-1][1].append(line)
            index += 1
    return cut


def _story(head: Head, lines: list[Line]) -> Story:
    header, lines = _take_header(lines)
    body = assemble(lines)
    credits = [*header.bylines, *body.credits]
    blocks = body.blocks()
    if not any(byline.role != "photographer" for byline in credits):
        blocks = _take_signature(blocks, credits, body)
    flags = [*head.flags, *_head_flags(head, header, credits, blocks), *body.flags]
    for index, block in enumerate(blocks):
        flags += [Flag("doubled", index, word, {"word": word[: len(word) // 2]}) for word in find_doubled(block.text)]
    return Story(
        kicker=head.kicker,
        headline=head.headline,
        subhead=head.subhead,
        slug_line=header.slug,
        bylines=merge(credits),
        blocks=tuple(blocks),
        flags=tuple(flags),
        line=head.line,
        fingerprint=fingerprint(head.headline, blocks),
        joins=body.joins,
    )


def _head_flags(head: Head, header: Header, credits: list[Byline], blocks: list[Block]) -> list[Flag]:
    opening = "".join(block.text for block in blocks[:3])[:500]
    broken = break_flag(head, opening)
    flags = [broken] if broken else []
    if header.guessed:
        flags.append(Flag("byline-guess", None, "、".join(header.bylines[-1].names)))
    if header.unread:
        flags.append(Flag("byline-unread", 0, excerpt(header.rest)))
    elif not any(byline.role != "photographer" for byline in credits):
        flags.append(Flag("no-byline"))
    if not blocks:
        flags.append(Flag("no-body"))
    return flags


def _take_header(lines: list[Line]) -> tuple[Header, list[Line]]:
    """Take the slug line and credits off the first line of text, or 本报讯 off one of the first three."""
    first = True
    for index, line in enumerate(lines[:HEADER_LINES]):
        if line.level or line.text.startswith("**") or CAPTION.match(line.text) or read_photo_credit(line.text):
            continue
        header, used = read_header(line.text), 1
        if header and header.unread and not is_finished(line.text) and index + 1 < len(lines):
            after = lines[index + 1]
            whole = None if after.level else read_header(line.text + join(line.text, after.text) + after.text)
            header, used = (whole, 2) if whole and whole.bylines else (header, 1)
        if header and (header.slug or first or (header.bylines and header.rest and not header.guessed)):
            rest = [replace(line, text=header.rest)] if header.rest else []
            return header, [*lines[:index], *rest, *lines[index + used :]]
        first = False
    return Header("", (), ""), lines


def _take_signature(blocks: list[Block], credits: list[Byline], body: Body) -> list[Block]:
    """Take the by-line off the end of the last paragraph when the story has none at its start."""
    signature = read_signature(blocks[-1].text) if blocks and blocks[-1].kind == "paragraph" else None
    if signature is None:
        return blocks
    text, found = signature
    credits += found
    if not is_finished(text) and not any(flag.kind == "cut-off" for flag in body.flags):
        body.flags.append(Flag("cut-off", len(blocks) - 1, text[-20:], {"tail": text[-20:]}))
    return [*blocks[:-1], Block("paragraph", text)]


def _with_repeats(stories: list[Story]) -> list[Story]:
    """Mark the passages that already stood earlier on the page; they stay in the text until an editor decides."""
    places = [(number, index) for number, story in enumerate(stories) for index in range(len(story.blocks))]
    texts = [stories[number].blocks[index].text for number, index in places]
    spans: dict[tuple[int, int], list[tuple[int, int]]] = {}
    flags: dict[int, list[Flag]] = {}
    for repeat in find_repeats(texts):
        number, index = places[repeat.text]
        text, (start, end) = texts[repeat.text], (repeat.start, repeat.end)
        first_story, first_paragraph = places[repeat.earlier]
        spans.setdefault((number, index), []).append((start, end))
        params: dict[str, str | int] = {
            "characters": end - start,
            "whole": int(end - start == len(text)),
            "spliced": int(bool(text[:start]) and not is_finished(text[:start])),
            "first_story": first_story,
            "first_paragraph": first_paragraph,
        }
        flags.setdefault(number, []).append(Flag("repeated", index, excerpt(text[start:end]), params))
    marked: list[Story] = []
    for number, story in enumerate(stories):
        blocks = tuple(replace(b, marks=tuple(spans.get((number, i), ()))) for i, b in enumerate(story.blocks))
        ordered = sorted(
            [*story.flags, *flags.get(number, [])], key=lambda f: -1 if f.paragraph is None else f.paragraph
        )
        marked.append(replace(story, blocks=blocks, flags=tuple(ordered)))
    return marked


def _same_stories(stories: list[Story]) -> list[Story]:
    """Report a story that stands on the page twice, so that the caller can leave out the second."""
    seen: dict[str, int] = {}
    result: list[Story] = []
    for number, story in enumerate(stories):
        first = seen.setdefault(story.fingerprint, number)
        flag = Flag("repeated-story", None, excerpt(story.headline), {"first_story": first})
        result.append(story if first == number else replace(story, flags=(*story.flags, flag)))
    return result
