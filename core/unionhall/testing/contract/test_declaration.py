"""What a plugin says of itself, and whether the names that it brings are its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement

from unionhall.base import db
from unionhall.hooks.types import Plugin
from unionhall.testing.contract.house import House

ICONS = Path(db.__file__).parent / "static" / "img" / "icons.svg"
DOTTED = {  # hook: (attribute that holds the name, what it is)
    "unionhall_permissions": ("name", "permission"),
    "unionhall_roles": ("name", "role"),
    "unionhall_jobs": ("name", "job"),
    "unionhall_notice_kinds": ("name", "kind of notice"),
    "unionhall_block_types": ("kind", "kind of component"),
    "unionhall_export_sources": ("name", "export source"),
    "unionhall_report_figures": ("name", "figure"),
    "unionhall_search_sources": ("kind", "kind of search result"),
    "unionhall_media_users": ("kind", "media user"),
}


def test_the_plugin_declares_itself(plugin: House) -> None:
    """PLUGIN names the plugin like its entry point, with a label, a summary, a known icon, and a version."""
    declared = plugin.found.plugin
    assert isinstance(declared, Plugin), "plugin.py must say PLUGIN = Plugin(name, label, summary)"
    assert re.fullmatch(r"[a-z][a-z0-9_]{1,30}", declared.name), "a plugin's name is lower-case letters, digits and _"
    with plugin.app.test_request_context("/"):
        assert str(declared.label).strip(), "PLUGIN needs a label: the name that administrators read"
        assert str(declared.summary).strip(), "PLUGIN needs a summary: one sentence that says what it does"
    icons = set(re.findall(r'<symbol id="([^"]+)"', ICONS.read_text("utf-8")))
    assert declared.icon in icons, f"there is no icon {declared.icon!r}; choose one of {', '.join(sorted(icons))}"
    assert plugin.found.version, "the distribution has no version"


def test_the_distribution_says_which_unionhall_it_needs(plugin: House) -> None:
    """A third party's distribution requires `unionhall` with a lower and an upper bound, so that an old host refuses it unread."""
    if plugin.found.distribution == "unionhall":
        return
    needs = [found for line in requires(plugin.found.distribution) or () if (found := Requirement(line)).name == "unionhall"]
    signs = {specifier.operator for need in needs for specifier in need.specifier}
    assert signs & {">=", "~=", "=="}, "require unionhall with a lower bound (unionhall>=0.1,<1)"
    assert signs & {"<", "<=", "~=", "=="}, "require unionhall with an upper bound (unionhall>=0.1,<1)"


def test_names_begin_with_the_plugins(plugin: House) -> None:
    """Permissions, roles, jobs and every other thing with a name carry the plugin's in front, so that two plugins never meet."""
    wrong = list(_foreign(plugin))
    assert wrong == [], f"begin these names with {plugin.name}: {'; '.join(wrong)}"


def _foreign(plugin: House) -> Iterator[str]:
    for hook, (attribute, what) in DOTTED.items():
        for item in plugin.offered(hook):
            if not getattr(item, attribute).startswith(f"{plugin.name}."):
                yield f"{what} {getattr(item, attribute)!r} should be {plugin.name}.…"
    for item in plugin.offered("unionhall_personal_data"):
        if item.name.partition(".")[0] != plugin.name:
            yield f"kind of personal data {item.name!r} should be {plugin.name} or {plugin.name}.…"
    for command in plugin.offered("unionhall_commands"):
        if command.name != plugin.name and not command.name.startswith(f"{plugin.name}-"):
            yield f"command {command.name!r} should be {plugin.name} or {plugin.name}-…"
    yield from _foreign_in_api(plugin)


def _foreign_in_api(plugin: House) -> Iterator[str]:
    for resource in plugin.offered("unionhall_api_resources"):
        for operation in resource.operations:
            if not operation.name.startswith(f"{plugin.name}_"):
                yield f"API operation {operation.name!r} should be {plugin.name}_…"
        for scope in resource.scopes:
            if not scope.name.startswith(f"{plugin.name}."):
                yield f"API scope {scope.name!r} should be {plugin.name}.…"


def test_tables_blueprints_and_addresses_begin_with_the_plugins_name(plugin: House) -> None:
    """Tables are `<name>_…`, blueprints `<name>` and `<name>_desk`, addresses below /<name>/ and /desk/<name>/."""
    tables = [table.name for table in plugin.tables if not table.name.startswith(f"{plugin.name}_")]
    assert tables == [], f"tables begin with {plugin.name}_"
    prefixes = (f"/{plugin.name}/", f"/desk/{plugin.name}/")
    stray = [rule.rule for rule in plugin.rules() if not f"{rule.rule.rstrip('/')}/".startswith(prefixes)]
    assert stray == [], f"pages lie below {' and '.join(prefixes)}"
    ends = {rule.endpoint.rpartition(".")[0] for rule in plugin.rules()}
    assert ends <= {plugin.name, f"{plugin.name}_desk"}, "blueprints are named <name> and <name>_desk"


def test_permissions_that_its_desk_asks_for_are_defined(subject: House) -> None:
    """`@needs` names a permission that somebody defines; one that nobody defines would open to nobody, with an error."""
    known = subject.app.extensions["unionhall.rights"].permissions
    views = [subject.app.view_functions[rule.endpoint] for rule in subject.rules(desk=True)]
    asked = {getattr(view, "unionhall_permission", "") for view in views}
    assert asked - set(known) == set(), "define these in unionhall_permissions"
