"""The embedded default: files below one folder of this machine."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from flask_babel import lazy_gettext as _l

from unionhall.base.errors import NotFound, Unavailable
from unionhall.platform.storage.interface import CHUNK, NAME, Stored, checked

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
PROBE = bytes(16 * 1024)


class LocalFolder:
    """Written beside, synced and renamed: a reader never sees half a file, a power cut never leaves one."""

    kind = "local"

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, data: bytes | BinaryIO) -> None:
        target = self.root / checked(name)
        try:
            new_folder = not target.parent.is_dir()
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_beside(target, data)
            for folder in (target.parent, *([self.root] if new_folder else [])):
                _sync_folder(folder)
        except OSError as error:
            raise _refusal(error) from error

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        file = self._open(name)
        return _pieces(file, start, os.fstat(file.fileno()).st_size if end is None else end)

    def stat(self, name: str) -> Stored:
        try:
            return _stored(name, (self.root / checked(name)).stat())
        except FileNotFoundError:
            raise NotFound() from None

    def exists(self, name: str) -> bool:
        return NAME.fullmatch(name) is not None and (self.root / name).is_file()

    def delete(self, name: str) -> bool:
        try:
            (self.root / checked(name)).unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def files(self) -> Iterator[Stored]:
        for folder in _sorted(self.root):
            if folder.is_dir(follow_symlinks=False):
                for entry in _sorted(Path(folder.path)):
                    name = f"{folder.name}/{entry.name}"
                    with suppress(FileNotFoundError):  # deleted while the folder was read
                        if NAME.fullmatch(name) and entry.is_file(follow_symlinks=False):
                            yield _stored(name, entry.stat())

    def local(self, name: str) -> Path | None:
        target = self.root / checked(name)
        if not target.is_file():
            raise NotFound()
        return target.resolve()

    def address(self, name: str, seconds: int) -> str | None:
        checked(name)
        return None

    def trouble(self) -> str:
        return folder_trouble(self.root)

    def _open(self, name: str) -> BinaryIO:
        try:
            return (self.root / checked(name)).open("rb")
        except FileNotFoundError:
            raise NotFound() from None


def folder_trouble(folder: Path) -> str:
    """Return why nothing can be written in a folder, "" when something can: some kilobytes are, and are synced."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-") as file:
            file.write(PROBE)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return f"{folder}: {error.strerror or error}"
    return ""


def _write_beside(target: Path, data: bytes | BinaryIO) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            if isinstance(data, bytes):
                file.write(data)
            else:
                shutil.copyfileobj(data, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refusal(error: OSError) -> Unavailable:
    if error.errno in FULL:
        return Unavailable(_l("磁盘满了，文件没有存下来。请稍后再试，或者告诉管理员。"), code="storage-full")
    why = error.strerror or str(error)
    return Unavailable(_l("文件没有存下来：%(why)s。请告诉管理员。", why=why), code="storage-unwritable")


def _sorted(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []


def _stored(name: str, status: os.stat_result) -> Stored:
    return Stored(name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC), f"{status.st_mtime_ns:x}-{status.st_size:x}")


def _pieces(file: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while start < end and (piece := file.read(min(CHUNK, end - start))):
            start += len(piece)
            yield piece
