"""Documents: judged by their bytes, whatever name and type the browser gave; kept as they are, only ever downloaded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from unionhall.base import archives

MOST_BYTES = 20 * 1024 * 1024
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
OFFICE = {
    "docx": ("word/", f"{_OOXML}wordprocessingml.document"), "xlsx": ("xl/", f"{_OOXML}spreadsheetml.sheet"),
    "pptx": ("ppt/", f"{_OOXML}presentationml.presentation"),
}  # fmt: skip
OPEN = {"odt": f"{_ODF}text", "ods": f"{_ODF}spreadsheet"}
COMPOUND = {
    "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "wps": "application/vnd.ms-works", "et": "application/vnd.ms-excel", "dps": "application/vnd.ms-powerpoint",
}  # fmt: skip
PLAIN = {"csv": "text/csv", "txt": "text/plain"}
ENDINGS = ("pdf", *OFFICE, *OPEN, *COMPOUND, *PLAIN)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_PACKED = {"zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz"}
_INSIDE = archives.Limits(member_ratio=1100)  # a white picture may be as dense as deflate gets; the whole file may not
_OF_ARCHIVES = {"zip-encrypted": "encrypted", "zip-too-large": "bomb", "zip-too-many-members": "bomb", "zip-ratio": "bomb"}
_MACRO_FOLDERS = ("basic/", "scripts/")


@dataclass(frozen=True)
class Document:
    """A document that may be kept: its bytes, MIME type (with charset for text) and ending."""

    data: bytes
    mime: str
    extension: str

    @property
    def sha256(self) -> str:
        """Return the digest of the file, hex."""
        return hashlib.sha256(self.data).hexdigest()


class DocumentRefused(ValueError):
    """The upload is no document that we take; `code` says why (see refusals.py)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ending(file_name: str) -> str:
    """Return a file name's ending, in small letters, without the dot."""
    return PurePath(file_name.replace("\\", "/")).suffix.removeprefix(".").lower()


def inspect(data: bytes, file_name: str) -> Document:
    """Return the document. Raises DocumentRefused."""
    kind = ending(file_name)
    if not data:
        raise DocumentRefused("empty")
    if kind in _PACKED:
        raise DocumentRefused("archive")
    if kind not in ENDINGS:
        raise DocumentRefused("kind")
    if len(data) > MOST_BYTES:
        raise DocumentRefused("document-too-large")
    return Document(data, _judged(data, kind), kind)


def _judged(data: bytes, kind: str) -> str:
    """Return the MIME type of a file that is what its ending says."""
    if kind in PLAIN:
        return f"{PLAIN[kind]}; charset={_charset(data)}"
    if kind == "pdf":
        if not data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
            raise DocumentRefused("mismatch")
        return "application/pdf"
    if data.startswith(_OLE):
        return _compound(data, kind)
    if kind in COMPOUND or not data.startswith(_ZIP):
        raise DocumentRefused("mismatch")
    return _packed(data, kind)


def _compound(data: bytes, kind: str) -> str:
    """Judge an OLE file by the names in its directory, which stand there in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise DocumentRefused("encrypted")
    if kind not in COMPOUND:
        raise DocumentRefused("mismatch")
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise DocumentRefused("macros")
    return COMPOUND[kind]


def _packed(data: bytes, kind: str) -> str:
    try:
        found = archives.members(data, _INSIDE)
    except archives.ArchiveRefused as error:
        raise DocumentRefused(_OF_ARCHIVES.get(error.code, "document-broken")) from None
    names = [name.lower() for name in found]
    if kind in OPEN:
        if found.get("mimetype", b"").strip() != OPEN[kind].encode():
            raise DocumentRefused("mismatch")
        if any(name.startswith(_MACRO_FOLDERS) for name in names):
            raise DocumentRefused("macros")
        return OPEN[kind]
    folder, mime = OFFICE[kind]
    if any(name.rpartition("/")[2] == "vbaproject.bin" for name in names) or b"macroEnabled" in found.get("[Content_Types].xml", b""):
        raise DocumentRefused("macros")
    if "[Content_Types].xml" not in found or not any(name.startswith(folder) for name in names):
        raise DocumentRefused("mismatch")
    return mime


def _charset(data: bytes) -> str:
    for name in ("utf-8", "gb18030"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not any(ord(mark) < 32 and mark not in "\t\n\r\f" for mark in text):
            return name
    raise DocumentRefused("text")
