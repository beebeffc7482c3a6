"""How text becomes terms: the same for documents and for queries. A change here must raise VERSION.

Two kinds of terms (measured in design/dependencies.md): *words*, which rank well, and *pairs* of neighbouring characters,
which find names and any stretch of text that the dictionary cuts differently. Latin words and numbers are one term in both.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

VERSION = 1
LONGEST_TERM = 40
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+(?:[.'_+-][^\W_{_HAN}]+)*")
_IS_HAN = re.compile(rf"[{_HAN}]")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")
_INNER = re.compile(r"[.'_+-]")


@lru_cache(maxsize=1)
def _cutter():  # type: ignore[no-untyped-def]
    import rjieba  # its dictionary takes 30 MB: only processes that search or index load it

    return rjieba


def fold(text: str) -> str:
    """Return the text as it is compared: full width as half width, without case, without marks that nobody sees."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(mark for mark in folded if unicodedata.category(mark) not in {"Cf", "Cc"} or mark in "\n\t")


def runs(text: str) -> list[str]:
    """Return the stretches of Chinese characters and the Latin words and numbers of a folded text, in order."""
    return _RUNS.findall(text)


def is_han(run: str) -> bool:
    """Say whether a run is one of Chinese characters."""
    return _IS_HAN.match(run) is not None


def words(text: str) -> list[str]:
    """Return the words that a document is found by: the dictionary's, the shorter ones inside them too; Latin ones and their parts."""
    found: list[str] = []
    for run in runs(fold(text)):
        if is_han(run):
            found += _cutter().cut_for_search(run)
        else:
            found.append(run[:LONGEST_TERM])
            found += _INNER.split(run[:LONGEST_TERM]) if _INNER.search(run) else []
    return found


def asked_words(run: str) -> tuple[str, ...]:
    """Return the words that a run of a query asks for, all of which a document must hold."""
    return tuple(_cutter().cut(run)) if is_han(run) else (run[:LONGEST_TERM],)


def pairs(text: str) -> list[str]:
    """Return a document's pairs in order; a run ends with its last character alone, so that each character begins a term."""
    return _pairs(runs(fold(text)))


def asked_pairs(phrase: str) -> tuple[str, ...]:
    """Return the pairs that stand side by side where a document holds this phrase; blanks between Chinese characters do not count."""
    found = runs(_BETWEEN_HAN.sub("", fold(phrase)))
    if not found:
        return ()
    last = found[-1]
    return tuple(_pairs(found[:-1]) + (_inner(last) if is_han(last) and len(last) > 1 else [last[:LONGEST_TERM]]))


def _pairs(found: list[str]) -> list[str]:
    terms: list[str] = []
    for run in found:
        terms += [*_inner(run), run[-1]] if is_han(run) else [run[:LONGEST_TERM]]
    return terms


def _inner(run: str) -> list[str]:
    return [a + b for a, b in pairwise(run)]
