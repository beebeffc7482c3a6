"""The bell: tells the worker and other processes at once that something waits for them, when the site has a Redis.

Nothing depends on it. Everybody who listens also looks for themselves, the worker every second, the page cache four
times a second; a ring that is lost, or a Redis that is down, costs that much time and nothing else.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from unionhall.base import db
from unionhall.base.crypto import keyed_hash

if TYPE_CHECKING:
    from redis import Redis

JOBS, PAGES = "jobs", "pages"
REST_SECONDS = 5.0
ANSWER_SECONDS = 0.2
EXTENSION = "unionhall.bell"
_RUNG = "rung"
log = structlog.get_logger("unionhall.bell")


class Ear(Protocol):
    """What somebody who waits listens with; used by one thread."""

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Return True as soon as the bell rings, False after these seconds or when told to stop."""


class Bell(Protocol):
    """Something that can be rung."""

    def ring(self, what: str) -> None:
        """Tell everybody who listens for this."""

    def listen(self, what: str) -> Ear:
        """Return an ear for this."""


class NoBell:
    """The embedded default: nobody hears anything, everybody looks for themselves."""

    def ring(self, what: str) -> None:
        """Do nothing."""

    def listen(self, what: str) -> Ear:
        """Return an ear that only lets time pass."""
        return self

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Return False after these seconds."""
        stop.wait(seconds)
        return False


class RedisBell:
    """Rings through Redis' channels; `site` tells sites apart that share a server."""

    def __init__(self, url: str, site: str) -> None:
        self._url, self._site = url, site
        self._redis = _connect(url)
        self._trouble = Trouble("rung")

    def ring(self, what: str) -> None:
        """Tell everybody who listens for this; while Redis is down, nobody, at no cost."""
        from redis import RedisError

        if self._trouble.rests:
            return
        try:
            self._redis.publish(self._channel(what), b"")
        except RedisError as error:
            self._trouble.met(error)
        else:
            self._trouble.over()

    def listen(self, what: str) -> Ear:
        """Return an ear with a connection of its own."""
        return RedisEar(self._url, self._channel(what))

    def _channel(self, what: str) -> str:
        return f"unionhall:bell:{self._site}:{what}"


class RedisEar:
    """Listens on one channel; connects again by itself, and takes every new connection for a ring that it may have missed."""

    def __init__(self, url: str, channel: str) -> None:
        self._redis, self._channel = _connect(url), channel
        self._subscription: Any = None
        self._trouble = Trouble("heard")

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Return True as soon as the bell rings, False after these seconds."""
        from redis import RedisError

        until = time.monotonic() + seconds
        if not self._trouble.rests:
            try:
                return self._heard(until)
            except (RedisError, OSError, ValueError) as error:
                self._trouble.met(error)
                self.close()
        stop.wait(max(0.0, until - time.monotonic()))
        return False

    def close(self) -> None:
        """Let the connection go."""
        if self._subscription is not None:
            self._subscription.close()
        self._subscription = None

    def _heard(self, until: float) -> bool:
        if self._subscription is None:
            subscription: Any = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            subscription.subscribe(self._channel)
            self._subscription = subscription
            self._trouble.over()
            return True
        while (left := until - time.monotonic()) > 0:
            if self._subscription.get_message(timeout=left):
                while self._subscription.get_message(timeout=0):
                    pass
                return True
        return False


class Trouble:
    """Redis does not answer: said once, and it is left alone for some seconds at a time until it does."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._told = False
        self._rests_until = 0.0

    @property
    def rests(self) -> bool:
        """Say whether Redis is left alone now."""
        return time.monotonic() < self._rests_until

    def met(self, error: Exception) -> None:
        """Note that Redis did not answer."""
        if not self._told:
            log.warning("Redis does not answer: everybody looks for themselves", bell=self._what, error=type(error).__name__)
        self._told, self._rests_until = True, time.monotonic() + REST_SECONDS

    def over(self) -> None:
        """Note that Redis answered."""
        if self._told:
            log.info("Redis answers again", bell=self._what)
        self._told = False


def init(app: Flask, url: str) -> None:
    """Give the application its bell; called once, when it is built."""
    if not url:
        app.extensions[EXTENSION] = NoBell()
        return
    with app.app_context():
        app.extensions[EXTENSION] = RedisBell(url, keyed_hash("bell", "")[:16])


def bell() -> Bell:
    """Return the running application's bell."""
    found: Bell = current_app.extensions[EXTENSION]
    return found


def ring_after_commit(what: str) -> None:
    """Ring once this unit of work is stored, once however often it is said."""
    rung: set[str] = db.session().info.setdefault(_RUNG, set())
    if not rung:
        db.after_commit(_ring)
    rung.add(what)


def _ring() -> None:
    for what in sorted(db.session().info.pop(_RUNG, ())):
        bell().ring(what)


def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_RUNG, None)


event.listen(Session, "after_rollback", _forget)


def _connect(url: str) -> Redis:
    from redis import Redis

    return Redis.from_url(url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
