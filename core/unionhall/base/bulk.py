"""Rows by the hundred thousand: their ids are known beforehand, and they go past the ORM (COPY on PostgreSQL)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Table, func, insert, select, text
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from unionhall.base import db


def reserve(table: Table, number: int) -> Sequence[int]:
    """Return so many new ids of a table, for rows that this writing unit of work stores with `store`."""
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :number)")
        return [int(each) for each in session.execute(drawn, {"name": table.name, "number": number}).scalars()]
    last = session.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
    return range(last + 1, last + 1 + number)


def store(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; columns with a plain default may be left out. Raises IntegrityError."""
    if not rows:
        return
    plain = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in rows[0] and isinstance(column.default, ScalarElementColumnDefault)
    }
    full = [{**plain, **row} for row in rows]
    if db.session().get_bind().dialect.name == "postgresql":
        _copy(table, full)
    else:
        db.session().connection().execute(insert(table), full)


def refresh_statistics(*tables: Table) -> None:
    """Let PostgreSQL look at tables that this transaction fills: it plans by how many rows it believes there are."""
    if db.session().get_bind().dialect.name == "postgresql":
        for table in tables:
            db.session().execute(text(f'ANALYZE "{table.name}"'))


def _copy(table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    from psycopg import IntegrityError, sql

    names = list(rows[0])
    written = {name for name in names if isinstance(table.c[name].type, JSON)}
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(sql.Identifier(name) for name in names)
    )
    driver: Any = db.session().connection().connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([json.dumps(row[name]) if name in written else row[name] for name in names])
    except IntegrityError as error:
        raise db.IntegrityError("COPY", None, error) from error
