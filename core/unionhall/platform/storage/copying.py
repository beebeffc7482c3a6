"""Moving a site's files from one storage to another while the site runs; what is there already is not copied again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass

from unionhall.base.errors import NotFound
from unionhall.platform.storage.interface import Storage, Stored

IN_MEMORY = 16 * 1024 * 1024


@dataclass
class Copied:
    """What was done: files copied and their bytes, files that were there, files that went away meanwhile."""

    copied: int = 0
    bytes: int = 0
    there: int = 0
    gone: int = 0


def copy(source: Storage, target: Storage, progress: Callable[[Copied], object] = lambda done: None) -> Copied:
    """Copy every file that the target does not have at the same size; both are read in order, in constant memory.

    A name never changes what it shows and a file is stored whole or not at all, so the size is enough to go on after a
    break. Raises Unavailable; run it again to go on.
    """
    done, there = Copied(), Listing(target)
    for file in source.files():
        if (known := there.at(file.name)) is not None and known.size == file.size:
            done.there += 1
        elif _carry(file, source, target):
            done.copied += 1
            done.bytes += file.size
        else:
            done.gone += 1
        progress(done)
    return done


def _carry(file: Stored, source: Storage, target: Storage) -> bool:
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as between:
        try:
            for piece in source.read(file.name):
                between.write(piece)
        except NotFound:
            return False
        between.seek(0)
        target.put(file.name, between)  # type: ignore[arg-type]  # a SpooledTemporaryFile reads like a file
    return True


class Listing:
    """What a storage holds, read forward as far as it is asked for; ask in ascending order."""

    def __init__(self, storage: Storage) -> None:
        self._files = storage.files()
        self._next = next(self._files, None)

    def at(self, name: str) -> Stored | None:
        """Return the file of this name, None when there is none."""
        while self._next is not None and self._next.name < name:
            self._next = next(self._files, None)
        return self._next if self._next is not None and self._next.name == name else None
