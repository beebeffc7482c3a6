"""Story cards, rendered once for each state of a story: most pages show the same few dozen cards again and again."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import current_app
from flask_babel import get_locale
from markupsafe import Markup

from unionhall.base import clock
from unionhall.news.stories import Story

MOST = 4000
PLAIN = tuple(item.name for item in fields(Story) if item.name != "cover")
_EXTENSION = "unionhall.news.cards"


def card(macro: str, story: Story, *details: Any) -> Markup:
    """Return what a macro of `news/cards.html` makes of a story.

    Everything that a card shows is in the key: the story, the language, and the day (for "today" and "yesterday").
    """
    kept: dict[tuple[Any, ...], Markup] = current_app.extensions.setdefault(_EXTENSION, {})
    cover = story.cover
    shown = (cover.src, cover.srcset, cover.width, cover.height) if cover else None
    today = clock.local_day(clock.now())
    key = (macro, details, str(get_locale()), today, shown, *(getattr(story, name) for name in PLAIN))
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST:
            kept.clear()
        found = kept[key] = _render(macro, story, *details)
    return found


def _render(macro: str, story: Story, *details: Any) -> Markup:
    template = current_app.jinja_env.get_template("news/cards.html")
    made: Markup = getattr(template.module, macro)(story, *details)
    return made
