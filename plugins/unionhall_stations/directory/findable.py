"""Stations as search sees them, and as places where pictures are used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from unionhall.plugin import (
    Actor,
    MediaPlace,
    SearchDocument,
    SearchResult,
    SearchSource,
    can,
    like_escape,
    session,
    unscoped,
)
from unionhall_stations import rights
from unionhall_stations.directory import labels, pages, queries
from unionhall_stations.directory.finding import LISTED
from unionhall_stations.models import Station


def documents(ids: Sequence[int]) -> Iterable[SearchDocument]:
    """Yield what may be found of those that readers find."""
    names = {row.id: f"{row.name} {row.name_en}" for row in queries.services()}
    for station in _some(ids):
        services = " ".join(names[row.service_id] for row in station.offers if row.service_id in names)
        words = f"{station.address} {station.directions} {station.intro}"
        yield SearchDocument(
            pages.KIND, station.id, station.name, words, station.address, f"{station.name_en} {services}", "", station.org.path,
            station.created_at,
        )  # fmt: skip


def ids(after: int, most: int) -> Sequence[int]:
    """Return the listed stations' ids above one, ascending."""
    wanted = select(Station.id).where(Station.state.in_(LISTED), Station.id > after).order_by(Station.id).limit(most)
    return list(session().scalars(unscoped(wanted, why="public")))


def results(ids: Sequence[int]) -> Iterable[SearchResult]:
    """Yield how those that readers find are shown."""
    for station in _some(ids):
        text = f"{station.address} {station.directions}"
        label = _("%(n)s 号", n=station.number)
        yield SearchResult(pages.KIND, station.id, f"/stations/{station.slug}/", labels.station_name(station), text, label)


def look(words: Sequence[str], most: int) -> Sequence[int]:
    """Return the listed stations that hold every word as typed."""
    statement = select(Station.id).where(Station.state.in_(LISTED))
    for word in words:
        pattern = f"%{like_escape(word)}%"
        columns = (Station.name, Station.name_en, Station.address, Station.directions)
        statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return list(session().scalars(unscoped(statement.order_by(Station.id.desc()).limit(most), why="public")))


def places(ids: Sequence[int], actor: Actor) -> Iterator[MediaPlace]:
    """Yield those of the stations that the actor may open in the desk."""
    for station in queries.by_ids(ids).values():
        if can(actor, rights.READ, station.org):
            yield MediaPlace(station.id, station.name, f"/desk/stations/{station.id}/edit", station.public)


def _some(ids: Sequence[int]) -> list[Station]:
    wanted = select(Station).where(Station.id.in_(list(ids)), Station.state.in_(LISTED))
    return list(session().scalars(unscoped(wanted, why="public")))


SOURCE = SearchSource(pages.KIND, _l("驿站"), documents, ids, results, look)
