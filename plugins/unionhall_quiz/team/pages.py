"""The tags of pages that show unions and stars."""

from __future__ import annotations

NAMES = "quiz:names"


def tag(round_id: int) -> str:
    """Return the tag of the pages with a round's unions and stars."""
    return f"quiz:team:{round_id}"
