"""Wiring of the quiz plugin; its parts bring hooks of their own."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from unionhall.plugin import AuditWords, Permission, Plugin, RoleKind, hookimpl
from unionhall_quiz import blueprints, rights, trail

PLUGIN = Plugin(
    "quiz", _l("每日一答"), _l("题库、每日答题、答对抽券。"), requires=("rewards",), icon="quiz",
    parts=("bank", "play", "team", "figures"),
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
