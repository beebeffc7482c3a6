"""Zip files that somebody sent, also those inside office files: judged before they are opened, unpacked within limits (security.md 1.4).

What is refused: more than a limit, names that lead out of the folder, links, passwords, rare kinds of compression (their
decoders take memory that the file names), and a table of contents that is larger than its members could need.
"""

from __future__ import annotations

import io
import stat
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from flask_babel import lazy_gettext as _l

from unionhall.base.errors import RuleBroken

CHUNK = 256 * 1024
SMALL = 1024 * 1024
_END, _END_SIZE, _LONGEST_COMMENT, _LOCATOR = b"PK\x05\x06", 22, 65_535, b"PK\x06\x07"
_ENTRY = 46 + 3 * 512  # a member's line in the table: fixed part, name, extra, comment
_UTF8 = 0x800
_BROKEN = (
    BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, ValueError, IndexError,
    FileExistsError, NotADirectoryError, IsADirectoryError,
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What an archive may hold at the most: bytes once unpacked, members; how many times larger it, and one member, may get."""

    inflated: int = 100 * 1024 * 1024
    members: int = 1000
    ratio: int = 100
    member_ratio: int = 100


class ArchiveRefused(RuleBroken):
    """The file is no zip file that we take; the code says why, the message what to do."""


def unpack(path: Path, folder: Path, limits: Limits, wanted: Callable[[str], bool] = lambda name: True) -> list[str]:
    """Unpack the members whose names are wanted into an empty folder; returns their names. Raises ArchiveRefused, OSError."""
    with path.open("rb") as file, _opened(file, limits) as (archive, listed):
        names = []
        for name, item in listed:
            if wanted(name):
                _write(archive, item, folder / name)
                names.append(name)
        return names


def members(data: bytes, limits: Limits) -> dict[str, bytes]:
    """Return {name: first bytes} of an archive in memory, every member read to its end and counted. Raises ArchiveRefused."""
    found: dict[str, bytes] = {}
    with _opened(io.BytesIO(data), limits) as (archive, listed):
        for name, item in listed:
            if name in found:
                raise _refused("broken")
            found[name] = b""
            for part in _parts(archive, item):
                found[name] = found[name] or part
    return found


@contextmanager
def _opened(file: IO[bytes], limits: Limits) -> Iterator[tuple[ZipFile, list[tuple[str, ZipInfo]]]]:
    """Open an archive whose table of contents was judged; what turns out to be broken while it is read is refused, too."""
    size = _check_table(file, limits)
    try:
        with ZipFile(file) as archive:
            listed = [(_name(item), item) for item in archive.infolist() if not item.is_dir()]
            _check(listed, size, limits)
            yield archive, listed
    except _BROKEN as error:
        raise _refused("broken") from error


def _check_table(file: IO[bytes], limits: Limits) -> int:
    """Judge the table of contents by its end, before anything reads it into memory; returns the archive's size."""
    size = file.seek(0, 2)
    start = max(0, size - _END_SIZE - _LONGEST_COMMENT - 20)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise _refused("not-a-zip")
    _disk, _start, _here, entries, table, _offset, _comment = struct.unpack("<4H2IH", tail[at + 4 : at + _END_SIZE])
    if _LOCATOR in tail[max(0, at - 20) : at] or entries > limits.members or table > limits.members * _ENTRY:
        raise _refused("too-many-members", limits)
    if table > start + at:
        raise _refused("broken")
    return size


def _check(listed: list[tuple[str, ZipInfo]], size: int, limits: Limits) -> None:
    if len(listed) > limits.members:
        raise _refused("too-many-members", limits)
    total = sum(item.file_size for _name, item in listed)
    if total > limits.inflated:
        raise _refused("too-large", limits)
    if total > SMALL and total > limits.ratio * size:
        raise _refused("ratio")
    for _name_, item in listed:
        if item.file_size > SMALL and item.file_size > limits.member_ratio * max(1, item.compress_size):
            raise _refused("ratio")
        if item.flag_bits & 0x1:
            raise _refused("encrypted")
        if item.compress_type not in {ZIP_STORED, ZIP_DEFLATED} or item.header_offset < 0:
            raise _refused("broken")
        kind = stat.S_IFMT(item.external_attr >> 16)
        if kind not in {0, stat.S_IFREG}:
            raise _refused("bad-name", name=_name_)


def _name(item: ZipInfo) -> str:
    """Return a member's path below the folder, in the encoding that its system wrote it in. Raises ArchiveRefused."""
    name = item.filename
    if not item.flag_bits & _UTF8:
        raw = item.orig_filename.encode("cp437", "replace")
        name = next((text for encoding in ("utf-8", "gb18030") if (text := _decoded(raw, encoding)) is not None), name)
    name = name.replace("\\", "/")
    parts = name.split("/")
    odd = any(part in {"", ".", ".."} or len(part.encode("utf-8", "replace")) > 255 for part in parts)
    if odd or name.startswith("/") or ":" in parts[0] or not name.isprintable():
        raise _refused("bad-name", name=name)
    return name


def _decoded(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _write(archive: ZipFile, item: ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as out:
        for part in _parts(archive, item):
            out.write(part)


def _parts(archive: ZipFile, item: ZipInfo) -> Iterator[bytes]:
    """Yield what a member really holds. Raises ArchiveRefused for more than it declares, which the limits were held against."""
    done = 0
    with archive.open(item) as source:
        while part := source.read(CHUNK):
            done += len(part)
            if done > item.file_size:
                raise _refused("too-large")
            yield part


def _refused(code: str, limits: Limits | None = None, name: str = "") -> ArchiveRefused:
    shown = limits or Limits()
    messages = {
        "not-a-zip": _l("这不是 .zip 文件，或者没有传完整。请重新压缩后再上传。"),
        "too-many-members": _l("压缩包里的文件超过 %(n)s 个。请分几个压缩包导入。", n=shown.members),
        "too-large": _l("压缩包解开后超过 %(n)s MB。请分几个压缩包导入。", n=shown.inflated // 1024 // 1024),
        "ratio": _l("压缩包里的文件解开后大得不正常，没有打开它。"),
        "encrypted": _l("压缩包有密码。请去掉密码再上传。"),
        "bad-name": _l("压缩包里的文件名“%(name)s”不能用，没有打开它。请改名或去掉快捷方式后重新压缩。", name=name[:80]),
        "broken": _l("压缩包坏了，或者用了少见的压缩方式。请用普通方式重新压缩。"),
    }
    return ArchiveRefused(messages[code], code=f"zip-{code}")
