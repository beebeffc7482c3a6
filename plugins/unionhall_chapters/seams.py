"""What the parts above ask and tell the parts below without being known to them: each adds its functions when it is imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from unionhall_chapters.models import Chapter

BLOCKERS: list[Callable[[Chapter], str | None]] = []
"""Each says in a sentence why a chapter may not be dissolved yet, or None."""
ATTENDANCE: list[Callable[[Chapter, Iterable[int]], Mapping[int, int]]] = []
"""Each returns {member id: how often they came} of some members of a chapter."""


def blocked(chapter: Chapter) -> list[str]:
    """Return every reason why a chapter may not be dissolved yet."""
    return [why for ask in BLOCKERS if (why := ask(chapter))]


def attendance(chapter: Chapter, member_ids: Iterable[int]) -> dict[int, int]:
    """Return {member id: how often they came}, all parts together."""
    ids, found = list(member_ids), dict[int, int]()
    for ask in ATTENDANCE:
        for member_id, times in ask(chapter, ids).items():
            found[member_id] = found.get(member_id, 0) + times
    return found
