"""The sitemap: addresses of all features and plugins, in parts that search engines accept."""

from __future__ import annotations

from datetime import datetime

from unionhall.hooks.types import SitemapEntry
from unionhall.host.registry import collect

PART = 5000


def parts(now: datetime) -> list[list[SitemapEntry]]:
    """Return every public address once, in parts of at most PART; at least one part."""
    entries: dict[str, SitemapEntry] = {}
    for entry in collect("unionhall_sitemap", now=now):
        entries.setdefault(entry.url, entry)
    listed = list(entries.values())
    return [listed[at : at + PART] for at in range(0, len(listed), PART)] or [[]]
