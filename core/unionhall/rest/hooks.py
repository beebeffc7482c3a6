"""Wiring of the API shell; like the other shells it knows no feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Area, Job, NavItem
from unionhall.rest import repeating
from unionhall.rest.site import bp


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """The OpenAPI document and its page."""
    return [bp]


@hookimpl
def unionhall_jobs() -> Iterable[Job]:
    """Answers kept for requests that come twice are removed after a day."""
    return [Job("rest.sweep", _l("清理接口的重复请求记录"), timedelta(hours=1), repeating.sweep)]


@hookimpl
def unionhall_navigation(area: Area) -> Iterable[NavItem]:
    """The way to the documentation."""
    if area == "footer":
        yield NavItem(_("开放接口"), url_for("rest.docs"), "link", 850, _("帮助"))
