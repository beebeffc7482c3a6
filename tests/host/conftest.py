"""Plugins made on the spot: modules with a PLUGIN, found as if they were installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from unionhall.hooks.types import Plugin
from unionhall.host import discovery


class Point:
    """Stands for an entry point."""

    def __init__(self, name: str, module: str, requires: list[str]) -> None:
        self.name, self.module, self.value = name, module, module
        self.dist = type("Distribution", (), {"version": "1.0", "name": f"unionhall-{name}", "requires": requires})()


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ModuleType]]:
    """Return `install("name", hook=function, requires=[...])`, which makes a plugin findable."""
    points: list[Point] = []
    monkeypatch.setattr(discovery, "entry_points", lambda group: points)

    def add(name: str, *, dist_requires: list[str] | None = None, needs: tuple[str, ...] = (), **members: Any) -> ModuleType:
        module = ModuleType(f"unionhall_{name}_made.plugin")
        module.PLUGIN = Plugin(name, name, "made for a test", needs)  # type: ignore[attr-defined]
        for key, value in members.items():
            setattr(module, key, value)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        points.append(Point(name, module.__name__, dist_requires or []))
        return module

    add.point = lambda name, module: points.append(Point(name, module, []))  # type: ignore[attr-defined]
    yield add
