"""Changing settings."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from unionhall.base import db
from unionhall.base.errors import Conflict
from unionhall.base.text import tidy
from unionhall.hooks.types import Actor
from unionhall.platform import access, audit, pagecache
from unionhall.settings import queries
from unionhall.settings.models import Setting
from unionhall.settings.schema import SiteSettings

MANAGE = "settings.manage"
LONG = frozenset({"description", "maintenance_note"})


def change(values: dict[str, Any], *, seen: str | None = None, actor: Actor, now: datetime) -> list[str]:
    """Store the values that differ from what holds now; returns their keys.

    Raises Conflict when `seen`, the stamp of what the person had before them, is no longer true; LookupError for an
    unknown key or a value of another type.
    """
    access.require(actor, MANAGE, access.SITE)
    rows = {row.key: row for row in db.session().scalars(select(Setting).order_by(Setting.key).with_for_update())}
    current = queries.stored()
    if seen is not None and seen != queries.stamp(current):
        raise Conflict(_("你打开这一页之后，有人改过设置。下面是你填写的内容，请对照现在的设置再保存一次。"))
    known = {item.name: type(item.default) for item in fields(SiteSettings)}
    changed = []
    for key, given in values.items():
        value = tidy(given, one_line=key not in LONG) if isinstance(given, str) else given
        if key not in known or type(value) is not known[key]:
            raise LookupError(f"no setting {key!r} of this type")
        if getattr(current, key) != value:
            _store(rows.get(key) or Setting(key=key), value, now)
            changed.append(key)
    if changed:
        _flush()
        pagecache.purge(pagecache.SITE)
        audit.record("settings.changed", "settings", actor=actor, now=now, keys=sorted(changed))
    return changed


def _store(row: Setting, value: Any, now: datetime) -> None:
    row.value, row.updated_at = value, now
    db.session().add(row)


def _flush() -> None:
    """Write; who stored the same new setting in this very moment was first."""
    try:
        db.session().flush()
    except db.IntegrityError:
        db.session().rollback()
        raise Conflict(_("有人在同一时刻改了设置，这次没有保存。请再保存一次。")) from None
