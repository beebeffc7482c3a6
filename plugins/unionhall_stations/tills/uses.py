"""What was used at stations, as the plugins that deduct it at tills tell it: how often, for how much, and on which days by whom."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from unionhall.plugin import plugin_is_live


@dataclass(frozen=True, slots=True)
class Used:
    """What stands of a station's redemptions in a period: how many, and what they took off (fen)."""

    times: int
    fen: int


@dataclass(frozen=True, slots=True)
class UseSource:
    """What a plugin tells of redemptions at stations; it is asked only while that plugin is live.

    `counted(station_ids, since, until)` returns {station id: what was used} from the day `since` up to but not including `until`;
    `days(station_id, member_id, since, until)` returns the days in it on which a member used something there; `rows_url(station_id,
    since, until)` leads to the rows, and `permission` opens them.
    """

    plugin: str
    counted: Callable[[Collection[int], date, date], Mapping[int, Used]]
    days: Callable[[int, int, date, date], Collection[date]]
    rows_url: Callable[[int, date, date], str]
    permission: str


_SOURCES: dict[str, UseSource] = {}


def tell_uses(source: UseSource) -> None:
    """Have a plugin's redemptions counted with the stations; once, when the plugin is imported."""
    _SOURCES[source.plugin] = source


def live_sources() -> list[UseSource]:
    """Return the sources of plugins that are live now."""
    return [source for source in _SOURCES.values() if plugin_is_live(source.plugin)]


def counted(station_ids: Collection[int], since: date, until: date) -> dict[int, Used]:
    """Return {station id: redemptions} of the stations that have some, all plugins together."""
    found: dict[int, Used] = {}
    for source in live_sources() if station_ids else ():
        for station_id, more in source.counted(station_ids, since, until).items():
            before = found.get(station_id, Used(0, 0))
            found[station_id] = Used(before.times + more.times, before.fen + more.fen)
    return found


def days_of(station_id: int, member_id: int, since: date, until: date) -> set[date]:
    """Return the days in a period on which a member used something at a station, all plugins together."""
    return {day for source in live_sources() for day in source.days(station_id, member_id, since, until)}
