"""Wiring of the settings feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from unionhall.hooks.api import ApiResource
from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Actor, Area, HomeBlock, NavItem, Permission, Role
from unionhall.platform.access import SITE, can
from unionhall.settings import demo, desk, rest
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
        yield HomeBlock(Markup(render_template("settings/hotline.html")), "side", 900)


@hookimpl
def unionhall_api_resources() -> Iterable[ApiResource]:
    """What the site says of itself."""
    return [rest.RESOURCE]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """The settings screen."""
    return [desk.bp]


@hookimpl
def unionhall_demo(now: datetime) -> None:
    """The demo's contacts and legal lines."""
    demo.load(now)


@hookimpl
def unionhall_navigation(area: Area, actor: Actor) -> Iterable[NavItem]:
    """The privacy notice, where there is one; in the desk, the settings."""
    if area == "desk" and can(actor, desk.READ, SITE):
        yield NavItem(_("设置"), url_for("settings_desk.settings"), "gear", 840, _("系统"))
    if area == "footer" and (url := site_settings().privacy_url):
        yield NavItem(_("隐私与个人信息"), url, "shield", 800, _("帮助"))
