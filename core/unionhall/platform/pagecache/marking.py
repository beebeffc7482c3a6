"""What views and services say to the page cache."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from flask import has_request_context, request

from unionhall.base import db

SITE = "site"
RECORD = "unionhall.pagecache"
NOTE_COOKIE = "uh_note"
PREVIEW_COOKIE = "uh_look"
PASSED_BY = frozenset({NOTE_COOKIE, PREVIEW_COOKIE})  # with one of these a browser sees no page that is kept for everybody
LONGEST_TURN_SECONDS = 1.0
_View = TypeVar("_View", bound=Callable[..., Any])
_turns = threading.Lock()


@dataclass
class Record:
    """What a page that is being built turns out to show, and until when (seconds since 1970) that holds."""

    tags: set[str] = field(default_factory=lambda: {SITE})
    expires: float = float("inf")


@dataclass(frozen=True)
class Sharing:
    """Which query values a shared page depends on, and which make it a page that is not shared: if `strict`, all others."""

    query: frozenset[str]
    unless: frozenset[str]
    strict: bool = False


def shared(*query: str, unless: tuple[str, ...] = (), strict: bool = False) -> Callable[[_View], _View]:
    """Mark a GET view whose page is the same for everybody, but for language and display.

    The view is called as for a stranger: it sees no cookie but these, no header, and of the query only the values
    named here (and `lang`). With one of the values in `unless`, or `strict` and any value that is not named, the request is
    handled without the cache.
    """

    def mark(view: _View) -> _View:
        @wraps(view)
        def in_turn(*args: Any, **values: Any) -> Any:
            with _turn():
                return view(*args, **values)

        in_turn.unionhall_shared = Sharing(frozenset({*query, "lang"}), frozenset(unless), strict)  # type: ignore[attr-defined]
        return cast(_View, in_turn)

    return mark


@contextmanager
def _turn() -> Iterator[None]:
    """Let the threads of a process build one page after the other on SQLite, where nobody waits for a network.

    They could not run at once anyway; handing the interpreter to and fro at every row costs a quarter of a page.
    """
    mine = db.engine().dialect.name == "sqlite" and _turns.acquire(timeout=LONGEST_TURN_SECONDS)
    try:
        yield
    finally:
        if mine:
            _turns.release()


def tag(*names: str) -> None:
    """Say what the page that is being built shows, such as "news:article:17"; `purge` with the same word drops it."""
    if (record := _record()) is not None:
        record.tags.update(names)


def until(moment: datetime) -> None:
    """Say that the page that is being built is true only until this moment."""
    if (record := _record()) is not None:
        record.expires = min(record.expires, moment.timestamp())


def _record() -> Record | None:
    return request.environ.get(RECORD) if has_request_context() else None
