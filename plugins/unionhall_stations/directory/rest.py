"""Stations for programs: what their public pages say."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from unionhall.plugin import (
    ApiCall,
    ApiId,
    ApiModel,
    ApiOperation,
    ApiPage,
    ApiResource,
    absolute,
    clock,
    page_until,
    session,
    tag_page,
    unscoped,
)
from unionhall_stations.directory import finding, hours, pages, queries
from unionhall_stations.directory.finding import Row
from unionhall_stations.models import Service, Station, StationService, StationState


class StationsIn(ApiModel):
    """Which stations: those with a service that works, by its key."""

    service: str = ""


class ServiceOut(ApiModel):
    """A service of a station; `works` is false while it does not."""

    key: str
    name: str
    note: str
    works: bool


class StationOut(ApiModel):
    """A station; places are in degrees (WGS 84). `open` says whether it is open now, `changes_at` when that changes next."""

    id: ApiId
    kind: str
    number: int
    slug: str
    state: StationState
    name: str
    name_en: str
    address: str
    latitude: float | None
    longitude: float | None
    wheelchair: bool
    open: bool
    changes_at: datetime | None
    org: str
    url: str
    updated_at: datetime


class StationDetailOut(StationOut):
    """A station with its page. `week` is seven days from Monday, each a list of [opens, closes] in minutes after midnight."""

    directions: str
    phone: str
    intro: str
    week: list[list[list[int]]]
    holidays: str
    services: list[ServiceOut]
    paused_until: datetime | None
    paused_reason: str
    opened_on: date | None
    closed_on: date | None


def stations(call: ApiCall) -> ApiPage:
    """Return the stations that readers find, by id."""
    tag_page(pages.LISTS, pages.CATALOGUE)
    now = clock.now()
    wanted = select(Station).where(Station.state.in_(finding.LISTED))
    if call.query.service:
        offering = select(StationService.station_id).join(Service, Service.id == StationService.service_id)
        working = offering.where(Service.key == call.query.service[:40], Service.active, StationService.works)
        wanted = wanted.where(Station.id.in_(working))
    if call.after:
        wanted = wanted.where(Station.id > int(call.after[0]))
    found = list(session().scalars(unscoped(wanted.order_by(Station.id).limit(call.limit + 1), why="public")))
    rows = finding.rows(found[: call.limit], now)
    page_until(min((hours.true_until(row.station, row.specials, now) for row in rows), default=hours.midnight_after(now)))
    more = [found[call.limit - 1].id] if len(found) > call.limit else None
    return ApiPage([StationOut.model_validate(_plain(row)) for row in rows], more)


def station(call: ApiCall) -> StationDetailOut:
    """Return the station with this address. Raises NotFound."""
    now = clock.now()
    found = queries.by_slug(call.path["slug"])
    tag_page(pages.tag(found.id), pages.CATALOGUE)
    (row,) = finding.rows([found], now)
    page_until(hours.true_until(found, row.specials, now))
    services = [ServiceOut(key=offer.service.key, name=offer.service.name, note=offer.note, works=offer.works) for offer in row.offers]
    more = {
        "directions": found.directions, "phone": found.phone, "intro": found.intro, "week": found.week, "holidays": found.holidays,
        "services": services, "paused_until": found.paused_until, "paused_reason": found.paused_reason, "opened_on": found.opened_on,
        "closed_on": found.closed_on,
    }  # fmt: skip
    return StationDetailOut.model_validate(_plain(row) | more)


def _plain(row: Row) -> dict[str, object]:
    found = row.station
    where = finding.place(found) or (None, None)
    return {
        "id": found.id, "kind": found.kind, "number": found.number, "slug": found.slug, "state": StationState(found.state),
        "name": found.name, "name_en": found.name_en, "address": found.address, "latitude": where[0], "longitude": where[1],
        "wheelchair": found.wheelchair, "open": row.status.open, "changes_at": row.status.change,
        "org": found.org.slug, "url": absolute(f"/stations/{found.slug}/"),
        "updated_at": found.updated_at,
    }  # fmt: skip


RESOURCE = ApiResource("stations", _l("驿站"), (
    ApiOperation(
        "GET", "/stations", "stations_list", _l("驿站，按编号"), stations, scope=None, query=StationsIn, answer=StationOut, paged=True,
        most=100, shared=True, description=_l("service 只列出有这项服务、而且能用的，写服务的 key，例如 water。"),
    ),
    ApiOperation(
        "GET", "/stations/{slug}", "stations_get", _l("一个驿站"), station, scope=None, answer=StationDetailOut, shared=True,
        description=_l("已撤站的也找得到，state 写明它的状态。"),
    ),
))  # fmt: skip
