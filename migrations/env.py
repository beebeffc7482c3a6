"""Runs one owner's migrations: its own version table, its own tables only."""

from alembic import context

from unionhall.base.db import Model
from unionhall.host.migrations import owner_of

config = context.config
owner = config.attributes["owner"]


def mine(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or (name is not None and owner_of(name) == owner and not name.startswith("alembic_version"))


def check_references(ctx: object, **step: object) -> None:
    """Refuse a step that leaves rows pointing nowhere: SQLite does not look while tables are built anew."""
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise RuntimeError(f"a row of {broken[0]} points to no row of {broken[2]}")


connection = config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    version_table=config.attributes["version_table"],
    include_name=mine,
    include_object=lambda item, name, kind, reflected, other: mine(name, kind, {}),
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
    transactional_ddl=True,  # also SQLite's: a migration that fails leaves nothing behind
    compare_type=True,
    on_version_apply=check_references,
)
with context.begin_transaction():
    context.run_migrations()
