"""The plugin's entries in menus."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from unionhall.plugin import Actor, Area, NavItem, can
from unionhall_chapters import rights


def entries(area: Area, actor: Actor) -> Iterator[NavItem]:
    """Yield the ways to chapters, on the site and in the desk."""
    if area in {"main", "footer"}:
        yield NavItem(_("协会"), url_for("chapters.chapters"), "people", 705, _("关于") if area == "footer" else "")
    if area == "desk" and can(actor, rights.READ):
        yield NavItem(_("协会"), url_for("chapters_desk.chapters"), "people", 330, _("活动与会员"))
