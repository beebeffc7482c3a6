"""Themes: templates and tokens, found by entry point; a theme may name a parent. No theme is a working site."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader

from unionhall.base.errors import PluginProblem

GROUP = "unionhall.themes"


@dataclass(frozen=True)
class Theme:
    """A theme's folder and what its `theme.toml` says."""

    name: str
    folder: Path
    label: str
    version: str
    parent: str = ""

    @property
    def stylesheet(self) -> bool:
        """True when the theme brings `static/theme.css`."""
        return (self.folder / "static" / "theme.css").exists()


def find_theme(name: str) -> Theme:
    """Return an installed theme. Raises PluginProblem when there is none of this name."""
    for point in entry_points(group=GROUP):
        spec = find_spec(point.module) if point.name == name else None
        if spec and spec.origin:
            folder = Path(spec.origin).parent
            about = tomllib.loads((folder / "theme.toml").read_text("utf-8"))
            return Theme(name, folder, about["label"], about["version"], about.get("parent", ""))
    raise PluginProblem(f"theme {name!r} is not installed", code="theme-missing")


def lineage(name: str) -> list[Theme]:
    """Return the theme, then its parents."""
    chain: list[Theme] = []
    while name and name not in [theme.name for theme in chain]:
        chain.append(find_theme(name))
        name = chain[-1].parent
    return chain


def loader(instance: Path, themes: list[Theme], owned: dict[str, Path]) -> BaseLoader:
    """Look templates up in the instance, the theme, its parents, then their owners; `@news/…` is the original."""
    folders = [instance / "templates", *(theme.folder / "templates" for theme in themes)]
    originals = {f"@{name}": FileSystemLoader(folder / name) for name, folder in owned.items()}
    return ChoiceLoader(
        [*(FileSystemLoader(folder) for folder in folders), *map(FileSystemLoader, owned.values()), PrefixLoader(originals)]
    )
