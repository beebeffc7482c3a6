"""Importing plugins: whatever happens meanwhile, the tables of everybody else stay as they are.

A plugin that fails halfway, or that is refused, leaves nothing in the one registry of tables that all share: a mapper that
cannot be configured would take every query down with it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table
from sqlalchemy.orm import Mapper, configure_mappers

from unionhall.base import db
from unionhall.base.errors import PluginProblem

if TYPE_CHECKING:
    from unionhall.host.discovery import Found

Shape = tuple[frozenset[str], frozenset[Any], frozenset[Any]]


@contextmanager
def guarded(name: str, others: Mapping[str, str] | None = None) -> Iterator[None]:
    """Import a plugin inside: its tables are its own, and nobody else's are changed. Raises PluginProblem, or what went wrong.

    `others` are {name: package} of the other plugins: one that needs another, and comes before it, imports that one's tables, too.
    """
    modules, tables, shapes = set(sys.modules), set(db.Model.metadata.tables), _shapes()
    try:
        yield
        brought = set(db.Model.metadata.tables) - tables - _of_others(others or {})
        if strangers := sorted(table for table in brought if not table.startswith(f"{name}_")):
            raise PluginProblem(f"table {strangers[0]!r} must begin with {name}_", code="plugin-table-name")
        if changed := sorted(table for table, shape in _shapes().items() if table in shapes and shapes[table] != shape):
            raise PluginProblem(f"table {changed[0]!r} is somebody else's and was changed", code="plugin-foreign-table")
        configure_mappers()
    except BaseException:
        _take_back(tables, shapes)
        for module in set(sys.modules) - modules:
            sys.modules.pop(module, None)
        raise


def check_tables(found: Found) -> None:
    """Raise PluginProblem for a table of the plugin's packages that does not begin with its name."""
    packages = {module.__name__.partition(".")[0] for module in (found.module, *found.parts) if module}
    for mapper in db.Model.registry.mappers:
        table = str(getattr(mapper.class_, "__tablename__", ""))
        if mapper.class_.__module__.partition(".")[0] in packages and not table.startswith(f"{found.name}_"):
            raise PluginProblem(f"table {table!r} must begin with {found.name}_", code="plugin-table-name")


def _of_others(others: Mapping[str, str]) -> set[str]:
    """Return the tables that stand in the package of another plugin, under that one's name."""
    names = {package: name for name, package in others.items()}
    found = set()
    for mapper in db.Model.registry.mappers:
        table, owner = str(getattr(mapper.class_, "__tablename__", "")), names.get(mapper.class_.__module__.partition(".")[0])
        if owner and table.startswith(f"{owner}_"):
            found.add(table)
    return found


def _shapes() -> dict[str, Shape]:
    return {
        table.name: (frozenset(table.columns.keys()), frozenset(table.indexes), frozenset(table.constraints))
        for table in db.Model.metadata.tables.values()
    }


def _take_back(tables: set[str], shapes: dict[str, Shape]) -> None:
    """Forget the tables that came, with their classes; give the others their indexes and constraints back."""
    new = [table for key, table in db.Model.metadata.tables.items() if key not in tables]
    for mapper in list(db.Model.registry.mappers):
        if mapper.local_table in new:
            _forget(mapper)
    for table in new:
        db.Model.metadata.remove(table)
    for table in db.Model.metadata.tables.values():
        if table.name in shapes:
            _mend(table, shapes[table.name])


def _forget(mapper: Mapper[Any]) -> None:
    db.Model.registry._dispose_manager_and_mapper(mapper.class_manager)
    db.Model.registry._managers.pop(mapper.class_manager, None)


def _mend(table: Table, shape: Shape) -> None:
    _columns, indexes, constraints = shape
    for index in table.indexes - indexes:
        table.indexes.discard(index)
    for constraint in table.constraints - constraints:
        with suppress(KeyError):
            table.constraints.discard(constraint)
