"""What can be read in the package without running it: imports, templates, styles, words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from unionhall.testing import catalogues
from unionhall.testing.contract.house import House

CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CODE = re.compile(r"\{\{.*?\}\}|\{%-?\s*trans.*?endtrans\s*-?%\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
INLINE = re.compile(r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*(src=|application/ld\+json|application/json))|<style""")
CLASS = re.compile(r"\.(p-[a-z0-9-]+)")
UNTRANSLATED = "# not translated"


def test_only_the_public_api_is_imported(plugin: House) -> None:
    """Of UnionHall a plugin imports `unionhall.plugin` alone, and the `api` module of a plugin that it requires."""
    own = plugin.found.module.__name__.partition(".")[0] if plugin.found.module else ""
    allowed = {f"unionhall_{name}" for name in (plugin.found.plugin.requires if plugin.found.plugin else ())}
    wrong = []
    for path in [*plugin.sources(), *(plugin.folder / "migrations").glob("*.py")]:
        for module in _imported(ast.parse(path.read_text("utf-8"))):
            top = module.partition(".")[0]
            public = module == "unionhall.plugin" or top == own or (top in allowed and module == f"{top}.api")
            if top.startswith("unionhall") and not public:
                wrong.append(f"{path.relative_to(plugin.folder)}: {module}")
    assert wrong == [], "import these names from unionhall.plugin; ask for what it lacks"


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (item.name for item in node.names)


def _templates(subject: House) -> list[Path]:
    folder = subject.folder / "templates"
    return sorted(path for path in folder.rglob("*") if path.suffix in {".html", ".xml", ".txt"})


def test_templates_lie_in_a_folder_of_the_name(subject: House) -> None:
    """`templates/<name>/…`: another front would replace the core's or another plugin's template."""
    placed = [path.relative_to(subject.folder) for path in _templates(subject)]
    stray = [str(path) for path in placed if path.parts[1] != subject.name]
    assert stray == [], f"move these into templates/{subject.name}/"


def test_templates_compile(subject: House) -> None:
    """Every template is found by its name and has no syntax error."""
    with subject.app.app_context():
        for path in _templates(subject):
            subject.app.jinja_env.get_template(path.relative_to(subject.folder / "templates").as_posix())


def test_templates_have_no_inline_code(subject: House) -> None:
    """The Content-Security-Policy refuses style="", on…="", <style> and inline <script>: use classes and files in static/."""
    wrong = [
        f"{path.name}: {found.group(0).strip()}"
        for path in _templates(subject)
        if path.suffix == ".html" and (found := INLINE.search(path.read_text("utf-8")))
    ]
    assert wrong == [], "move these into static/"


def test_styles_keep_to_their_layer(plugin: House) -> None:
    """A plugin's CSS stands in `@layer plugin`, its blocks are `p-<name>-…`: a theme can override it, the core's are untouched."""
    for path in sorted((plugin.folder / "static").rglob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL).strip()
        assert text.startswith("@layer plugin"), f"{path.name}: put everything into @layer plugin {{ … }}"
        foreign = {name for name in CLASS.findall(text) if not name.startswith(f"p-{plugin.name.replace('_', '-')}")}
        assert foreign == set(), f"{path.name}: begin these classes with p-{plugin.name}-"


def test_words_in_templates_can_be_translated(subject: House) -> None:
    """Chinese text in a template stands inside {{ _('…') }}."""
    bare = [
        f"{path.name}: {found.group(0)}"
        for path in _templates(subject)
        if path.suffix == ".html" and (found := CHINESE.search(CODE.sub("", path.read_text("utf-8"))))
    ]
    assert bare == [], "wrap these in {{ _('…') }}"


def test_words_in_code_can_be_translated(plugin: House) -> None:
    """Chinese text in code stands inside `_()` or `_l()`.

    Not judged are docstrings, demo modules (`demo….py`: invented content), modules that write kinds of notices (their texts
    stand there by locale, with samples), and lines marked `# not translated: why`.
    """
    bare = []
    for path in plugin.sources():
        if path.stem.startswith("demo") or "tests" in path.relative_to(plugin.folder).parts:
            continue
        text = path.read_text("utf-8")
        if "NoticeKind(" in text:
            continue
        lines = text.splitlines()
        for node in _bare(ast.parse(text)):
            if UNTRANSLATED not in lines[(node.end_lineno or node.lineno) - 1]:
                bare.append(f"{path.relative_to(plugin.folder)}:{node.lineno}: {str(node.value)[:40]}")
    assert bare == [], "wrap these in _() or _l(); mark with `# not translated: why` what no person reads"


def _bare(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield Chinese constants that no gettext call reads."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Call) and getattr(child.func, "id", getattr(child.func, "attr", "")) in catalogues.KEYWORDS:
            continue
        if isinstance(child, ast.keyword) and child.arg in {"texts", "sample"}:
            continue
        if isinstance(child, ast.Dict) and any(isinstance(key, ast.Constant) and key.value == "zh_CN" for key in child.keys):
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and CHINESE.search(child.value):
            yield child
        yield from _bare(child)


def test_translations_are_complete(plugin: House) -> None:
    """Each catalogue that is shipped translates every message, with the same placeholders."""
    wanted = {_text(message.id) for message in catalogues.extract(plugin.folder) if message.id}
    for path in sorted((plugin.folder / "translations").glob("*.po")):
        catalogue = catalogues.read(path, path.stem)
        known = {_text(message.id): message for message in catalogue if message.id}
        advice = f"{path.name}: run python -m unionhall.testing.catalogues {plugin.folder}, then fill in what it lists"
        assert wanted - set(known) == set(), advice
        assert catalogues.missing(catalogue) == [], advice
        for text, message in known.items():
            for said in message.string if isinstance(message.string, (list, tuple)) else [message.string]:
                strange = set(PLACEHOLDER.findall(str(said))) - set(PLACEHOLDER.findall(text)) - {"num"}
                assert strange == set(), f"{path.name}: the translation of {text!r} has placeholders that the text has not"


def _text(value: object) -> str:
    return str(value[0] if isinstance(value, (list, tuple)) else value)
