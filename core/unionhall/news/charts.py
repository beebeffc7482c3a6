"""Bar charts as SVG, drawn here and not in the browser (ui.md, section 9): zero baseline, the largest value labelled."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from markupsafe import Markup, escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 228, 70, 20, 200
TICKS = 3
MOST_LABELS = 7


def bars(values: Sequence[tuple[str, int]], *, label: str) -> Markup:
    """Return a chart of (name, number) bars; `label` says in a sentence what it shows, for those who cannot see it."""
    top = _round_up(max((number for _name, number in values), default=0))
    parts = [*_axes(top), *_drawn(values, top)]
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, label, Markup("").join(parts)
    )


def _axes(top: int) -> list[Markup]:
    found = []
    for tick in range(TICKS + 1):
        y = BOTTOM - round((BOTTOM - TOP) * tick / TICKS)
        found.append(
            Markup('<path class="axis" d="M{} {}h{}"/><text x="{}" y="{}" text-anchor="end">{}</text>').format(
                LEFT, y, WIDTH - LEFT - 4, LEFT - 8, y + 4, _number(top * tick // TICKS)
            )
        )
    return found


def _drawn(values: Sequence[tuple[str, int]], top: int) -> list[Markup]:
    step = (WIDTH - LEFT) / max(1, len(values))
    wide = round(min(36, step * 0.6))
    every = ceil(len(values) / MOST_LABELS)
    largest = max((number for _name, number in values), default=0)
    found, told = [], False
    for place, (name, number) in enumerate(values):
        middle = round(LEFT + step * (place + 0.5))
        tall = round((BOTTOM - TOP) * number / top)
        if number:
            found.append(Markup('<rect class="series-1" x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
                middle - wide // 2, BOTTOM - tall, wide, tall))
        if (len(values) - 1 - place) % every == 0:
            found.append(Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(middle, BOTTOM + 21, escape(name)))
        if number and number == largest and not told:
            told = True
            found.append(Markup('<text class="value" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                middle, BOTTOM - tall - 6, _number(number)))
    return found


def _round_up(number: int) -> int:
    """Return the axis' end: a multiple of the ticks at or above the largest value, so that every tick is whole."""
    step = max(1, ceil(number / TICKS))
    scale = int(10 ** (len(str(step)) - 1))
    return TICKS * ceil(step / scale) * scale


def _number(number: int) -> str:
    return f"{number:,}"
