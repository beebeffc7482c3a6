"""Days in addresses."""

from __future__ import annotations

from datetime import date

from unionhall.plugin import NotFound


def day_of(text: str) -> date:
    """Return the day that an address names, "2026-05-14". Raises NotFound."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None
    if not 2000 <= found.year < 2200:
        raise NotFound()
    return found
