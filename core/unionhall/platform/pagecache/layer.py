"""The WSGI layer in front of Flask: answers kept pages, builds missing ones once, keeps what may be shared.

A shared page cannot hold a personal bit: it is built from a request that had its cookies (but language and display), its
headers and every query value the page does not name taken away, and an answer that sets a cookie or says `no-store`
is not kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

import structlog
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import run_wsgi_app

from unionhall.base import clock
from unionhall.platform.pagecache.marking import PASSED_BY, RECORD, Record, Sharing
from unionhall.platform.pagecache.pages import Headers, Page, Pages, make
from unionhall.platform.pagecache.purges import EXTENSION, Watch
from unionhall.platform.pagecache.shelf import NoShelf, Shelf

Environ = dict[str, Any]
Answer = tuple[Iterable[bytes], str, Headers]
LONGEST_QUERY = 300
LASTS_SECONDS = 3600.0
WAIT_SECONDS = 5.0
STALE = [("Warning", '110 - "Response is Stale"')]
log = structlog.get_logger("unionhall.pagecache")


class PageCache:
    """Wraps the application. `variants` are the cookies that a shared page may depend on, with their values."""

    def __init__(self, app: Flask, *, variants: dict[str, tuple[str, ...]], most_bytes: int, shelf: Shelf | NoShelf) -> None:
        self._app, self._inner = app, app.wsgi_app
        self._variants = variants
        self._shelf = shelf
        self._building: dict[str, threading.Lock] = {}
        self.pages = Pages(most_bytes)
        self.watch = Watch(app, self.pages.purge, self.pages.clear)
        app.extensions[EXTENSION] = self.watch

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer from the cache, or through Flask."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._inner(environ, start_response)
        variant, query = self._variant(environ.get("HTTP_COOKIE")), environ.get("QUERY_STRING", "")
        if variant is None or len(query) > LONGEST_QUERY or "%00" in query:
            return self._inner(environ, start_response)
        page = self.pages.get(self._key(environ, query, variant))
        if page is not None and page.expires > time.time() and not self._app.testing:
            return page.answer(environ, start_response)
        return self._missing(environ, start_response, variant)

    def _variant(self, cookies: str | None) -> str | None:
        """Return the language and display asked for as a Cookie header of our own; None when the browser is to see a page of its own."""
        if not cookies:
            return ""
        chosen = {}
        for part in cookies.split(";"):
            name, _, value = part.strip().partition("=")
            if name in PASSED_BY:
                return None
            if value in self._variants.get(name, ()):
                chosen[name] = value
        return "; ".join(f"{name}={chosen[name]}" for name in sorted(chosen))

    def _key(self, environ: Environ, query: str, variant: str) -> str:
        host = environ.get("HTTP_HOST", "")
        return f"{environ['wsgi.url_scheme']}://{host}{environ['PATH_INFO']}?{query} {variant}"

    def _missing(self, environ: Environ, start_response: Any, variant: str) -> Iterable[bytes]:
        sharing = self._sharing(environ)
        query = self._query(environ, sharing) if sharing else None
        if query is None:
            return self._inner(environ, start_response)
        self.watch.look() if self._app.testing else self.watch.start()
        key = self._key(environ, query, variant)
        with self._alone(key):
            page = self.pages.get(key)
            if page is not None and page.expires > time.time():
                return page.answer(environ, start_response)
            built = self._from_shelf(key) or self._build(environ, key, query, variant)
        if isinstance(built, Page):
            return built.answer(environ, start_response)
        body, status, headers = built
        if page is not None and status.startswith("5"):
            return page.answer(environ, start_response, STALE)
        if not status.startswith("200") and environ.get("HTTP_COOKIE", "") != variant:
            return self._inner(environ, start_response)  # maintenance, a missing page: who is logged in may see another
        start_response(status, headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else body

    def _sharing(self, environ: Environ) -> Sharing | None:
        """Return what the view that this address leads to says of sharing."""
        try:
            endpoint, _values = self._app.url_map.bind_to_environ(environ).match(method="GET")
        except (HTTPException, ValueError, UnicodeError):
            return None
        return getattr(self._app.view_functions.get(endpoint), "unionhall_shared", None)

    def _query(self, environ: Environ, sharing: Sharing) -> str | None:
        """Return the part of the query that the page depends on, in one order; None when it must not be shared."""
        pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        if any(name in sharing.unless or (sharing.strict and name not in sharing.query) for name, _value in pairs):
            return None
        return urlencode(sorted(pair for pair in pairs if pair[0] in sharing.query))

    @contextmanager
    def _alone(self, key: str) -> Any:
        """Let one thread build a page; the others wait for it, but not for ever."""
        lock = self._building.setdefault(key, threading.Lock())
        held = lock.acquire(timeout=WAIT_SECONDS)
        try:
            yield
        finally:
            if held:
                self._building.pop(key, None)
                lock.release()

    def _from_shelf(self, key: str) -> Page | None:
        page = self._shelf.get(key)
        if page is None or page.expires <= time.time():
            return None
        return page if self._keep(key, page) else None

    def _build(self, environ: Environ, key: str, query: str, variant: str) -> Page | Answer:
        """Ask Flask as a stranger would; keep the answer when it is whole and for everybody."""
        record, born = Record(), self.watch.seen
        body, status, headers = run_wsgi_app(self._inner, _strangers(environ, query, variant) | {RECORD: record}, buffered=True)
        whole = b"".join(body)
        if status != "200 OK" or not _for_everybody(headers):
            return (whole,), status, list(headers)
        page = make(whole, list(headers), tags=record.tags, born=born or 0, expires=_expires(record))
        if born is not None and not self.watch.troubled and self._keep(key, page):
            self._shelf.put(key, page)
        return page

    def _keep(self, key: str, page: Page) -> bool:
        """Keep a page unless it was purged while it was being built; put first, so that no purge slips in between."""
        self.pages.put(key, page)
        if not self.watch.purged_since(page.born, page.tags):
            return True
        self.pages.purge(page.born + 1, page.tags)
        return False


def _strangers(environ: Environ, query: str, variant: str) -> Environ:
    """Return the request without anything that tells who asks."""
    kept = {name: value for name, value in environ.items() if not name.startswith("HTTP_") and not name.startswith("REMOTE_")}
    kept |= {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
    kept |= {name: environ[name] for name in ("HTTP_HOST",) if name in environ}
    for name in ("REQUEST_URI", "RAW_URI"):
        kept.pop(name, None)
    return kept | {"HTTP_COOKIE": variant} if variant else kept


def _for_everybody(headers: Iterable[tuple[str, str]]) -> bool:
    """Say whether an answer may be kept; one that sets a cookie is a mistake in a view that is marked as shared."""
    for name, value in headers:
        if name.lower() == "set-cookie":
            log.warning("shared page sets a cookie, not kept")
            return False
        if name.lower() == "cache-control" and ("no-store" in value or "private" in value):
            return False
    return True


def _expires(record: Record) -> float:
    """Return when a page stops being true: "today" on it ends at midnight in Shanghai."""
    now = clock.now()
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return min(record.expires, midnight.timestamp(), now.timestamp() + LASTS_SECONDS)


