"""What the parts above tell about a station without being known here: each adds its function when it is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from unionhall_stations.models import Station

WARNINGS: list[Callable[[Iterable[Station]], dict[int, str]]] = []
"""Each returns {station id: a sentence for the desk} of stations that need somebody's attention."""


def warnings(stations: Iterable[Station]) -> dict[int, list[str]]:
    """Return {station id: sentences} of stations, all parts together."""
    asked, found = list(stations), dict[int, list[str]]()
    for ask in WARNINGS:
        for station_id, sentence in ask(asked).items():
            found.setdefault(station_id, []).append(sentence)
    return found
