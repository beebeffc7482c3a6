"""Themes: templates and tokens, found by entry point; a theme may name a parent. No theme is a working site."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

GROUP = "unionhall.themes"
BUNDLED = "hall"
KEYS = frozenset({"label", "summary", "version", "parent", "needs", "surface"})
Text = str | LazyString


@dataclass(frozen=True)
class Fault:
    """Why a theme is not used, and what its maker or the administrator can do about it."""

    reason: Text
    remedy: Text


@dataclass(frozen=True)
class Theme:
    """A theme's folder, what its `theme.toml` says, and what is wrong with it."""

    name: str
    folder: Path
    label: str = ""
    version: str = ""
    parent: str = ""
    summary: str = ""
    needs: str = ""
    surface: str = ""
    faults: tuple[Fault, ...] = field(default=(), compare=False)

    @property
    def stylesheet(self) -> bool:
        """True when the theme brings `static/theme.css`."""
        return (self.folder / "static" / "theme.css").exists()

    @property
    def css(self) -> str:
        """Return its stylesheet, empty when it brings none."""
        return (self.folder / "static" / "theme.css").read_text("utf-8") if self.stylesheet else ""

    @property
    def sound(self) -> bool:
        """True when nothing is known to be wrong with it."""
        return not self.faults


def installed() -> dict[str, Theme]:
    """Return every installed theme by name, read but not judged; nothing of it is imported."""
    found: dict[str, Theme] = {}
    for point in entry_points(group=GROUP):
        if point.name not in found:
            found[point.name] = _at(point.name, point.module)
    return dict(sorted(found.items()))


def _at(name: str, module: str) -> Theme:
    try:
        spec = find_spec(module)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.origin:
        gone = Fault(_l("它登记的包 %(module)s 不在。", module=module), _l("请重新安装这个主题，或用 pip 卸载它。"))
        return Theme(name, Path(), faults=(gone,))
    return read(name, Path(spec.origin).parent)


def read(name: str, folder: Path) -> Theme:
    """Return the theme in a folder; what is wrong with its `theme.toml` is the first of its faults."""
    try:
        about = tomllib.loads((folder / "theme.toml").read_text("utf-8"))
    except FileNotFoundError:
        missing = Fault(_l("缺 theme.toml。"), _l("在包里加上 theme.toml，写明 label 和 version，并把它列进 package_data。"))
        return Theme(name, folder, faults=(missing,))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        return Theme(name, folder, faults=(Fault(_l("theme.toml 读不懂：%(error)s", error=error), _l("按 TOML 的写法改好它。")),))
    texts = {key: value for key, value in about.items() if key in KEYS and isinstance(value, str)}
    return Theme(name, folder, **texts, faults=tuple(_odd_keys(about, texts)))


def _odd_keys(about: Mapping[str, object], texts: Mapping[str, str]) -> Iterable[Fault]:
    if odd := sorted(set(about) - set(texts)):
        remedy = _l("只写这几项：%(keys)s。", keys=", ".join(sorted(KEYS)))
        yield Fault(_l("theme.toml 里这几项不认识，或者不是文字：%(keys)s。", keys=", ".join(odd)), remedy)
    if lacking := [key for key in ("label", "version") if not texts.get(key)]:
        yield Fault(_l("theme.toml 缺这几项：%(keys)s。", keys=", ".join(lacking)), _l("补上它们。"))


def lineage(name: str, every: Mapping[str, Theme]) -> tuple[Theme, ...]:
    """Return the theme, then its parents as far as they are there; a circle is walked once."""
    chain: list[Theme] = []
    while name in every and every[name] not in chain:
        chain.append(every[name])
        name = every[name].parent
    return tuple(chain)
