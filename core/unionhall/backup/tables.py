"""Tables as lines: a row is one JSON array, spelt the same whatever database it comes from.

Tables are read as the database has them, not as the models say: a backup is most wanted just before an upgrade, and a
plugin's rows are kept although its code is gone.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask_babel import gettext as _

from unionhall.backup.archive import BackupRefused
from unionhall.base import db

VERSION = "alembic_version"
BATCH = 500
LONGEST_LINE = 64 * 1024 * 1024
Value = Any


@dataclass(frozen=True)
class Kind:
    """How values of a type are written and read again."""

    name: str
    write: Callable[[Value], Value]
    read: Callable[[Value, sa.types.TypeEngine[Any]], Value]


def _moment(value: datetime) -> str:
    naive = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="microseconds")


def _as_moment(value: str, type_: sa.types.TypeEngine[Any]) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC if getattr(type_, "timezone", False) else None)


def _json(value: str) -> str:
    """Return JSON in its one spelling: PostgreSQL's jsonb keeps no other, and rows are compared."""
    return json.dumps(json.loads(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Value, _type: object = None) -> Value:
    return value


KINDS: list[tuple[tuple[type[Any], ...], Kind]] = [
    ((sa.Boolean,), Kind("bool", bool, _plain)),
    ((sa.Integer,), Kind("int", int, _plain)),
    ((sa.Float,), Kind("float", float, _plain)),
    ((sa.Numeric,), Kind("decimal", str, lambda value, _type: Decimal(value))),
    ((sa.DateTime,), Kind("datetime", _moment, _as_moment)),
    ((sa.Date,), Kind("date", date.isoformat, lambda value, _type: date.fromisoformat(value))),
    ((sa.Time,), Kind("time", time.isoformat, lambda value, _type: time.fromisoformat(value))),
    ((sa.JSON,), Kind("json", _json, _plain)),
    ((sa.LargeBinary,), Kind("bytes", lambda value: base64.b64encode(value).decode(), lambda value, _type: base64.b64decode(value))),
    ((sa.Uuid,), Kind("uuid", lambda value: value.hex, lambda value, _type: UUID(value))),
    ((sa.String, sa.Enum), Kind("text", str, _plain)),
]


@dataclass(frozen=True)
class Layout:
    """A table with its columns, each with its kind."""

    table: sa.Table
    columns: list[tuple[sa.Column[Any], Kind]]

    @property
    def names(self) -> list[str]:
        """Return the columns' names, in order."""
        return [column.name for column, _kind in self.columns]


def names(connection: sa.Connection) -> list[str]:
    """Return the database's tables, by name, without those that note migrations."""
    found = sa.inspect(connection).get_table_names()
    return sorted(name for name in found if name != VERSION and not name.startswith(f"{VERSION}_"))


def heads(connection: sa.Connection) -> dict[str, str]:
    """Return {owner: revision}: "core", and every plugin that has or had tables here."""
    found = [name for name in sa.inspect(connection).get_table_names() if name == VERSION or name.startswith(f"{VERSION}_")]
    at = {name: connection.scalar(sa.select(sa.column("version_num", sa.String)).select_from(sa.table(name))) for name in found}
    return {"core" if name == VERSION else name.removeprefix(f"{VERSION}_"): revision for name, revision in at.items() if revision}


def owner(table: str, owners: Iterable[str]) -> str:
    """Return who owns a table: the plugin whose name prefixes it (the longest match), else core."""
    return max((name for name in owners if table.startswith(f"{name}_")), key=len, default="core")


def is_rebuilt(name: str) -> bool:
    """Say whether a table's rows are made from other tables, so that a backup leaves them out."""
    known = db.Model.metadata.tables.get(name)
    return known is not None and bool(known.info.get("rebuilt"))


def layout(connection: sa.Connection, name: str) -> Layout:
    """Return a table as it is in the database. Raises BackupRefused for a column that cannot be kept."""
    return layouts(connection, [name])[name]


def layouts(connection: sa.Connection, names: Sequence[str]) -> dict[str, Layout]:
    """Return tables as they are in the database, asked for all at once and only for what a backup reads: columns and key.

    Raises BackupRefused for a column that cannot be kept.
    """
    inspector = sa.inspect(connection)
    columns = inspector.get_multi_columns(filter_names=names)
    keys = inspector.get_multi_pk_constraint(filter_names=names)
    found = {}
    for name in names:
        key = keys[None, name]["constrained_columns"]
        stored = [column for column in columns[None, name] if "computed" not in column]
        made = [sa.Column(column["name"], column["type"], primary_key=column["name"] in key) for column in stored]
        found[name] = Layout(sa.Table(name, sa.MetaData(), *made), [(column, _kind(column)) for column in made])
    return found


def _kind(column: sa.Column[Any]) -> Kind:
    for types, kind in KINDS:
        if isinstance(column.type, types):
            return kind
    what = f"{column.table.name}.{column.name}: {column.type!r}"
    raise BackupRefused(_("表里有一列不知道怎么备份：%(what)s", what=what), code="backup-type")


def lines(connection: sa.Connection, found: Layout) -> Iterator[bytes]:
    """Yield every row as a line, in the order of the primary key, in constant memory."""
    text_json = [sa.cast(column, sa.Text) if kind.name == "json" else column for column, kind in found.columns]
    wanted = sa.select(*text_json).order_by(*_order(connection, found)).execution_options(yield_per=BATCH)
    writers = [kind.write for _column, kind in found.columns]
    with connection.execute(wanted) as rows:
        for row in rows:
            values = [None if value is None else write(value) for value, write in zip(row, writers, strict=True)]
            yield json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _order(connection: sa.Connection, found: Layout) -> list[sa.ColumnElement[Any]]:
    """Return what rows are sorted by, as SQLite does it: PostgreSQL would sort text by its locale, and nothing last."""
    key = set(found.table.primary_key.columns)
    by = [(column, kind) for column, kind in found.columns if column in key] or found.columns
    if connection.dialect.name != "postgresql":
        return [column for column, _kind in by]
    plain: list[sa.ColumnElement[Any]] = [
        sa.cast(column, sa.Text).collate("C") if kind.name in {"text", "json"} else column for column, kind in by
    ]
    return plain if key else [column.nulls_first() for column in plain]


def checksum(connection: sa.Connection, found: Layout) -> tuple[int, str]:
    """Return how many rows a table has, and the checksum of their lines."""
    counted, digest = 0, hashlib.sha256()
    for line in lines(connection, found):
        counted += 1
        digest.update(line)
    return counted, digest.hexdigest()


def fill(connection: sa.Connection, found: Layout, columns: list[str], rows: Iterator[list[Value]]) -> None:
    """Put rows into an empty table, ids and all; `columns` says what stands where in a row. Raises BackupRefused."""
    known = {column.name: (column, kind) for column, kind in found.columns}
    if set(columns) != set(known) or len(set(columns)) != len(columns):
        raise BackupRefused(_("备份里的表“%(name)s”和这个版本的列不一样。", name=found.table.name))
    order = [known[name] for name in columns]
    statement = _insert(connection, found.table.name, order)
    while batch := list(islice(rows, BATCH)):
        connection.execute(statement, [_values(row, order) for row in batch])


def _insert(connection: sa.Connection, name: str, order: list[tuple[sa.Column[Any], Kind]]) -> sa.Insert:
    values: dict[str, Any] = {}
    for n, (column, kind) in enumerate(order):
        given = sa.bindparam(f"p{n}", type_=sa.Text() if kind.name == "json" else column.type)
        as_json = kind.name == "json" and connection.dialect.name == "postgresql"
        values[column.name] = sa.cast(given, column.type) if as_json else given
    return sa.insert(sa.table(name, *(sa.column(column.name) for column, _kind in order))).values(values)


def _values(row: list[Value], order: list[tuple[sa.Column[Any], Kind]]) -> dict[str, Value]:
    return {
        f"p{n}": None if value is None else kind.read(value, column.type)
        for n, (value, (column, kind)) in enumerate(zip(row, order, strict=True))
    }


def last_ids(connection: sa.Connection, found: Layout) -> dict[str, int]:
    """Return the highest number that a sequence has given, for each column that has one (PostgreSQL)."""
    given = {}
    for column, sequence in _sequences(connection, found):
        last, called = connection.execute(sa.text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608 - the database's own name
        given[column] = int(last) if called else 0
    return given


def set_sequences(connection: sa.Connection, found: Layout, given: dict[str, int]) -> None:
    """Let numbers go on after the highest one, so that no number is given twice (PostgreSQL)."""
    for column, sequence in _sequences(connection, found):
        highest = connection.scalar(sa.select(sa.func.max(found.table.c[column]))) or 0
        last = max(highest, given.get(column, 0))
        connection.execute(sa.select(sa.func.setval(sequence, max(last, 1), last > 0)))


def _sequences(connection: sa.Connection, found: Layout) -> list[tuple[str, str]]:
    if connection.dialect.name != "postgresql":
        return []
    quoted = connection.dialect.identifier_preparer.quote_identifier(found.table.name)
    numbers = [column.name for column, kind in found.columns if kind.name == "int"]
    if not numbers:
        return []
    asked = connection.execute(sa.select(*(sa.func.pg_get_serial_sequence(quoted, name) for name in numbers))).one()
    return [(name, sequence) for name, sequence in zip(numbers, asked, strict=True) if sequence]
