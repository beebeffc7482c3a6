"""The door in front of the page cache: says of every request whether a terminal asks, and keeps its pages out of the browser's memory.

The cookie that the page cache and the themes go by is set here and nowhere else: one that a browser brings is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from unionhall.accounts.sessions import MANY_PEOPLE
from unionhall.base import clock, db
from unionhall.base.crypto import token_hash, unsign
from unionhall.host.looks import SURFACE_COOKIE
from unionhall.terminals import queries
from unionhall.terminals.models import Terminal

DEVICE_COOKIE, PURPOSE, SURFACE = "uh_terminal", "terminal", "kiosk"
LASTS = timedelta(days=400)
TOUCH = timedelta(minutes=1)
UNKEPT = ("/static/", "/media/")
LEFT_OUT = frozenset({"cache-control", "etag", "last-modified"})


class TerminalDoor:
    """Wraps the application."""

    def __init__(self, app: Flask) -> None:
        self._app, self._inner = app, app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let the application answer, told whether a terminal asks."""
        cookies = environ.get("HTTP_COOKIE", "")
        if DEVICE_COOKIE not in cookies and SURFACE_COOKIE not in cookies:
            return self._inner(environ, start_response)
        parts = [part.strip() for part in cookies.split(";")]
        kept = [part for part in parts if not part.startswith(f"{SURFACE_COOKIE}=")]
        tokens = [part.partition("=")[2] for part in parts if part.startswith(f"{DEVICE_COOKIE}=")]
        static = environ["PATH_INFO"].startswith(UNKEPT)
        number = self._number(tokens[0]) if tokens and not static else None
        if number is not None:
            kept.append(f"{SURFACE_COOKIE}={SURFACE}")
            environ[MANY_PEOPLE] = number
            start_response = _unstored(start_response)
        environ["HTTP_COOKIE"] = "; ".join(kept)
        return self._inner(environ, start_response)

    def _number(self, cookie: str) -> int | None:
        """Return which terminal the signed cookie belongs to, None for a forged or revoked one."""
        with self._app.app_context():
            token = unsign(PURPOSE, cookie, int(LASTS.total_seconds()))
            try:
                device = queries.devices().get(token_hash(token)) if isinstance(token, str) else None
            except SQLAlchemyError:
                return None
            if device is None:
                return None
            now = clock.now()
            if device.seen_at is None or now - device.seen_at > TOUCH:
                db.write_beside(update(Terminal).where(Terminal.id == device.id).values(seen_at=now))
            return device.id


def _unstored(start_response: Any) -> Any:
    def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        kept = [item for item in headers if item[0].lower() not in LEFT_OUT]
        return start_response(status, [*kept, ("Cache-Control", "no-store")], *more)

    return answer
