"""The rows behind the switches: made, locked and changed in the caller's unit of work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, text, update

from unionhall.base import db
from unionhall.hooks.types import Actor
from unionhall.host import truth
from unionhall.host.models import PluginSwitch


def hold() -> None:
    """Let those who switch plugins come one by one, so that what a plugin needs cannot be switched off meanwhile."""
    if db.engine().dialect.name == "postgresql":
        db.session().execute(text("LOCK TABLE host_plugin IN SHARE ROW EXCLUSIVE MODE"))
    truth.forget()


def row_of(name: str, *, make: bool = False) -> PluginSwitch | None:
    """Return a plugin's row; with `make` there is one afterwards. Call it after `hold()`."""
    found = db.session().get(PluginSwitch, name, populate_existing=True)
    if found is None and make:
        db.session().execute(insert(PluginSwitch).values(name=name, enabled=False, position=100))
        found = db.session().get(PluginSwitch, name)
    return found


def note(name: str, *, on: bool, actor: Actor | None = None, now: datetime | None = None, distribution: str = "") -> bool:
    """Switch a row; returns False when it stood so already and nothing held the plugin back."""
    row = PluginSwitch
    values: dict[str, Any] = {"enabled": on, "trouble": ""}
    row_of(name, make=True)
    differs: list[ColumnElement[bool]] = [row.enabled.is_(not on)]
    if on:
        values |= {"ever": True, "quarantined_at": None, "quarantined_for": "", "quarantined_version": ""}
        values |= {"distribution": distribution} if distribution else {}
        differs += [row.quarantined_at.is_not(None), row.trouble != ""]
    if now is not None:
        values |= {"switched_at": now, "switched_by": actor.account_id if actor else None}
    changed = db.update_count(update(row).where(row.name == name, or_(*differs)).values(**values))
    truth.changed()
    return bool(changed)
