"""Wiring of the media feature."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Permission, Role
from unionhall.media import folders, rights
from unionhall.media.desk import bp as desk_bp
from unionhall.media.site import bp


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may upload and use assets, and who may change those of others."""
    editors = (Role.EDITOR, Role.CHIEF_EDITOR)
    return [
        Permission(rights.USE, _l("上传和使用素材"), (Role.CORRESPONDENT, *editors)),
        Permission(rights.MANAGE, _l("修改、替换和删除本组织及下级的素材"), editors),
    ]


@hookimpl
def unionhall_site_blueprints() -> Iterable[Blueprint]:
    """The files themselves."""
    return [bp]


@hookimpl
def unionhall_desk_blueprints() -> Iterable[Blueprint]:
    """Uploading."""
    return [desk_bp]


@hookimpl
def unionhall_org_merging(source_id: int, target_id: int, now: datetime) -> None:
    """Assets and folders go to the org that stays."""
    folders.hand_over(source_id, target_id, now=now)
