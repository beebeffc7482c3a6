"""What stands around every desk page of one station: its head and tabs."""

from __future__ import annotations

from dataclasses import dataclass

from unionhall.plugin import clock, current_actor
from unionhall_stations.blueprints import desk
from unionhall_stations.directory import finding, labels, tabs
from unionhall_stations.models import Station


@dataclass(frozen=True, slots=True)
class Frame:
    """The head of a station's desk pages."""

    state: str
    tone: str
    now: str
    open: bool
    tabs: list[tuple[str, str, str]]


def frame(station: Station) -> Frame:
    """Return what `stations/desk/station.html` shows around a panel, for whoever looks."""
    now = clock.now()
    (row,) = finding.rows([station], now)
    word, tone = labels.STATES[station.state]
    return Frame(str(word), tone, labels.status(station, row.status, now), row.status.open, tabs.of(station, current_actor()))


desk.add_app_template_global(frame, "stations_frame")
