"""Wiring of stations, services and opening hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.plugin import (
    Actor,
    ApiResource,
    Area,
    ComponentType,
    ExportSource,
    HomeBlock,
    Job,
    MediaUser,
    NavItem,
    PageView,
    SearchSource,
    SitemapEntry,
    fills,
    hookimpl,
)
from unionhall_stations.directory import (  # noqa: F401 - routes and tables
    component,
    demo,
    desk,
    desk_edit,
    desk_services,
    exports,
    findable,
    merging,
    models,
    pages,
    places,
    rest,
    site,
    standing,
)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The ways to stations."""
    return places.entries(area, actor)


@hookimpl
def unionhall_home_blocks(now: datetime) -> Iterable[HomeBlock]:
    """How many are open."""
    return places.home(now)


@hookimpl
@fills("org_page")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """On an org's page its stations."""
    return places.at_org(page.object_id) if slot == "org_page" and page.object_id else ()


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Pauses that are over."""
    return [Job("stations.resume", _l("暂停到期的驿站恢复开放"), timedelta(minutes=5), standing.resume_due)]


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The list of stations."""
    return [exports.LIST]


@hookimpl
def unionhall_block_types() -> Iterable[ComponentType]:
    """Stations as a part of a campaign."""
    return [component.LIST]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Stations for programs."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Stations that readers find."""
    return [findable.SOURCE]


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Stations, with their photos."""
    return [MediaUser(pages.KIND, _l("驿站"), findable.places, pages.TAG)]


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The list and every station."""
    return places.sitemap()


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int, now: datetime) -> None:
    """Stations go to the org that stays."""
    merging.hand_over(source_id, target_id, now)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Invented stations."""
    demo.load(now)
