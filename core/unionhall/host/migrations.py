"""Migrations: core first, then each plugin with a version table of its own, run by command only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from unionhall.base import db
from unionhall.base.errors import PluginProblem
from unionhall.host.registry import host

if TYPE_CHECKING:  # Alembic takes 10 MB: only processes that look at migrations load it
    from alembic.config import Config

CORE = "core"


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


def owners() -> list[str]:
    """Return "core" and every loaded plugin that has migrations, in running order."""
    plugins = (found for found in host().loaded() if not found.core and found.folder)
    return [CORE, *(found.name for found in plugins if (found.folder / "migrations").is_dir())]  # type: ignore[operator]


def version_table(owner: str) -> str:
    """Return the name of the owner's version table."""
    return "alembic_version" if owner == CORE else f"alembic_version_{owner}"


def upgrade(owner: str | None = None) -> None:
    """Bring one owner's tables, or everybody's, to the newest revision."""
    from alembic import command

    for name in [owner] if owner else owners():
        with db.engine().connect() as connection, _tables_rebuilt(connection):
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

    with db.engine().connect() as connection, _tables_rebuilt(connection):
        command.downgrade(_config(owner, connection), revision)


@contextmanager
def _tables_rebuilt(connection: Connection) -> Iterator[None]:
    """Let SQLite change a table by building it anew: it would delete the rows that point to the old one (env.py checks)."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]  # no effect inside a transaction, so not through SQLAlchemy
    try:
        yield
    finally:
        connection.rollback()
        raw.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def revise(owner: str, message: str) -> None:
    """Write a new revision for an owner from the difference between its models and the database."""
    from alembic import command

    with db.engine().connect() as connection:
        command.revision(_config(owner, connection), message=message, autogenerate=True)


def status() -> list[Pending]:
    """Return where every owner stands."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    found = []
    with db.engine().connect() as connection:
        for name in owners():
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
    config = Config()
    config.set_main_option("script_location", str(home).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, owner=owner, version_table=version_table(owner))
    return config


def _folder(owner: str) -> Path:
    for found in host().loaded():
        if found.name == owner and found.folder:
            return found.folder / "migrations"
    raise PluginProblem(f"plugin {owner!r} has no migrations", code="plugin-not-loaded")
