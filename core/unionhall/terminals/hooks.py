"""Wiring of the terminals."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Actor, Area, NavItem, Permission, Role
from unionhall.platform.access import SITE, can
from unionhall.terminals import desk, services
from unionhall.terminals.site import bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may set terminals up and take them back."""
    return [Permission(services.MANAGE, _l("登记和停用自助终端"), (Role.SYSTEM_ADMIN,))]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """What a terminal itself opens."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The terminals page."""
    return [desk.bp]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The way to the terminals page."""
    if area == "desk" and can(actor, services.MANAGE, SITE):
        yield NavItem(_("终端"), url_for("terminals_desk.terminals"), "grid", 833, _("系统"))
