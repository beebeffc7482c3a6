"""Wiring of the stations plugin; its parts bring hooks of their own."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from unionhall.plugin import AuditWords, Permission, Plugin, RoleKind, SettingsForm, hookimpl
from unionhall_stations import blueprints, models, rights, trail  # noqa: F401 - the tables
from unionhall_stations.settings import StationsSettings

PLUGIN = Plugin(
    "stations", _l("工人驿站"), _l("驿站地图、服务、门店和收银台、巡查、评价和报修。"), icon="pin",
    parts=("directory", "tills", "inspections", "ratings", "faults", "figures"),
)  # fmt: skip


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """The rights."""
    return rights.PERMISSIONS


@hookimpl
def unionhall_roles() -> Iterable[RoleKind]:
    """Who holds them."""
    return rights.ROLES


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Pages for readers and members."""
    return [blueprints.site]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Pages of the desk."""
    return [blueprints.desk]


@hookimpl
def unionhall_settings_form() -> type[SettingsForm]:
    """What administrators choose for all stations."""
    return StationsSettings


@hookimpl
def unionhall_audit_words() -> Iterable[AuditWords]:
    """Acts of all parts."""
    return [trail.WORDS]
