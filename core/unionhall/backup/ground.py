"""The database that is restored into: is it empty, is anybody at work; cleared, with tables as an archive has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from unionhall.backup import tables
from unionhall.backup.archive import BackupRefused
from unionhall.base import db
from unionhall.host import migrations
from unionhall.host.models import PluginSwitch
from unionhall.platform.jobs import JobState
from unionhall.platform.pagecache.purges import Purge

# What `unionhall init` and an idle worker write; whoever has more has a site that could be lost.
BEGINNINGS = frozenset({
    "audit_entry", "audit_head", "host_plugin", "jobs_state", "news_section", "news_step", "orgs_change", "orgs_org", "outbox_message",
    "pagecache_purge", "search_entry",
})  # fmt: skip
SEEN = timedelta(seconds=15)


def occupied(connection: sa.Connection) -> list[str]:
    """Return the tables in which something lies that a restore would destroy; none in a new site.

    A plugin that was never switched on has no more than its migrations brought.
    """
    found, names = [], tables.names(connection)
    known = sa.select(PluginSwitch.name)
    ours = {migrations.CORE, *(connection.scalars(known) if PluginSwitch.__tablename__ in names else ())}
    for name in names:
        if tables.owner(name, migrations.owners()) not in ours:
            continue
        some = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(2).subquery()
        rows = connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0
        if rows and (name not in BEGINNINGS or (name == "orgs_org" and rows > 1)):
            found.append(name)
    return found


def at_work(connection: sa.Connection, now: datetime) -> bool:
    """Say whether a worker was seen a moment ago."""
    if not sa.inspect(connection).has_table(JobState.__tablename__):
        return False
    last = connection.scalar(sa.select(sa.func.max(JobState.last_run)))
    return last is not None and abs(now - last) < SEEN


def last_purge(connection: sa.Connection) -> int:
    """Return the number of the last purge of pages, which running processes may remember."""
    known = sa.inspect(connection).has_table(Purge.__tablename__)
    return int(connection.scalar(sa.select(sa.func.max(Purge.n))) or 0) if known else 0


def notes(connection: sa.Connection, owner: str) -> list[str]:
    """Return the table that notes an owner's migrations, if there is one."""
    name = migrations.version_table(owner)
    return [name] if sa.inspect(connection).has_table(name) else []


def clear(connection: sa.Connection, only: list[str] | None = None) -> None:
    """Drop every table, with what hangs on them; or only the named ones."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    if connection.dialect.name == "sqlite":
        views = [] if only is not None else sa.inspect(connection).get_view_names()
        for view in views:
            connection.exec_driver_sql(f"DROP VIEW {quote(view)}")
        for table in sa.inspect(connection).get_table_names() if only is None else only:
            connection.exec_driver_sql(f"DROP TABLE {quote(table)}")
        return
    for table in sa.inspect(connection).get_table_names() if only is None else only:
        connection.exec_driver_sql(f"DROP TABLE {quote(table)} CASCADE")
    for statement in [] if only is not None else connection.scalars(sa.text(_LEFT)).all():
        connection.exec_driver_sql(statement)


_LEFT = """
SELECT format('DROP ROUTINE %s CASCADE', p.oid::regprocedure) FROM pg_proc p
 WHERE p.pronamespace = current_schema()::regnamespace AND p.prokind IN ('f', 'p')
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT format('DROP TYPE %s CASCADE', t.oid::regtype) FROM pg_type t
 WHERE t.typnamespace = current_schema()::regnamespace AND t.typtype IN ('e', 'd')
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
"""  # functions of triggers and types that migrations made; an extension's stay


def build(connection: sa.Connection, heads: dict[str, str]) -> None:
    """Make the tables of these owners as they are at these revisions, empty."""
    for owner in (owner for owner in migrations.owners() if owner in heads):
        migrations.upgrade_within(connection, owner, heads[owner])
    for name in tables.names(connection):
        if tables.owner(name, migrations.owners()) in heads:
            connection.execute(sa.delete(sa.table(name)))


@contextmanager
def unbound(connection: sa.Connection) -> Iterator[None]:
    """Fill tables in any order inside; every foreign key is judged at the end. Raises BackupRefused."""
    if connection.dialect.name == "sqlite":
        yield
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise _contradiction(f"{broken[0]} → {broken[2]}")
        return
    keys = connection.execute(sa.text(_KEYS)).all()
    for key in keys:
        connection.exec_driver_sql(key.remove)
    yield
    for key in keys:
        try:
            connection.exec_driver_sql(key.restore)
        except db.IntegrityError as error:
            raise _contradiction(key.name) from error


_KEYS = """
SELECT conname AS name, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS remove,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS restore
  FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conname
"""


def _contradiction(where: str) -> BackupRefused:
    return BackupRefused(_("备份里的表互相对不上（%(where)s），没有恢复。", where=where))
