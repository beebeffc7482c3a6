"""The map as a drawing of our own: pins at their places, to scale, without tiles from anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from unionhall_stations.directory.finding import Row, metres, place

WIDTH, HEIGHT, SIDE, TOP, BOTTOM = 760, 520, 64, 112, 48  # a pin stands above its place, on phones larger
SMALLEST = 0.004
STEPS = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


@dataclass(frozen=True, slots=True)
class Pin:
    """A station on the drawing."""

    row: Row
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Pins, the person's own place, and a bar that is `bar_metres` long."""

    pins: list[Pin]
    bar: int
    bar_metres: int
    here: tuple[int, int] | None = None
    width: int = WIDTH
    height: int = HEIGHT


def draw(rows: Sequence[Row], near: tuple[float, float] | None = None) -> Drawing | None:
    """Return the drawing of the stations that have a place; None when none has."""
    placed = [(row, where) for row in rows if (where := place(row.station))]
    if not placed:
        return None
    points = [where for _row, where in placed] + ([near] if near else [])
    lats, lons = [lat for lat, _lon in points], [lon for _lat, lon in points]
    middle = ((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
    narrow = max(0.1, cos(radians(middle[0])))
    tall, wide = max(max(lats) - min(lats), SMALLEST), max((max(lons) - min(lons)) * narrow, SMALLEST)
    scale = min((HEIGHT - TOP - BOTTOM) / tall, (WIDTH - 2 * SIDE) / wide)
    centre = (HEIGHT + TOP - BOTTOM) / 2

    def at(where: tuple[float, float]) -> tuple[int, int]:
        lat, lon = where
        return round(WIDTH / 2 + (lon - middle[1]) * narrow * scale), round(centre - (lat - middle[0]) * scale)

    a_degree = metres((middle[0], middle[1]), (middle[0] + 0.01, middle[1])) * 100
    bar_metres = max((step for step in STEPS if step / a_degree * scale <= WIDTH / 4), default=STEPS[0])
    pins = sorted((Pin(row, *at(where)) for row, where in placed), key=lambda pin: pin.y)
    return Drawing(pins, round(bar_metres / a_degree * scale), bar_metres, at(near) if near else None)
