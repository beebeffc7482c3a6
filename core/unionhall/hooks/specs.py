"""The hook specifications. Hooks return and never mutate; an implementation may take any subset of arguments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click
from flask import Blueprint
from markupsafe import Markup

from unionhall.hooks.markers import hookspec
from unionhall.hooks.types import (
    Actor,
    Area,
    Card,
    Event,
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


@hookspec
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Return blueprints for readers and members, mounted under your URL prefix."""


@hookspec
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Return blueprints for editors, mounted under /desk; each view names its permission with `needs`."""


@hookspec
def unionhall_permissions() -> Iterable[Permission]:
    """Return the permissions you define, with label and the roles that bring them."""


@hookspec
def unionhall_jobs() -> Iterable[Job]:
    """Return repeatable jobs: name, interval, function taking now."""


@hookspec
def unionhall_commands() -> Iterable[click.Command]:
    """Return commands for the `unionhall` command line."""


@hookspec
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """Return entries for a menu that this actor may follow."""


@hookspec
def unionhall_dashboard_cards(actor: Actor, scope: str, now: datetime) -> Iterable[Card]:
    """Return cards for the desk's dashboard, within the org path `scope` that the actor works in."""


@hookspec
def unionhall_home_blocks(now: datetime) -> Iterable[HomeBlock]:
    """Return blocks of the public home page; they carry nothing personal."""


@hookspec
def unionhall_slot(slot: str, page: PageView, actor: Actor) -> Iterable[Markup]:
    """Return safe HTML for a named place in a page."""


@hookspec
def unionhall_sitemap(now: datetime) -> Iterable[SitemapEntry]:
    """Return your public addresses and when each last changed."""


@hookspec
def unionhall_feed(now: datetime, limit: int) -> Iterable[FeedEntry]:
    """Return your newest public entries for the site's Atom feed, newest first."""


@hookspec
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Return what of yours search finds; say `search_changed(kind, id)` whenever one of them changes."""


@hookspec
def unionhall_media_users() -> Iterable[MediaUser]:
    """Return what of yours shows assets of the media library; say `note_media(kind, id, asset_ids)` whenever one changes."""


@hookspec
def unionhall_stored_files() -> Iterable[str]:
    """Return the names of all stored files that your rows need; what nobody names is removed by `doctor --fix`."""


@hookspec
def unionhall_may(actor: Actor, permission: str, org_path: str) -> bool | None:
    """Return False to refuse, None to stay silent; you cannot grant."""


@hookspec
def unionhall_org_merging(source_id: int, target_id: int, actor: Actor, now: datetime) -> None:
    """Hand over what the source org owns to the target, inside the unit of work that merges them."""


@hookspec
def unionhall_committed(event: Event) -> None:
    """React to something that has been committed; may be called twice."""


@hookspec
def unionhall_demo(now: datetime) -> None:
    """Add invented demo content inside the unit of work that is open; called once, features first."""
