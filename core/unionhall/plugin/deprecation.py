"""Names on their way out: they work for one more release, and say so when they are used."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unionhall.hooks.markers import UnionHallDeprecation


@dataclass(frozen=True)
class Deprecated:
    """A name that leaves: where it is kept ("unionhall.base.text:tidy"), what to use instead, the release without it."""

    target: str
    instead: str
    gone_in: str


def deprecated_name(module: str, known: Mapping[str, Deprecated], name: str) -> Any:
    """Return what a deprecated name stands for, with a warning at the line that uses it. Raises AttributeError for any other."""
    found = known.get(name)
    if found is None:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    text = f"{module}.{name} leaves in UnionHall {found.gone_in}; use {found.instead}."
    warnings.warn(UnionHallDeprecation(text), stacklevel=_caller())
    place, _colon, attribute = found.target.partition(":")
    return getattr(importlib.import_module(place), attribute)


def _caller() -> int:
    """Return the stack level of the line that asked: `from … import` passes through the import system, which is left out."""
    level = 3
    frame = sys._getframe(level - 1)
    while frame.f_back is not None and "importlib" in frame.f_code.co_filename:
        frame, level = frame.f_back, level + 1
    return level
