"""How figures are shown: the heat table by weekday and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

STEPS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A weekday's name and its cells: (visits, how warm: 0 to 4) of the hours that are shown."""

    day: str
    cells: list[tuple[int, int]]


def hours(grid: Sequence[Sequence[int]]) -> range:
    """Return the hours to show: from the first with a visit to the last, 6 to 22 at least."""
    used = [hour for hour in range(24) if any(row[hour] for row in grid)]
    return range(min([6, *used]), max([21, *used]) + 1)


def heat(grid: Sequence[Sequence[int]]) -> list[Row]:
    """Return the heat table: each cell warm in quarters of the busiest one."""
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    most = max((number for row in grid for number in row), default=0)
    return [
        Row(name, [(row[hour], -(-STEPS * row[hour] // most) if most else 0) for hour in hours(grid)])
        for name, row in zip(names, grid, strict=True)
    ]
