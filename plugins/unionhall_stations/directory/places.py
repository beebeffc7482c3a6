"""Stations on pages of others: home, an org's page, menus, the sitemap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from unionhall.plugin import (
    Actor,
    Area,
    HomeBlock,
    NavItem,
    SitemapEntry,
    can,
    clock,
    orgs_by_ids,
    page_until,
    session,
    tag_page,
    unscoped,
)
from unionhall_stations import rights
from unionhall_stations.directory import finding, hours, pages
from unionhall_stations.models import Station

AT_ORG = 6


def entries(area: Area, actor: Actor) -> Iterator[NavItem]:
    """Yield the ways to stations, on the site and in the desk."""
    if area in {"main", "footer"}:
        yield NavItem(_("驿站"), url_for("stations.stations"), "pin", 700, _("服务") if area == "footer" else "")
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("驿站"), url_for("stations_desk.stations"), "pin", 340, _("服务"))


def home(now: datetime) -> Iterator[HomeBlock]:
    """Yield how many stations are open now, and the way to the nearest."""
    tag_page(pages.LISTS)
    total, open_now, until = finding.counted(now)
    if total:
        page_until(until or hours.midnight_after(now))
        yield HomeBlock(Markup(render_template("stations/directory/home.html", total=total, open_now=open_now)), "side", 300)


def at_org(org_id: int) -> Iterator[Markup]:
    """Yield the stations at and below an org."""
    org, now = orgs_by_ids([org_id]).get(org_id), clock.now()
    tag_page(pages.LISTS, pages.CATALOGUE)
    rows = finding.at_org(org.path, AT_ORG, now) if org else []
    if org and rows:
        page_until(min(hours.true_until(row.station, row.specials, now) for row in rows))
        yield Markup(render_template("stations/directory/org.html", rows=rows, org=org, now=now))


def sitemap() -> Iterator[SitemapEntry]:
    """Yield the list and every station that readers find."""
    yield SitemapEntry(url_for("stations.stations"))
    wanted = select(Station.slug, Station.updated_at).where(Station.state.in_(finding.LISTED)).order_by(Station.id)
    for row in session().execute(unscoped(wanted, why="public")):
        yield SitemapEntry(url_for("stations.station", slug=row.slug), row.updated_at)
