"""Campaigns' entries in the menus."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.campaigns import queries, states
from unionhall.desk import scope
from unionhall.hooks.types import Actor, Area, NavItem
from unionhall.platform.access import can


def entries(area: Area, actor: Actor) -> Iterator[NavItem]:
    """Yield the entries of a menu that this actor may follow."""
    if area == "main":
        yield NavItem(_("活动"), url_for("campaigns.campaigns"), "flag", 700)
    if area == "tabbar":
        yield NavItem(_("活动"), url_for("campaigns.campaigns"), "flag", 110)
    if area == "footer":
        yield NavItem(_("全部活动"), url_for("campaigns.campaigns"), "flag", 110, _("关于"))
    if area == "create" and can(actor, states.EDIT):
        yield NavItem(_("办活动"), url_for("campaigns_desk.new"), "flag", 20)
    if area == "desk" and can(actor, states.READ):
        waiting = len(queries.waiting(actor, below=scope.current(actor))) if can(actor, states.APPROVE) else 0
        told = ngettext("个活动等你审", "个活动等你审", waiting)
        yield NavItem(_("活动"), url_for("campaigns_desk.campaigns"), "flag", 190, _("活动与会员"), waiting, told)
