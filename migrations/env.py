"""Runs one owner's migrations: its own version table, its own tables only."""

from alembic import context

from unionhall.base.db import Model
from unionhall.host.migrations import owner_of

config = context.config
owner = config.attributes["owner"]


def mine(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or (name is not None and owner_of(name) == owner and not name.startswith("alembic_version"))


connection = config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    version_table=config.attributes["version_table"],
    include_name=mine,
    include_object=lambda item, name, kind, reflected, other: mine(name, kind, {}),
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
