"""Wiring of the media feature."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Permission, Role
from unionhall.media import services, stored
from unionhall.media.desk import bp as desk_bp
from unionhall.media.site import bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may upload and use images."""
    newsroom = (Role.CORRESPONDENT, Role.EDITOR, Role.CHIEF_EDITOR)
    return [Permission("media.use", _l("上传和使用图片"), newsroom)]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """The files themselves."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Uploading."""
    return [desk_bp]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int) -> None:
    """Images go to the org that stays."""
    services.hand_over(source_id, target_id)


@hookimpl
def unionhall_stored_files() -> Iterable[str]:
    """Every image's files."""
    return stored.names()
