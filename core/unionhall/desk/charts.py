"""Charts as SVG, drawn here and not in the browser (ui.md, section 9): zero baseline, the largest value labelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from markupsafe import Markup

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 228, 70, 20, 200
TICKS = 3
MOST_LABELS = 7
MOST_BARS = 31
LETTER = 11  # units that a letter takes on a phone
SPARK_WIDTH, SPARK_HEIGHT = 240, 48


def bars(values: Sequence[tuple[str, int]], *, label: str) -> Markup:
    """Return a chart of (name, number) bars; `label` says in a sentence what it shows, for those who cannot see it."""
    top = _round_up(max((number for _name, number in values), default=0))
    return _svg([*_axes(top), *_drawn(values, top)], label)


def over_time(values: Sequence[tuple[str, int]], *, label: str) -> Markup:
    """Return bars while there is room for them, else a line."""
    return bars(values, label=label) if len(values) <= MOST_BARS else line(values, label=label)


def line(values: Sequence[tuple[str, int]], *, label: str) -> Markup:
    """Return a chart of a line through (name, number) points, for more of them than bars can show."""
    top = _round_up(max((number for _name, number in values), default=0))
    step = (WIDTH - LEFT) / max(1, len(values))
    points = [(LEFT + step * (place + 0.5), BOTTOM - (BOTTOM - TOP) * number / top) for place, (_name, number) in enumerate(values)]
    parts = [*_axes(top), *_names(values, step), _line(points)]
    highest = max(range(len(values)), key=lambda place: values[place][1], default=None)
    if highest is not None and values[highest][1]:
        x, y = points[highest]
        told = _number(values[highest][1])
        x = min(x, WIDTH - LETTER * len(told) / 2)  # the number must not be cut off at the edge
        parts.append(Markup('<text class="value" x="{}" y="{}" text-anchor="middle">{}</text>').format(round(x), round(y) - 6, told))
    return _svg(parts, label)


@dataclass(frozen=True, slots=True)
class Buckets:
    """Numbers of a period, oldest first, by the `unit` "day", "week" (Monday to Sunday) or "month".

    `rows` are (first day, last day, number); what nobody counted is 0.
    """

    unit: str
    rows: tuple[tuple[date, date, int], ...]

    @property
    def most(self) -> int:
        """Return the largest number, 0 when nothing was counted."""
        return max((number for _first, _last, number in self.rows), default=0)

    def chart(self, *, label: str) -> Markup:
        """Return the chart of the whole period; `label` as for `bars`."""
        form = "%Y-%m" if self.unit == "month" else "%m-%d"
        return over_time([(first.strftime(form), number) for first, _last, number in self.rows], label=label)


def in_buckets(counted: Iterable[tuple[date, int]], since: date, until: date) -> Buckets:
    """Sum (day, number) pairs from the day `since` to the day before `until`.

    By day while there is room for bars, then by week, then by month.
    """
    length = (until - since).days
    unit = "day" if length <= MOST_BARS else "week" if length <= 7 * (MOST_BARS - 1) else "month"
    sums, ends = dict[date, int](), dict[date, date]()
    for day in (since + timedelta(days=number) for number in range(length)):
        first = max(since, _first_of(day, unit))
        sums[first], ends[first] = 0, day
    for day, number in counted:
        if since <= day < until:
            sums[max(since, _first_of(day, unit))] += number
    return Buckets(unit, tuple((first, ends[first], number) for first, number in sums.items()))


def _first_of(day: date, unit: str) -> date:
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" else day


def spark(numbers: Sequence[int], *, label: str) -> Markup:
    """Return a line as small as a few words, without axes."""
    top, step = max([*numbers, 1]), SPARK_WIDTH / max(1, len(numbers) - 1)
    points = [(step * place, SPARK_HEIGHT - 4 - (SPARK_HEIGHT - 8) * number / top) for place, number in enumerate(numbers)]
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        SPARK_WIDTH, SPARK_HEIGHT, label, _line(points)
    )


def _svg(parts: Sequence[Markup], label: str) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, label, Markup("").join(parts)
    )


def _line(points: Sequence[tuple[float, float]]) -> Markup:
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""
    return Markup('<g class="series-1"><path class="line" d="{}"/></g>').format(path)


def _names(values: Sequence[tuple[str, int]], step: float) -> list[Markup]:
    """Return a name below every so many values, the last one's in any case and never cut off at the edge."""
    every, found = ceil(len(values) / MOST_LABELS), []
    for place, (name, _number) in enumerate(values):
        if (len(values) - 1 - place) % every == 0:
            middle = round(LEFT + step * (place + 0.5))
            x, anchor = (middle, "middle") if middle + LETTER * len(name) / 2 <= WIDTH else (WIDTH, "end")
            found.append(Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, BOTTOM + 21, anchor, name))
    return found


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
    largest = max((number for _name, number in values), default=0)
    found, told = _names(values, step), False
    for place, (_name, number) in enumerate(values):
        middle = round(LEFT + step * (place + 0.5))
        tall = round((BOTTOM - TOP) * number / top)
        if number:
            found.append(Markup('<rect class="series-1" x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
                middle - wide // 2, BOTTOM - tall, wide, tall))
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
