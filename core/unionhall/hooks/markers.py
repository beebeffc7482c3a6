"""pluggy's markers, cast once so that implementations stay typed.

A hook that will leave is specified with `@leaving("0.3", "use unionhall_other")`: implementing it warns from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import pluggy

PROJECT = "unionhall"
_F = TypeVar("_F", bound=Callable[..., Any])

hookspec = cast(Callable[[_F], _F], pluggy.HookspecMarker(PROJECT))
hookimpl = cast(Callable[[_F], _F], pluggy.HookimplMarker(PROJECT))


def fills(*slots: str) -> Callable[[_F], _F]:
    """Return the marker of a `unionhall_slot` that says which slots it fills: it is asked for these alone, others cost it nothing."""

    def mark(function: _F) -> _F:
        function.unionhall_fills = frozenset(slots)  # type: ignore[attr-defined]
        return function

    return mark


class UnionHallDeprecation(DeprecationWarning):
    """A name, hook or argument of the public API will leave; the message says when, and what to use instead."""


def leaving(gone_in: str, instead: str, **arguments: str) -> Callable[[_F], _F]:
    """Return the marker of a hook that leaves in a release; with `arguments` (name: what to use instead) only those leave."""
    if arguments:
        told = {name: UnionHallDeprecation(f"the argument {name!r} leaves in {gone_in}; {text}") for name, text in arguments.items()}
        return pluggy.HookspecMarker(PROJECT)(warn_on_impl_args=told)
    warning = UnionHallDeprecation(f"this hook leaves in UnionHall {gone_in}; {instead}")
    return pluggy.HookspecMarker(PROJECT)(warn_on_impl=warning)
