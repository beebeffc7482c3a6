"""Where written files lie until they are cleared away: in the instance, named by a token, never served by a path.

Web and worker must see the same instance folder.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from unionhall.base import db
from unionhall.base.crypto import config
from unionhall.exports.models import UNDER_WAY, Export
from unionhall.platform import access

KEPT, STRAY = timedelta(days=7), timedelta(days=1)


def folder() -> Path:
    """Return the folder of all exports; made when it is missing, for nobody else's eyes."""
    place = config().instance.resolve() / "exports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def path(token: str, form: str) -> Path:
    """Return where an export's finished file lies."""
    return folder() / f"{token}.{form}"


def remove(token: str) -> None:
    """Remove whatever there is of an export: its file, and what was begun of it."""
    for found in folder().glob(f"{token}.*"):
        found.unlink(missing_ok=True)


def clear(now: datetime) -> None:
    """Remove files that were kept long enough, and those that no export knows (the job)."""
    there = [(found, found.name.partition(".")[0]) for found in folder().iterdir()]
    statement = select(Export.token, Export.state, Export.expires_at).where(Export.token.in_({token for _found, token in there}))
    known = {row.token: row for row in db.session().execute(access.unscoped(statement, why="cleared away"))}
    db.session().rollback()
    for found, token in there:
        row = known.get(token)
        if row is None or row.state in UNDER_WAY:
            over = row is None and _changed(found) < now - STRAY
        else:
            over = row.expires_at is None or row.expires_at <= now or ".part" in found.name
        if over:
            found.unlink(missing_ok=True)


def _changed(found: Path) -> datetime:
    try:
        return datetime.fromtimestamp(found.stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return datetime.now(UTC)
