"""What a site may choose for chapters: read from the plugin's settings."""

from __future__ import annotations

from unionhall.plugin import plugin_settings


def founders_min() -> int:
    """Return how many members it takes to found a chapter that is no joint union."""
    return int(plugin_settings("chapters").founders_min)
