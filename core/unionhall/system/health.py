"""Is the process alive, and can the site do its work?"""

from __future__ import annotations

import os
import tempfile

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from unionhall.base import db
from unionhall.base.crypto import config, seal, unseal
from unionhall.host import migrations


def ready() -> dict[str, bool]:
    """Return what the site needs and whether it is there: database, migrations, disk, keys."""
    database = _database()
    return {"database": database, "migrations": database and _migrations(), "disk": _disk(), "keys": _keys()}


def _database() -> bool:
    try:
        with db.engine().connect() as connection:
            return bool(connection.scalar(text("SELECT 1")))
    except SQLAlchemyError:
        return False


def _migrations() -> bool:
    try:
        return all(item.up_to_date for item in migrations.status())
    except SQLAlchemyError:
        return False


def _disk() -> bool:
    folder = config().media_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".ready-") as file:
            file.write(b"ready")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        return False
    return True


def _keys() -> bool:
    try:
        return unseal("ready", seal("ready", "ready")) == "ready"
    except ValueError:
        return False
