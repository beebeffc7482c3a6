"""Where uploaded files lie: a small protocol and the local folder. Names are made by us, never by the uploader."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

from flask import current_app

from unionhall.base.errors import NotFound, Unavailable

NAME = re.compile(r"[a-z0-9]{2}/[a-z0-9-]{1,120}\.[a-z0-9]{2,5}")


class Storage(Protocol):
    """What every storage offers; a name is `ab/abcdef-960.webp`."""

    def put(self, name: str, data: bytes) -> None:
        """Store the bytes whole or not at all. Raises Unavailable when there is no room."""

    def path(self, name: str) -> Path:
        """Return a readable file. Raises NotFound."""

    def delete(self, name: str) -> None:
        """Remove it; a name that is not there is no error."""


class LocalFolder:
    """Files below one folder, written beside and renamed, so that a reader never sees half a file."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, name: str, data: bytes) -> None:
        target = self._locate(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(target)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise Unavailable(str(error), code="storage-full") from error

    def path(self, name: str) -> Path:
        target = self._locate(name)
        if not target.is_file():
            raise NotFound()
        return target

    def delete(self, name: str) -> None:
        self._locate(name).unlink(missing_ok=True)

    def _locate(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise NotFound()
        return self.root / name


def storage() -> Storage:
    """Return the site's storage."""
    found: Storage = current_app.extensions["unionhall.storage"]
    return found
