"""Wiring of the rewards plugin; its parts bring hooks of their own."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from unionhall.plugin import AuditWords, Permission, Plugin, RoleKind, hookimpl
from unionhall_rewards import blueprints, rights, trail

PLUGIN = Plugin(
    "rewards", _l("奖券"), _l("经费、抽奖、消费券、核销、结算、商户优惠。"), requires=("stations",), icon="ticket",
    parts=("fund", "coupons", "draws", "redeeming", "settling", "offers", "figures"),
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
def unionhall_audit_words() -> Iterable[AuditWords]:
    """Acts of all parts."""
    return [trail.WORDS]
