"""Every hook is documented with its exact signature, used by something bundled, exercised by a test, and says what it wants."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path

import pytest

from unionhall.hooks import specs

ROOT = Path(__file__).parents[2]
HOOKS = sorted(name for name in vars(specs) if name.startswith("unionhall_"))
SAMPLE_ONLY: set[str] = set()  # hooks whose only user is the sample plugin; what is bundled counts for more
each_hook = pytest.mark.parametrize("name", HOOKS)


def signature(name):
    found = inspect.signature(getattr(specs, name))
    words = [f"{parameter.name}: {parameter.annotation}" for parameter in found.parameters.values()]
    return f"{name}({', '.join(words)}) -> {found.return_annotation}"


@cache
def texts(folder):
    return {path: path.read_text("utf-8") for path in sorted((ROOT / folder).rglob("*.py")) if path != Path(__file__)}


def users(name, folder):
    return [path for path, text in texts(folder).items() if path.name != "specs.py" and f"def {name}(" in text]


@each_hook
def test_a_hook_is_documented_with_its_signature(name):
    page = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    assert f"### {name}\n```\n{signature(name)}\n```\n" in page


def test_no_hook_is_documented_that_does_not_exist():
    page = (ROOT / "docs" / "hooks.md").read_text("utf-8")
    assert re.findall(r"^### (\w+)", page, re.MULTILINE) == list(dict.fromkeys(re.findall(r"^### (\w+)", page, re.MULTILINE)))
    assert set(re.findall(r"^### (\w+)", page, re.MULTILINE)) == set(HOOKS)


@each_hook
def test_a_hook_has_a_bundled_user(name):
    bundled = [*users(name, "core"), *users(name, "plugins")]
    assert bundled or (name in SAMPLE_ONLY and users(name, "tests/sample_plugin")), "no hook without a user that is bundled"


@each_hook
def test_a_hook_has_a_test(name):
    """A test names the hook, or its user's own tests meet what it gives (tests/core/<feature>/, tests/plugins/<plugin>/)."""
    named = [path for path, text in texts("tests").items() if name in text and path.name.startswith("test_")]
    tested = {path.parent.name for path in texts("tests") if path.name.startswith("test_")}
    features = {user.relative_to(ROOT / "core" / "unionhall").parts[0] for user in users(name, "core")}
    plugins = {user.relative_to(ROOT / "plugins").parts[0].removeprefix("unionhall_") for user in users(name, "plugins")}
    assert named or (features | plugins) & tested, f"write a test that exercises {name}"


@each_hook
def test_a_hook_says_what_it_wants(name):
    assert (inspect.getdoc(getattr(specs, name)) or "").endswith(".")
    assert "\n" not in (inspect.getdoc(getattr(specs, name)) or "")
