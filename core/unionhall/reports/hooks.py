"""Wiring of the reports feature."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.reporting import ExportSource
from unionhall.hooks.types import Actor, Area, Card, NavItem, Permission, Role
from unionhall.platform.access import can
from unionhall.reports import desk, exporting
from unionhall.reports.queries import READ


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who reads the figures of an org and those below it."""
    return [Permission(READ, _l("看工作统计"), (Role.ORG_ADMIN, Role.CHIEF_EDITOR, Role.AUDITOR))]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The report."""
    return [desk.bp]


@hookimpl
def unionhall_dashboard_cards(actor: Actor) -> Iterable[Card]:
    """The way to the report."""
    if can(actor, READ):
        yield Card(Markup(render_template("reports/desk_card.html")), "side", 200)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The report."""
    if area == "desk" and can(actor, READ):
        yield NavItem(_("工作统计"), url_for("reports_desk.report"), "chart", 800, _("系统"))


@hookimpl
def unionhall_export_sources() -> Iterable[ExportSource]:
    """The report."""
    return [exporting.SOURCE]
