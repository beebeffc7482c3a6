"""The database: declarative base, column types and the one place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import structlog
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, CursorResult, DateTime, Dialect, Engine, Executable, MetaData, String, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, scoped_session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
__all__ = [
    "IntegrityError", "Model", "UTCDateTime", "after_commit", "engine", "finish", "init", "is_writing", "keep", "rebuilding", "resting",
    "rows",
    "session", "snapshot", "start_writing", "unit_of_work", "update_count", "write_aside", "write_beside",
]  # fmt: skip
LOCK_WAIT_SECONDS = 5  # tests, on busy machines, wait longer
SYNCHRONOUS = "FULL"  # SQLite: what is committed is on the disk; tests, which outlive no power cut, do without
log = structlog.get_logger("unionhall.db")

_writing: ContextVar[bool] = ContextVar("unionhall_writing", default=False)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC; a naive one is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """Base of every table. `__tablename__` begins with the feature's or plugin's name."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UTCDateTime}


Id = Annotated[int, mapped_column(primary_key=True)]
ShortText = Annotated[str, mapped_column(String(200))]

_extension = SQLAlchemy()


def session() -> scoped_session[Session]:
    """Return this request's, command's or job's session."""
    return cast(scoped_session[Session], _extension.session)


def engine() -> Engine:
    """Return the application's engine."""
    return _extension.engine


def init(app: Flask, url: str) -> None:
    """Bind the database to the application and set each engine's safe defaults."""
    options: dict[str, Any] = {"pool_pre_ping": True}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": LOCK_WAIT_SECONDS, "check_same_thread": False}
    else:
        options["connect_args"] = {"connect_timeout": LOCK_WAIT_SECONDS}
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=options)
    _extension.init_app(app)
    with app.app_context():
        if engine().dialect.name == "sqlite":
            prepare_sqlite(engine())


def prepare_sqlite(target: Engine) -> None:
    """WAL, foreign keys, full durability; a writing unit takes the write lock at once (no lost upgrades)."""

    def connect(connection: Any, record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"synchronous={SYNCHRONOUS}"):
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Any) -> None:
        writes = _writing.get() or connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(target, "connect", connect)
    event.listen(target, "begin", begin)


def rows(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
    """Run a prebuilt read on tables in this unit of work, without the ORM's own bookkeeping: for the busiest queries.

    What was not flushed yet is not seen.
    """
    return session().connection().execute(statement, values)


def start_writing() -> None:
    """Mark the unit of work that begins now as a writing one; ends whatever was being read before."""
    session().rollback()
    _writing.set(True)


def is_writing() -> bool:
    """Say whether this unit of work is a writing one."""
    return _writing.get()


def finish(*, keep: bool) -> None:
    """Commit or roll back the unit of work, then run what was to happen after a commit."""
    pending: list[Callable[[], None]] = session().info.pop("after_commit", [])
    try:
        session().commit() if keep else session().rollback()
    except BaseException:
        session().rollback()
        raise
    finally:
        _writing.set(False)
    if keep:
        for action in pending:
            action()


@contextmanager
def unit_of_work() -> Iterator[scoped_session[Session]]:
    """One transaction for a command, a job or a test: returning commits, raising rolls back."""
    start_writing()
    try:
        yield session()
    except BaseException:
        finish(keep=False)
        raise
    finish(keep=True)


def keep() -> None:
    """Store what this unit of work wrote so far, whatever becomes of the rest: a try that must stay counted."""
    finish(keep=True)
    start_writing()


@contextmanager
def resting() -> Iterator[None]:
    """Store what was written so far and hold no lock inside, where only slow work and reads happen; then write on."""
    finish(keep=True)
    try:
        yield
    finally:
        start_writing()


def after_commit(action: Callable[[], None]) -> None:
    """Run the action once this unit of work is safely stored; never if it is rolled back."""
    session().info.setdefault("after_commit", []).append(action)


def update_count(statement: Any, values: Mapping[str, Any] | None = None) -> int:
    """Execute an UPDATE or DELETE and return how many rows it changed (conditional updates decide races).

    `values` are those of a statement on tables that was built once.
    """
    return int(session().execute(statement, values).rowcount)  # type: ignore[attr-defined]


def write_aside(statement: Any) -> None:
    """Execute one small write in a transaction of its own, from a request that only reads; a busy database skips it."""
    session().rollback()
    write_beside(statement)


def write_beside(statement: Any) -> int | None:
    """Execute one small write on a connection of its own, while this unit of work goes on reading.

    Returns how many rows it changed, None when a busy database skipped it. A unit of work that writes must not call it.
    """
    mark = _writing.set(True)
    try:
        with engine().begin() as connection:
            return int(connection.execute(statement).rowcount)
    except OperationalError:
        log.warning("small write skipped")
        return None
    finally:
        _writing.reset(mark)


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that reads the database as it is at this moment, whatever others write meanwhile; it holds nobody up."""
    sqlite = engine().dialect.name == "sqlite"
    options: dict[str, Any] = {} if sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine().connect().execution_options(**options) as connection, connection.begin():
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master" if sqlite else "SELECT 1")  # it begins with the first read
        yield connection


@contextmanager
def rebuilding() -> Iterator[Connection]:
    """One transaction in which tables are dropped, made and filled again; SQLite judges no foreign key in it: the caller does."""
    with engine().connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            connection.detach()  # the switch below is this connection's for life
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        mark = _writing.set(True)
        try:
            with connection.begin():
                if not sqlite:
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT_SECONDS}s'")
                yield connection
        finally:
            _writing.reset(mark)
