"""A page as it is kept, and the process's own store of pages, bounded in bytes."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Headers = list[tuple[str, str]]
OVERHEAD = 2000
LEFT_OUT = frozenset({"content-length", "etag", "x-request-id", "vary", "date", "last-modified", "content-encoding"})


@dataclass(slots=True)
class Page:
    """A whole answer: body compressed, headers ready, the tags it is purged by, and until when it holds (seconds)."""

    body: bytes
    etag: str
    compressed: Headers
    unchanged: Headers
    tags: frozenset[str]
    born: int
    expires: float
    used: bool = False

    @property
    def size(self) -> int:
        """Return the bytes it takes in memory, roughly."""
        return len(self.body) + OVERHEAD

    def answer(self, environ: dict[str, Any], start_response: Any, extra: Headers | None = None) -> Iterable[bytes]:
        """Answer a GET or HEAD: 304 when the browser has it, compressed when the browser takes that."""
        self.used = True
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and (self.etag in known or known == "*"):
            start_response("304 Not Modified", self.unchanged + extra if extra else self.unchanged)
            return ()
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        if "gzip" in accepted and "gzip;q=0" not in accepted:
            body, headers = self.body, self.compressed
        else:
            body = gzip.decompress(self.body)
            headers = [item for item in self.compressed if item[0] not in {"Content-Encoding", "Content-Length"}]
            headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers + extra if extra else headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)

    def pack(self) -> bytes:
        """Return the page as bytes for a store outside the process: one line of JSON, then the body."""
        about = {
            "etag": self.etag, "compressed": self.compressed, "unchanged": self.unchanged, "tags": sorted(self.tags),
            "born": self.born, "expires": self.expires,
        }  # fmt: skip
        return json.dumps(about).encode() + b"\n" + self.body


def make(body: bytes, headers: Headers, *, tags: Iterable[str], born: int, expires: float) -> Page:
    """Return the page for an answer that Flask gave."""
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    packed = gzip.compress(body, 6, mtime=0)
    own = [("ETag", etag), ("Vary", "Accept-Encoding, Cookie")]
    kept = [item for item in headers if item[0].lower() not in LEFT_OUT]
    full = [*kept, *own, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
    unchanged = [item for item in kept if item[0].lower() not in {"content-type"}] + own
    return Page(packed, etag, full, unchanged, frozenset(tags), born, expires)


def unpack(data: bytes) -> Page:
    """Return the page that `pack` made these bytes of. Raises ValueError, KeyError, TypeError for anything else."""
    line, _, body = data.partition(b"\n")
    about = json.loads(line)
    compressed, unchanged = ([(str(name), str(value)) for name, value in about[key]] for key in ("compressed", "unchanged"))
    return Page(
        body, str(about["etag"]), compressed, unchanged, frozenset(about["tags"]), int(about["born"]), float(about["expires"]),
    )  # fmt: skip


class Pages:
    """The pages of this process, found by key and by tag; what was not asked for lately makes room."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._tagged: dict[str, set[str]] = {}
        self._lock = threading.Lock()
        self.get = self._pages.get

    def put(self, key: str, page: Page) -> None:
        """Keep a page, and let go of others until it fits."""
        with self._lock:
            self._remove(key)
            if page.size > self.most_bytes // 4:
                return
            self._pages[key] = page
            self.bytes += page.size
            for tag in page.tags:
                self._tagged.setdefault(tag, set()).add(key)
            while self.bytes > self.most_bytes:
                self._let_go()

    def purge(self, n: int, tags: Iterable[str]) -> None:
        """Drop the pages with one of these tags that were built before purge number `n`."""
        with self._lock:
            for key in {key for tag in tags for key in self._tagged.get(tag, ())}:
                if self._pages[key].born < n:
                    self._remove(key)

    def clear(self) -> None:
        """Drop them all."""
        with self._lock:
            self._pages.clear()
            self._tagged.clear()
            self.bytes = 0

    def __len__(self) -> int:
        return len(self._pages)

    def _remove(self, key: str) -> None:
        page = self._pages.pop(key, None)
        if page is None:
            return
        self.bytes -= page.size
        for tag in page.tags:
            keys = self._tagged[tag]
            keys.discard(key)
            if not keys:
                del self._tagged[tag]

    def _let_go(self) -> None:
        """Drop the oldest page that nobody asked for since it last came to the front of the queue."""
        while True:
            key, page = next(iter(self._pages.items()))
            if not page.used:
                return self._remove(key)
            page.used = False
            self._pages.move_to_end(key)
