"""Restoring: the archive is checked whole, then rows come in one transaction, then what depends on them, then files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from unionhall.accounts import sessions
from unionhall.backup import checking, ground, tables
from unionhall.backup.archive import Archive, BackupRefused
from unionhall.backup.checking import Checked
from unionhall.backup.making import Progress
from unionhall.backup.manifest import Manifest, TableEntry
from unionhall.backup.tables import Layout
from unionhall.base import clock, db
from unionhall.base.errors import RuleBroken, Unavailable
from unionhall.hooks.types import SYSTEM
from unionhall.host import migrations
from unionhall.platform import audit, pagecache, search

RESTORED = "backup.restored"
log = structlog.get_logger("unionhall.backup")


@dataclass(frozen=True)
class Restored:
    """What came back: rows and tables; {plugin: tables} of plugins that are not installed, and tables that nobody knows."""

    made_at: str
    own: bool
    rows: int
    tables: int
    aside: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def database_name() -> str:
    """Return what the site's database is called; typed to confirm that it may be overwritten."""
    name = db.engine().url.database or ""
    return Path(name).name if db.engine().dialect.name == "sqlite" else name


def restore_rows(archive: Archive, checked: Checked, *, force: bool, now: datetime, progress: Progress) -> Restored:
    """Replace the whole database by the archive's rows, all or nothing, and bring the tables to this version.

    Raises RuleBroken when the site is not empty (but for `force`) or at work, BackupRefused when the rows do not fit.
    """
    heads, aside = _installed(checked.manifest)
    with _sentences(), _nothing_open(), db.rebuilding() as connection:
        _may(connection, force=force, now=now)
        number = ground.last_purge(connection)
        ground.clear(connection)
        ground.build(connection, heads)
        filled, unknown = _fill(connection, archive, checked.manifest.owned_by(set(heads)), progress)
    finish(checked, after=number)
    return _restored(checked, filled, aside, unknown)


def restore_plugin(archive: Archive, checked: Checked, name: str, *, now: datetime, progress: Progress) -> Restored:
    """Bring back the tables of a plugin that was not installed when the rest was. Raises RuleBroken, BackupRefused."""
    if name not in checked.manifest.heads:
        raise RuleBroken(_("备份里没有插件“%(name)s”的表。", name=name), code="backup-no-plugin")
    _require_known(name, checked.manifest)
    with _sentences(), _nothing_open(), db.rebuilding() as connection:
        own = [table for table in tables.names(connection) if tables.owner(table, migrations.owners()) == name]
        if full := set(own) & set(ground.occupied(connection)):
            raise RuleBroken(_("插件“%(name)s”的表里已经有内容（%(tables)s），没有恢复。", name=name, tables=", ".join(sorted(full))))
        ground.clear(connection, [*own, *ground.notes(connection, name)])
        ground.build(connection, {name: checked.manifest.heads[name]})
        filled, unknown = _fill(connection, archive, checked.manifest.owned_by({name}), progress)
    finish(checked, plugin=name)
    return _restored(checked, filled, {}, unknown)


def finish(checked: Checked, *, after: int = 0, plugin: str | None = None) -> None:
    """Bring the tables to this version and let nothing go on from before. Raises Unavailable when that fails.

    Sessions and links end, kept pages are dropped, search is made anew, the trail says what was restored. Numbers of page
    purges go on above `after`.
    """
    now, made = clock.now(), checked.manifest.made_at
    try:
        migrations.upgrade(plugin)
        with db.unit_of_work():
            if plugin is None:
                sessions.end_everybodys(now=now)
            pagecache.start_anew(after, now=now)
            search.all_changed(now=now)
            audit.record(RESTORED, "site", actor=SYSTEM, now=now, made_at=made, sha256=checked.sha256, plugin=plugin)
    except Exception as error:
        log.exception("restore is not finished")
        words = _("内容已经恢复，但没有收尾：表要升级到这个版本，大家的登录要结束。请看日志，修好后运行：unionhall restore FILE --finish")
        raise Unavailable(words, code="restore-unfinished") from error


def _restored(checked: Checked, filled: list[TableEntry], aside: dict[str, int], unknown: list[str]) -> Restored:
    rows = sum(entry.rows for entry in filled)
    return Restored(checked.manifest.made_at, checked.own, rows, len(filled), aside, unknown)


def _installed(manifest: Manifest) -> tuple[dict[str, str], dict[str, int]]:
    """Return whose tables can be made here, and {plugin: tables} of those whose plugin is not installed."""
    _require_known("core", manifest)
    here = [name for name in manifest.heads if name in migrations.owners()]
    for name in here:
        _require_known(name, manifest)
    aside: dict[str, int] = {name: len(manifest.owned_by({name})) for name in manifest.heads if name not in here}
    return {name: manifest.heads[name] for name in here}, aside


def _require_known(name: str, manifest: Manifest) -> None:
    revision = manifest.heads.get(name, "")
    if not migrations.knows(name, revision):
        words = _("备份来自更新的版本（%(name)s 到了 %(revision)s），这里还不认识。", name=name, revision=revision or "-")
        raise BackupRefused(words + _("请先装上不低于 %(version)s 的版本。", version=manifest.version), code="backup-newer")


def _may(connection: sa.Connection, *, force: bool, now: datetime) -> None:
    if ground.at_work(connection, now):
        raise RuleBroken(_("网站正在运行。请先停下来（web 和 worker 都要停），再恢复。"), code="site-running")
    found = ground.occupied(connection)
    if found and not force:
        names = ", ".join(found[:5])
        raise RuleBroken(_("这里已经有站点的内容了（%(tables)s），没有恢复。", tables=names), code="site-not-empty")


def _fill(
    connection: sa.Connection, archive: Archive, entries: list[TableEntry], progress: Progress
) -> tuple[list[TableEntry], list[str]]:
    """Fill the tables, then read them again and compare; returns what was filled, and tables that this version does not make.

    What does not come out as it went in is not restored. Raises BackupRefused.
    """
    owners = {entry.owner for entry in entries}
    made = {name for name in tables.names(connection) if tables.owner(name, migrations.owners()) in owners}
    if missing := {name for name in made if not tables.is_rebuilt(name)} - {entry.name for entry in entries}:
        raise BackupRefused(_("备份里少了这些表：%(tables)s", tables=", ".join(sorted(missing))))
    known = [entry for entry in entries if entry.name in made]
    found = tables.layouts(connection, [entry.name for entry in known])
    with ground.unbound(connection):
        for entry in known:
            _fill_one(connection, archive, found[entry.name], entry, progress)
    for entry in known:
        progress(_("核对"), entry.rows)
        if tables.checksum(connection, found[entry.name]) != (entry.rows, entry.sha256):
            raise BackupRefused(_("表“%(name)s”恢复出来和备份时不一样，没有恢复。", name=entry.name))
    return known, sorted(entry.name for entry in entries if entry.name not in made)


def _fill_one(connection: sa.Connection, archive: Archive, found: Layout, entry: TableEntry, progress: Progress) -> None:
    """Fill one table. Raises BackupRefused naming it for rows that the database, or we, cannot read."""
    rows = checking.rows(archive, entry, lambda done: progress(entry.name, done))
    try:
        tables.fill(connection, found, entry.columns, rows)
        tables.set_sequences(connection, found, entry.last_ids)
    except OperationalError:
        raise
    except (SQLAlchemyError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        log.warning("rows do not fit", table=entry.name, error=str(error)[:500])
        raise BackupRefused(_("备份里的表“%(name)s”有放不进去的内容，没有恢复。", name=entry.name)) from error


@contextmanager
def _nothing_open() -> Iterator[None]:
    """Hold no connection of our own meanwhile, and none afterwards that remembers the old tables."""
    db.session().remove()
    db.engine().dispose()
    try:
        yield
    finally:
        db.session().remove()
        db.engine().dispose()


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        log.exception("restore failed")
        words = _("数据库连不上、正被占用，或者磁盘满了；什么都没有改。请停下网站、看日志，再试一次。")
        raise Unavailable(words, code="database") from error
