"""Judging plugins before anything of theirs is registered: who breaks a rule is set aside with the reason, and the site goes on.

Flask cannot unregister a blueprint, so each is tried on an application that is thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Flask

from unionhall.base.errors import PluginProblem
from unionhall.hooks.api import ApiResource
from unionhall.host.discovery import Found
from unionhall.host.importing import check_tables
from unionhall.host.registry import PluginHost

DESK = "/desk"
RESERVED = frozenset({"base", "core", "static", "api", "my", "desk", "seen", "alembic", "host"})
OF_THE_CORE = frozenset({"mail", "sms", "wechat"})
AT_START = {"unionhall_permissions": "name", "unionhall_roles": "name", "unionhall_search_sources": "kind"}
AT_USE = {
    "unionhall_jobs": "name", "unionhall_notice_kinds": "name", "unionhall_block_types": "kind", "unionhall_export_sources": "name",
    "unionhall_report_figures": "name", "unionhall_media_users": "kind",
}  # fmt: skip
APP_WIDE = ("before_request_funcs", "after_request_funcs", "teardown_request_funcs", "url_value_preprocessors", "url_default_functions")
Also = Callable[[Found, list[ApiResource]], None]


def judge(app: Flask, host: PluginHost, also: Also) -> None:
    """Set aside every plugin that breaks a rule; `also` judges its API resources, features first."""
    with app.app_context():
        for found in host.features:
            also(found, host.items(found, "unionhall_api_resources"))
        known = {item.name for found in host.features for item in host.items(found, "unionhall_permissions")}
        for found in [item for item in host.plugins if item.module is not None]:
            try:
                _judge(host, found, known)
                also(found, host.items(found, "unionhall_api_resources"))
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                host.set_aside(found.name, error)


def _judge(host: PluginHost, found: Found, known: set[str]) -> None:
    if found.name in {*RESERVED, *(feature.name for feature in host.features)}:
        raise PluginProblem(f"the name {found.name!r} belongs to the core", code="plugin-name")
    check_tables(found)
    _check_templates(found)
    for hook, attribute in AT_START.items():
        _check_names(found, hook, (getattr(item, attribute) for item in host.items(found, hook)))
    channels = [item.name for item in host.items(found, "unionhall_channels") if item.name not in OF_THE_CORE]
    _check_names(found, "unionhall_channels", channels)
    for hook, attribute in AT_USE.items():
        _check_names(found, hook, (getattr(item, attribute) for item in _asked(host, found, hook)))
    for resource in host.items(found, "unionhall_api_resources"):
        _check_names(found, "unionhall_api_resources", (item.name for item in resource.operations), end="_")
        _check_names(found, "unionhall_api_resources", (item.name for item in resource.scopes))
    for command in host.items(found, "unionhall_commands"):
        if command.name != found.name and not str(command.name).startswith(f"{found.name}-"):
            raise PluginProblem(f"the command {command.name!r} must be {found.name!r} or begin with {found.name}-", code="plugin-names")
    needed = set(found.plugin.requires if found.plugin else ())
    needed_of = [item for item in host.plugins if item.name in needed and item.module is not None]
    rights = known | {item.name for other in (found, *needed_of) for item in host.items(other, "unionhall_permissions")}
    for hook, desk in (("unionhall_site_blueprints", False), ("unionhall_desk_blueprints", True)):
        for blueprint in host.items(found, hook):
            check_blueprint(found, blueprint, desk=desk, rights=rights)


def _asked(host: PluginHost, found: Found, hook: str) -> list[Any]:
    """Return what a hook says that is asked again and again; one that fails now is judged when it is used."""
    try:
        return host.items(found, hook)
    except Exception:
        return []


def _check_names(found: Found, hook: str, names: Iterable[str], *, end: str = ".") -> None:
    for name in names:
        if not str(name).startswith(f"{found.name}{end}"):
            raise PluginProblem(f"{hook}: the name {name!r} must begin with {found.name}{end}", code="plugin-names")


def _check_templates(found: Found) -> None:
    """A plugin's templates lie under its name: it cannot replace anybody else's."""
    for kind in ("templates",):
        folder = found.folder / kind if found.folder else None
        strangers = [path.name for path in folder.iterdir() if path.name != found.name] if folder and folder.is_dir() else []
        if visible := sorted(name for name in strangers if not name.startswith((".", "__"))):
            raise PluginProblem(f"{kind}/{visible[0]}: templates must lie in {kind}/{found.name}/", code="plugin-templates")


def check_blueprint(found: Found, blueprint: Blueprint, *, desk: bool, rights: set[str]) -> None:
    """Register a blueprint on an application that is thrown away, and look at what it changed. Raises PluginProblem."""
    expected = f"{found.name}_desk" if desk else found.name
    if blueprint.name != expected:
        raise PluginProblem(f"blueprint {blueprint.name!r} must be named {expected!r}", code="plugin-blueprint-name")
    if blueprint.static_folder is not None or blueprint.template_folder is not None:
        told = f"blueprint {blueprint.name!r} has a folder of its own: put files into static/ and templates/{found.name}/"
        raise PluginProblem(told, code="plugin-blueprint-folder")
    before, probe = _fresh(), _fresh()
    probe.register_blueprint(blueprint, url_prefix=prefix_of(found, blueprint, desk=desk))
    _check_routes(found, probe, blueprint.name, f"{DESK if desk else ''}/{found.name}/", desk=desk, rights=rights)
    _check_app_wide(found, before, probe)


def prefix_of(found: Found, blueprint: Blueprint, *, desk: bool) -> str:
    """Return where a blueprint is mounted."""
    return (DESK if desk else "") + ("" if found.core else f"/{found.name}") + (blueprint.url_prefix or "")


def _fresh() -> Flask:
    return Flask("probe", static_folder=None)


def _check_routes(found: Found, probe: Flask, name: str, prefix: str, *, desk: bool, rights: set[str]) -> None:
    for rule in probe.url_map.iter_rules():
        if not f"{rule.rule.rstrip('/')}/".startswith(prefix) or rule.host or rule.subdomain:
            raise PluginProblem(f"the route {rule.rule!r} lies outside {prefix}", code="plugin-route")
    for endpoint, view in probe.view_functions.items():
        if not endpoint.startswith(f"{name}."):
            raise PluginProblem(f"the endpoint {endpoint!r} is not of the blueprint {name!r}", code="plugin-route")
        permission = getattr(view, "unionhall_permission", None)
        if desk and permission is None:
            raise PluginProblem(f"desk view {endpoint!r} declares no permission", code="undeclared-route")
        if permission is not None and permission not in rights:
            told = f"{endpoint!r} needs the permission {permission!r}, which neither the core, {found.name} nor what it requires defines"
            raise PluginProblem(told, code="plugin-permission")


def _check_app_wide(found: Found, before: Flask, probe: Flask) -> None:
    """What a blueprint does to the whole application would reach everybody's pages, also while the plugin is switched off."""
    for name in APP_WIDE:
        if getattr(probe, name).get(None):
            raise PluginProblem(f"{name}: functions for the whole application are the core's", code="plugin-app-wide")
    if len(probe.template_context_processors[None]) > len(before.template_context_processors[None]):
        raise PluginProblem("a context processor for the whole application is the core's", code="plugin-app-wide")
    if any(handlers for handlers in probe.error_handler_spec.get(None, {}).values()):
        raise PluginProblem("an error handler for the whole application is the core's", code="plugin-app-wide")
    changed = [key for key in {*probe.config, *before.config} if probe.config.get(key) != before.config.get(key)]
    if changed or probe.extensions or probe.teardown_appcontext_funcs or probe.cli.commands:
        raise PluginProblem("a blueprint may not change the application itself", code="plugin-app-wide")
    for kind in ("filters", "globals", "tests"):
        added = set(getattr(probe.jinja_env, kind)) - set(getattr(before.jinja_env, kind))
        if strangers := sorted(name for name in added if not name.startswith(f"{found.name}_")):
            raise PluginProblem(f"the template {kind[:-1]} {strangers[0]!r} must begin with {found.name}_", code="plugin-names")
        if any(getattr(probe.jinja_env, kind)[name] is not value for name, value in _own(before, kind) if kind != "globals"):
            raise PluginProblem(f"a template {kind[:-1]} of the core was replaced", code="plugin-app-wide")


def _own(app: Flask, kind: str) -> Iterable[tuple[str, Any]]:
    found: dict[str, Any] = getattr(app.jinja_env, kind)
    return found.items()
