"""The entry in a member's own menu."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from unionhall.plugin import Area, NavItem


def entries(area: Area) -> Iterator[NavItem]:
    """Yield the way to one's streaks and stars."""
    if area == "my":
        yield NavItem(_("连答和月度之星"), url_for("quiz.together"), "trophy", 331)
