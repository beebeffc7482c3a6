"""Which migrations a package brings, read from its files as text: processes that only ask need no Alembic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_ID = re.compile(r"^revision\s*(?::[^=\n]*)?=\s*['\"]([^'\"]+)['\"]", re.MULTILINE)
_DOWN = re.compile(r"^down_revision\s*(?::[^=\n]*)?=\s*['\"]([^'\"]+)['\"]", re.MULTILINE)
_TITLE = re.compile(r"\A\s*[rRuU]?(?:\"\"\"|''')(.*?)(?:\"\"\"|'''|\n)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Revision:
    """One migration: its id, the one before it, and the first line of its docstring."""

    id: str
    down: str | None
    title: str


def chain(folder: Path) -> tuple[Revision, ...]:
    """Return a folder's migrations, oldest first."""
    found = {revision.down: revision for path in sorted(folder.glob("*.py")) if (revision := _read(path)) is not None}
    ordered: list[Revision] = []
    down: str | None = None
    while (following := found.pop(down, None)) is not None:
        ordered.append(following)
        down = following.id
    return (*ordered, *found.values())


def _read(path: Path) -> Revision | None:
    text = path.read_text("utf-8", "replace")
    name = _ID.search(text)
    if name is None:
        return None
    down, title = _DOWN.search(text), _TITLE.match(text)
    return Revision(name[1], down[1] if down else None, title[1].strip() if title else "")


def after(every: tuple[Revision, ...], current: str | None) -> tuple[Revision, ...] | None:
    """Return those that are still to be run; None when the tables are at a revision that the package does not know."""
    if current is None:
        return every
    ids = [revision.id for revision in every]
    return every[ids.index(current) + 1 :] if current in ids else None
