"""Migrations: core first, then each plugin with a version table of its own, run by command only."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy import Connection, text

from unionhall.base import db
from unionhall.base.crypto import config
from unionhall.base.errors import PluginProblem
from unionhall.host import truth
from unionhall.host.registry import host
from unionhall.host.revisions import Revision, after

if TYPE_CHECKING:  # Alembic takes 10 MB: only processes that look at migrations load it
    from alembic.config import Config

CORE = "core"
_LOCK = 0x75683031  # "uh01": a PostgreSQL advisory lock


@dataclass(frozen=True)
class Pending:
    """Where an owner's tables stand: the revision applied and the newest there is."""

    owner: str
    current: str | None
    head: str | None

    @property
    def up_to_date(self) -> bool:
        """True when nothing is left to run."""
        return self.current == self.head

    @property
    def begun(self) -> bool:
        """True of the core, and of plugins that have tables: one that was only installed waits for nothing."""
        return self.owner == CORE or self.current is not None


def owners() -> list[str]:
    """Return "core" and every loaded plugin that has migrations, in running order."""
    plugins = (found for found in host().loaded() if not found.core and found.folder)
    return [CORE, *(found.name for found in plugins if (found.folder / "migrations").is_dir())]  # type: ignore[operator]


def version_table(owner: str) -> str:
    """Return the name of the owner's version table."""
    return "alembic_version" if owner == CORE else f"alembic_version_{owner}"


def waiting(name: str) -> tuple[Revision, ...]:
    """Return the migrations of a plugin that have not been run."""
    every = host().chain(name)
    return (after(every, truth.revisions([name]).get(name)) or ()) if every else ()


def upgrade(owner: str | None = None) -> None:
    """Bring one owner's tables, or everybody's, to the newest revision."""
    from alembic import command

    for name in [owner] if owner else owners():
        with _alone(), _connected() as connection:
            command.upgrade(_config(name, connection), "head")


def upgrade_within(connection: Connection, owner: str, revision: str) -> None:
    """Make an owner's tables as they are at a revision, in the transaction that the connection is in."""
    from alembic import command

    command.upgrade(_config(owner, connection), revision)


def knows(owner: str, revision: str) -> bool:
    """Say whether this version has the owner's migrations up to a revision."""
    from alembic.script import ScriptDirectory

    if owner not in owners():
        return False
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config(owner, None)).walk_revisions())


def downgrade(owner: str, revision: str) -> None:
    """Take an owner's tables back to a revision ("base" removes them)."""
    from alembic import command

    with _alone(), _connected() as connection:
        command.downgrade(_config(owner, connection), revision)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process migrate at a time: whoever comes second finds nothing left to do."""
    if db.engine().dialect.name == "postgresql":
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
        return
    folder = config().instance
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "migrating.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _connected() -> Iterator[Connection]:
    """Connect for migrating. SQLite takes the write lock at once, for others may write meanwhile; and it changes a table by building
    it anew, which would delete the rows that point to the old one: references are looked at by env.py instead.
    """
    with db.engine().connect().execution_options(writes=True) as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]  # no effect inside a transaction, so not through SQLAlchemy
        try:
            yield connection
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def revise(owner: str, message: str) -> None:
    """Write a new revision for an owner from the difference between its models and the database."""
    from alembic import command

    with db.engine().connect() as connection:
        command.revision(_config(owner, connection), message=message, autogenerate=True)


def status(owner: str | None = None) -> list[Pending]:
    """Return where every owner stands, or one. Raises PluginProblem for one that has no migrations."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    found = []
    with db.engine().connect() as connection:
        for name in [owner] if owner else owners():
            context = MigrationContext.configure(connection, opts={"version_table": version_table(name)})
            head = ScriptDirectory.from_config(_config(name, connection)).get_current_head()
            found.append(Pending(name, context.get_current_revision(), head))
    return found


def owner_of(table: str) -> str:
    """Return who owns a table: the plugin whose name prefixes it (the longest match), else core."""
    names = [found.name for found in host().plugins]
    matches = [name for name in names if table.startswith(f"{name}_") or table == f"alembic_version_{name}"]
    return max(matches, key=len) if matches else CORE


def _config(owner: str, connection: object) -> Config:
    from alembic.config import Config

    home = Path(str(files("unionhall_migrations")))
    versions = home / "versions" if owner == CORE else _folder(owner)
    made = Config()
    made.set_main_option("script_location", str(home).replace("%", "%%"))
    made.set_main_option("version_locations", str(versions).replace("%", "%%"))
    made.set_main_option("path_separator", "newline")
    made.attributes.update(connection=connection, owner=owner, version_table=version_table(owner))
    return made


def _folder(owner: str) -> Path:
    for found in host().loaded():
        if found.name == owner and found.folder:
            return found.folder / "migrations"
    raise PluginProblem(_("“%(name)s”没有迁移：没有安装、没有载入，或者没有自己的数据表。", name=owner), code="plugin-not-loaded")
