"""The site under contract with one plugin or feature in view: its routes, its tables, and people who knock at its doors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Actor, Role
from unionhall.host import migrations
from unionhall.host.discovery import Found
from unionhall.host.registry import PluginHost
from unionhall.platform.access import rights
from unionhall.testing.factories import Make, log_in

MADE_UP = 999_999
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What came back: the response, or what was raised instead."""

    response: TestResponse | None
    raised: str = ""

    @property
    def status(self) -> int:
        """Return the status; 500 for an exception that nobody caught."""
        return self.response.status_code if self.response is not None else 500

    @property
    def turned_away(self) -> bool:
        """True when the door stayed shut: to log in first, or without the right."""
        to_login = self.response is not None and self.status == 302 and "/login" in self.response.location
        return self.status in {401, 403} or to_login


class House:
    """One plugin or feature on a running site."""

    def __init__(self, app: Flask, name: str) -> None:
        self.app, self.name, self.make = app, name, Make()
        self._tokens: WeakKeyDictionary[FlaskClient, str] = WeakKeyDictionary()
        self.host: PluginHost = app.extensions["unionhall.host"]
        self.found: Found = next(found for found in self.host.loaded() if found.name == name)

    @property
    def folder(self) -> Path:
        """Return the package's folder."""
        assert self.found.folder is not None
        return self.found.folder

    def sources(self) -> list[Path]:
        """Return the package's Python files, migrations apart."""
        return sorted(path for path in self.folder.rglob("*.py") if path.parent.name != "migrations")

    def offered(self, hook: str) -> list[Any]:
        """Return what a start-up hook gives."""
        with self.app.app_context():
            return [item for _found, impl in self.implementations(hook) for item in impl.function() or ()]

    def implementations(self, hook: str) -> list[tuple[Found, Any]]:
        """Return this plugin's implementations of a hook, whether it is enabled or not."""
        return [(found, impl) for found, impl in self.host.implementations(hook, everyone=True) if found.name == self.name]

    @cached_property
    def tables(self) -> list[sa.Table]:
        """Return the tables that its models declare."""
        package = self.found.module.__name__.rpartition(".")[0] if self.found.module else ""
        mine = {
            mapper.local_table.name
            for mapper in db.Model.registry.mappers
            if f"{mapper.class_.__module__}.".startswith(f"{package}.") and isinstance(mapper.local_table, sa.Table)
        }
        with self.app.app_context():
            named = {name for name in db.Model.metadata.tables if not self.found.core and migrations.owner_of(name) == self.name}
        return [table for table in db.Model.metadata.sorted_tables if table.name in mine | named]

    def rules(self, *, desk: bool | None = None) -> list[Rule]:
        """Return its routes, of the desk or of the site only if asked for."""
        owners = self.app.extensions["unionhall.mounted"].owners
        mine = [
            rule
            for rule in self.app.url_map.iter_rules()
            if (owner := owners.get(rule.endpoint.rpartition(".")[0])) and owner.name == self.name
        ]
        return sorted((rule for rule in mine if desk in {None, rule.rule.startswith("/desk/")}), key=lambda rule: rule.rule)

    def operations(self) -> list[Any]:
        """Return its API operations as they are mounted."""
        return [placed for placed in self.app.extensions["unionhall.api"].placed if placed.owner.name == self.name]

    def knock(self, client: FlaskClient, method: str, path: str, **sent: Any) -> Answer:
        """Ask for an address; an exception becomes an answer too."""
        try:
            return Answer(client.open(path, method=method, **sent))
        except Exception as error:
            return Answer(None, repr(error))

    def post(self, client: FlaskClient, path: str) -> Answer:
        """Send an empty form with a token that holds: the browser's last one, a new one when that is refused."""
        answer = self.knock(client, "POST", path, data={"csrf_token": self._tokens[client]}) if client in self._tokens else None
        if answer is None or answer.status == 400:
            shown = TOKEN.search(client.get("/forgot").text)
            self._tokens[client] = shown.group(1) if shown else ""
            answer = self.knock(client, "POST", path, data={"csrf_token": self._tokens[client]})
        return answer

    def stranger(self) -> FlaskClient:
        """Return a browser that nobody is logged in with."""
        return self.app.test_client()

    def somebody(self) -> FlaskClient:
        """Return the browser of an account without any role."""
        return self._browser(lambda make: make.account().id)

    def member(self) -> FlaskClient:
        """Return the browser of an activated member."""
        return self._browser(lambda make: make.member(account=True).account_id)

    def administrator(self) -> FlaskClient:
        """Return the browser of somebody who holds every role of the core and of the plugins that are enabled."""
        return self._browser(lambda make: self._holder(make).id)

    def actors(self) -> list[Actor]:
        """Return a stranger, and somebody with every role."""
        with self.app.app_context(), db.unit_of_work():
            return [Actor(), self.make.actor_of(self._holder(self.make))]

    def _holder(self, make: Make) -> Any:
        from unionhall.accounts import administration

        account = make.account()
        for role in [*Role, *rights().added()]:
            administration.grant(account, role, make.root, actor=SYSTEM, now=clock.now())
        db.session().flush()
        db.session().refresh(account)
        return account

    def _browser(self, choose: Any) -> FlaskClient:
        client = self.app.test_client()
        with self.app.app_context(), db.unit_of_work():
            account_id = choose(self.make)
        log_in(client, account_id, strong=True)
        return client

    def rows(self) -> dict[str, list[Any]]:
        """Return what stands in its tables."""
        with self.app.app_context(), db.engine().connect() as connection:
            return {table.name: sorted(map(repr, connection.execute(table.select()))) for table in self.tables}


def briefly(client: FlaskClient) -> FlaskClient:
    """Let a browser say that it is a program: a refusal is a line of JSON then, and no page is rendered for its status alone."""
    client.environ_base["HTTP_ACCEPT"] = "application/json"
    return client


def address(rule: Rule, number: int = MADE_UP) -> str:
    """Return a route's address with made-up values in it."""

    def fill(match: re.Match[str]) -> str:
        first = (match.group(2) or "").partition(",")[0].strip(" '\"")
        return {"int": str(number), "uuid": "0" * 32, "any": first}.get(match.group(1) or "", "made-up")

    return re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?\w+>", fill, rule.rule)


def methods(rule: Rule, wanted: Iterable[str] = ("GET", "POST")) -> Iterator[str]:
    """Yield which of these methods a route takes."""
    yield from (method for method in wanted if method in (rule.methods or ()))
