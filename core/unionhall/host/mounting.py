"""Mounting: blueprints under their prefixes, files by convention, and the guard that switches plugins off."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request
from flask_babel import gettext as _

from unionhall.base.errors import NotFound, PluginProblem, Unavailable
from unionhall.base.web import POLICY, relaxes
from unionhall.host.conduct import policy_relaxed
from unionhall.host.discovery import Found
from unionhall.host.judging import prefix_of
from unionhall.host.registry import PluginHost


class Resting(Unavailable):
    """A plugin's pages rest until its migrations have been run."""

    code = "plugin-pending"
    retry_after = 120


@dataclass
class Mounted:
    """Which blueprint belongs to whom; kept for the guard and for tests that walk every route."""

    owners: dict[str, Found] = field(default_factory=dict)
    desk: set[str] = field(default_factory=set)


def mount(app: Flask, host: PluginHost) -> Mounted:
    """Register every blueprint; plugins were judged before (see `judging`)."""
    mounted = Mounted()
    for hook, desk in (("unionhall_site_blueprints", False), ("unionhall_desk_blueprints", True)):
        for found, blueprint in host.gather(hook):
            if found.core:
                check_core(blueprint, found, desk=desk)
            app.register_blueprint(blueprint, url_prefix=prefix_of(found, blueprint, desk=desk))
            mounted.owners[blueprint.name] = found
            if desk:
                mounted.desk.add(blueprint.name)
    app.extensions["unionhall.mounted"] = mounted
    app.before_request(lambda: _refuse_resting(host, _owner(mounted)))
    app.after_request(lambda response: _keep_policy(host, _owner(mounted), response))
    return mounted


def check_core(blueprint: Blueprint, found: Found, *, desk: bool) -> None:
    """Every desk view names its permission with `needs`: closed by default."""
    expected = f"{found.name}_desk" if desk else found.name
    if blueprint.name != expected:
        raise PluginProblem(f"blueprint {blueprint.name!r} must be named {expected!r}", code="plugin-blueprint-name")
    if not desk:
        return
    probe = Flask("probe")
    probe.register_blueprint(blueprint)
    for endpoint, view in probe.view_functions.items():
        if endpoint.startswith(f"{blueprint.name}.") and not hasattr(view, "unionhall_permission"):
            raise PluginProblem(f"desk view {endpoint!r} declares no permission", code="undeclared-route")


def _owner(mounted: Mounted) -> Found | None:
    """Return whose page is asked for; a blueprint inside another belongs to the outermost."""
    return mounted.owners.get(request.blueprints[-1]) if request.blueprints else None


def _refuse_resting(host: PluginHost, owner: Found | None) -> None:
    if owner is not None and not owner.core:
        refuse_resting(host, owner.name)


def refuse_resting(host: PluginHost, name: str) -> None:
    """Raise NotFound for a plugin that is switched off, Resting for one that waits for its migrations or for what it needs."""
    if host.is_enabled(name):
        return
    if host.is_switched_on(name) and any(found.name == name and found.module for found in host.plugins):
        raise Resting(_("“%(name)s”正在升级，没有丢失任何内容。请过几分钟再来。", name=host.label(name)))
    raise NotFound()


def _keep_policy(host: PluginHost, owner: Found | None, response: Response) -> Response:
    """A page of a plugin may tighten the site's content security policy; one that relaxes it gets the site's, and its plugin quarantine."""
    said = response.headers.get("Content-Security-Policy")
    if owner is None or owner.core or said is None or not relaxes(said, current_app.extensions[POLICY]):
        return response
    del response.headers["Content-Security-Policy"]
    if not host.is_quarantined(owner.name):
        host.conduct.quarantine(host, owner.name, policy_relaxed(request.path))
    return response


def folders(host: PluginHost, name: str) -> dict[str, Path]:
    """Return {feature or plugin: folder} for a conventional folder such as "templates" or "translations"."""
    found = {item.name: item.folder / name for item in host.loaded() if item.folder}
    return {key: path for key, path in found.items() if path.is_dir()}
