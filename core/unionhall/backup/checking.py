"""Checking an archive: every byte against its checksum, every table against what the manifest says of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from unionhall.backup import manifest as manifests
from unionhall.backup.archive import MANIFEST, SEAL, TABLE, TEMPLATES, Archive, BackupRefused
from unionhall.backup.making import PURPOSE, Progress
from unionhall.backup.manifest import Manifest, TableEntry
from unionhall.backup.tables import LONGEST_LINE
from unionhall.base.crypto import is_keyed_hash


@dataclass(frozen=True)
class Checked:
    """An archive that is whole. `own` says that it was made by a site with a key of ours."""

    manifest: Manifest
    sha256: str
    own: bool


def check(archive: Archive, progress: Progress = lambda what, done: None) -> Checked:
    """Read the whole archive and compare it with its checksums. Raises BackupRefused naming what is wrong."""
    done = 0

    def counted(size: int) -> None:
        nonlocal done
        done += size
        progress(_("核对"), done * 100 // max(1, archive.size))

    digest = archive.check_sums(counted)
    seal = _seal(archive)
    if seal["sha256"] != digest:
        raise BackupRefused(_("备份里的“%(name)s”和校验和对不上：文件损坏了，或者被人改过。", name=SEAL))
    manifest = manifests.read(archive.read(MANIFEST))
    _compare_contents(archive, manifest)
    for table in manifest.tables:
        for _row in rows(archive, table):
            pass
    return Checked(manifest, digest, is_keyed_hash(PURPOSE, digest, seal["by"]))


def _seal(archive: Archive) -> dict[str, str]:
    try:
        found = json.loads(archive.read(SEAL))
        return {"sha256": str(found["sha256"]), "by": str(found["by"])}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BackupRefused(_("备份里的“%(name)s”读不懂：%(where)s", name=SEAL, where=type(error).__name__)) from error


def _compare_contents(archive: Archive, manifest: Manifest) -> None:
    """See that the manifest names the tables that are there, and counts files and templates right."""
    inside = {found[1] for name in archive.named if (found := TABLE.fullmatch(name))}
    named = {table.name for table in manifest.tables}
    for name in sorted(inside ^ named):
        raise BackupRefused(_("备份里的清单和内容对不上：%(what)s", what=f"tables/{name}.jsonl.gz"))
    templates = sum(name.startswith(TEMPLATES) for name in archive.named)
    told = (manifest.files, manifest.file_bytes, manifest.templates, manifest.with_keys)
    if told != (archive.files, archive.file_bytes, templates, "keys.json" in archive.named):
        raise BackupRefused(_("备份里的清单和内容对不上：%(what)s", what=MANIFEST))


def rows(archive: Archive, table: TableEntry, each: Callable[[int], object] = lambda done: None) -> Iterator[list[Any]]:
    """Yield a table's rows and see, at the end, that they are those the manifest speaks of. Raises BackupRefused."""
    member, counted, digest = f"tables/{table.name}.jsonl.gz", 0, hashlib.sha256()
    try:
        with archive.open(archive.named[member]) as packed, gzip.GzipFile(fileobj=packed) as source:
            while line := source.readline(LONGEST_LINE):
                row = json.loads(line) if line.endswith(b"\n") and counted < table.rows else None
                if not isinstance(row, list) or len(row) != len(table.columns):
                    raise ValueError("not a row")
                counted += 1
                digest.update(line)
                yield row
                if counted % 500 == 0:
                    each(counted)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise BackupRefused(_("备份里的“%(name)s”第 %(line)s 行读不懂。", name=member, line=counted + 1)) from error
    if (counted, digest.hexdigest()) != (table.rows, table.sha256):
        raise BackupRefused(_("备份里的“%(name)s”和清单里的行数或校验和对不上。", name=member))
