"""What sign-ups keep of a plugin that is purged: its sheets with everybody on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.media import files
from unionhall.platform.naming import of_plugin
from unionhall.signups.models import Answer, Choice, Entry, Field, Pick, Sheet


def forget(name: str, now: datetime) -> None:
    """Remove the sheets of the plugin's objects, the entries on them, and the files that were sent with those."""
    sheets = select(Sheet.id).where(of_plugin(Sheet.owner_kind, name))
    entries, fields = select(Entry.id).where(Entry.sheet_id.in_(sheets)), select(Field.id).where(Field.sheet_id.in_(sheets))
    sent = list(db.session().scalars(select(Answer.file).where(Answer.entry_id.in_(entries), Answer.file != "")))
    for statement in (
        delete(Pick).where(Pick.entry_id.in_(entries)),
        delete(Answer).where(Answer.entry_id.in_(entries)),
        delete(Entry).where(Entry.sheet_id.in_(sheets)),
        delete(Choice).where(Choice.field_id.in_(fields)),
        delete(Field).where(Field.sheet_id.in_(sheets)),
        delete(Sheet).where(of_plugin(Sheet.owner_kind, name)),
    ):
        _run(statement)
    if sent:
        files.remove(sent, now=now)


def _run(statement: Any) -> None:
    db.session().execute(statement.execution_options(synchronize_session=False))
