"""Story cards and blocks, rendered once for each state of their stories: most pages show the same few dozen again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask import current_app, g
from flask_babel import get_locale
from markupsafe import Markup

from unionhall.base import clock
from unionhall.news.stories import Story

MOST = 4000
_EXTENSION = "unionhall.news.cards"


def card(macro: str, story: Story, *details: Any) -> Markup:
    """Return what a macro of `news/cards.html` makes of a story."""
    return _kept((macro, story, details), lambda: _macro(macro, story, *details))


def rows(stories: Iterable[Story], level: int = 2, dek: bool = True, meta: str = "byline") -> Markup:
    """Return the rows of a list, `row` of `news/cards.html` for each story."""
    return Markup("").join(card("fresh_row", story, level, dek, meta) for story in stories)


def block(template: str, **values: Story | list[Story] | tuple[Any, ...] | str) -> Markup:
    """Return what a template makes of stories, frozen values and words, and of nothing else: there is no page's context."""
    key = tuple(tuple(value) if isinstance(value, list) else value for value in values.values())
    return _kept((template, key), lambda: Markup(current_app.jinja_env.get_template(template).render(values)))


def _macro(name: str, story: Story, *details: Any) -> Markup:
    template = current_app.jinja_env.get_template("news/cards.html")
    made: Markup = getattr(template.module, name)(story, *details)
    return made


def _kept(what: tuple[Any, ...], render: Callable[[], Markup]) -> Markup:
    """Everything that is shown is in the key: the stories, the language, and the day (for "today" and "yesterday")."""
    kept: dict[tuple[Any, ...], Markup] = current_app.extensions.setdefault(_EXTENSION, {})
    key = (what, *_here_and_now())
    found = kept.get(key)
    if found is None:
        if len(kept) >= MOST:
            kept.clear()
        found = kept[key] = render()
    return found


def _here_and_now() -> tuple[str, date]:
    """Return the page's language and day, worked out once."""
    found: tuple[str, date] | None = g.get("news_cards")
    if found is None:
        found = g.news_cards = (str(get_locale()), clock.local_day(clock.now()))
    return found
