"""Making an archive while the site runs: rows from one snapshot, then the files, which never change under their names."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
import structlog
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

import unionhall
from unionhall.backup import tables
from unionhall.backup.archive import KEYS, MANIFEST, MEDIA, SMALL, TEMPLATE, TEMPLATES, Writer
from unionhall.backup.manifest import FORMAT, Manifest, TableEntry, write
from unionhall.backup.tables import Layout
from unionhall.base import clock, db
from unionhall.base.crypto import config, keyed_hash
from unionhall.base.errors import Conflict, NotFound, RuleBroken, Unavailable
from unionhall.hooks.types import SYSTEM
from unionhall.platform import audit
from unionhall.platform.storage import storage
from unionhall.platform.storage.local import FULL

PURPOSE = "backup"
MADE = "backup.made"
SETTINGS = ("site_url", "theme", "languages", "search_backend", "media_url", "require_second_factor")
Progress = Callable[[str, int], object]
log = structlog.get_logger("unionhall.backup")


@dataclass(frozen=True)
class Made:
    """An archive that is finished: where it lies, its checksum, what is inside, how long it took; noted in the trail?"""

    file: Path
    sha256: str
    bytes: int
    tables: int
    rows: int
    files: int
    with_keys: bool
    seconds: float
    noted: bool = False


def make(
    target: Path, *, with_keys: bool = False, note: bool = True, now: datetime, progress: Progress = lambda what, done: None
) -> Made:
    """Write the whole site into one file. Raises Conflict when there is one, Unavailable when disk or database fail."""
    started = time.monotonic()
    if target.exists():
        raise Conflict(_("已经有文件“%(file)s”了，没有覆盖。", file=str(target)))
    with _sentences(target), Writer(target, now) as archive:
        with db.snapshot() as connection:
            manifest = _rows(archive, connection, now, progress)
        files, size = _files(archive, progress)
        templates, odd = _templates(archive)
        if with_keys:
            archive.add(KEYS, json.dumps({"secret_key": config().secret_key, "old_secret_keys": config().old_secret_keys}).encode())
        manifest = manifest.model_copy(
            update={"files": files, "file_bytes": size, "templates": templates, "left_out": odd, "with_keys": with_keys}
        )
        archive.add(MANIFEST, write(manifest))
        digest, whole = archive.finish(_seal)
    made = Made(target, digest, whole, len(manifest.tables), manifest.rows, files, with_keys, round(time.monotonic() - started, 3))
    return replace(made, noted=_note(made)) if note else made


def settings() -> dict[str, Any]:
    """Return what the configuration says of content and looks; never a secret."""
    found = config().model_dump(mode="json", include=set(SETTINGS))
    return {name: found[name] for name in SETTINGS}


def _seal(digest: str) -> bytes:
    """Return the seal: the checksum of the whole, and a proof that a site with this key made it."""
    return json.dumps({"sha256": digest, "by": keyed_hash(PURPOSE, digest)}).encode() + b"\n"


def _rows(archive: Writer, connection: sa.Connection, now: datetime, progress: Progress) -> Manifest:
    heads = tables.heads(connection)
    if "core" not in heads:
        raise RuleBroken(_("这里还没有站点，没有可以备份的内容。"), code="no-site")
    names = tables.names(connection)
    found = tables.layouts(connection, [name for name in names if not tables.is_rebuilt(name)])
    n, last = connection.execute(sa.select(audit.AuditHead.n, audit.AuditHead.hash)).one()
    return Manifest(
        format=FORMAT, version=unionhall.__version__, made_at=now.astimezone(UTC).isoformat(), database=connection.dialect.name,
        heads=heads, tables=[_table(archive, connection, each, heads, progress) for each in found.values()],
        rebuilt=[name for name in names if tables.is_rebuilt(name)], files=0, file_bytes=0, templates=0, left_out=[], with_keys=False,
        settings=settings(), audit=(n, last),
    )  # fmt: skip


def _table(archive: Writer, connection: sa.Connection, found: Layout, heads: dict[str, str], progress: Progress) -> TableEntry:
    name, counted, digest = found.table.name, 0, hashlib.sha256()
    with archive.member(f"tables/{name}.jsonl.gz") as sink, gzip.GzipFile("", "wb", 6, cast("gzip._WritableFileobj", sink), 0) as packed:
        for line in tables.lines(connection, found):
            packed.write(line)
            digest.update(line)
            counted += 1
            if counted % tables.BATCH == 0:
                progress(name, counted)
    progress(name, counted)
    return TableEntry(
        name=name, owner=tables.owner(name, heads), rows=counted, sha256=digest.hexdigest(), columns=found.names,
        last_ids=tables.last_ids(connection, found),
    )  # fmt: skip


def _files(archive: Writer, progress: Progress) -> tuple[int, int]:
    """Take every stored file; one that is deleted meanwhile is left out."""
    counted = size = 0
    for file in storage().files():
        try:
            pieces = storage().read(file.name)
        except NotFound:
            continue
        with archive.member(MEDIA + file.name) as sink:
            for piece in pieces:
                sink.write(piece)
        counted, size = counted + 1, size + sink.size
        progress(_("文件"), counted)
    return counted, size


def _templates(archive: Writer) -> tuple[int, list[str]]:
    """Take the site's own templates; returns how many, and the files that are none by their names."""
    folder, counted, odd = config().instance / "templates", 0, []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not TEMPLATE.fullmatch(TEMPLATES + name) or path.stat().st_size > SMALL[KEYS] * 16:
            odd.append(name)
            continue
        archive.add(TEMPLATES + name, path.read_bytes())
        counted += 1
    return counted, odd


def _note(made: Made) -> bool:
    """Note in the trail who took everything out; a database that takes no writes does not undo a backup."""
    try:
        with db.unit_of_work():
            audit.record(
                MADE, "site", actor=SYSTEM, now=clock.now(), file=made.file.name, bytes=made.bytes, sha256=made.sha256,
                with_keys=made.with_keys,
            )  # fmt: skip
    except SQLAlchemyError:
        log.exception("backup could not be noted")
        return False
    return True


@contextmanager
def _sentences(target: Path) -> Iterator[None]:
    """Say in words why there is no archive."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            full = _("磁盘满了，备份没有做成，写了一半的文件已经删掉。请换一个地方，或者先腾出空间。")
            raise Unavailable(full, code="backup-disk-full") from error
        why = _("备份没有做成：写不了“%(file)s”（%(why)s）。", file=str(target), why=error.strerror or str(error))
        raise Unavailable(why, code="backup-unwritable") from error
    except SQLAlchemyError as error:
        log.exception("backup failed")
        raise Unavailable(_("备份没有做成：数据库读不出来。请看日志。"), code="backup-database") from error
