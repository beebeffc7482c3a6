"""The container: a tar of plain files with checksums and a seal, written beside and renamed, read with suspicion.

Standard tools open it (`tar xf`, `sha256sum -c SHA256SUMS`). Our own reader knows no links, folders or extensions: what
is not a plain file with a name that we give is refused before a byte of it is used.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from flask_babel import gettext as _

from unionhall.base.errors import RuleBroken
from unionhall.platform.storage import NAME

BLOCK = tarfile.BLOCKSIZE
MANIFEST, SUMS, SEAL, KEYS = "manifest.json", "SHA256SUMS", "SEAL", "keys.json"
TABLES, MEDIA, TEMPLATES = "tables/", "media/", "templates/"
_PART = r"[A-Za-z0-9_@-][A-Za-z0-9._@-]{0,99}"
TABLE = re.compile(rf"{TABLES}([A-Za-z0-9_]{{1,63}})\.jsonl\.gz")
TEMPLATE = re.compile(rf"{TEMPLATES}({_PART}/){{0,9}}{_PART}")
SMALL = {MANIFEST: 64 * 1024 * 1024, SEAL: 4096, KEYS: 64 * 1024}
LONGEST_NAME = 1024
PIECE = 1024 * 1024


class BackupRefused(RuleBroken):
    """The file is no backup that we take; the message names the member and says why."""

    code = "backup-refused"


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive and where its bytes lie."""

    name: str
    start: int
    size: int


class Writer:
    """Writes an archive beside its final name; only `finish` gives it that name, and whatever goes wrong removes it."""

    def __init__(self, target: Path, at: datetime) -> None:
        self.target, self._at = target, int(at.timestamp())
        descriptor, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-", suffix=".part")
        self._part, self._file = Path(part), os.fdopen(descriptor, "w+b")
        self._sums = tempfile.TemporaryFile(dir=target.parent)  # noqa: SIM115 - closed with the archive

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_error: object) -> None:
        for file in (self._file, self._sums):
            with suppress(OSError):  # what a full disk could not take is thrown away
                file.close()
        self._part.unlink(missing_ok=True)

    @contextmanager
    def member(self, name: str) -> Iterator[Sink]:
        """Take one file, whose size need not be known before."""
        head = self._file.tell()
        self._file.write(_header(name, 0, self._at))
        sink = Sink(self._file)
        yield sink
        self._file.write(bytes(-sink.size % BLOCK))
        end = self._file.tell()
        self._file.seek(head)
        self._file.write(_header(name, sink.size, self._at))
        self._file.seek(end)
        if name not in {SUMS, SEAL}:
            self._sums.write(_line(sink.digest, name))

    def add(self, name: str, data: bytes) -> None:
        """Take one small file."""
        with self.member(name) as sink:
            sink.write(data)

    def finish(self, seal: Callable[[str], bytes]) -> tuple[str, int]:
        """Write checksums and seal, sync, and give the archive its name; returns the checksum of the whole and its size."""
        self._sums.seek(0)
        with self.member(SUMS) as sink:
            while piece := self._sums.read(PIECE):
                sink.write(piece)
        self.add(SEAL, seal(sink.digest))
        self._file.write(bytes(2 * BLOCK))
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        self._part.rename(self.target)
        folder = os.open(self.target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return sink.digest, size


class Sink:
    """Counts and digests what is written through it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._hash, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        """Write all of it."""
        self._file.write(data)
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: the archive is synced as a whole."""

    @property
    def digest(self) -> str:
        """Return the checksum of what was written so far, hex."""
        return self._hash.hexdigest()


def _header(name: str, size: int, at: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, at, 0o600
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "strict")


def _line(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode()


class Archive:
    """An archive that is being read. Opening it looks at every member's name, kind and place. Raises BackupRefused."""

    def __init__(self, path: Path) -> None:
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            why = _("读不了文件“%(file)s”：%(why)s", file=str(path), why=error.strerror or "")
            raise BackupRefused(why, code="file-unreadable") from error
        self.size = os.fstat(self._file.fileno()).st_size
        self.named: dict[str, Member] = {}
        self.files = self.file_bytes = 0
        try:
            self._look()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def _look(self) -> None:
        last = ""
        for member in self.walk():
            if member.name.startswith(MEDIA):
                if member.name <= last:
                    raise BackupRefused(_("备份里的“%(name)s”出现了两次，或者次序不对。", name=member.name))
                last = member.name
                self.files += 1
                self.file_bytes += member.size
            elif member.name in self.named:
                raise BackupRefused(_("备份里的“%(name)s”出现了两次，或者次序不对。", name=member.name))
            else:
                self.named[member.name] = member
        missing = [name for name in (MANIFEST, SUMS, SEAL) if name not in self.named]
        if missing:
            raise BackupRefused(_("备份文件不完整：后面缺了一截，没有找到“%(name)s”。", name=missing[0]))

    def walk(self) -> Iterator[Member]:
        """Yield every member, in order, without reading their bytes."""
        at, long_name = 0, ""
        while True:
            self._file.seek(at)
            info = _parsed(self._file.read(BLOCK), at)
            if info is None:
                break
            start = at + BLOCK
            at = start + info.size + -info.size % BLOCK
            if info.size < 0 or at > self.size:
                raise BackupRefused(_("备份文件不完整：“%(name)s”只有前一部分。", name=_shown(info.name)))
            if info.type == tarfile.GNUTYPE_LONGNAME and info.size <= LONGEST_NAME and not long_name:
                long_name = self._file.read(info.size).rstrip(b"\0").decode("utf-8", "replace")
                continue
            name, long_name = long_name or info.name, ""
            _check(name, info)
            yield Member(name, start, info.size)
        if self.size - at > 2 * BLOCK or any(self._file.read(2 * BLOCK)):
            raise BackupRefused(_("备份文件的末尾还有不认识的内容。"))

    def open(self, member: Member) -> BinaryIO:
        """Return a member's bytes as a file."""
        return io.BufferedReader(_Section(self._file, member.start, member.size), PIECE)

    def read(self, name: str) -> bytes:
        """Return a small member whole."""
        with self.open(self.named[name]) as file:
            return file.read()

    def digest(self, member: Member, progress: Callable[[int], object] = lambda size: None) -> str:
        """Return a member's checksum, read from the file."""
        found = hashlib.sha256()
        with self.open(member) as file:
            while piece := file.read(PIECE):
                found.update(piece)
                progress(len(piece))
        return found.hexdigest()

    def check_sums(self, progress: Callable[[int], object]) -> str:
        """Compare every member with SHA256SUMS; returns the checksum of that list. Raises BackupRefused naming the member."""
        with self.open(self.named[SUMS]) as lines:
            for member in self.walk():
                if member.name == SUMS:
                    break
                if lines.readline(LONGEST_NAME + 100) != _line(self.digest(member, progress), member.name):
                    raise BackupRefused(_("备份里的“%(name)s”和校验和对不上：文件损坏了，或者被人改过。", name=member.name))
            if lines.read(1):
                raise BackupRefused(_("备份里的“%(name)s”和校验和对不上：文件损坏了，或者被人改过。", name=SUMS))
        return self.digest(self.named[SUMS])


def _parsed(block: bytes, at: int) -> tarfile.TarInfo | None:
    """Return a header, None for the empty block at the end."""
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "replace")
    except tarfile.HeaderError as error:
        if len(block) == BLOCK and not any(block):
            return None
        if at == 0:
            raise BackupRefused(_("这不是 UnionHall 的备份文件。")) from error
        raise BackupRefused(_("备份文件在第 %(at)s 字节处断了，或者损坏了。", at=at)) from error


def _check(name: str, info: tarfile.TarInfo) -> None:
    """Refuse what is no plain file, or has a name that we never give."""
    if info.type != tarfile.REGTYPE:
        raise BackupRefused(_("备份里的“%(name)s”不是普通文件，不能恢复。", name=_shown(name)))
    ours = name in {MANIFEST, SUMS, SEAL, KEYS} or TABLE.fullmatch(name) or TEMPLATE.fullmatch(name)
    if not ours and not (name.startswith(MEDIA) and NAME.fullmatch(name.removeprefix(MEDIA))):
        raise BackupRefused(_("备份里有一个不该有的文件“%(name)s”，不能恢复。", name=_shown(name)))
    if info.size > SMALL.get(name, info.size):
        raise BackupRefused(_("备份里的“%(name)s”大得不合理，不能恢复。", name=name))


def _shown(name: str) -> str:
    return "".join(mark if mark.isprintable() else "?" for mark in name)[:200]


class _Section(io.RawIOBase):
    """A stretch of a file, as a file of its own."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, to: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, to + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
