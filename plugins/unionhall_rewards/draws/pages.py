"""The tags of pages that show draws."""

from __future__ import annotations

from unionhall.plugin import purge_pages
from unionhall_rewards.draws.models import Draw

LIST = "rewards:draws"


def tag_of(draw_id: int) -> str:
    """Return the tag of the pages that show a draw."""
    return f"rewards:draw:{draw_id}"


def changed(draw: Draw) -> None:
    """Drop the pages that show a draw."""
    purge_pages(tag_of(draw.id))
    purge_pages(LIST)
