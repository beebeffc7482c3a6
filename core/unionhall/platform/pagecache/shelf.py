"""Pages kept outside the process, for sites with several: Redis. What lies there can be rebuilt at any time."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import structlog

from unionhall.platform.pagecache.pages import Page, unpack

if TYPE_CHECKING:
    from redis import Redis

REST_SECONDS = 5.0
ANSWER_SECONDS = 0.2
log = structlog.get_logger("unionhall.pagecache")


def trouble(url: str) -> str:
    """Return why a Redis cannot be used, "" when it answers."""
    try:
        from redis import Redis, RedisError
    except ImportError as error:
        return f"{error}; pip install 'unionhall[redis]'"
    try:
        with Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except (RedisError, ValueError) as error:
        return str(error)
    return ""


class NoShelf:
    """The embedded default: each process keeps its own pages only."""

    def get(self, key: str) -> Page | None:
        """Return nothing."""

    def put(self, key: str, page: Page) -> None:
        """Keep nothing."""


class Shelf:
    """Pages in Redis; `build` tells one version of the code and its static files from another.

    While Redis is down it is left alone for some seconds at a time, and each process works by itself.
    """

    def __init__(self, url: str, build: str) -> None:
        from redis import Redis

        self._build = build
        self._redis: Redis = Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
        self._rests_until = 0.0

    def get(self, key: str) -> Page | None:
        """Return the page another process kept, None when there is none or Redis does not answer."""
        from redis import RedisError

        if time.monotonic() < self._rests_until:
            return None
        try:
            data = self._redis.get(self._name(key))
            return unpack(bytes(data)) if data else None  # type: ignore[arg-type]
        except RedisError as error:
            self._rest(error)
        except (ValueError, KeyError, TypeError):
            log.warning("page in Redis could not be read")
        return None

    def put(self, key: str, page: Page) -> None:
        """Keep the page for the other processes as long as it holds."""
        from redis import RedisError

        seconds = int(page.expires - time.time())
        if seconds <= 0 or time.monotonic() < self._rests_until:
            return
        try:
            self._redis.set(self._name(key), page.pack(), ex=seconds)
        except RedisError as error:
            self._rest(error)

    def _name(self, key: str) -> str:
        return f"unionhall:page:{self._build}:{hashlib.sha256(key.encode()).hexdigest()}"

    def _rest(self, error: Exception) -> None:
        log.warning("Redis does not answer: pages are kept in the process only", error=type(error).__name__)
        self._rests_until = time.monotonic() + REST_SECONDS
