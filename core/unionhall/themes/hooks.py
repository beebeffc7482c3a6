"""Wiring of the themes screens."""

from __future__ import annotations

from collections.abc import Iterable

import click
from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Actor, Area, NavItem, Permission, Role
from unionhall.platform.access import SITE, can
from unionhall.themes import cli, desk, queries, services
from unionhall.themes.site import bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may see the themes, and who may try and choose one."""
    return [
        Permission(queries.READ, _l("看主题"), (Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission(services.MANAGE, _l("预览和更换网站的主题"), (Role.SYSTEM_ADMIN,)),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Previews: no page of its own, but a bar on every page."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The themes page."""
    return [desk.bp]


@hookimpl
def unionhall_commands() -> Iterable[click.Command]:
    """`unionhall themes …`."""
    return [cli.theme_commands]


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The way to the themes page; themes that cannot be used are counted."""
    if area == "desk" and can(actor, queries.READ, SITE):
        yield NavItem(_("主题"), url_for("themes_desk.themes"), "image", 832, _("系统"), queries.troubled(), _("个有问题"))
