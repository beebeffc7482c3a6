"""One application per database kind and test process; its database is put back to the start before every test."""

from __future__ import annotations

import fcntl
import secrets
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from unionhall.app import create_app
from unionhall.base import db
from unionhall.host import migrations
from unionhall.host.registry import host
from unionhall.platform.pagecache import memory
from unionhall.platform.reads.counter import counter
from unionhall.platform.search.indexes import open_index
from unionhall.platform.search.writing import search
from unionhall.setup import set_up

ROOT_ORG = "云麓省总工会"
FIRST = "first"


class Tables:
    """Databases with the tables of all that is installed and nothing in them: grown once, copied for each site.

    SQLite's is a file in `folder`, which processes may share; on a server each process has one of its own.
    """

    def __init__(self, folder: Path, overrides: dict[str, Any], find_server: Callable[[], str]) -> None:
        self._folder, self._overrides, self._find_server = folder, overrides, find_server
        self._server, self._name = "", ""

    def copy_to(self, file: Path) -> None:
        """Make a SQLite database with these tables."""
        grown, part = self._folder / "grown.sqlite3", self._folder / "growing"
        with (self._folder / "grown.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not grown.exists():
                self._grow(part, f"sqlite:///{part / grown.name}")
                (part / grown.name).replace(grown)
        shutil.copy(grown, file)

    def template(self) -> str:
        """Return the name of the server's database that others are copied from."""
        if not self._name:
            self._server = self._find_server()  # once: when the session ends it can be asked for no more
            name = f"unionhall_tables_{secrets.token_hex(6)}"
            administer(self._server, f'CREATE DATABASE "{name}"')
            self._name = name
            self._grow(self._folder / name, sa.make_url(self._server).set(database=name).render_as_string(hide_password=False))
        return self._name

    def end(self) -> None:
        """Remove the database from the server, if there is one."""
        if self._name:
            administer(self._server, f'DROP DATABASE "{self._name}" WITH (FORCE)')

    def _grow(self, folder: Path, url: str) -> None:
        folder.mkdir(exist_ok=True)
        with create_app(self._overrides | {"instance": folder, "database_url": url}).app_context():
            migrations.upgrade()
            db.session().remove()
            db.engine().dispose()


def administer(server: str, *statements: str) -> None:
    """Run statements on a server, each by itself."""
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


class Site:
    """A running application and the way back to its first state."""

    def __init__(self, app: Flask, plugins: Sequence[str] = ()) -> None:
        self.app = app
        self.begun: dict[str, Any] = {}
        with app.app_context():
            set_up(ROOT_ORG)
            for name in plugins:
                with db.unit_of_work():
                    host().switch(name, on=True)
            self.keep()

    def keep(self, name: str = FIRST) -> None:
        """Remember the database as it is now, by a name."""
        raise NotImplementedError

    def put_back(self, name: str = FIRST) -> None:
        """Bring the database back to what was kept by this name."""
        raise NotImplementedError

    def begin(self, name: str, fill: Callable[[], Any]) -> Any:
        """Bring the database to what `fill` makes of it, and return what that returned: it runs once, its state is kept."""
        if name in self.begun:
            self.put_back(name)
        else:
            self.begun[name] = fill()
            self.keep(name)
        return self.begun[name]

    def end(self) -> None:
        """Close every connection."""
        with self.app.app_context():
            db.session().remove()
            db.engine().dispose()

    def forget(self) -> None:
        """Empty what the process keeps between requests, and take away an index that a test has built."""
        memory.forget()
        counter().forget()
        host().conduct.forget()
        config = self.app.config["UNIONHALL"]
        if (folder := config.instance / "search").is_dir():
            shutil.rmtree(folder)
            search().index = open_index(config)


class SQLiteSite(Site):
    """A file that is copied."""

    def __init__(self, folder: Path, overrides: dict[str, Any], plugins: Sequence[str] = (), *, tables: Tables | None = None) -> None:
        self.folder, self.file = folder, folder / "test.sqlite3"
        if tables:
            tables.copy_to(self.file)
        super().__init__(create_app(overrides | {"instance": folder, "database_url": f"sqlite:///{self.file}"}), plugins)

    def keep(self, name: str = FIRST) -> None:
        db.session().remove()
        with db.engine().connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine().dispose()
        shutil.copy(self.file, self._kept(name))

    def _kept(self, name: str) -> Path:
        return self.folder / f"kept-{name}.sqlite3"

    def put_back(self, name: str = FIRST) -> None:
        db.session().remove()
        db.engine().dispose()
        for tail in ("-wal", "-shm"):
            Path(f"{self.file}{tail}").unlink(missing_ok=True)
        part = self.file.with_suffix(".part")
        shutil.copy(self._kept(name), part)
        part.replace(self.file)  # a new file: a connection that a thread left open keeps the old one


class PostgresSite(Site):
    """A database of its own on a server; tables that a test wrote to are emptied and filled again."""

    def __init__(
        self, folder: Path, overrides: dict[str, Any], server: str, name: str, plugins: Sequence[str] = (), *, tables: Tables | None = None
    ) -> None:
        self.kept: dict[str, dict[sa.Table, list[dict[str, Any]]]] = {}
        self.server, self.name = server, name
        like = f' TEMPLATE "{tables.template()}"' if tables else ""
        administer(
            server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"{like}',
            f'ALTER DATABASE "{name}" SET synchronous_commit = off',
        )  # fmt: skip
        url = sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        super().__init__(create_app(overrides | {"instance": folder, "database_url": url}), plugins)

    def keep(self, name: str = FIRST) -> None:
        db.session().remove()
        tables = db.Model.metadata.sorted_tables
        with db.engine().connect() as connection:
            self.kept[name] = {table: [dict(row) for row in connection.execute(table.select()).mappings()] for table in tables}

    def put_back(self, name: str = FIRST) -> None:
        db.session().remove()
        kept = self.kept[name]
        with db.engine().begin() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for table in self._touched(connection, kept):
                connection.execute(table.delete())
                if rows := kept[table]:
                    connection.execute(table.insert(), rows)
                if "id" in table.c and table.name != "audit_head":
                    last = max((row["id"] for row in rows), default=0)
                    begun = f"{last}, true" if last else "1, false"
                    connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {begun})")

    def _touched(self, connection: sa.Connection, kept: dict[sa.Table, list[dict[str, Any]]]) -> list[sa.Table]:
        """Return the tables that hold rows, or should, or whose numbering has begun: emptying the others would cost a file each."""
        filled = sa.union_all(*(sa.select(sa.literal(table.name)).where(sa.exists(table.select())) for table in kept))
        names = set(connection.execute(filled).scalars())
        begun = connection.exec_driver_sql("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL").scalars()
        names |= {name.removesuffix("_id_seq") for name in begun}
        return [table for table, rows in kept.items() if rows or table.name in names]

    def end(self) -> None:
        """Remove the database from the server."""
        super().end()
        administer(self.server, f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
