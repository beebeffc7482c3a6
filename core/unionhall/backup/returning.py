"""What comes back beside the rows: files, template overrides, and, when asked for, the keys."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _

from unionhall.backup.archive import KEYS, MEDIA, TEMPLATES, Archive, BackupRefused
from unionhall.backup.making import Progress
from unionhall.base.crypto import config
from unionhall.base.errors import Unavailable
from unionhall.platform.storage import storage
from unionhall.platform.storage.copying import Listing


def require_room(archive: Archive) -> None:
    """See, before anything is changed, that the files will fit. Raises Unavailable."""
    if storage().kind == "local":
        config().media_folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(config().media_folder).free
        if free < archive.file_bytes:
            need, left = archive.file_bytes // 2**20 + 1, free // 2**20
            words = _("磁盘空间不够：文件要 %(need)s MB，只剩 %(left)s MB。什么都没有改。", need=need, left=left)
            raise Unavailable(words, code="storage-full")


def files(archive: Archive, progress: Progress) -> int:
    """Store the files that are not there yet at their size; returns how many there are in all. Raises Unavailable."""
    done, there = 0, Listing(storage())
    for member in archive.walk():
        if member.name.startswith(MEDIA):
            name = member.name.removeprefix(MEDIA)
            known = there.at(name)
            if known is None or known.size != member.size:
                with archive.open(member) as data:
                    storage().put(name, data)
            done += 1
            progress(_("文件"), done)
    return done


def templates(archive: Archive) -> int:
    """Write the template overrides that are not there; one that lies there already is the site's and stays."""
    written = 0
    for member in archive.named.values():
        if member.name.startswith(TEMPLATES):
            path = config().instance / member.name
            if not path.exists():
                _write(path, archive.read(member.name))
                written += 1
    return written


@dataclass(frozen=True)
class Keys:
    """The keys of the site that was backed up."""

    key: str
    old: list[str]


def read_keys(archive: Archive) -> Keys:
    """Return the keys that are in the archive. Raises BackupRefused when there are none."""
    if KEYS not in archive.named:
        raise BackupRefused(_("这份备份里没有密钥。"), code="backup-no-keys")
    try:
        found = json.loads(archive.read(KEYS))
        return Keys(str(found["secret_key"]), [str(each) for each in found["old_secret_keys"]])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BackupRefused(_("备份里的“%(name)s”读不懂：%(where)s", name=KEYS, where=type(error).__name__)) from error


def write_keys(keys: Keys) -> list[Path]:
    """Put the key in the place of the one this site made for itself; returns the files that were written.

    A key that was set by hand is not touched: then, as for old keys, a file says what to set.
    """
    own, written = config().instance / "secret.key", []
    if own.exists() and own.read_text("ascii").strip() == config().secret_key:
        _write(own, keys.key.encode())
        written.append(own)
    if keys.old or not written:
        named = config().instance / "restored-keys.cfg"
        lines = [*([] if written else [f"secret_key = {keys.key}"]), f"old_secret_keys = {json.dumps(keys.old)}"]
        _write(named, "\n".join(lines).encode() + b"\n")
        written.append(named)
    return written


def _write(path: Path, data: bytes) -> None:
    with _sentences(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        beside.rename(path)


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        words = _("写不了“%(file)s”：%(why)s。", file=str(path), why=error.strerror or str(error))
        raise Unavailable(words, code="storage-full") from error
