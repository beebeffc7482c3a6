"""Every hook has a bundled user, and a place in the plugin author's page with its exact signature."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from unionhall.hooks import specs

ROOT = Path(__file__).parents[2]
HOOKS = sorted(name for name in vars(specs) if name.startswith("unionhall_"))


def signature(name):
    found = inspect.signature(getattr(specs, name))
    words = [f"{parameter.name}: {parameter.annotation}" for parameter in found.parameters.values()]
    return f"{name}({', '.join(words)}) -> {found.return_annotation}"


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_documented_with_its_signature(name):
    assert signature(name) in (ROOT / "docs" / "plugin-authors.md").read_text("utf-8")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_a_bundled_user(name):
    sources = [*(ROOT / "core").rglob("*.py"), *(ROOT / "tests" / "sample_plugin").rglob("*.py")]
    users = [path for path in sources if path.name != "specs.py" and f"def {name}(" in path.read_text("utf-8")]
    assert users != []


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_what_it_wants(name):
    assert (inspect.getdoc(getattr(specs, name)) or "").endswith(".")
