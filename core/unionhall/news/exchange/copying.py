"""Files that leave with an export: into a folder, or into a zip file beside the articles."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol
from zipfile import ZIP_STORED, ZipFile

from unionhall.news.exchange import here

FOLDER = "media"


class Copies(Protocol):
    """Takes files along, each once."""

    def take(self, files: Iterable[str]) -> None:
        """Copy these files."""


class NoCopies:
    """Takes nothing along."""

    def take(self, files: Iterable[str]) -> None:
        """Leave the files where they are."""


class _Once:
    """Reads each file once; those that are gone are counted."""

    def __init__(self) -> None:
        self.missing = 0
        self._taken: set[str] = set()

    def take(self, files: Iterable[str]) -> None:
        """Copy those that were not copied before."""
        for file in files:
            if file not in self._taken:
                self._taken.add(file)
                data = here.data(file)
                if data is None:
                    self.missing += 1
                else:
                    self._write(file, data)

    def _write(self, file: str, data: bytes) -> None:
        raise NotImplementedError


class IntoFolder(_Once):
    """Copies into a folder, `ab/abcdef.jpg`."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def _write(self, file: str, data: bytes) -> None:
        target = self.folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


class IntoZip(_Once):
    """Copies into `media/` of a zip file; pictures and office files do not get smaller, so all are stored as they are."""

    def __init__(self, archive: ZipFile) -> None:
        super().__init__()
        self.archive = archive

    def _write(self, file: str, data: bytes) -> None:
        self.archive.writestr(f"{FOLDER}/{file}", data, compress_type=ZIP_STORED)
