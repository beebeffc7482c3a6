"""What every storage offers. Names are made by us, never by the uploader; what a name shows never changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from unionhall.base.errors import NotFound

NAME = re.compile(r"[a-z0-9]{2}/[a-z0-9-]{1,120}\.[a-z0-9]{2,5}")
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its size in bytes, when it was stored, and a tag that is another for other bytes."""

    name: str
    size: int
    at: datetime
    tag: str


class Storage(Protocol):
    """A place for files; a name is `ab/abcdef-960.webp`."""

    kind: str

    def put(self, name: str, data: bytes | BinaryIO) -> None:
        """Store the bytes whole or not at all. Raises Unavailable when there is no room or no way there."""

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Return the bytes from `start` up to `end` in pieces. Raises NotFound, Unavailable."""

    def stat(self, name: str) -> Stored:
        """Return what is known of a file. Raises NotFound, Unavailable."""

    def exists(self, name: str) -> bool:
        """Say whether there is such a file. Raises Unavailable."""

    def delete(self, name: str) -> bool:
        """Remove it; a name that is not there is no error. False when it could not be: `doctor` finds it again."""

    def files(self) -> Iterator[Stored]:
        """Yield every file, names ascending, in constant memory. Raises Unavailable."""

    def local(self, name: str) -> Path | None:
        """Return the file on this machine, None when the bytes lie elsewhere. Raises NotFound."""

    def address(self, name: str, seconds: int) -> str | None:
        """Return an address where anybody may read it for so long, None when there is no such thing."""

    def trouble(self) -> str:
        """Try to store something; returns in words why that does not work, "" when it does."""


def checked(name: str) -> str:
    """Return the name. Raises NotFound for one that we would never have made."""
    if not NAME.fullmatch(name):
        raise NotFound()
    return name
