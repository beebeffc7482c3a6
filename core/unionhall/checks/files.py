"""What rows and storage say of each other: files that rows need and that are not there, files that no row needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from unionhall.backup import tables
from unionhall.base import db
from unionhall.base.errors import RuleBroken
from unionhall.host import migrations
from unionhall.host.registry import host
from unionhall.platform.storage import storage

YOUNG = timedelta(days=1)
MOST_ORPHANS = 0.5
FEW = 20


@dataclass(frozen=True)
class Compared:
    """How many files there are, which are missing, and which nobody has needed for a day."""

    files: int
    missing: list[str]
    orphans: list[str]


def compare(now: datetime) -> Compared:
    """Compare every name that a row needs with every file there is; the names are held in memory, some 100 bytes each."""
    wanted = dict.fromkeys(_needed(), True)
    counted, orphans = 0, []
    for file in storage().files():
        counted += 1
        if file.name in wanted:
            wanted[file.name] = False
        elif file.at < now - YOUNG:
            orphans.append(file.name)
    return Compared(counted, sorted(name for name, missing in wanted.items() if missing), orphans)


def _needed() -> Iterator[str]:
    """Yield what rows need, those of plugins that are switched off too: their rows stay, so do their files."""
    for _found, implementation in host().implementations("unionhall_stored_files", everyone=True):
        yield from implementation.function()


def remove_orphans(now: datetime) -> int:
    """Remove the files that nobody has needed for a day; returns how many went. Raises RuleBroken when that looks wrong."""
    if gone := _without_code():
        raise RuleBroken(_("插件 %(names)s 没有安装，认不出哪些文件是它的，没有删除。", names=", ".join(gone)), code="orphans-unsure")
    found = compare(now)
    if len(found.orphans) > max(FEW, found.files * MOST_ORPHANS):
        words = _("%(number)s 个文件没有人用，超过了一半，像是连错了数据库或恢复了旧备份，没有删除。", number=len(found.orphans))
        raise RuleBroken(words, code="orphans-too-many")
    return sum(storage().delete(name) for name in found.orphans)


def _without_code() -> list[str]:
    """Return the plugins whose tables are there and whose code is not."""
    with db.engine().connect() as connection:
        return sorted(set(tables.heads(connection)) - set(migrations.owners()))
