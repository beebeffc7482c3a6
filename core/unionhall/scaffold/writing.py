"""Writing a new plugin from the files beside this module; neither a site nor a database is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from unionhall.base.errors import RuleBroken

HOME = files("unionhall.scaffold") / "files"
NAME = re.compile(r"[a-z][a-z0-9_]{1,19}")
LABEL = re.compile(r"[\w ·-]{1,12}")
SUFFIX = ".tmpl"
CORES_OWN = frozenset({"base", "core", "static", "api", "my", "desk", "login", "activate", "theme"})


def write(name: str, label: str, folder: Path, used: frozenset[str]) -> list[Path]:
    """Write a plugin into a folder that does not exist yet; returns its files. Raises RuleBroken with what to do instead."""
    _judge(name, label, folder, used)
    written = []
    for path, text in _files(name, label):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        written.append(target)
    return written


def taken() -> frozenset[str]:
    """Return the names that no new plugin may have: those of plugins that are installed, and addresses of the core."""
    return CORES_OWN | {point.name for point in entry_points(group="unionhall.plugins")}


def _judge(name: str, label: str, folder: Path, used: frozenset[str]) -> None:
    if not NAME.fullmatch(name):
        raise RuleBroken(f"{name!r} is no name for a plugin: use 2 to 20 lower-case letters, digits and _, beginning with a letter.")
    if name in used:
        raise RuleBroken(f"The name {name!r} is taken, by the core or by a plugin that is installed. Choose another.")
    if not LABEL.fullmatch(label):
        raise RuleBroken("A label has 1 to 12 letters, characters, digits and spaces: it is what people read in menus.")
    if f'msgid "{label}"' in (HOME / "package" / "translations" / f"en.po{SUFFIX}").read_text("utf-8"):
        raise RuleBroken(f"The plugin's own pages say {label!r} already. Choose another label.")
    if folder.exists():
        raise RuleBroken(f"{folder} exists already. Say where else with --folder, or move it away.")


def _files(name: str, label: str) -> Iterator[tuple[Path, str]]:
    package = f"unionhall_{name}"
    title, dashed = name.replace("_", " ").capitalize(), name.replace("_", "-")
    known = {"@NAME@": name, "@LABEL@": label, "@PACKAGE@": package, "@DASHED@": dashed, "@TITLE@": title}

    def filled(text: str) -> str:
        for mark, value in known.items():
            text = text.replace(mark, value)
        return text

    for path, source in _walk(HOME, Path()):
        place = Path(package, *path.parts[1:]) if path.parts[0] == "package" else path
        target = Path(filled(str(place)).removesuffix(SUFFIX))
        yield target, filled(source.read_text("utf-8"))


def _walk(folder: Traversable, path: Path) -> Iterator[tuple[Path, Traversable]]:
    for item in sorted(folder.iterdir(), key=lambda found: found.name):
        if item.is_dir():
            yield from _walk(item, path / item.name)
        elif item.name.endswith(SUFFIX):
            yield path / item.name, item

