"""Find passages that already stood earlier on the page, in linear time (anchored shingles, as in rsync)."""

from __future__ import annotations

import re
from dataclasses import dataclass

WINDOW = 16
STRIDE = 8
SHORTEST = 28
DOUBLED = re.compile("([\u4e00-\u9fff]{2,6})\\1")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A passage of text number `text`, from start to end, that already stood in text number `earlier`."""

    text: int
    start: int
    end: int
    earlier: int


def find_repeats(texts: list[str]) -> list[Repeat]:
    """Return every passage of at least 28 letters or digits seen before; marks and breaks do not count."""
    stream: list[str] = []
    owners: list[int] = []
    offsets: list[int] = []
    for number, text in enumerate(texts):
        for offset, character in enumerate(text):
            if character.isalnum():
                stream.append(character)
                owners.append(number)
                offsets.append(offset)
    repeats: list[Repeat] = []
    for start, end, earlier in _spans("".join(stream)):
        repeats += _per_text(texts, owners, offsets, start, end, earlier)
    return repeats


def find_doubled(text: str, *, limit: int = 5) -> list[str]:
    """Return words that stand twice in a row, a slip of scan or typing (`企业企业`), at most `limit`."""
    found: list[str] = []
    for match in DOUBLED.finditer(text):
        if len(found) == limit:
            break
        if len(set(match[1])) > 1:
            found.append(match[0])
    return found


def _spans(stream: str) -> list[tuple[int, int, int]]:
    """Return (start, end, start of the earlier copy); an anchor is kept every 8 characters and sought at every one."""
    anchors: dict[str, int] = {}
    spans: list[tuple[int, int, int]] = []
    position = floor = 0
    last = len(stream) - WINDOW
    while position <= last:
        window = stream[position : position + WINDOW]
        earlier = anchors.get(window)
        if earlier is None:
            if position % STRIDE == 0:
                anchors[window] = position
            position += 1
            continue
        back, most = 0, min(STRIDE, earlier, position - floor)
        while back < most and stream[earlier - back - 1] == stream[position - back - 1]:
            back += 1
        length = WINDOW
        while position + length < len(stream) and stream[earlier + length] == stream[position + length]:
            length += 1
        if back + length >= SHORTEST:
            spans.append((position - back, position + length, earlier - back))
            position = floor = position + length
        else:
            position += 1
    return spans


def _per_text(
    texts: list[str], owners: list[int], offsets: list[int], start: int, end: int, earlier: int
) -> list[Repeat]:
    """Cut a span at the borders of the texts and take in the marks that close each part."""
    parts: list[Repeat] = []
    while start < end:
        number = owners[start]
        stop = start
        while stop < end and owners[stop] == number:
            stop += 1
        text, last = texts[number], offsets[stop - 1] + 1
        while last < len(text) and not text[last].isalnum() and text[last] not in "“‘《（(":
            last += 1
        parts.append(Repeat(number, offsets[start], last, owners[earlier]))
        earlier += stop - start
        start = stop
    return parts
