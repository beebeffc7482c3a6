"""Named slots: places in a page that features and plugins fill."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from unionhall.hooks.types import PageView
from unionhall.host.registry import collect
from unionhall.platform.access import current_actor


def slot(name: str, page: PageView | str) -> Markup:
    """Return everything that hooks put into a slot, in order; the host wraps nothing around it."""
    view = PageView(page) if isinstance(page, str) else page
    return Markup("\n").join(collect("unionhall_slot", slot=name, page=view, actor=current_actor()))


def init(app: Flask) -> None:
    """Give every template `slot('name', page)`."""
    app.jinja_env.globals["slot"] = slot
