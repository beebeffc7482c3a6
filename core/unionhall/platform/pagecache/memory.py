"""What a process may remember between requests: small values that stand on every page, such as settings and menus."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from unionhall.base import db
from unionhall.platform.pagecache.purges import EXTENSION, MEMORY

FRESH_SECONDS = 1.0
MOST = 5000
log = structlog.get_logger("unionhall.memory")
_Value = TypeVar("_Value")


def remembered(name: str, build: Callable[[], _Value], *, seconds: float = FRESH_SECONDS, writing: bool = False) -> _Value:
    """Return what `build` gave lately in this process: at most `seconds` ago, and before no purge that is known here.

    While the database is down, what was known before still stands. A unit of work that writes sees its own truth,
    unremembered, unless the caller says with `writing` that what was known before will do there too, and that this one does not
    change it. The value must be frozen and free of database objects.
    """
    watch = current_app.extensions.get(EXTENSION)
    if db.is_writing() and not writing:
        return build()
    memory: dict[str, tuple[Any, float, Any]] = current_app.extensions.setdefault(MEMORY, {})
    number = watch.seen if watch else None
    kept = memory.get(name)
    if kept is not None and kept[0] == number and kept[1] > time.monotonic():
        found: _Value = kept[2]
        return found
    try:
        value = build()
    except SQLAlchemyError:
        if kept is None or db.is_writing():
            raise
        db.session().rollback()
        log.warning("database does not answer: what was known before still stands", name=name)
        old: _Value = kept[2]
        return old
    if len(memory) >= MOST:
        memory.clear()
    memory[name] = (number, time.monotonic() + seconds, value)
    return value


def is_remembered(name: str) -> bool:
    """Say whether this process knows an earlier value, however old."""
    return name in current_app.extensions.get(MEMORY, {})


def forget() -> None:
    """Forget everything that this process remembers."""
    current_app.extensions.pop(MEMORY, None)
