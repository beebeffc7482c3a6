"""Switched off, a plugin is silent and its data rests; switched on again, everything is as before."""

from __future__ import annotations

from unionhall.base import db
from unionhall.hooks import specs
from unionhall.testing.contract.house import House, address, briefly, methods

HOOKS = [name for name in vars(specs) if name.startswith("unionhall_")]


def switch(plugin: House, *, on: bool) -> None:
    """Enable or disable the plugin; those that need it are switched off before, and on after it."""
    needing = [found.name for found in plugin.host.plugins if found.plugin and plugin.name in found.plugin.requires]
    for name in [plugin.name, *needing] if on else [*needing, plugin.name]:
        with plugin.app.app_context():
            with db.unit_of_work():
                plugin.host.switch(name, on=on)
            plugin.host.refresh()


def test_pages_are_gone_while_it_is_disabled(plugin: House) -> None:
    """Every address answers 404, for everybody, on every method; the API too."""
    client = briefly(plugin.administrator())
    switch(plugin, on=False)
    wrong = []
    for rule in plugin.rules():
        for method in methods(rule):
            answer = plugin.post(client, address(rule)) if method == "POST" else plugin.knock(client, "GET", address(rule))
            if answer.status != 404:
                wrong.append(f"{method} {rule.rule} answers {answer.status}")
    for placed in plugin.operations():
        if plugin.knock(client, "GET", placed.path.replace("{id}", "1")).status not in {404, 405}:
            wrong.append(placed.path)
    assert wrong == []


def test_hooks_are_silent_while_it_is_disabled(plugin: House) -> None:
    """No hook of it is called, its roles bring nothing, and the site's own pages answer."""
    switch(plugin, on=False)
    with plugin.app.app_context():
        speaking = [hook for hook in HOOKS for found, _impl in plugin.host.implementations(hook) if found.name == plugin.name]
        assert speaking == []
        roles = plugin.app.extensions["unionhall.rights"]
        assert [kind.name for kind in plugin.offered("unionhall_roles") if roles.of_role(kind.name)] == []
    client = plugin.administrator()
    assert [client.get(path).status_code for path in ("/", "/desk/", "/my/")] == [200, 200, client.get("/my/").status_code]


def test_its_data_rests(plugin: House) -> None:
    """Disabling, enabling and disabling again leaves every row as it was."""
    before = plugin.rows()
    for on in (False, True, False):
        switch(plugin, on=on)
        assert plugin.rows() == before
