"""Which plugins and features the suite looks at, and the fixtures `plugin` and `subject` that its checks ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from unionhall.app import FEATURES
from unionhall.base import db
from unionhall.host.discovery import core_feature, find_plugins
from unionhall.setup import load_demo
from unionhall.testing.contract.house import House
from unionhall.testing.databases import Site

PLUGIN, SUBJECT = "plugin_name", "subject_name"


def declare(parser: pytest.Parser) -> None:
    """Add the suite's options to pytest's."""
    group = parser.getgroup("unionhall", "UnionHall's contract suite (--pyargs unionhall.testing.contract)")
    group.addoption("--plugin", action="append", default=[], metavar="NAME", help="an installed plugin to judge; may be given again")
    group.addoption("--feature", action="append", default=[], metavar="NAME", help="a feature of the core to judge; may be given again")
    group.addoption("--with-demo", action="store_true", help="fill the site with the demo of the core and the plugins (about a minute)")


def spread(metafunc: pytest.Metafunc) -> None:
    """Run a check once for each plugin (and feature) that was named. Raises UsageError when none was."""
    wanted = PLUGIN if PLUGIN in metafunc.fixturenames else SUBJECT if SUBJECT in metafunc.fixturenames else ""
    if not wanted:
        return
    plugins, features = metafunc.config.getoption("--plugin"), metafunc.config.getoption("--feature")
    if not plugins and not features:
        raise pytest.UsageError("Say what to judge: --plugin NAME (an installed plugin) or --feature NAME (of the core).")
    if unknown := set(features) - set(FEATURES):
        raise pytest.UsageError(f"No such feature of the core: {', '.join(sorted(unknown))}. There are {', '.join(FEATURES)}.")
    metafunc.parametrize(wanted, plugins if wanted == PLUGIN else [*plugins, *features], scope="session")


@pytest.fixture(scope="session")
def contract_plugins(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Return the plugins that are judged, those that they require first. A plugin that cannot be loaded ends the run."""
    for name in FEATURES:
        core_feature(f"unionhall.{name}.hooks")  # as the application does: what a plugin's import brings is judged after it
    known = {found.name: found for found in find_plugins()}
    ordered: list[str] = []

    def add(name: str, asked_by: str) -> None:
        found = known.get(name)
        if found is None:
            there = ", ".join(known) or "none"
            pytest.exit(f"{asked_by}: no plugin {name!r} is installed (there is: {there}). Try `pip install -e .` in its folder.", 4)
        if found.plugin is None:
            pytest.exit(f"{name} is {found.problem}; mend this first:\n{found.reason}", 4)
        for need in found.plugin.requires:
            add(need, f"{name} requires it")
        if name not in ordered:
            ordered.append(name)

    for name in request.config.getoption("--plugin"):
        add(name, "--plugin")
    return tuple(ordered)


@pytest.fixture(scope="session")
def contract_site(
    sites: Callable[..., Site], contract_plugins: tuple[str, ...], request: pytest.FixtureRequest
) -> Site:
    """Return the one site of the run: the plugins enabled, filled when asked for."""
    site = sites("sqlite", contract_plugins)
    if request.config.getoption("--with-demo"):
        with site.app.app_context():
            load_demo()
            site.keep()
    return site


def _house(site: Site, name: str) -> Iterator[House]:
    with site.app.app_context():
        site.put_back()
        site.forget()
    house = House(site.app, name)
    yield house
    with site.app.app_context():
        db.session().remove()


@pytest.fixture
def plugin(contract_site: Site, plugin_name: str, at: Callable[[str], datetime]) -> Iterator[House]:
    """Return the site with one plugin in view."""
    yield from _house(contract_site, plugin_name)


@pytest.fixture
def subject(contract_site: Site, subject_name: str, at: Callable[[str], datetime]) -> Iterator[House]:
    """Return the site with one plugin, or one feature of the core, in view."""
    yield from _house(contract_site, subject_name)
