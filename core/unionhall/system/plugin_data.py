"""A plugin's own tables and files: counted, written into an archive that is readable without us, emptied, dropped."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

import sqlalchemy as sa
import structlog

from unionhall import __version__
from unionhall.base import db
from unionhall.hooks.types import Plugin
from unionhall.host import migrations
from unionhall.host.registry import host
from unionhall.platform.storage import storage

README = """Data of the plugin {name}, written by UnionHall {version} at {at}.
tables/*.jsonl: one line for each row, a JSON object; moments are UTC, bytes base64.
files/: uploaded files that the rows name. manifest.json: how many there are of each.
Sealed columns (numbers of people) can be opened with the site's keys only.
"""
log = structlog.get_logger("unionhall.system")


@dataclass(frozen=True, slots=True)
class TableRows:
    """A table and how many rows it has."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive holds."""

    tables: tuple[TableRows, ...]
    files: int
    missing: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Return how many rows there are in all."""
        return sum(table.rows for table in self.tables)


def tables(name: str) -> list[str]:
    """Return the tables in the database that are this plugin's, by the front of their names; without its version table."""
    others = [found.name for found in host().plugins if found.name.startswith(f"{name}_")]
    core = {str(mapper.local_table) for mapper in db.Model.registry.mappers if mapper.class_.__module__.startswith("unionhall.")}
    there = sa.inspect(db.session().connection()).get_table_names()
    mine = [table for table in there if table.startswith(f"{name}_") and table not in core]
    return sorted(table for table in mine if not any(table.startswith(f"{other}_") for other in others))


def counted(name: str) -> list[TableRows]:
    """Return the plugin's tables with their rows."""
    connection = db.session().connection()
    return [TableRows(table, connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0) for table in tables(name)]


def stored_files(name: str) -> list[str]:
    """Return the names of the files that the plugin's rows need; none when its code or its tables are gone."""
    found: dict[str, None] = {}
    if not tables(name):
        return []
    for owner, impl in host().implementations("unionhall_stored_files", everyone=True):
        if owner.name == name:
            found.update(dict.fromkeys(impl.function()))
    return list(found)


def write_archive(name: str, target: IO[bytes], now: datetime) -> Written:
    """Write everything of the plugin's own as it is at this moment. No unit of work may be writing meanwhile."""
    names, files = tables(name), stored_files(name)
    db.session().rollback()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, db.snapshot() as connection:
        written = tuple(_write_table(archive, connection, table) for table in names)
        missing = tuple(file for file in files if not _write_file(archive, file))
        done = Written(written, len(files) - len(missing), missing)
        about = {"plugin": name, **_identity(name), "core": __version__, "at": now.isoformat(), **asdict(done)}
        archive.writestr("manifest.json", json.dumps(about, ensure_ascii=False, indent=2))
        archive.writestr("README.txt", README.format(name=name, version=__version__, at=now.isoformat()))
    return done


def _identity(name: str) -> dict[str, Any]:
    found = next((item for item in host().plugins if item.name == name), None)
    plugin: Plugin | None = found.plugin if found else None
    return {"label": str(plugin.label) if plugin else name, "version": found.version if found else ""}


def _write_table(archive: zipfile.ZipFile, connection: sa.Connection, name: str) -> TableRows:
    table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
    number = 0
    with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as lines:
        for row in connection.execution_options(yield_per=500).execute(table.select().order_by(*table.primary_key.columns)).mappings():
            lines.write(json.dumps({key: _plain(value) for key, value in row.items()}, ensure_ascii=False).encode() + b"\n")
            number += 1
    return TableRows(name, number)


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, (str, int, float, bool, list, dict)) or value is None:
        return value
    return str(value) if isinstance(value, Decimal) else repr(value)


def _write_file(archive: zipfile.ZipFile, name: str) -> bool:
    if not storage().exists(name):
        return False
    with archive.open(f"files/{name}", "w", force_zip64=True) as target:
        for piece in storage().read(name):
            target.write(piece)
    return True


def empty(name: str) -> None:
    """Remove all rows of the plugin's tables in this unit of work, whatever points from one to another."""
    names = tables(name)
    connection = db.session().connection()
    if connection.dialect.name == "postgresql":
        if names:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(_quoted(connection, names))}")
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    kept = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN :names")
    for trigger in connection.execute(kept.bindparams(sa.bindparam("names", expanding=True)), {"names": names}).scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {next(_quoted(connection, [trigger]))}")
    for table in names:
        connection.execute(sa.delete(sa.table(table)))


def drop(name: str) -> None:
    """Take the plugin's tables away: by its migrations, and what those leave or nobody can run by name. Outside any unit of work."""
    if name in migrations.owners():
        try:
            migrations.downgrade(name, "base")
        except Exception:
            log.exception("migrations could not be run down: the tables are dropped by name", plugin=name)
    left = tables(name)
    db.session().rollback()
    with db.rebuilding() as connection:
        tail = " CASCADE" if connection.dialect.name == "postgresql" else ""
        for table in _quoted(connection, [*left, migrations.version_table(name)]):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}{tail}")


def _quoted(connection: sa.Connection, names: list[str]) -> Iterator[str]:
    return (connection.dialect.identifier_preparer.quote(name) for name in names)
