"""The entries in menus."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from unionhall.plugin import Actor, Area, NavItem, can
from unionhall_quiz import rights


def entries(area: Area, actor: Actor) -> Iterator[NavItem]:
    """Yield the ways to the quiz, on the site and in the desk."""
    if area == "main":
        yield NavItem(_("每日一答"), url_for("quiz.rounds"), "quiz", 660)
    if area == "my":
        yield NavItem(_("错题本"), url_for("quiz.mistakes"), "book", 330)
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("每日一答"), url_for("quiz_desk.rounds_list"), "quiz", 70, _("服务"))
