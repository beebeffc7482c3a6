"""Small numbers (features.md, section 11, rule 8; security.md 4.2, control 6): what is hidden, so that nobody subtracts it back.

A column of a breakdown adds up to a total that is shown. A number from 1 to below `small` is hidden; if that alone could
be computed from the total, more is hidden, the smallest first, until each hidden number may be `small` or more as far as
anybody can tell. All hidden cells look the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cover:
    """Which cells of a column are hidden, by place, and whether the total must be as well."""

    cells: frozenset[int]
    total: bool = False


def cover(cells: Sequence[int], small: int) -> Cover:
    """Return what to hide of numbers (0 or more) that add up to a total; `small` 0 hides nothing."""
    hidden = {place for place, number in enumerate(cells) if 0 < number < small}
    if not hidden:
        return Cover(frozenset())
    rest = sorted((place for place, number in enumerate(cells) if number >= small), key=lambda place: (cells[place], place))
    while not _safe([cells[place] for place in hidden], small):
        if not rest:
            return Cover(frozenset(range(len(cells))), total=len(cells) < 2)
        least = cells[rest[0]]
        hidden |= {place for place in rest if cells[place] == least}  # one of several alike would tell by its place
        rest = [place for place in rest if cells[place] != least]
    return Cover(frozenset(hidden))


def _safe(numbers: Sequence[int], small: int) -> bool:
    """Say whether each of several numbers of at least 1 may be `small` or more, as far as their sum tells; all at their most would show."""
    total, number = sum(numbers), len(numbers)
    return number > 1 and total - (number - 1) >= small and total != number * (small - 1)
