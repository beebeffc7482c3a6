"""Finding plugins: installed distributions by entry point, judged by their metadata before any import."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Literal

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import Version

import unionhall
from unionhall.base.errors import PluginProblem
from unionhall.hooks.types import Plugin
from unionhall.host.importing import guarded

GROUP = "unionhall.plugins"
State = Literal["installed", "enabled", "disabled", "pending", "incompatible", "broken", "quarantined", "missing"]


@dataclass(frozen=True)
class Found:
    """One plugin (or core feature) as found: its module when it could be imported, else why not."""

    name: str
    version: str = ""
    distribution: str = ""
    module: ModuleType | None = None
    parts: tuple[ModuleType, ...] = ()
    plugin: Plugin | None = None
    problem: Literal["", "incompatible", "broken"] = ""
    reason: str = ""
    code: str = ""
    core: bool = False

    @property
    def folder(self) -> Path | None:
        """Return the package's folder, where templates, static files, catalogues and migrations lie."""
        file = getattr(self.module, "__file__", None)
        return Path(file).parent if file else None

    def failed(self, error: BaseException) -> Found:
        """Return the same plugin as broken, the traceback's end kept for the plugins page."""
        lines = traceback.format_exception(error)
        code = error.code if isinstance(error, PluginProblem) else "plugin-import"
        return replace(self, module=None, parts=(), problem="broken", reason="".join(lines[-6:])[-4000:], code=code)


def core_feature(module_name: str) -> Found:
    """Import a core feature's hooks; a failure here is ours and must stop the start."""
    module = importlib.import_module(module_name)
    return Found(module_name.split(".")[-2], unionhall.__version__, "unionhall", module, core=True)


def find_plugins() -> list[Found]:
    """Return every installed plugin, by name; nothing that cannot work with this host is imported."""
    points: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        points.setdefault(point.name, point)
    packages = {name: point.module.partition(".")[0] for name, point in points.items()}
    return [_load(points[name], {other: package for other, package in packages.items() if other != name}) for name in sorted(points)]


def _load(point: EntryPoint, others: dict[str, str]) -> Found:
    found = Found(point.name, *_identity(point.dist))
    if needs := _unmet(point.dist):
        return replace(found, problem="incompatible", reason=needs)
    try:
        with guarded(point.name, others):
            module = importlib.import_module(point.module)
            plugin = module.PLUGIN
            if not isinstance(plugin, Plugin) or plugin.name != point.name:
                raise PluginProblem(f"PLUGIN must be a Plugin named {point.name!r}", code="plugin-named")
            package = point.module.rpartition(".")[0]
            parts = tuple(importlib.import_module(f"{package}.{part}.hooks") for part in plugin.parts)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return found.failed(error)
    return replace(found, module=module, parts=parts, plugin=plugin)


def _identity(distribution: Distribution | None) -> tuple[str, str]:
    return (distribution.version, distribution.name) if distribution else ("", "")


def _unmet(distribution: Distribution | None) -> str:
    """Return the requirement on this host that is not met, read from metadata only."""
    for line in (distribution.requires or ()) if distribution else ():
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        wanted = requirement.name == "unionhall" and (requirement.marker is None or requirement.marker.evaluate())
        if wanted and not requirement.specifier.contains(Version(unionhall.__version__), prereleases=True):
            return str(requirement)
    return ""


def in_order(found: Iterable[Found], wanted: Iterable[str]) -> list[Found]:
    """Return plugins in the site's order; those it does not list follow by name."""
    places = {name: place for place, name in enumerate(wanted)}
    return sorted(found, key=lambda item: (places.get(item.name, len(places)), item.name))
