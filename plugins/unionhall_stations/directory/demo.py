"""The demo's stations: invented places around one town, with hours of every sort."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from math import cos, radians
from typing import Any

from unionhall.plugin import SYSTEM, NotFound, Org, clock, org_by_slug, session, shared_pictures
from unionhall_stations.directory import pages, queries, services
from unionhall_stations.directory.fields import read_spans
from unionhall_stations.directory.models import StationStep
from unionhall_stations.directory.services import Profile
from unionhall_stations.models import Station, StationState

MIDDLE, METRES_A_DEGREE, MILLION = (30.2451, 120.1582), 111_195, 1_000_000


def load(now: datetime) -> None:
    """Make the stations of `demo_data/stations.toml`; those whose org is not there are left out."""
    written = tomllib.loads((files("unionhall_stations.directory") / "demo_data" / "stations.toml").read_text("utf-8"))
    keys = {row.key: row.id for row in queries.services(every=True)}
    for row in written["station"]:
        try:
            org = org_by_slug(row["org"])
        except NotFound:
            continue
        _station(row, org, keys, now)


def _station(row: Mapping[str, Any], org: Org, keys: Mapping[str, int], now: datetime) -> None:
    lat = MIDDLE[0] + row["y"] / METRES_A_DEGREE
    lon = MIDDLE[1] + row["x"] / (METRES_A_DEGREE * cos(radians(MIDDLE[0])))
    said = Profile(
        row["name"], row.get("name_en", ""), None, row["address"], row.get("directions", ""), row.get("phone", ""),
        row.get("responsible", ""), row.get("intro", ""), round(lat * MILLION), round(lon * MILLION), row.get("wheelchair", False),
        _photos(row),
    )  # fmt: skip
    made = services.propose(org, said, actor=SYSTEM, now=now + timedelta(days=row.get("opened", -10) - 60))
    given = row["hours"] if isinstance(row["hours"], list) else [row["hours"]] * 7
    services.keep_hours(made, [_spans(text) for text in given], row.get("holidays", "weekday"), version=1, actor=SYSTEM, now=now)
    offered = {keys[key.lstrip("!")]: ("", not key.startswith("!")) for key in row["services"] if key.lstrip("!") in keys}
    services.keep_offers(made, offered, actor=SYSTEM, now=now)
    today = clock.local_day(now)
    for first, last, text, reason in row.get("special_days", ()):
        since, until = today + timedelta(days=first), today + timedelta(days=last)
        services.add_special(made, since, until, _spans(text), reason, actor=SYSTEM, now=now)
    _stand(made, row, now)


def _stand(made: Station, row: Mapping[str, Any], now: datetime) -> None:
    """Bring a station where it stands in the demo, with the history that belongs to it."""
    today = clock.local_day(now)
    if "state" in row:
        made.state = row["state"]
    else:
        made.state, made.opened_on = StationState.OPEN.value, today + timedelta(days=row["opened"])
        _step(made, "open", "", clock.first_moment(made.opened_on) + timedelta(hours=9))
    if "paused" in row:
        made.state, made.paused_reason = StationState.PAUSED.value, row["paused"]
        made.paused_until = clock.first_moment(today + timedelta(days=row["paused_days"])) + timedelta(hours=8)
        _step(made, "pause", row["paused"], now - timedelta(hours=20))
    if "closed" in row:
        made.state, made.closed_on = StationState.CLOSED.value, today + timedelta(days=row["closed"])
        _step(made, "close", row["closed_reason"], clock.first_moment(made.closed_on) + timedelta(hours=10))
    session().flush()
    pages.changed(made, now=now)


def _step(made: Station, step: str, reason: str, at: datetime) -> None:
    until = made.paused_until if step == "pause" else None
    session().add(StationStep(station_id=made.id, step=step, state=made.state, reason=reason, until=until, actor_id=None, at=at))


def _photos(row: Mapping[str, Any]) -> list[int]:
    """Return the pictures of the demo's library whose titles are named."""
    return [asset.id for asset in shared_pictures(60) if asset.title in row.get("photos", ())]


def _spans(text: str) -> list[list[int]]:
    """Return the hours of "6:00-11:30 13:00-21:00"; 24:00 is the midnight that ends the day."""
    times = {}
    for number, part in enumerate(text.split(), start=1):
        times[f"o{number}"], times[f"c{number}"] = part.replace("24:00", "0:00").split("-")
    return read_spans(times, "")
