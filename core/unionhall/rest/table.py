"""Every operation there is: whose it is, where it lies, and that it is declared in full."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from flask import current_app

from unionhall.base.errors import PluginProblem
from unionhall.hooks.api import ApiOperation, ApiResource, ApiScope
from unionhall.host.discovery import Found
from unionhall.host.registry import host

ROOT = "/api/v1"
EXTENSION = "unionhall.api"
LONGEST_SEGMENT = 200
PARAMETER = re.compile(r"\{([a-z_]+)(?::(int))?\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,59}")


@dataclass(frozen=True, slots=True)
class Placed:
    """One operation at its address, `path` as in OpenAPI (`/api/v1/news/articles/{id}`)."""

    owner: Found
    resource: ApiResource
    operation: ApiOperation
    path: str
    rule: str
    numbers: frozenset[str]

    @property
    def parameters(self) -> list[tuple[str, bool]]:
        """Return (name, is a number) of each value in the path."""
        return [(name, name in self.numbers) for name in re.findall(r"\{(\w+)\}", self.path)]


@dataclass
class Table:
    """What is mounted."""

    placed: list[Placed] = field(default_factory=list)
    every_scope: list[tuple[Found, ApiScope]] = field(default_factory=list)

    def add(self, owner: Found, resource: ApiResource) -> list[Placed]:
        """Take a resource in, whole or not at all. Raises PluginProblem for what is declared wrongly."""
        scopes = [scope.name for _found, scope in self.every_scope] + [scope.name for scope in resource.scopes]
        if len(set(scopes)) < len(scopes):
            raise PluginProblem("a scope of this name exists", code="api-scope")
        new = [_place(owner, resource, operation) for operation in resource.operations]
        for item in new:
            if item.operation.scope and item.operation.scope not in scopes:
                raise PluginProblem(f"{item.operation.name}: unknown scope {item.operation.scope!r}", code="api-scope")
        every = [*self.placed, *new]
        names, doors = [item.operation.name for item in every], [(item.operation.method, item.rule) for item in every]
        if len(set(names)) < len(names) or len(set(doors)) < len(doors):
            raise PluginProblem("two API operations share a name or an address", code="api-twice")
        self.placed = every
        self.every_scope += [(owner, scope) for scope in resource.scopes]
        return new

    def live(self) -> Iterator[Placed]:
        """Return what is switched on."""
        return (item for item in self.placed if host().is_enabled(item.owner.name))

    def twin(self, placed: Placed) -> Placed | None:
        """Return the GET at the same address, whose ETag a write is judged by."""
        return next((item for item in self.placed if item.path == placed.path and item.operation.method == "GET"), None)


def trial() -> Callable[[Found, Iterable[ApiResource]], None]:
    """Return a judge of what features and plugins declare, in turn: what does not fit raises PluginProblem, and is not taken in."""
    table = Table()

    def judge(owner: Found, resources: Iterable[ApiResource]) -> None:
        placed, scopes = list(table.placed), list(table.every_scope)
        try:
            for resource in resources:
                table.add(owner, resource)
        except BaseException:
            table.placed, table.every_scope = placed, scopes
            raise

    return judge


def _place(owner: Found, resource: ApiResource, operation: ApiOperation) -> Placed:
    bare = PARAMETER.sub("", operation.path)
    if not operation.path.startswith("/") or "{" in bare or "}" in bare or not _NAME.fullmatch(operation.name):
        raise PluginProblem(f"API operation {operation.name!r} is named or placed wrongly", code="api-path")
    if operation.shared and (operation.scope is not None or operation.method != "GET"):
        raise PluginProblem(f"{operation.name}: only a GET for everybody can be shared", code="api-shared")
    if operation.body is not None and operation.method in {"GET", "DELETE"}:
        raise PluginProblem(f"{operation.name}: a {operation.method} has no body", code="api-body")
    front = ROOT if owner.core else f"{ROOT}/{owner.name}"
    path = front + PARAMETER.sub(r"{\1}", operation.path)
    rule = front + PARAMETER.sub(lambda found: f"<{_converter(found[2])}:{found[1]}>", operation.path)
    numbers = frozenset(name for name, kind in PARAMETER.findall(operation.path) if kind)
    return Placed(owner, resource, operation, path, rule, numbers)


def _converter(kind: str | None) -> str:
    return "int(min=1)" if kind else f"string(maxlength={LONGEST_SEGMENT})"


def table() -> Table:
    """Return the running application's operations."""
    found: Table = current_app.extensions[EXTENSION]
    return found


def scopes() -> list[ApiScope]:
    """Return the scopes of everything that is switched on, in order of their declaration."""
    return [scope for found, scope in table().every_scope if host().is_enabled(found.name)]
