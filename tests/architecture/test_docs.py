"""What the pages for authors show is true: code compiles, names exist, calls fit, links lead somewhere, the tutorial works."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import textwrap
from pathlib import Path

import click
import flask
import flask_babel
import pytest
import wtforms
import wtforms.validators

from unionhall import plugin
from unionhall.cli import cli

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["plugin-authors.md", "hooks.md", "testing.md", "tutorial.md"]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
each_page = pytest.mark.parametrize("page", PAGES)
AUTHORS_OWN = {"AskForm"}  # classes of the plugin that the examples are from
ELSEWHERE = {"_", "_l", "timedelta", "pytest"}


def blocks(page, kind):
    return [text for found, text in BLOCK.findall((DOCS / page).read_text("utf-8")) if found == kind]


def parsed(text):
    """An example may be the inside of a view."""
    return ast.parse("def example():\n" + textwrap.indent(text, "    "))


def bound(tree):
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    others = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("unionhall")]
    names |= {item.asname or item.name for node in others for item in node.names}
    return names | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def known(name):
    return any(hasattr(place, name) for place in (plugin, builtins, flask, flask_babel, wtforms, wtforms.validators, click)) or name in ELSEWHERE


@each_page
def test_examples_compile_and_name_what_exists(page):
    """Whatever is called, inherited from or written with a capital must exist; other names are the author's own."""
    wrong = []
    for text in blocks(page, "python"):
        tree = parsed(text)
        own = bound(tree) | AUTHORS_OWN
        called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        marks = {name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for name in (d.id for d in node.decorator_list if isinstance(d, ast.Name))}
        doubtful = {name for name in loaded if name in called | marks or name[0].isupper()} - own
        wrong += [name for name in sorted(doubtful) if not known(name)]
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "unionhall.plugin"]
        wrong += [item.name for node in imports for item in node.names if not hasattr(plugin, item.name)]
    assert wrong == [], f"{page} names what does not exist"


@each_page
def test_examples_call_the_public_api_as_it_is(page):
    wrong = []
    for text in blocks(page, "python"):
        tree = parsed(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in plugin.__all__ and node.func.id not in bound(tree):
                wrong += misfit(getattr(plugin, node.func.id), node)
    assert wrong == []


def misfit(function, node):
    if any(isinstance(item, ast.Starred) for item in node.args) or any(item.arg is None for item in node.keywords):
        return []
    if isinstance(function, type) and issubclass(function, wtforms.Field | wtforms.Form):
        return []
    try:
        inspect.signature(function).bind(*[0] * len(node.args), **{item.arg: 0 for item in node.keywords})
    except TypeError as error:
        return [f"{ast.unparse(node)[:70]}: {error}"]
    return []


@each_page
def test_commands_exist(app, monkeypatch, page):
    """`unionhall …` in a shell example is a command that there is."""
    monkeypatch.setattr("unionhall.cli._application", lambda safe: app)
    wrong = []
    for line in "\n".join(blocks(page, "sh")).splitlines():
        words = line.split()
        while words and "=" in words[0]:
            words.pop(0)
        if words[:1] == ["unionhall"]:
            command, context = cli, click.Context(cli)
            for word in words[1:]:
                if not isinstance(command, click.Group):
                    break
                command = command.get_command(context, word)
            if command is None:
                wrong.append(line)
    assert wrong == []


def test_links_between_pages_lead_somewhere():
    wrong = []
    for page in sorted(DOCS.rglob("*.md")):
        for link in re.findall(r"\]\(([^)#: ]+)[^):]*\)", page.read_text("utf-8")):
            if not link.startswith(("/", "http")) and not (page.parent / link).exists():
                wrong.append(f"{page.name}: {link}")
    assert wrong == []
