"""Migrations: up, down and up again on both databases; afterwards the tables are what the models say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from unionhall.base import db
from unionhall.host import migrations
from unionhall.host.registry import host
from unionhall.testing.contract.house import House
from unionhall.testing.databases import Site


def test_revisions_are_named_after_the_plugin(plugin: House) -> None:
    """`<name>_0001.py` with the same revision inside: two plugins' revisions never meet, and the order can be read."""
    for path in sorted((plugin.folder / "migrations").glob("*.py")):
        if path.name != "__init__.py":
            revision = re.search(r"^revision\s*=\s*['\"]([^'\"]+)", path.read_text("utf-8"), re.MULTILINE)
            assert revision, f"{path.name} has no revision"
            assert revision.group(1).startswith(f"{plugin.name}_"), f"{path.name}: the revision begins with {plugin.name}_"


def test_tables_have_migrations(plugin: House) -> None:
    """A plugin with models ships migrations for them."""
    if plugin.tables:
        assert (plugin.folder / "migrations" / "__init__.py").exists(), "write one with `unionhall db revise NAME \"First tables.\"`"


@pytest.mark.both
def test_migrations_go_up_down_and_up_again(
    plugin_name: str, sites: Callable[..., Site], contract_plugins: tuple[str, ...], database: str
) -> None:
    """Base leaves none of the plugin's tables, the newest revision gives exactly the models."""
    site = sites(database)
    with site.app.app_context():
        if plugin_name not in migrations.owners():
            return
        above = [name for name in reversed(migrations.owners()) if plugin_name in _needs(name)]
        try:
            migrations.upgrade(plugin_name)
            assert differences(plugin_name) == [], "write a migration for what the models say more or less"
            for name in [*above, plugin_name]:  # whoever needs it may point to its tables: as when purging, they go first
                migrations.downgrade(name, "base")
            assert _tables(plugin_name) == [], "downgrade() must drop these tables"
        finally:
            for name in [plugin_name, *reversed(above)]:
                migrations.upgrade(name)
        assert differences(plugin_name) == [], "after down and up again the tables must be what they were"


def _needs(owner: str) -> set[str]:
    """Return every plugin that one stands on, directly or not."""
    known = {found.name: set(found.plugin.requires) for found in host().plugins if found.plugin}
    needs, asked = set[str](), [owner]
    while asked:
        new = known.get(asked.pop(), set()) - needs
        needs |= new
        asked += new
    return needs


def _tables(owner: str) -> list[str]:
    db.session().remove()
    names = sa.inspect(db.engine()).get_table_names()
    return [name for name in names if migrations.owner_of(name) == owner and not name.startswith("alembic_version")]


def differences(owner: str) -> list[Any]:
    """Return what the owner's models and the database do not agree on."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    def mine(name: str | None, kind: str, *_rest: Any) -> bool:
        return kind != "table" or (name is not None and migrations.owner_of(name) == owner and not name.startswith("alembic_version"))

    db.session().remove()
    with db.engine().connect() as connection:
        options: dict[str, Any] = {
            "compare_type": True, "include_name": mine,
            "include_object": lambda _item, name, kind, _reflected, _other: mine(name, kind),
            "version_table": migrations.version_table(owner), "target_metadata": db.Model.metadata,
        }  # fmt: skip
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), db.Model.metadata))
