"""The roster's entries in the menus: under /my/, at the foot of the site, in the desk."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.desk import scope
from unionhall.hooks.types import Actor, NavItem
from unionhall.members import corrections, transfer_queries
from unionhall.members.rights import IMPORT, MANAGE, READ
from unionhall.platform.access import can


def my() -> Iterator[NavItem]:
    """Yield one's own pages."""
    yield NavItem(_("首页"), url_for("members.my"), "home", 0)
    yield NavItem(_("会员"), url_for("members.memberships"), "people", 10)
    yield NavItem(_("我的信息"), url_for("members.profile"), "user", 20)
    yield NavItem(_("账号与安全"), url_for("members.account"), "lock", 90)
    yield NavItem(_("隐私"), url_for("members.privacy"), "shield", 95)


def footer() -> Iterator[NavItem]:
    """Yield the way in, and what becomes of one's data."""
    yield NavItem(_("激活会员"), url_for("members.activate"), "user", 10, _("帮助"))
    yield NavItem(_("个人信息说明"), url_for("members.consent_text"), "shield", 20, _("帮助"))


def desk(actor: Actor) -> Iterator[NavItem]:
    """Yield what this actor may open; at transfers, how many wait for a word from where they work."""
    group = _("活动与会员")
    if can(actor, READ):
        yield NavItem(_("会员"), url_for("members_desk.members"), "people", 200, group)
        waiting = transfer_queries.waiting(actor, scope.current(actor)) if can(actor, MANAGE) else 0
        told = ngettext("份等答复", "份等答复", waiting)
        yield NavItem(_("会籍转接"), url_for("members_desk.transfer_list"), "share", 210, group, waiting, told)
    if can(actor, MANAGE):
        asked = corrections.waiting(actor)
        told = ngettext("条待处理", "条待处理", asked)
        yield NavItem(_("更正请求"), url_for("members_desk.correction_list"), "edit", 215, group, asked, told)
    if can(actor, IMPORT):
        yield NavItem(_("导入名册"), url_for("members_desk.imports"), "upload", 220, group)


def create(actor: Actor) -> Iterator[NavItem]:
    """Yield what this actor may start."""
    if can(actor, MANAGE):
        yield NavItem(_("新增会员"), url_for("members_desk.new"), "people", 60)
