"""The tabs of a station's desk pages: each part above adds its own when it is imported."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import lazy_gettext as _l

from unionhall.plugin import Actor, Text, can
from unionhall_stations import rights
from unionhall_stations.models import Station

_TABS: dict[str, tuple[int, Text, str]] = {
    "stations_desk.station": (10, _l("概况"), rights.READ),
    "stations_desk.edit_station": (20, _l("资料"), rights.MANAGE),
    "stations_desk.edit_hours": (30, _l("开放时间"), rights.MANAGE),
    "stations_desk.edit_offers": (40, _l("服务"), rights.MANAGE),
}


def add(endpoint: str, label: Text, right: str, order: int) -> None:
    """Add a tab: the endpoint takes `station_id`."""
    _TABS[endpoint] = (order, label, right)


def of(station: Station, actor: Actor) -> list[tuple[str, str, str]]:
    """Return (endpoint, label, address) of the tabs that the actor may open."""
    return [
        (endpoint, str(label), url_for(endpoint, station_id=station.id))
        for endpoint, (_order, label, right) in sorted(_TABS.items(), key=lambda item: item[1][0])
        if endpoint in current_app.view_functions and can(actor, right, station.org)
    ]
