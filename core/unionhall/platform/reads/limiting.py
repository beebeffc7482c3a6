"""A lid on inflation that knows nobody: how often one address looked at one page today, within a fixed piece of memory.

What is kept is two rows of counters, found by a keyed hash (a count-min sketch). The key is random, made anew each day
and lost with the process; neither an address nor its hash is stored, so nothing can be read back or handed over.
"""

from __future__ import annotations

import hashlib
import secrets
from array import array
from datetime import date

CELLS = 2**18
PER_PAGE, PER_SOURCE = 300, 6000


class Limiter:
    """Counts of today; a works or a mobile network behind one address has room, a script that goes round and round has not."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._key = b""
        self._rows: tuple[array[int], array[int]] = (array("H"), array("H"))

    def allows(self, source: str, page: str, day: date) -> bool:
        """Say whether a view from this source counts, and remember that it came."""
        if day != self._day:
            self._begin(day)
        return self._once_more(source, "", PER_SOURCE) and self._once_more(source, page, PER_PAGE)

    def _begin(self, day: date) -> None:
        self._day, self._key = day, secrets.token_bytes(32)
        empty = bytes(2 * CELLS)
        self._rows = array("H", empty), array("H", empty)

    def _once_more(self, source: str, page: str, most: int) -> bool:
        digest = hashlib.blake2b(f"{source}\n{page}".encode(), key=self._key, digest_size=16).digest()
        places = int.from_bytes(digest[:8], "big") % CELLS, int.from_bytes(digest[8:], "big") % CELLS
        before = min(row[place] for row, place in zip(self._rows, places, strict=True))
        if before >= most:
            return False
        for row, place in zip(self._rows, places, strict=True):
            row[place] = max(row[place], before + 1)
        return True
