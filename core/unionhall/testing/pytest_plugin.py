"""The pytest plugin: `app`, `client`, `runner`, `work`, `make`, `login`, `person`, `send`, `queries`, `at`, `at_once`, `bucket`.

A test marked `both` runs on SQLite and on PostgreSQL; without a PostgreSQL its second half is skipped, loudly, and with
UNIONHALL_NO_SKIP set (as CI does) it fails.
"""

from __future__ import annotations

import functools
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import pytest
import structlog
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from unionhall.base import clock, db
from unionhall.hooks.types import Role
from unionhall.host import looks
from unionhall.media import images
from unionhall.orgs.models import Org
from unionhall.platform import bell
from unionhall.platform.pagecache import shelf
from unionhall.testing import crowds, services
from unionhall.testing.children import Nursery
from unionhall.testing.contract import options
from unionhall.testing.databases import PostgresSite, Site, SQLiteSite, Tables
from unionhall.testing.factories import Make, log_in
from unionhall.testing.templates import Kept

START = "2026-05-14 09:30"
SETTINGS: dict[str, Any] = {
    "testing": True, "secret_key": "only for tests " * 3, "password_cost": 1, "password_memory": 8, "page_cache_mb": 0,
}  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the contract suite."""
    options.declare(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; bring the contract suite's fixtures; leave out what only costs time in tests, bear a busy machine."""
    db.SYNCHRONOUS = "OFF"
    images.WAITS = 20
    db.LOCK_WAIT_SECONDS = 60
    bell.ANSWER_SECONDS = shelf.ANSWER_SECONDS = 20
    looks.Environment.kept = Kept()
    *others, _painter = structlog.get_config()["processors"]
    # Where rich is installed, structlog paints each traceback with every variable, for most of a second.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])
    config.pluginmanager.register(options, "unionhall-contract")
    config.addinivalue_line("markers", "both: runs on SQLite and on PostgreSQL")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that is marked `both` twice."""
    if "database" in metafunc.fixturenames:
        kinds = ["sqlite", "postgresql"] if metafunc.definition.get_closest_marker("both") else ["sqlite"]
        if metafunc.definition.get_closest_marker("postgres"):
            kinds = ["postgresql"]
        metafunc.parametrize("database", kinds, indirect=True, scope="session")
    options.spread(metafunc)


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


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Return the process that others are forked from: `nursery.start(code, *arguments).wait()` gives (exit code, stderr)."""
    found = Nursery(tmp_path_factory.mktemp("children"))
    yield found
    found.end()


@pytest.fixture
def bucket(s3_server: str) -> dict[str, Any]:
    """Return the settings of a site whose files lie in an empty bucket."""
    name = f"hall-{secrets.token_hex(6)}"
    services.make_bucket(s3_server, name)
    keys = {"s3_access_key": "test", "s3_secret_key": "only for tests"}
    return {"media_url": f"s3://{name}/site/one", "s3_endpoint": s3_server, **keys}


@pytest.fixture(scope="session")
def grown_tables(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Tables]:
    """Return the tables that every site begins with; processes of one run (pytest-xdist) share SQLite's."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if hasattr(request.config, "workerinput") else folder
    found = Tables(shared, SETTINGS, lambda: request.getfixturevalue("postgres_server"))
    yield found
    found.end()


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, grown_tables: Tables) -> Iterator[Callable[..., Site]]:
    """Return a function that gives the site of a database kind with plugins enabled, built once per test process."""
    built: dict[tuple[str, ...], Site] = {}
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")

    def site(kind: str, plugins: tuple[str, ...] = ()) -> Site:
        wanted = (kind, *plugins)
        if wanted not in built:
            folder = tmp_path_factory.mktemp("-".join(wanted))
            if kind == "sqlite":
                built[wanted] = SQLiteSite(folder, SETTINGS, plugins, tables=grown_tables)
            else:
                server = request.getfixturevalue("postgres_server")
                if server is None:
                    skip_or_fail("no PostgreSQL: none is reachable and none is installed")
                name = f"unionhall_test_{os.getpid()}_{worker}_{len(built)}"
                built[wanted] = PostgresSite(folder, SETTINGS, server, name, plugins, tables=grown_tables)
        return built[wanted]

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


@pytest.fixture(scope="session")
def enabled_plugins() -> tuple[str, ...]:
    """Return the plugins that are enabled on the site; a plugin's own conftest overrides this with its name."""
    return ()


@pytest.fixture
def app(
    database: str, sites: Callable[..., Site], enabled_plugins: tuple[str, ...], at: Callable[[str], datetime]
) -> Iterator[Flask]:
    """Return the application on a fresh database: a root org, one section, nobody."""
    site = sites(database, enabled_plugins)
    with site.app.app_context():
        site.forget()
        site.put_back()
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
def at_once(app: Flask) -> Callable[[Sequence[Callable[[], Any]]], list[Any]]:
    """Return `at_once([act, …])`: does every act at the same moment, each in a thread and a unit of work of its own; gives, in their
    order, what each returned, or the UnionHallError that it was refused with."""
    return functools.partial(crowds.at_once, app)


@pytest.fixture
def beginning(app: Flask, database: str, sites: Callable[..., Site], enabled_plugins: tuple[str, ...], make: Make) -> Callable[..., Any]:
    """Return `beginning("a full house", fill)`: the site is as `fill()` makes it, which runs once per test process and database;
    its answer is kept too and given again, so it holds ids, never rows. Ask for it before anything else is written."""
    site = sites(database, enabled_plugins)

    def begin(name: str, fill: Callable[[], Any]) -> Any:
        with app.app_context():
            found, number = site.begin(name, lambda: (fill(), make.number()))
        make.go_on(number)
        return found

    return begin


@pytest.fixture
def queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Return `queries()`, a context manager that gives the list of the statements that ran inside: a page that shows three
    rows must not ask more than one that shows one."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        with app.app_context():
            engine, found = db.engine(), []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
                found.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def send() -> Callable[..., TestResponse]:
    """Return `send(client, page, to="", **fields)`, which fills in a page's form, its CSRF token included, and sends it."""

    def post(client: FlaskClient, page: str, to: str = "", **fields: Any) -> TestResponse:
        shown = client.get(page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
        assert token, f"{page} answers {shown.status_code} and has no form"
        return client.post(to or page, data={"csrf_token": token.group(1)} | fields)

    return post


@pytest.fixture
def person(app: Flask, work: Callable[..., Any], make: Make) -> Callable[..., FlaskClient]:
    """Return `person(Role.EDITOR)`, the browser of somebody new with that role at the root org (or at `org`); `person()` is a
    member who has activated their account."""

    def build(role: Role | str | None = None, org: Org | None = None) -> FlaskClient:
        with work() as session:
            here = session.get(Org, inspect(org).identity) if org is not None else None  # one of an earlier unit of work
            account_id = make.account(role, here).id if role else make.member(here, account=True).account_id
        browser = app.test_client()
        log_in(browser, account_id or 0)
        return browser

    return build


@pytest.fixture
def login() -> Callable[[FlaskClient, int], None]:
    """Return `login(client, account_id)`."""
    return log_in
