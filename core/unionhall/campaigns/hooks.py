"""Wiring of the campaigns feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Blueprint, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.campaigns import (
    blocks,
    counting,
    dashboard,
    demo,
    findable,
    menus,
    moving,
    pages,
    places,
    purging,
    reporting,
    rest,
    services,
    shown,
    telling,
)
from unionhall.campaigns.desk_routes import bp as desk_bp
from unionhall.campaigns.kinds.every import TYPES
from unionhall.campaigns.site import bp
from unionhall.campaigns.states import PERMISSIONS
from unionhall.hooks.api import ApiResource
from unionhall.hooks.components import ComponentType
from unionhall.hooks.markers import fills, hookimpl
from unionhall.hooks.people import NoticeKind
from unionhall.hooks.reporting import ExportSource, ReportFigure
from unionhall.hooks.types import (
    Actor,
    Area,
    Card,
    FeedEntry,
    HomeBlock,
    Job,
    MediaUser,
    NavItem,
    PageView,
    Permission,
    SearchSource,
    SitemapEntry,
)


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may read, edit, approve and run campaigns."""
    return PERMISSIONS


@hookimpl
def unionhall_block_types() -> Iterable[ComponentType]:
    """The core's own kinds, offered as a plugin offers its."""
    return TYPES


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """What is due starts and ends within seconds of its minute; what runs is counted every few minutes."""
    return [
        Job("campaigns.due", _l("活动按时开始和结束"), timedelta(seconds=1), moving.run_due),
        Job("campaigns.count", _l("统计进行中的活动"), counting.EVERY, counting.run, long=True),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Lists, campaigns, calendars."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The campaign desk."""
    return [desk_bp]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """Campaigns for programs."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The way to campaigns, on the site and in the desk."""
    return menus.entries(area, actor)


@hookimpl
def unionhall_dashboard_cards(actor: Actor, scope: str, now: datetime) -> Iterable[Card]:
    """What waits for review, what runs."""
    return dashboard.cards(actor, scope, now)


@hookimpl
def unionhall_home_blocks(now: datetime) -> Iterable[HomeBlock]:
    """What runs and what comes."""
    return blocks.home(now)


@hookimpl
@fills("org_merge_preview", "org_page")
def unionhall_slot(slot: str, page: PageView) -> Iterable[Markup]:
    """On an org's page: what it holds; before a merger: how many campaigns go over."""
    if slot == "org_merge_preview" and page.org_id:
        return blocks.going_over(page.org_id)
    return blocks.of_org(page.object_id) if slot == "org_page" and page.object_id else ()


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Campaigns go to the org that stays, whatever state they are in."""
    services.hand_over(source_id, target_id)


@hookimpl
def unionhall_notice_kinds() -> Iterable[NoticeKind]:
    """What those hear who made a campaign."""
    return telling.KINDS


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The list of campaigns, one campaign's figures."""
    return reporting.SOURCES


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """How many campaigns were held; who took part is the components' to count."""
    return reporting.FIGURES


@hookimpl
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Campaigns that readers find."""
    return [findable.SOURCE]


@hookimpl
def unionhall_media_users() -> Iterable[MediaUser]:
    """Campaigns, with their covers and the pictures of the core's components."""
    return [MediaUser(pages.KIND, _l("活动"), places.places, "campaigns:campaign:")]


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The list and every campaign that readers find."""
    yield SitemapEntry(url_for("campaigns.campaigns"))
    for slug, changed in shown.addresses():
        yield SitemapEntry(url_for("campaigns.campaign", slug=slug), changed)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """Invented campaigns, with the way each one took and people in them."""
    demo.load(now)


@hookimpl
def unionhall_feed(now: datetime, limit: int) -> Iterable[FeedEntry]:
    """What runs and comes."""
    return blocks.entries(now, limit)


@hookimpl
def unionhall_plugin_purging(name: str) -> None:
    """The plugin's components; a campaign that goes on with one refuses."""
    purging.forget(name)
