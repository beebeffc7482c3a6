"""The news' entries in the menus of the desk."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from unionhall.desk import scope
from unionhall.hooks.types import Actor, NavItem
from unionhall.news import desk_queries
from unionhall.news.rights import EDIT, IMPORT, READ, REVIEW, SECTIONS, TRANSFER, WRITE
from unionhall.platform.access import SITE, can


def desk(actor: Actor) -> Iterator[NavItem]:
    """Yield what this actor may open in the newsroom; at review, how many articles wait for them."""
    group = _("编辑")
    if can(actor, WRITE) or can(actor, READ):
        yield NavItem(_("稿件"), url_for("news_desk.articles"), "doc", 10, group)
    if can(actor, REVIEW):
        waiting = desk_queries.review_count(actor, below=scope.current(actor))
        told = ngettext("篇等你审", "篇等你审", waiting)
        yield NavItem(_("审稿"), url_for("news_desk.review_queue"), "inbox", 20, group, waiting, told)
    if can(actor, READ):
        yield NavItem(_("来稿统计"), url_for("news_desk.tally"), "chart", 60, group)
    if can(actor, EDIT):
        yield NavItem(_("阅读统计"), url_for("news_desk.readership_page"), "eye", 65, group)
    if can(actor, SECTIONS, SITE):
        yield NavItem(_("栏目"), url_for("news_desk.section_list"), "list", 70, group)
    if can(actor, IMPORT):
        yield NavItem(_("导入报纸"), url_for("news_desk.import_page"), "upload", 80, group)
    if can(actor, TRANSFER):
        yield NavItem(_("导入和导出"), url_for("news_desk.transfers"), "archive", 90, group)


def create(actor: Actor) -> Iterator[NavItem]:
    """Yield what this actor may start."""
    if can(actor, WRITE):
        yield NavItem(_("写稿"), url_for("news_desk.new"), "doc", 10)
