"""Wiring of the media feature."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from unionhall.hooks.markers import hookimpl
from unionhall.hooks.types import Permission, Role


@hookimpl
def unionhall_permissions() -> Iterable[Permission]:
    """Who may upload and use images."""
    newsroom = (Role.CORRESPONDENT, Role.EDITOR, Role.CHIEF_EDITOR)
    return [Permission("media.use", _l("上传和使用图片"), newsroom)]
