"""Wiring of the public shell."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, url_for
from flask_babel import gettext as _

from unionhall.hooks.api import ApiResource
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Area, NavItem, SitemapEntry
from unionhall.site import rest, search  # noqa: F401 - search adds routes
from unionhall.site.site import bp


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Home, preferences, feed, sitemap, robots."""
    return [bp]


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """The search."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_navigation(area: Area) -> Iterable[NavItem]:
    """The way home, and the feed for those who read elsewhere."""
    if area in {"main", "tabbar"}:
        yield NavItem(_("首页"), url_for("site.home"), "home", 0)
    if area == "footer":
        yield NavItem(_("订阅更新（Atom）"), url_for("site.feed"), "bell", 900, _("帮助"))


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The home page."""
    return [SitemapEntry(url_for("site.home"))]
