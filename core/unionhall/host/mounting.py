"""Mounting: blueprints under their prefixes, files by convention, and the guard that switches plugins off."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Flask, abort, request

from unionhall.base.errors import PluginProblem
from unionhall.host.discovery import Found
from unionhall.host.registry import PluginHost

DESK = "/desk"


@dataclass
class Mounted:
    """Which blueprint belongs to whom; kept for the guard and for tests that walk every route."""

    owners: dict[str, Found] = field(default_factory=dict)
    desk: set[str] = field(default_factory=set)


def mount(app: Flask, host: PluginHost) -> Mounted:
    """Register every blueprint. A desk view without a declared permission stops a feature, sets a plugin aside."""
    mounted = Mounted()
    for hook, desk in (("unionhall_site_blueprints", False), ("unionhall_desk_blueprints", True)):
        for found, blueprint in host.gather(hook):
            try:
                _register(app, found, blueprint, desk)
            except Exception as error:
                if found.core:
                    raise
                host.set_aside(found.name, error)
                continue
            mounted.owners[blueprint.name] = found
            if desk:
                mounted.desk.add(blueprint.name)
    app.extensions["unionhall.mounted"] = mounted
    app.before_request(lambda: _refuse_disabled(host, mounted))
    return mounted


def _register(app: Flask, found: Found, blueprint: Blueprint, desk: bool) -> None:
    expected = f"{found.name}_desk" if desk else found.name
    if blueprint.name != expected:
        raise PluginProblem(f"blueprint {blueprint.name!r} must be named {expected!r}", code="plugin-blueprint-name")
    prefix = DESK if desk else ""
    if not found.core:
        prefix += f"/{found.name}"
    if desk:
        _check_declared(blueprint)
    app.register_blueprint(blueprint, url_prefix=prefix + (blueprint.url_prefix or ""))


def _check_declared(blueprint: Blueprint) -> None:
    """Every desk view names its permission with `needs`: closed by default."""
    probe = Flask("probe")
    probe.register_blueprint(blueprint)
    for endpoint, view in probe.view_functions.items():
        if endpoint.startswith(f"{blueprint.name}.") and not hasattr(view, "unionhall_permission"):
            raise PluginProblem(f"desk view {endpoint!r} declares no permission", code="undeclared-route")


def _refuse_disabled(host: PluginHost, mounted: Mounted) -> None:
    host.refresh()
    owner = mounted.owners.get(request.blueprint or "")
    if owner and not owner.core and not host.is_enabled(owner.name):
        abort(404)


def folders(host: PluginHost, name: str) -> dict[str, Path]:
    """Return {feature or plugin: folder} for a conventional folder such as "templates" or "translations"."""
    found = {item.name: item.folder / name for item in host.loaded() if item.folder}
    return {key: path for key, path in found.items() if path.is_dir()}
