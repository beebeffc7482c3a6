"""Files that are zip archives inside (docx, xlsx, pptx, odt, ods): bounded before anything in them is looked at (security.md 1.4)."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

MOST_BYTES = 100 * 1024 * 1024
MOST_MEMBERS = 1000
MOST_RATIO = 100
SMALL = 1024 * 1024
_CHUNK = 256 * 1024
_LINK = 0o120000


class ArchiveRefused(ValueError):
    """The archive is not taken; `code` is "bomb", "document-broken" or "encrypted"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def members(data: bytes) -> dict[str, bytes]:
    """Return {name: first bytes of the content} of an archive whose members were all inflated and counted.

    Raises ArchiveRefused for too many, too large (declared or in truth) or too dense ones, and for names that lead outside.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_declared(infos, len(data))
            left, found = _most(len(data)), {}
            for info in infos:
                size, found[info.filename] = _inflated(archive, info, left)
                left -= size
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, UnicodeDecodeError) as error:
        if isinstance(error, ArchiveRefused):
            raise
        raise ArchiveRefused("document-broken") from error


def _check_declared(infos: list[zipfile.ZipInfo], size: int) -> None:
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > _most(size):
        raise ArchiveRefused("bomb")
    for info in infos:
        if info.flag_bits & 0x1:
            raise ArchiveRefused("encrypted")
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or (info.external_attr >> 16) & 0o170000 == _LINK:
            raise ArchiveRefused("document-broken")


def _most(size: int) -> int:
    """Return how much an archive of this size may hold; a small one may be dense, for what little it is."""
    return min(MOST_BYTES, max(SMALL, size * MOST_RATIO))


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> tuple[int, bytes]:
    """Return how large a member really is, and its first bytes; what it claims is not believed."""
    size, head = 0, b""
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            head = head or chunk[:_CHUNK]
            size += len(chunk)
            if size > left:
                raise ArchiveRefused("bomb")
    return size, head
