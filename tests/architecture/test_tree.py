"""The house rules that a reader of one file cannot see."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "unionhall"
SOURCES = sorted(path for top in ("core", "plugins", "themes") for path in (ROOT / top).rglob("*.py") if not {"node_modules", "migrations"} & set(path.parts))
PAGES = sorted(path for top in ("core", "plugins", "themes") for path in (ROOT / top).rglob("*.html") if "frontend" not in path.parts)
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_can_be_read_in_one_sitting(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_public_things_say_what_they_are(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), "the module has no docstring"
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_only_the_unit_of_work_commits():
    others = [path for path in SOURCES if not path.name.endswith("_index.py")]  # a search index has commits of its own
    found = [name(path) for path in others if re.search(r"(?<!connection)\.commit\(", path.read_text("utf-8"))]
    assert found == ["core/unionhall/base/db.py"]


def test_packages_are_all_declared():
    declared = {str(path.parent.relative_to(ROOT)) for path in SOURCES if path.name == "__init__.py"}
    missing = {str(path.parent.relative_to(ROOT)) for path in SOURCES} - declared
    assert missing == set()


def test_no_string_escapes_translation():
    """Chinese text in templates stands inside a gettext call."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    calls = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
    bare = []
    for path in PAGES:
        text = calls.sub("", path.read_text("utf-8"))
        text = re.sub(r"\{%\s*trans.*?endtrans\s*%\}", "", text, flags=re.DOTALL)
        if chinese.search(text):
            bare.append(name(path))
    assert bare == []


def test_templates_have_no_inline_code():
    wrong = [
        name(path)
        for path in PAGES
        if re.search(r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*(src=|application/ld\+json|application/json))""", path.read_text("utf-8"))
    ]
    assert wrong == []


def test_both_dark_blocks_are_alike():
    css = (CORE / "base" / "static" / "tokens.css").read_text("utf-8")
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\}', css, re.DOTALL)
    followed = re.search(r':root\[data-theme="auto"\] \{(.*?)\}', css, re.DOTALL)
    assert chosen and followed
    assert chosen.group(1).split() == followed.group(1).split()


def test_themes_say_what_they_are():
    for path in (ROOT / "themes").glob("*/theme.toml"):
        about = tomllib.loads(path.read_text("utf-8"))
        assert set(about) >= {"label", "version"}


def test_plugins_import_the_public_api_alone():
    """`unionhall.plugin`, and the `api` module of a plugin that is required; nothing else of ours."""
    reaching = []
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        own = path.relative_to(ROOT / "plugins").parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [item.name for item in getattr(node, "names", [])] if isinstance(node, ast.Import) else []
            for module in modules:
                top = module.partition(".")[0]
                public = module == "unionhall.plugin" or (top.startswith("unionhall_") and (top == own or module == f"{top}.api"))
                if top.startswith("unionhall") and not public:
                    reaching.append(f"{name(path)}: {module}")
    assert reaching == []
