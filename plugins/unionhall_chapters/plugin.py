"""Wiring of the chapters plugin; its parts bring hooks of their own."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from unionhall.plugin import AuditWords, Permission, Plugin, RoleKind, SettingsForm, hookimpl
from unionhall_chapters import blueprints, models, rights, trail  # noqa: F401 - the tables
from unionhall_chapters.settings import ChaptersSettings

PLUGIN = Plugin(
    "chapters", _l("协会工会"), _l("协会主页、二次入会、活动、志愿服务、福利申请。"), icon="people",
    parts=("joining", "activities", "exercise", "volunteers", "benefits", "figures"),
)  # fmt: skip


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """The rights."""
    return rights.PERMISSIONS


@hookimpl
def unionhall_roles() -> Iterable[RoleKind]:
    """Officers and leaders."""
    return rights.ROLES


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """Pages for readers and members."""
    return [blueprints.site]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Pages for officers."""
    return [blueprints.desk]


@hookimpl
def unionhall_settings_form() -> type[SettingsForm]:
    """What administrators choose for all chapters."""
    return ChaptersSettings


@hookimpl
def unionhall_audit_words() -> Iterable[AuditWords]:
    """Acts of all parts."""
    return [trail.WORDS]
