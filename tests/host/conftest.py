"""Plugins made on the spot: modules with a PLUGIN, found as if they were installed."""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from unionhall.app import create_app
from unionhall.base import db
from unionhall.hooks.types import Plugin
from unionhall.host import discovery, migrations
from unionhall.host.registry import host
from unionhall.setup import set_up
from unionhall.testing.pytest_plugin import SETTINGS, skip_or_fail


class Point:
    """Stands for an entry point."""

    def __init__(self, name: str, module: str, requires: list[str], version: str = "1.0") -> None:
        self.name, self.module, self.value = name, module, module
        self.dist = type("Distribution", (), {"version": version, "name": f"unionhall-{name}", "requires": requires})()


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """Return `install("name", hook=function, requires=[...])`, which makes a plugin findable."""
    points: list[Point] = []
    monkeypatch.setattr(discovery, "entry_points", lambda group: points)

    def add(
        name: str, *, dist_requires: list[str] | None = None, needs: tuple[str, ...] = (), version: str = "1.0", **members: Any
    ) -> ModuleType:
        module = ModuleType(f"unionhall_{name}_made.plugin")
        module.PLUGIN = Plugin(name, name, "made for a test", needs)  # type: ignore[attr-defined]
        for key, value in members.items():
            setattr(module, key, value)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        points[:] = [point for point in points if point.name != name]
        points.append(Point(name, module.__name__, dist_requires or [], version))
        return module

    add.point = lambda name, module: points.append(Point(name, module, []))  # type: ignore[attr-defined]
    add.forget = lambda name: points.__setitem__(slice(None), [point for point in points if point.name != name])  # type: ignore[attr-defined]
    yield add


class Grown:
    """Databases that have the core's tables and nothing in them, grown once and copied for each test."""

    def __init__(self, folder: Path, find_server: Callable[[], str]) -> None:
        self.folder, self.find_server, self.server, self.made = folder, find_server, "", set[str]()
        self.name = f"unionhall_grown_{secrets.token_hex(6)}"

    @property
    def file(self) -> Path:
        """Return the grown SQLite file."""
        return self.folder / "sqlite" / "unionhall.sqlite3"

    def url(self, name: str) -> str:
        """Return the address of a database on the server."""
        return sa.make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def grow(self, kind: str) -> None:
        """Make the tables, if they are not there."""
        if kind in self.made:
            return
        found = SETTINGS | {"instance": self.folder / kind}
        if kind == "postgresql":
            self.server = self.find_server()  # once: when the session ends it can be asked for no more
            self.administer(f'CREATE DATABASE "{self.name}"')
            found |= {"database_url": self.url(self.name)}
        app = create_app(found, plugins=False)
        with app.app_context():
            migrations.upgrade(migrations.CORE)
            db.session().remove()
            db.engine().dispose()
        self.made.add(kind)

    def administer(self, statement: str) -> None:
        """Run a statement on the server."""
        engine = sa.create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Grown]:
    """Return what databases are copied from."""
    found = Grown(tmp_path_factory.mktemp("grown"), lambda: request.getfixturevalue("postgres_server") or skip_or_fail("no PostgreSQL"))
    yield found
    if "postgresql" in found.made:
        found.administer(f'DROP DATABASE "{found.name}" WITH (FORCE)')


@pytest.fixture
def settings(tmp_path: Path, database: str, grown: Grown) -> Iterator[dict[str, Any]]:
    """Return the settings of an empty site of its own, on the database that this test runs on; the core's tables are there."""
    found = SETTINGS | {"instance": tmp_path / "instance"}
    grown.grow(database)
    if database == "sqlite":
        (tmp_path / "instance").mkdir(mode=0o700)
        shutil.copy(grown.file, tmp_path / "instance")
        yield found
        return
    name = f"unionhall_host_{secrets.token_hex(6)}"
    grown.administer(f'CREATE DATABASE "{name}" TEMPLATE "{grown.name}"')
    yield found | {"database_url": grown.url(name)}
    grown.administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def build(settings: dict[str, Any], at: object, ends: Callable[[Flask], Flask]) -> Callable[..., Flask]:
    """Return `build("alpha", …)`: the site with these plugins enabled; `migrate=False` leaves plugins without their tables."""

    def start(*enabled: str, migrate: bool = True, **options: Any) -> Flask:
        app = ends(create_app(settings, **options))
        with app.app_context():
            if not migrate:
                migrations.upgrade(migrations.CORE)
            with pytest.MonkeyPatch.context() as patched:
                if not migrate:
                    patched.setattr(migrations, "owners", lambda: [migrations.CORE])
                set_up("云麓省总工会")
            for name in enabled:
                with db.unit_of_work():
                    host().switch(name, on=True)
            db.session().remove()
        return app

    return start


@pytest.fixture
def another(settings: dict[str, Any], at: object, ends: Callable[[Flask], Flask]) -> Callable[[], Flask]:
    """Return `another()`: the same site as another process, or one that was started later, sees it."""
    return lambda: ends(create_app(settings))
