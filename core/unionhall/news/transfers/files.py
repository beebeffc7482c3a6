"""Where uploads and results lie until they are cleared away: one folder a transfer, in the instance, never served.

Web and worker must see the same instance folder.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import delete, select

from unionhall.base import db
from unionhall.base.crypto import config
from unionhall.base.errors import Unavailable
from unionhall.news.transfers.models import UNDER_WAY, Transfer, TransferLine
from unionhall.platform import access

UPLOAD, MEDIA, RESULT = "upload", "media.zip", "result"
KEPT, REPORTS_KEPT, STRAY = timedelta(days=7), timedelta(days=90), timedelta(days=1)
CHUNK = 1024 * 1024


def folder(token: str) -> Path:
    """Return a transfer's own folder."""
    return config().instance.resolve() / "transfers" / token


def keep(token: str, name: str, source: IO[bytes]) -> int:
    """Write an upload piece by piece; returns its size in bytes. Raises Unavailable when there is no room."""
    place = folder(token)
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (place / name).open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
            return target.tell()
    except OSError as error:
        remove(token)
        raise Unavailable(_("存储空间满了，文件没有存下来。请稍后再试，或者告诉管理员。"), code="storage-full") from error


def remove(token: str) -> None:
    """Remove everything that a transfer keeps."""
    shutil.rmtree(folder(token), ignore_errors=True)


def clear(now: datetime) -> None:
    """Remove what has been kept long enough, reports later than files, and folders that no transfer knows (the job)."""
    for token in _over(now):
        remove(token)
    with db.unit_of_work():
        old = select(Transfer.id).where(Transfer.finished_at < now - REPORTS_KEPT)
        db.session().execute(delete(TransferLine).where(TransferLine.transfer_id.in_(old)).execution_options(synchronize_session=False))


def _over(now: datetime) -> list[str]:
    """Return the folders whose transfers are over, and those whose upload was never noted: the process ended between the two."""
    place = folder("")
    changed = {path.name: _changed(path) for path in place.iterdir()} if place.is_dir() else {}
    statement = select(Transfer.token, Transfer.state, Transfer.expires_at).where(Transfer.token.in_(list(changed)))
    known = {row.token: row for row in db.session().execute(access.unscoped(statement, why="cleared away"))}
    db.session().rollback()
    strays = [name for name, at in changed.items() if name not in known and at < now - STRAY]
    return strays + [row.token for row in known.values() if row.state not in UNDER_WAY and row.expires_at and row.expires_at <= now]


def _changed(path: Path) -> datetime:
    """Return when a folder was last changed; one that is just going is as good as new."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return datetime.now(UTC)
