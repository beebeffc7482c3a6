"""The pytest plugin: `app`, `client`, `runner`, `work`, `make`, `login`, `at`, `bucket`, on SQLite and PostgreSQL.

A test marked `both` runs on both databases; without a PostgreSQL its second half is skipped, loudly, and with
UNIONHALL_NO_SKIP set (as CI does) it fails.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from unionhall.base import clock, db
from unionhall.testing import services
from unionhall.testing.databases import PostgresSite, Site, SQLiteSite
from unionhall.testing.factories import Make, log_in

START = "2026-05-14 09:30"
SETTINGS: dict[str, Any] = {
    "testing": True, "secret_key": "only for tests " * 3, "password_cost": 1, "password_memory": 8, "page_cache_mb": 0,
}  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", "both: runs on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked `both` twice."""
    if "database" in metafunc.fixturenames:
        kinds = ["sqlite", "postgresql"] if metafunc.definition.get_closest_marker("both") else ["sqlite"]
        if metafunc.definition.get_closest_marker("postgres"):
            kinds = ["postgresql"]
        metafunc.parametrize("database", kinds, indirect=True, scope="session")


def skip_or_fail(reason: str) -> None:
    """Skip loudly, or fail where nothing may be skipped."""
    if os.environ.get("UNIONHALL_NO_SKIP"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str | None]:
    """Return the address of a PostgreSQL server for this test process, None when there is none."""
    running = services.find_running()
    if running:
        yield running
        return
    with services.throw_away() as url:
        yield url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Return the address of a stand-in for S3 for this test process."""
    with services.s3() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3_server: str) -> dict[str, Any]:
    """Return the settings of a site whose files lie in an empty bucket."""
    name = f"hall-{secrets.token_hex(6)}"
    services.make_bucket(s3_server, name)
    keys = {"s3_access_key": "test", "s3_secret_key": "only for tests"}
    return {"media_url": f"s3://{name}/site/one", "s3_endpoint": s3_server, **keys}


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Site]]:
    """Return a function that gives the site of a database kind, built once per test process."""
    built: dict[str, Site] = {}
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

    def site(kind: str) -> Site:
        if kind not in built:
            folder = tmp_path_factory.mktemp(kind)
            if kind == "sqlite":
                built[kind] = SQLiteSite(folder, SETTINGS)
            else:
                server = request.getfixturevalue("postgres_server")
                if server is None:
                    skip_or_fail("no PostgreSQL: none is reachable and none is installed")
                built[kind] = PostgresSite(folder, SETTINGS, server, f"unionhall_test_{os.getpid()}_{worker}")
        return built[kind]

    yield site
    for found in built.values():
        found.end()


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """Return the kind of database that this test runs on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def at() -> Iterator[Callable[[str], datetime]]:
    """Freeze time at a Shanghai wall-clock time, `at("2026-05-14 07:30")`; 14 May 2026, 09:30 to begin with."""
    with time_machine.travel(clock.from_local(datetime.fromisoformat(START)), tick=False) as traveller:

        def go(text: str) -> datetime:
            moment = clock.from_local(datetime.fromisoformat(text))
            traveller.move_to(moment)
            return moment

        yield go


@pytest.fixture
def app(database: str, sites: Callable[[str], Site], at: Callable[[str], datetime]) -> Iterator[Flask]:
    """Return the application on a fresh database: a root org, one section, nobody."""
    site = sites(database)
    with site.app.app_context():
        site.put_back()
        site.forget()
    yield site.app
    with site.app.app_context():
        db.session().remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a browser without JavaScript; forms need their CSRF token, as in life."""
    return app.test_client()


@pytest.fixture
def runner() -> CliRunner:
    """Return a runner for command-line commands."""
    return CliRunner()


@pytest.fixture
def work(app: Flask) -> Callable[[], AbstractContextManager[scoped_session[Session]]]:
    """Return a context manager: one unit of work in the application."""

    @contextmanager
    def unit() -> Iterator[scoped_session[Session]]:
        with app.app_context():
            try:
                with db.unit_of_work() as session:
                    yield session
            finally:
                db.session().remove()

    return unit


@pytest.fixture
def make(app: Flask) -> Make:
    """Return the factories; use them inside `with work():`."""
    return Make()


@pytest.fixture
def login() -> Callable[[FlaskClient, int], None]:
    """Return `login(client, account_id)`."""
    return log_in
