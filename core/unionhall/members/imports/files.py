"""Where uploads and what is made of them lie until they are cleared away: a folder an import, 0700, its files 0600, never served.

The folder holds personal data; it goes as soon as the import is applied and its day for taking back is over, is cancelled, or after
seven days. Web and worker must see the same instance folder.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from unionhall.base import db
from unionhall.base.crypto import config
from unionhall.base.errors import RuleBroken, Unavailable
from unionhall.members.imports.models import UNDER_WAY, ImportLine, RosterImport
from unionhall.platform import access

UPLOAD, ROWS, MARKS, BAD, PROGRESS, STOP = "upload", "rows.jsonl", "marks.json", "bad.xlsx", "progress.json", "stop"
MOST_BYTES = 60 * 1024 * 1024
KEPT, UNDO, STRAY = timedelta(days=7), timedelta(hours=24), timedelta(days=1)
CHUNK = 1024 * 1024


def folder(token: str) -> Path:
    """Return an import's own folder."""
    return config().instance.resolve() / "rosters" / token


def create(token: str, name: str) -> IO[bytes]:
    """Open a new file of an import for writing, for our own eyes only. Raises OSError."""
    folder(token).mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(folder(token) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def keep(token: str, source: IO[bytes]) -> int:
    """Write an upload piece by piece; returns its size in bytes. Raises RuleBroken when it is too large, Unavailable without room."""
    try:
        with create(token, UPLOAD) as target:
            while part := source.read(CHUNK):
                target.write(part)
                if target.tell() > MOST_BYTES:
                    raise RuleBroken(_("文件超过 %(n)s MB。请分几个文件导入。", n=MOST_BYTES // 1024 // 1024), field="file")
            return target.tell()
    except RuleBroken:
        remove(token)
        raise
    except OSError as error:
        remove(token)
        raise Unavailable(_("存储空间满了，文件没有存下来。请稍后再试，或者告诉管理员。"), code="storage-full") from error


def remove(token: str) -> None:
    """Remove everything that an import keeps."""
    shutil.rmtree(folder(token), ignore_errors=True)


def tell(token: str, done: int, total: int) -> None:
    """Note how many lines are done, outside the database: an import is applied in one transaction, and nobody sees into it."""
    fresh = folder(token) / f"{PROGRESS}.new"
    fresh.write_text(json.dumps([done, total]))
    fresh.replace(folder(token) / PROGRESS)


def progress(token: str) -> tuple[int, int]:
    """Return how many lines are done, and of how many; 0 when not known."""
    try:
        done, total = json.loads((folder(token) / PROGRESS).read_text())
    except (OSError, ValueError):
        return 0, 0
    return int(done), int(total)


def ask_to_stop(token: str) -> None:
    """Ask whoever works on an import to leave it: nothing of the step that is under way stays."""
    if folder(token).is_dir():
        (folder(token) / STOP).touch(mode=0o600)


def asked_to_stop(token: str) -> bool:
    """Say whether somebody asked to leave it."""
    return (folder(token) / STOP).exists()


def keep_marks(token: str, marks: dict[str, Any]) -> None:
    """Keep what was found out about the file as a whole."""
    with create(token, MARKS) as target:
        target.write(json.dumps(marks).encode())


def marks(token: str) -> dict[str, Any]:
    """Return what was found out about the file as a whole."""
    found: dict[str, Any] = json.loads((folder(token) / MARKS).read_bytes())
    return found


def clear(now: datetime) -> None:
    """Remove what was kept long enough, with the lines that name people, and folders that no import knows (the job)."""
    for token in _over(now):
        remove(token)
    with db.unit_of_work():
        quiet = {"synchronize_session": False}
        old = select(RosterImport.id).where(RosterImport.expires_at <= now, RosterImport.state.not_in(UNDER_WAY))
        db.session().execute(delete(ImportLine).where(ImportLine.import_id.in_(old)).execution_options(**quiet))
        stale = (RosterImport.expires_at <= now) & RosterImport.state.in_(("tried", "columns"))
        db.session().execute(update(RosterImport).where(stale).values(state="cancelled", finished_at=now).execution_options(**quiet))


def _over(now: datetime) -> list[str]:
    place = folder("")
    changed = {path.name: _changed(path) for path in place.iterdir()} if place.is_dir() else {}
    statement = select(RosterImport.token, RosterImport.state, RosterImport.expires_at).where(RosterImport.token.in_(list(changed)))
    known = {row.token: row for row in db.session().execute(access.unscoped(statement, why="cleared away"))}
    db.session().rollback()
    strays = [name for name, at in changed.items() if name not in known and at < now - STRAY]
    return strays + [row.token for row in known.values() if row.state not in UNDER_WAY and row.expires_at and row.expires_at <= now]


def _changed(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return datetime.now(UTC)
