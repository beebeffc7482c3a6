"""What ratings say beside a station in the desk: words that nobody has looked at."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import ngettext

from unionhall_stations.directory import seams
from unionhall_stations.models import Station
from unionhall_stations.ratings import queries


def unread(stations: Iterable[Station]) -> dict[int, str]:
    """Return a sentence for each station with words that wait."""
    found = queries.waiting(ids) if (ids := [station.id for station in stations]) else {}
    return {
        station_id: ngettext("有 %(num)d 条评语还没看过。", "有 %(num)d 条评语还没看过。", number) for station_id, number in found.items()
    }


if unread not in seams.WARNINGS:
    seams.WARNINGS.append(unread)
