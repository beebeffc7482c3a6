"""What faults say beside a station in the desk: reports that nobody answers."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import ngettext

from unionhall.plugin import clock
from unionhall_stations.directory import seams
from unionhall_stations.faults import queries
from unionhall_stations.models import Station


def unanswered(stations: Iterable[Station]) -> dict[int, str]:
    """Return a sentence for each station with reports that wait for too long."""
    found = queries.late(ids, clock.now()) if (ids := [station.id for station in stations]) else {}
    return {
        station_id: ngettext("有 %(num)d 个报修三天没有回复。", "有 %(num)d 个报修三天没有回复。", number)
        for station_id, number in found.items()
    }


if unanswered not in seams.WARNINGS:
    seams.WARNINGS.append(unanswered)
