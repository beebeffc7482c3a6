"""Files that come and go with the unit of work: written ones are taken back when it fails, old ones go when it is stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from unionhall.base import db
from unionhall.platform import outbox
from unionhall.platform.storage import storage

REMOVE = "media.remove"
_WRITTEN = "media_written"


def write(files: Iterable[tuple[str, bytes]]) -> None:
    """Store files; a unit of work that fails takes them back. Raises Unavailable, saying why, when they cannot be stored."""
    written: list[str] = db.session().info.setdefault(_WRITTEN, [])
    db.after_commit(lambda: db.session().info.pop(_WRITTEN, None))
    for name, data in files:
        written.append(name)
        storage().put(name, data)


def remove(names: Iterable[str], *, now: datetime) -> None:
    """Remove files once this unit of work is stored; the outbox sees to it even if this process is killed then."""
    gone = list(names)
    outbox.put(REMOVE, {"names": gone}, now=now)
    db.after_commit(lambda: _delete(gone))


def deliver(payload: dict[str, Any]) -> None:
    """Remove files whose asset is gone (the outbox's handler); it may be called again."""
    _delete(payload["names"])


def _delete(names: Iterable[str]) -> None:
    for name in names:
        storage().delete(name)


def _remove_orphans(session: Session) -> None:
    """Take back the files of a unit of work that was rolled back."""
    if not session.in_nested_transaction():
        _delete(session.info.pop(_WRITTEN, []))


event.listen(Session, "after_rollback", _remove_orphans)
