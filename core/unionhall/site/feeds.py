"""Atom feeds (RFC 4287): absolute addresses from configuration, ids that never change."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from flask import Response, render_template
from markupsafe import Markup

from unionhall.base import clock
from unionhall.base.crypto import config
from unionhall.hooks.types import FeedEntry
from unionhall.host.assets import absolute
from unionhall.host.registry import collect

SIZE = 50
_RELATIVE = re.compile(r'\b(src|href)="(/(?!/)[^"]*)"')
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def newest(now: datetime) -> list[FeedEntry]:
    """Return the newest entries of all features and plugins, newest first."""
    found: list[FeedEntry] = collect("unionhall_feed", now=now, limit=SIZE)
    return sorted(found, key=lambda entry: (entry.published, entry.id), reverse=True)[:SIZE]


def answer(entries: list[FeedEntry], own: str, page: str, title: str = "") -> Response:
    """Return the feed at `own` that stands for the page at `page`; its title is the site's unless given."""
    updated = max((entry.updated for entry in entries), default=clock.now())
    body = render_template(
        "site/feed.xml", entries=entries, own=own, page=page, feed_title=title, updated=updated, entry_id=entry_id,
        outside=outside,
    )  # fmt: skip
    return Response(_NOT_XML.sub("", body), content_type="application/atom+xml; charset=utf-8")


def entry_id(local: str) -> str:
    """Return an entry's id for ever: a tag URI (RFC 4151) on the site's host."""
    return f"tag:{urlsplit(config().site_url).hostname},2026:{local}"


def outside(html: Markup) -> str:
    """Return HTML whose addresses work outside the site."""
    return _RELATIVE.sub(lambda found: f'{found[1]}="{absolute(found[2])}"', str(html))
