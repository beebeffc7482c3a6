"""Wiring of the orgs feature."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Area, NavItem, Permission, Role, SitemapEntry
from unionhall.orgs import queries
from unionhall.orgs.site import bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may look after the org tree."""
    return [
        Permission("orgs.read", _l("看组织资料"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission("orgs.manage", _l("新建、修改、移动、合并和关闭组织"), (Role.ORG_ADMIN, Role.SYSTEM_ADMIN)),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """The tree and each org's page."""
    return [bp]


@hookimpl
def unionhall_navigation(area: Area) -> Iterable[NavItem]:
    """The way to the tree."""
    if area in {"main", "tabbar"}:
        yield NavItem(_("组织"), url_for("orgs.tree"), "org", 800)
    if area == "footer":
        yield NavItem(_("各级组织"), url_for("orgs.tree"), "org", 200, _("关于"))


@hookimpl
def unionhall_sitemap() -> Iterable[SitemapEntry]:
    """The tree and every org at work."""
    yield SitemapEntry(url_for("orgs.tree"))
    for slug, changed in queries.addresses():
        yield SitemapEntry(url_for("orgs.org", slug=slug), changed)
