"""Wiring of the orgs feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.api import ApiResource
from unionhall.hooks.markers import fills, hookimpl
from unionhall.hooks.reporting import ReportFigure
from unionhall.hooks.types import Actor, Area, Card, NavItem, Permission, Role, SearchSource, SitemapEntry
from unionhall.orgs import demo, desk, findable, queries, report_figures, rest, switcher
from unionhall.orgs.site import bp
from unionhall.platform.access import can


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
def unionhall_api_resources() -> Iterable[ApiResource]:
    """The org tree."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The tree, and what may be done with each org."""
    return [desk.bp]


@hookimpl
@fills("desk_scope", "desk_place")
def unionhall_slot(slot: str, actor: Actor) -> Iterable[Markup]:
    """In the desk's top bar, and on its dashboard: which org one works in."""
    makers = {"desk_scope": switcher.switcher, "desk_place": switcher.work_place}
    found = makers[slot](actor) if slot in makers else None
    return [found] if found is not None else []


@hookimpl
def unionhall_dashboard_cards(actor: Actor, scope: str, now: datetime) -> Iterable[Card]:
    """Certificates and terms that run out."""
    if can(actor, desk.READ) and (items := switcher.due(actor, scope, now)):
        yield Card(Markup(render_template("orgs/desk_due.html", items=items, soon=switcher.SOON)), "side", 300)


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """The invented tree."""
    demo.load(now)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The way to the tree."""
    if area == "desk" and can(actor, desk.READ):
        yield NavItem(_("组织"), url_for("orgs_desk.orgs"), "org", 810, _("系统"))
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


@hookimpl
def unionhall_search_sources() -> Iterable[SearchSource]:
    """Orgs at work, by name."""
    return [findable.SOURCE]


@hookimpl
def unionhall_report_figures() -> Iterable[ReportFigure]:
    """Orgs at work."""
    return report_figures.FIGURES
