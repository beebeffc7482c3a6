"""The public API: described name by name, typed, and nothing leaves it without a warning."""

from __future__ import annotations

import importlib
import warnings

import pluggy
import pytest

from unionhall import plugin
from unionhall.hooks.markers import PROJECT, leaving
from unionhall.plugin.deprecation import Deprecated
from unionhall.testing import reference


def test_every_name_is_described():
    silent = [name for name in plugin.__all__ if not reference.line(name)]
    assert silent == [], "give these a docstring, or a line in unionhall.testing.reference.CONSTANTS"
    listed = {name for names in reference.groups().values() for name in names}
    assert listed == set(plugin.__all__)


def test_the_page_is_up_to_date():
    written, wanted = reference.PAGE.read_text("utf-8"), reference.page()
    behind = [line for line in wanted.splitlines() if line not in written.splitlines()]
    over = [line for line in written.splitlines() if line not in wanted.splitlines()]
    assert (behind, over, written == wanted) == ([], [], True), "run python -m unionhall.testing.reference"


def test_names_are_sorted_and_exist():
    assert plugin.__all__ == sorted(plugin.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert [name for name in plugin.__all__ if not hasattr(plugin, name)] == []
    assert set(plugin.DEPRECATED) & set(plugin.__all__) == set()


def test_a_name_on_its_way_out_works_and_warns_where_it_is_used(monkeypatch, tmp_path):
    monkeypatch.setitem(plugin.DEPRECATED, "neat", Deprecated("unionhall.base.text:tidy", "tidy", "0.3"))
    with pytest.warns(plugin.UnionHallDeprecation, match=r"unionhall.plugin.neat leaves in UnionHall 0.3; use tidy\.") as told:
        assert plugin.neat("  a ") == "a"
    assert told[0].filename == __file__
    (tmp_path / "a_third_partys.py").write_text("from unionhall.plugin import neat\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.warns(plugin.UnionHallDeprecation) as told:
        importlib.import_module("a_third_partys")
    assert told[0].filename.endswith("a_third_partys.py")


def test_a_name_that_never_was_is_an_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = plugin.nothing


def specs(**hooks):
    return type("Specs", (), {name: staticmethod(hook) for name, hook in hooks.items()})


def registered(spec, implementation):
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(specs(unionhall_old=spec))
    manager.register(specs(unionhall_old=plugin.hookimpl(implementation)), "third")
    return manager


def test_a_hook_on_its_way_out_warns_who_implements_it():
    def unionhall_old(now):
        return []

    with pytest.warns(plugin.UnionHallDeprecation, match="this hook leaves in UnionHall 0.3; use unionhall_new"):
        registered(leaving("0.3", "use unionhall_new")(lambda now: None), unionhall_old)


def test_an_argument_on_its_way_out_warns_only_who_takes_it():
    def takes(when):
        return []

    def leaves(now):
        return []

    spec = leaving("0.3", "", when="take `now`")

    def specified(now, when):
        return []

    with pytest.warns(plugin.UnionHallDeprecation, match="the argument 'when' leaves in 0.3; take `now`"):
        registered(spec(specified), takes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        registered(spec(specified), leaves)
