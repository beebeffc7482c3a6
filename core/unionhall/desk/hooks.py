"""Wiring of the desk's shell."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.desk.desk import bp
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import STAFF, Actor, Area, NavItem, Permission
from unionhall.platform.access import can


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """The right to enter the desk at all, and to look after one's own account there."""
    return [Permission("desk.enter", _l("进入编务台"), STAFF)]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The dashboard and the org scope."""
    return [bp]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The way to the dashboard."""
    if area == "desk" and can(actor, "desk.enter"):
        yield NavItem(_("总览"), url_for("desk_desk.dashboard"), "home", 0, _("编辑"))
