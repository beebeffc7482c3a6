"""Comparing two sequences within a bounded time, and making the outcome readable."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import groupby

Part = tuple[str, str]
Step = tuple[bool, int, int, int, int]
Pair = tuple[int | None, int | None]

TOKEN = re.compile(r"‹[^‹›]*›|[A-Za-z0-9_.%'’-]+|\s+|.", re.DOTALL)
SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]+|[^。！？；!?;\n]+")
MOST_WORK = 60_000
MOST_PAIRS = 10_000
ALIKE = 0.3
ISLAND = 2
TOO_LITTLE = 0.25


def steps(old: Sequence[object], new: Sequence[object]) -> list[Step]:
    """Return (same, old start, old end, new start, new end) over both sequences, in order.

    Common ends are cut off first; a middle that difflib would need too long for counts as one change.
    """
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    middle: list[Step] = [(False, head, head + len(left), head, head + len(right))] if left or right else []
    if left and right and _work(left, right) <= MOST_WORK:
        codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        middle = [(act == "equal", a + head, b + head, c + head, d + head) for act, a, b, c, d in codes]
    first: list[Step] = [(True, 0, head, 0, head)] if head else []
    last: list[Step] = [(True, len(old) - tail, len(old), len(new) - tail, len(new))] if tail else []
    return first + middle + last


def _work(old: Sequence[object], new: Sequence[object]) -> int:
    """Return how many pairs of equal items difflib would look at in its first pass."""
    counts = Counter(new)
    return sum(times * counts[item] for item, times in Counter(old).items())


def compare(old: str, new: str) -> list[Part]:
    """Return (kind, text) parts, kind "same", "del" or "ins": same + del reads `old`, same + ins reads `new`."""
    left, right = TOKEN.findall(old), TOKEN.findall(new)
    if _work(left, right) > MOST_WORK:
        left, right = SENTENCE.findall(old), SENTENCE.findall(new)
        found: list[Part] = []
        for same, a, b, c, d in steps(left, right):
            found += _parts(same, left[a:b], right[c:d]) if same else _sentences(left[a:b], right[c:d])
        return _joined(found)
    return _words(left, right)


def _sentences(old: list[str], new: list[str]) -> list[Part]:
    found: list[Part] = []
    for a, b in pairs(old, new):
        before, after = old[a] if a is not None else "", new[b] if b is not None else ""
        found += _words(TOKEN.findall(before), TOKEN.findall(after))
    return found


def _words(old: list[str], new: list[str]) -> list[Part]:
    found: list[Part] = []
    for same, a, b, c, d in steps(old, new):
        found += _parts(same, old[a:b], new[c:d])
    kept = sum(len(text) for kind, text in found if kind == "same")
    if kept < TOO_LITTLE * max(sum(map(len, old)), sum(map(len, new))):
        return _parts(False, old, new)
    return _without_islands(_joined(found))


def _parts(same: bool, old: list[str], new: list[str]) -> list[Part]:
    if same:
        return [("same", "".join(old))]
    return [(kind, text) for kind, text in (("del", "".join(old)), ("ins", "".join(new))) if text]


def _joined(parts: list[Part]) -> list[Part]:
    """Return the parts with neighbours of a kind joined and, in each change, what goes before what comes."""
    found: list[Part] = []
    for same, run in groupby(parts, key=lambda part: part[0] == "same"):
        texts = list(run)
        for kind in ("same",) if same else ("del", "ins"):
            if text := "".join(each for its, each in texts if its == kind):
                found.append((kind, text))
    return found


def _without_islands(parts: list[Part]) -> list[Part]:
    """Join replacements that only a character or two keep apart: one readable change instead of many splinters."""
    out: list[Part] = []
    for at, (kind, text) in enumerate(parts):
        small = kind == "same" and len(text) <= ISLAND and not text.isspace()
        if small and {"del", "ins"} == {part[0] for part in parts[max(0, at - 2) : at]} == {part[0] for part in parts[at + 1 : at + 3]}:
            out += [("del", text), ("ins", text)]
        else:
            out.append((kind, text))
    return _joined(out)


def pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Return which old text became which new one, both in order; None on the side where there is none."""
    if len(old) * len(new) > MOST_PAIRS:
        shared = min(len(old), len(new))
        rest: list[Pair] = [(at, None) for at in range(shared, len(old))]
        return [(at, at) for at in range(shared)] + rest + [(None, at) for at in range(shared, len(new))]
    left, right = [_grams(text) for text in old], [_grams(text) for text in new]
    likeness = [[_likeness(a, b) for b in right] for a in left]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] else 0)
    return _walk(likeness, best)


def _walk(likeness: list[list[float]], best: list[list[float]]) -> list[Pair]:
    found: list[Pair] = []
    i = j = 0
    rows, columns = len(best) - 1, len(best[0]) - 1
    while i < rows and j < columns:
        if likeness[i][j] and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            found.append((i, None))
            i += 1
        else:
            found.append((None, j))
            j += 1
    return found + [(at, None) for at in range(i, rows)] + [(None, at) for at in range(j, columns)]


def _grams(text: str) -> frozenset[str]:
    return frozenset(text) | {text[at : at + 2] for at in range(len(text) - 1)}


def _likeness(old: frozenset[str], new: frozenset[str]) -> float:
    """Return how alike two texts are by their characters and pairs of characters (Dice), 0 below ALIKE."""
    value = 2 * len(old & new) / max(1, len(old) + len(new))
    return value if value >= ALIKE else 0.0
