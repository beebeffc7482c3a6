"""Named slots: places in a page that features and plugins fill."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from markupsafe import Markup

from unionhall.hooks.types import PageView
from unionhall.host.registry import collect, host
from unionhall.platform.access import can, current_actor


def slot(name: str, page: PageView | str) -> Markup:
    """Return everything that hooks put into a slot, in order; the host wraps nothing around it."""
    view, actor = PageView(page) if isinstance(page, str) else page, current_actor()
    parts = collect("unionhall_slot", slot=name, page=view, actor=actor)
    return Markup("\n").join([*parts, *([] if name.startswith("desk_") else quarantined("unionhall_slot", slot=name))])


def quarantined(hook: str, *, slot: str = "") -> list[Markup]:
    """Return what editors see in the place of plugins that are in quarantine; readers, and pages for everybody, get nothing."""
    names = host().silenced(hook, slot=slot)
    if not names or not can(current_actor(), "desk.enter"):
        return []
    told = _("“%(name)s”连续出错，已被隔离，这里暂时没有它的内容。")
    return [Markup('<p class="notice notice--warn small">{}</p>').format(told % {"name": name}) for name in names]


def init(app: Flask) -> None:
    """Give every template `slot('name', page)`."""
    app.jinja_env.globals["slot"] = slot
