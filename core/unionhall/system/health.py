"""Is the process alive, and can the site do its work?"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from unionhall.accounts.second_factor import keys_fit
from unionhall.base import clock, db
from unionhall.base.crypto import config, seal, unseal
from unionhall.host import migrations
from unionhall.platform.pagecache import remembered
from unionhall.platform.storage.local import folder_trouble

MOST_DRIFT_SECONDS = 30.0
KEYS_SECONDS = 4.0  # asking reads through the accounts


def ready() -> dict[str, bool]:
    """Return what the site needs and whether it is there: database, migrations, disk, keys, clock."""
    database = _database()
    migrated = database and _migrations()
    return {
        "database": database, "migrations": migrated, "disk": _disk(), "keys": _keys(migrated), "clock": not database or _clock(),
    }  # fmt: skip


def _database() -> bool:
    try:
        with db.engine().connect() as connection:
            return bool(connection.scalar(text("SELECT 1")))
    except SQLAlchemyError:
        return False


def _migrations() -> bool:
    try:
        return all(item.up_to_date for item in migrations.status(migrations.CORE))
    except SQLAlchemyError:
        return False


def _disk() -> bool:
    """Say whether both the instance, where SQLite and the search index lie, and the uploads can be written."""
    local = [] if config().media_url else [config().media_folder]
    return not any(folder_trouble(folder) for folder in (config().instance, *local))


def _keys(migrated: bool) -> bool:
    """Say whether the keys work, and are those that the database was sealed with."""
    try:
        works = unseal("ready", seal("ready", "ready")) == "ready"
        return works and (not migrated or remembered("keys fit", keys_fit, seconds=KEYS_SECONDS))
    except (ValueError, SQLAlchemyError):
        return False


def _clock() -> bool:
    try:
        return abs(drift()) < MOST_DRIFT_SECONDS
    except SQLAlchemyError:
        return True  # that the database went away meanwhile is another question


def drift() -> float:
    """Return how many seconds this machine's clock is ahead of the database's; a file has no clock of its own."""
    with db.engine().connect() as connection:
        if connection.dialect.name == "sqlite":
            return 0.0
        before = clock.now()
        theirs: datetime = connection.scalar(text("SELECT clock_timestamp()"))
        return (before + (clock.now() - before) / 2 - theirs.astimezone(UTC)).total_seconds()
