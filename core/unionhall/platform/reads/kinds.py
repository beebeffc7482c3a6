"""What may be counted: each kind of object with the question "which of these may readers see now?"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

Live = Callable[[Sequence[int]], Iterable[int]]
LARGEST_ID = 2**31 - 1
_KIND = r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*"
_MARK = re.compile(rf"({_KIND}):([1-9][0-9]{{0,9}})")
_kinds: dict[str, Live] = {}


def count_views(kind: str, live: Live) -> None:
    """Say once, when the module is imported, that views of a kind are counted: "courses.lesson" of the plugin `courses`.

    `live(ids)` returns those of the ids that everybody may open now; views of others are not counted.
    """
    if len(kind) > 40 or not re.fullmatch(_KIND, kind):
        raise ValueError(f"kind {kind!r} must be a plugin's name, a dot and a word")
    _kinds[kind] = live


def live(kind: str) -> Live | None:
    """Return the question of a kind, None for one that nobody counts."""
    return _kinds.get(kind)


def mark(kind: str, object_id: int) -> Markup:
    """Return the attribute that makes a page count as a view of an object, for one element of the page."""
    return Markup('data-seen="{}:{}"').format(kind, object_id)


def read_mark(text: str) -> tuple[str, int] | None:
    """Return (kind, id) of a mark that a browser sent back, None for anything else."""
    found = _MARK.fullmatch(text)
    if found is None or len(found[1]) > 40 or int(found[2]) > LARGEST_ID:
        return None
    return found[1], int(found[2])
