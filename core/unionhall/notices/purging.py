"""What notices keep of a plugin that is purged. What somebody was told stays in their inbox, as text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, update

from unionhall.base import db
from unionhall.notices.models import Address, Delivery, Notice, Preference, Route, Wording
from unionhall.platform.naming import of_plugin


def forget(name: str, now: datetime) -> None:
    """Remove wordings, choices and what waits to be sent of the plugin's kinds, and everything of its channels."""
    for table in (Delivery, Wording, Route, Preference):
        _run(delete(table).where(or_(of_plugin(table.kind, name), _channel(table.channel, name))))
    _run(delete(Address).where(_channel(Address.channel, name)))
    _run(update(Notice).where(of_plugin(Notice.kind, name), Notice.planned_at.is_(None)).values(planned_at=now))


def _channel(column: Any, name: str) -> ColumnElement[bool]:
    return or_(column == name, of_plugin(column, name))


def _run(statement: Any) -> None:
    db.session().execute(statement.execution_options(synchronize_session=False))
