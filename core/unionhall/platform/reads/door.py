"""`POST /seen`: where browsers say that a page was looked at. Answered before Flask is entered, without cookie or database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask

from unionhall.base import clock
from unionhall.base.web import source
from unionhall.platform.reads.counter import EXTENSION, Counter
from unionhall.platform.reads.kinds import read_mark

PATH = "/seen"
LONGEST = 60
HEADERS = [("Cache-Control", "no-store")]
EMPTY = [*HEADERS, ("Content-Length", "0")]
BOTS = re.compile(  # Cubot makes telephones
    r"(?<!cu)bots?\b|spider|crawl|slurp|headless|lighthouse|inspectiontool|mediapartners|externalhit|pingdom|statuscake|curl|wget|"
    r"python|\bjava/|okhttp|go-http|libwww|httpclient|axios|phantomjs|puppeteer|playwright|selenium|webdriver", re.IGNORECASE,
)  # fmt: skip
log = structlog.get_logger("unionhall.reads")


class Door:
    """Wraps the application; everything but a view goes on to it."""

    def __init__(self, app: Flask, enabled: Callable[[str], bool]) -> None:
        self._inner = app.wsgi_app
        self._warned = False
        self.counter = Counter(app, enabled)
        app.extensions[EXTENSION] = self.counter

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Count a view, or let the application answer."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._inner(environ, start_response)
        status = self._seen(environ)
        start_response(status, HEADERS if status[0] == "2" else EMPTY)
        return ()

    def _seen(self, environ: dict[str, Any]) -> str:
        """Return the status. A view that does not count is answered like one that does."""
        if not _from_here(environ):
            return "403 Forbidden"
        mark = _sent(environ)
        if mark is None:
            return "400 Bad Request"
        agent = environ.get("HTTP_USER_AGENT", "")
        if agent and not BOTS.search(agent):
            day, who = clock.local_day(clock.now()), source(environ.get("REMOTE_ADDR", ""))
            if not self.counter.seen(*mark, source=who, day=day):
                self._warn(environ)
        return "204 No Content"

    def _warn(self, environ: dict[str, Any]) -> None:
        """Say once why nothing is counted any more when a proxy stands in front that we were not told of."""
        if "HTTP_X_FORWARDED_FOR" in environ and "werkzeug.proxy_fix.orig" not in environ and not self._warned:
            self._warned = True
            log.warning("views are not counted: they all seem to come from one address; set proxy_hops to the number of proxies")


def _from_here(environ: dict[str, Any]) -> bool:
    """Say whether the browser sent this from a page of this site."""
    if fetched := environ.get("HTTP_SEC_FETCH_SITE"):
        return bool(fetched == "same-origin")
    origin = environ.get("HTTP_ORIGIN") or environ.get("HTTP_REFERER", "")
    return bool(origin) and urlsplit(origin).netloc == environ.get("HTTP_HOST")


def _sent(environ: dict[str, Any]) -> tuple[str, int] | None:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > len(str(LONGEST)) or not 0 < int(length) <= LONGEST:
        return None
    return read_mark(environ["wsgi.input"].read(int(length)).decode("ascii", "replace"))
