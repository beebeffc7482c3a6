"""What views and services say to the page cache."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from flask import has_request_context, request

SITE = "site"
RECORD = "unionhall.pagecache"
NOTE_COOKIE = "uh_note"
_View = TypeVar("_View", bound=Callable[..., Any])


@dataclass
class Record:
    """What a page that is being built turns out to show, and until when (seconds since 1970) that holds."""

    tags: set[str] = field(default_factory=lambda: {SITE})
    expires: float = float("inf")


@dataclass(frozen=True)
class Sharing:
    """Which query values a shared page depends on, and which make it a page that is not shared."""

    query: frozenset[str]
    unless: frozenset[str]


def shared(*query: str, unless: tuple[str, ...] = ()) -> Callable[[_View], _View]:
    """Mark a GET view whose page is the same for everybody, but for language and display.

    The view is called as for a stranger: it sees no cookie but these, no header, and of the query only the values
    named here (and `lang`). With one of the values in `unless` the request is handled without the cache.
    """

    def mark(view: _View) -> _View:
        view.unionhall_shared = Sharing(frozenset({*query, "lang"}), frozenset(unless))  # type: ignore[attr-defined]
        return view

    return mark


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
