"""Pages of stations for everybody: the map with the list, one station."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from flask import render_template, request
from flask.typing import ResponseReturnValue

from unionhall.plugin import (
    NotFound,
    PageView,
    clock,
    media_assets,
    org_by_slug,
    page_number,
    page_until,
    plugin_settings,
    shared,
    tag_page,
    tidy,
)
from unionhall_stations.blueprints import site
from unionhall_stations.directory import drawing, finding, hours, labels, pages, queries
from unionhall_stations.directory.finding import Wanted
from unionhall_stations.models import Station

MOST_SERVICES = 20


@site.get("/")
@shared("page", "org", "open", "wheelchair", "service", unless=("q", "lat", "lon"))
def stations() -> ResponseReturnValue:
    """Show stations on a map and in a list, narrowed, perhaps the nearest first."""
    now, services = clock.now(), queries.services()
    tag_page(pages.LISTS, pages.CATALOGUE)
    org = org_by_slug(slug) if (slug := request.args.get("org")) else None
    asked = set(request.args.getlist("service")[:MOST_SERVICES])
    near = _near()
    wanted = Wanted(
        tidy(request.args.get("q", ""))[:40], "open" in request.args, "wheelchair" in request.args,
        tuple(service.key for service in services if service.key in asked), org.path if org else "", near,
    )  # fmt: skip
    page = finding.find(wanted, page_number(), now)
    if page.number > page.pages:
        raise NotFound()
    page_until(page.until or hours.midnight_after(now))
    return render_template(
        "stations/directory/list.html", page=page, wanted=wanted, services=services, chosen=org, districts=finding.districts(),
        drawing=drawing.draw(page.rows, near), now=now, page_view=PageView("stations.list"), noindex=bool(wanted.words or near),
    )  # fmt: skip


@site.get("/<slug>/")
@shared()
def station(slug: str) -> ResponseReturnValue:
    """Show one station; one that was closed says so."""
    found, now = queries.by_slug(slug), clock.now()
    tag_page(pages.tag(found.id), pages.CATALOGUE)
    return page(found, now)


def page(found: Station, now: datetime, *, preview: bool = False) -> str:
    """Return a station's page as readers see it."""
    (row,) = finding.rows([found], now)
    page_until(hours.true_until(found, row.specials, now))
    pictures = media_assets(found.photo_ids)
    today = clock.local_day(now)
    return render_template(
        "stations/directory/station.html", station=found, row=row, now=now, week=labels.week(found), preview=preview,
        photos=[pictures[item] for item in found.photo_ids if item in pictures], drawing=drawing.draw([row]),
        specials=[special for special in row.specials if special.until >= today], map_link=_map_link(found),
        noindex=preview or not found.public,
        page_view=PageView("stations.preview" if preview else pages.KIND, found.id, found.org_id),
    )  # fmt: skip


def _near() -> tuple[float, float] | None:
    """Return the place that a list is asked for around, None for what is no place."""
    try:
        lat, lon = float(request.args["lat"]), float(request.args["lon"])
    except (KeyError, ValueError):
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _map_link(found: Station) -> str:
    where, pattern = finding.place(found), str(plugin_settings("stations").map_link or "")
    if where is None or not pattern:
        return ""
    for name, value in (("lat", f"{where[0]:.6f}"), ("lon", f"{where[1]:.6f}"), ("name", quote(found.name, safe=""))):
        pattern = pattern.replace("{" + name + "}", value)
    return pattern


site.add_app_template_global(labels.station_name, "stations_name")
site.add_app_template_global(labels.service_name, "stations_service")
site.add_app_template_global(labels.status, "stations_status")
site.add_app_template_global(labels.spans, "stations_spans")
site.add_app_template_global(labels.distance, "stations_distance")
