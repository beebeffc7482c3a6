"""Wiring of the settings feature."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Area, HomeBlock, NavItem, Permission, Role
from unionhall.settings.queries import site_settings
from unionhall.settings.site import bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may see and change the site's settings."""
    return [
        Permission("settings.read", _l("看站点设置"), (Role.SYSTEM_ADMIN, Role.AUDITOR)),
        Permission("settings.manage", _l("修改站点设置"), (Role.SYSTEM_ADMIN,)),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """The site's own words for every template."""
    return [bp]


@hookimpl
def unionhall_home_blocks() -> Iterable[HomeBlock]:
    """The hotline."""
    if site_settings().hotline:
        yield HomeBlock(Markup(render_template("settings/hotline.html")), "side", 900)  # noqa: S704 - our template


@hookimpl
def unionhall_navigation(area: Area) -> Iterable[NavItem]:
    """The privacy notice, where there is one."""
    if area == "footer" and (url := site_settings().privacy_url):
        yield NavItem(_("隐私与个人信息"), url, "shield", 800, _("帮助"))
