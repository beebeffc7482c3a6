"""Which pages of everybody show a station: the tags that services drop in their unit of work."""

from __future__ import annotations

from datetime import datetime

from unionhall.plugin import purge_pages, search_changed
from unionhall_stations.models import Station

KIND = "stations.station"
TAG = "stations:station:"
LISTS = "stations:lists"
CATALOGUE = "stations:catalogue"
RESERVED = frozenset(
    {"best", "care", "clerks", "faults", "figures", "inspections", "map", "my", "new", "ratings", "search",
     "services", "static", "store", "stores", "till", "tills"}
)  # fmt: skip


def tag(station_id: int) -> str:
    """Return the tag of every page that shows a station."""
    return f"{TAG}{station_id}"


def changed(station: Station, *, now: datetime) -> None:
    """Drop what shows a station, and have it found by its new words."""
    purge_pages(tag(station.id), LISTS)
    search_changed(KIND, station.id, now=now)
