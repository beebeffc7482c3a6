"""Writing a new theme from the scaffold."""

from __future__ import annotations

import re
from pathlib import Path

from flask_babel import gettext as _

import unionhall
from unionhall.base.errors import Conflict, RuleBroken

SCAFFOLD = Path(unionhall.__file__).parent / "scaffold" / "theme"
NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
ENDING = ".tpl"  # so that no tool takes the scaffold for part of this package


def make(name: str, into: Path) -> Path:
    """Return the folder of a new theme distribution. Raises RuleBroken for a name that will not do, Conflict when it is there."""
    if not NAME.fullmatch(name):
        raise RuleBroken(_("主题的名字用小写字母、数字和下划线，以字母开头，2 到 31 个字。"), code="theme-name")
    target = into / f"unionhall-theme-{name.replace('_', '-')}"
    if target.exists():
        raise Conflict(_("%(path)s 已经有了，没有动它。请换一个名字，或先把它移开。", path=target))
    words = {"@NAME@": name, "@DIST@": target.name, "@VERSION@": unionhall.__version__}
    for path in sorted(SCAFFOLD.rglob(f"*{ENDING}")):
        place = target / path.relative_to(SCAFFOLD).as_posix().removesuffix(ENDING).replace("NAME", name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(_filled(path.read_text("utf-8"), words), "utf-8")
    return target


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
