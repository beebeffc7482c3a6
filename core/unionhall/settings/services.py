"""Changing settings."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from unionhall.base import db
from unionhall.hooks.types import Actor
from unionhall.platform import access, audit
from unionhall.settings import queries
from unionhall.settings.models import Setting
from unionhall.settings.schema import SiteSettings

MANAGE = "settings.manage"


def change(values: dict[str, Any], *, actor: Actor, now: datetime) -> list[str]:
    """Store the values that differ from what holds now; returns their keys. Raises LookupError for an unknown key."""
    access.require(actor, MANAGE, access.SITE)
    known = {item.name: type(item.default) for item in fields(SiteSettings)}
    current = queries.site_settings()
    changed = []
    for key, value in values.items():
        if key not in known or not isinstance(value, known[key]):
            raise LookupError(f"no setting {key!r} of this type")
        if getattr(current, key) == value:
            continue
        row = db.session().get(Setting, key) or Setting(key=key)
        row.value, row.updated_at = value, now
        db.session().add(row)
        changed.append(key)
    if changed:
        db.after_commit(queries.forget)
        audit.record("settings.changed", "settings", actor=actor, now=now, keys=sorted(changed))
    return changed
