"""Read the scanned text of a newspaper page into stories that an editor can check, flag by flag."""

from __future__ import annotations

from unionhall.news.newspaper.lines import MAX_BYTES, decode
from unionhall.news.newspaper.model import Block, Byline, Flag, Page, PageUnreadable, Story
from unionhall.news.newspaper.page import MAX_STORIES, read_page

__all__ = [
    "MAX_BYTES",
    "MAX_STORIES",
    "Block",
    "Byline",
    "Flag",
    "Page",
    "PageUnreadable",
    "Story",
    "decode",
    "read_page",
]
