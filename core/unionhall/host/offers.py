"""What a plugin adds to the site, by name: for who looks before switching it on."""

from __future__ import annotations

from typing import Any

from flask import current_app

from unionhall.base import db
from unionhall.hooks import specs
from unionhall.host.discovery import Found
from unionhall.host.judging import prefix_of
from unionhall.host.registry import PluginHost

NAMED = {
    "permissions": ("unionhall_permissions", "name"), "roles": ("unionhall_roles", "name"), "jobs": ("unionhall_jobs", "name"),
    "notices": ("unionhall_notice_kinds", "name"), "channels": ("unionhall_channels", "name"),
    "components": ("unionhall_block_types", "kind"), "exports": ("unionhall_export_sources", "name"),
    "figures": ("unionhall_report_figures", "name"), "searches": ("unionhall_search_sources", "kind"),
    "media": ("unionhall_media_users", "kind"), "personal": ("unionhall_personal_data", "name"),
    "commands": ("unionhall_commands", "name"),
}  # fmt: skip


def offers(host: PluginHost, found: Found) -> dict[str, list[str]]:
    """Return {"pages": […], "tables": […], "jobs": […], …} of a plugin that is loaded; what it has none of is left out."""
    said = {kind: _names(host, found, hook, attribute) for kind, (hook, attribute) in NAMED.items()}
    resources = _items(host, found, "unionhall_api_resources")
    said["api"] = [item.name for resource in resources for item in resource.operations]
    said["hooks"] = sorted(name for name in vars(specs) if name.startswith("unionhall_") and host.implements(found, name))
    said["tables"] = sorted(name for name in db.Model.metadata.tables if name.startswith(f"{found.name}_"))
    said["pages"], said["desk"] = _pages(host, found)
    return {kind: names for kind, names in said.items() if names}


def _names(host: PluginHost, found: Found, hook: str, attribute: str) -> list[str]:
    return [str(getattr(item, attribute)) for item in _items(host, found, hook)]


def _items(host: PluginHost, found: Found, hook: str) -> list[Any]:
    """Return what a hook says; one that fails now says nothing."""
    try:
        return host.items(found, hook)
    except Exception:
        return []


def _pages(host: PluginHost, found: Found) -> tuple[list[str], list[str]]:
    """Return the addresses of a plugin for readers, and those of the desk with the permission that each needs."""
    views = current_app.view_functions
    rules: dict[bool, list[str]] = {False: [], True: []}
    for desk, hook in ((False, "unionhall_site_blueprints"), (True, "unionhall_desk_blueprints")):
        for blueprint in _items(host, found, hook):
            front = prefix_of(found, blueprint, desk=desk)
            for rule in current_app.url_map.iter_rules():
                if rule.endpoint.startswith(f"{blueprint.name}.") and rule.rule.startswith(front):
                    needs = getattr(views[rule.endpoint], "unionhall_permission", "")
                    rules[desk].append(f"{rule.rule} {needs}".strip())
    return sorted(set(rules[False])), sorted(set(rules[True]))
