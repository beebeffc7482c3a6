"""pluggy's markers, cast once so that implementations stay typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import pluggy

PROJECT = "unionhall"
_F = TypeVar("_F", bound=Callable[..., Any])

hookspec = cast(Callable[[_F], _F], pluggy.HookspecMarker(PROJECT))
hookimpl = cast(Callable[[_F], _F], pluggy.HookimplMarker(PROJECT))
