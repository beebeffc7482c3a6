"""One application per database kind and test process; its database is put back to the start before every test."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from unionhall.app import create_app
from unionhall.base import db
from unionhall.platform.pagecache import memory
from unionhall.platform.reads.counter import counter
from unionhall.setup import set_up

ROOT_ORG = "云麓省总工会"


class Site:
    """A running application and the way back to its first state."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            set_up(ROOT_ORG)
            self.keep()

    def keep(self) -> None:
        """Remember the database as it is now."""
        raise NotImplementedError

    def put_back(self) -> None:
        """Bring the database back to what was kept."""
        raise NotImplementedError

    def end(self) -> None:
        """Close every connection."""
        with self.app.app_context():
            db.session().remove()
            db.engine().dispose()

    def forget(self) -> None:
        """Empty what the process keeps between requests."""
        memory.forget()
        counter().forget()


class SQLiteSite(Site):
    """A file that is copied."""

    def __init__(self, folder: Path, overrides: dict[str, Any]) -> None:
        self.file, self.kept = folder / "test.sqlite3", folder / "kept.sqlite3"
        super().__init__(create_app(overrides | {"instance": folder, "database_url": f"sqlite:///{self.file}"}))

    def keep(self) -> None:
        db.session().remove()
        with db.engine().connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine().dispose()
        shutil.copy(self.file, self.kept)

    def put_back(self) -> None:
        db.session().remove()
        db.engine().dispose()
        for tail in ("-wal", "-shm"):
            Path(f"{self.file}{tail}").unlink(missing_ok=True)
        shutil.copy(self.kept, self.file)


class PostgresSite(Site):
    """A database of its own on a server, emptied and filled again."""

    def __init__(self, folder: Path, overrides: dict[str, Any], server: str, name: str) -> None:
        self.rows: dict[sa.Table, list[dict[str, Any]]] = {}
        self.server, self.name = server, name
        self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        super().__init__(create_app(overrides | {"instance": folder, "database_url": url}))

    def keep(self) -> None:
        db.session().remove()
        tables = db.Model.metadata.sorted_tables
        with db.engine().connect() as connection:
            self.rows = {table: [dict(row) for row in connection.execute(table.select()).mappings()] for table in tables}

    def put_back(self) -> None:
        db.session().remove()
        names = ", ".join(f'"{table.name}"' for table in self.rows)
        with db.engine().begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
            for table, rows in self.rows.items():
                if rows:
                    connection.execute(table.insert(), rows)
                if rows and "id" in table.c and table.name != "audit_head":
                    highest = max(row["id"] for row in rows)
                    connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {highest})")

    def end(self) -> None:
        """Remove the database from the server."""
        super().end()
        self._administer(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _administer(self, *statements: str) -> None:
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()
