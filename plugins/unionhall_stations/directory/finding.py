"""Stations as readers find them: narrowed, near, open now; a fixed number of queries however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import ColumnElement, or_, select

from unionhall.plugin import Org, in_subtree, like_escape, session, unscoped
from unionhall_stations.directory import hours, queries
from unionhall_stations.directory.hours import Status
from unionhall_stations.models import Service, SpecialDay, Station, StationService, StationState

SIZE, MILLION, EARTH_METRES = 24, 1_000_000, 6_371_000
LISTED = (StationState.OPEN.value, StationState.PAUSED.value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of stations is narrowed to: words, services by their keys, those at and below an org, and near what place (degrees)."""

    words: str = ""
    open: bool = False
    wheelchair: bool = False
    services: tuple[str, ...] = ()
    below: str = ""
    near: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A service as a station offers it."""

    service: Service
    note: str
    works: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A station in a list: whether it is open, what it offers, and how far away it is in metres, None when nobody asked."""

    station: Station
    status: Status
    offers: list[Offer]
    specials: Sequence[SpecialDay] = ()
    metres: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was found: how many in all, how many of them are open, and until when that is true."""

    rows: list[Row]
    number: int
    total: int
    open: int
    until: datetime | None

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // SIZE))


def find(wanted: Wanted, number: int, now: datetime) -> Page:
    """Return a page of the stations that are wanted: the nearest first, else the open ones by number."""
    found = rows(_stations(wanted), now)
    open_ones = [row for row in found if row.status.open]
    shown = open_ones if wanted.open else found
    if wanted.near is not None:
        lat, lon = wanted.near
        shown = [_away(row, lat, lon) for row in shown]
        shown.sort(key=lambda row: (row.metres is None, row.metres or 0.0, row.station.number))
    until = min((hours.true_until(row.station, row.specials, now) for row in found), default=None)
    first = (number - 1) * SIZE
    return Page(shown[first : first + SIZE], number, len(shown), len(open_ones), until)


def rows(stations: Sequence[Station], now: datetime) -> list[Row]:
    """Return stations with what is shown of them, in two queries more for all of them."""
    known = {service.id: service for service in queries.services()}
    specials = queries.specials([station.id for station in stations], now)
    return [_row(station, known, specials.get(station.id, []), now) for station in stations]


def _row(station: Station, known: dict[int, Service], specials: Sequence[SpecialDay], now: datetime) -> Row:
    offers = [Offer(known[row.service_id], row.note, row.works) for row in station.offers if row.service_id in known]
    offers.sort(key=lambda offer: (offer.service.position, offer.service.id))
    return Row(station, hours.status(station, specials, now), offers, specials)


def counted(now: datetime) -> tuple[int, int, datetime | None]:
    """Return how many stations readers find, how many are open now, and until when that is true."""
    page = find(Wanted(), 1, now)
    return page.total, page.open, page.until


def at_org(path: str, most: int, now: datetime) -> list[Row]:
    """Return the first stations at and below an org."""
    return rows(_stations(Wanted(below=path))[:most], now)


def chosen(ids: Iterable[int], now: datetime) -> list[Row]:
    """Return those of the stations that readers find, by number."""
    wanted = select(Station).where(Station.id.in_(list(ids)), Station.state.in_(LISTED)).order_by(Station.number, Station.id)
    return rows(list(session().scalars(unscoped(wanted, why="public"))), now)


def districts() -> list[Org]:
    """Return the orgs that have stations, in the order of their paths."""
    wanted = select(Org).where(Org.id.in_(select(Station.org_id).where(Station.state.in_(LISTED)))).order_by(Org.path)
    return list(session().scalars(unscoped(wanted, why="public")))


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two places (degrees) are apart, along the earth."""
    (lat1, lon1), (lat2, lon2) = ((radians(lat), radians(lon)) for lat, lon in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_METRES * asin(sqrt(min(1.0, half)))


def place(station: Station) -> tuple[float, float] | None:
    """Return where a station is, in degrees."""
    if station.latitude is None or station.longitude is None:
        return None
    return station.latitude / MILLION, station.longitude / MILLION


def _away(row: Row, lat: float, lon: float) -> Row:
    here = place(row.station)
    return Row(row.station, row.status, row.offers, row.specials, metres((lat, lon), here) if here else None)


def _stations(wanted: Wanted) -> list[Station]:
    where: list[ColumnElement[bool]] = [Station.state.in_(LISTED)]
    for word in wanted.words.split():
        pattern = f"%{like_escape(word)}%"
        columns = (Station.name, Station.name_en, Station.address, Station.directions)
        where.append(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    if wanted.wheelchair:
        where.append(Station.wheelchair.is_(True))
    if wanted.below:
        where.append(Station.org_id.in_(select(Org.id).where(in_subtree(Org.path, wanted.below))))
    for key in wanted.services:
        offering = select(StationService.station_id).join(Service, Service.id == StationService.service_id)
        where.append(Station.id.in_(offering.where(Service.key == key, Service.active, StationService.works)))
    ordered = select(Station).where(*where).order_by(Station.kind.desc(), Station.number, Station.id)
    return list(session().scalars(unscoped(ordered, why="public")))
